# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report. Their names are these four: none comes from a host."""
from __future__ import annotations

import json
import os
import secrets
import stat
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.comma_separated import csv_text
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.page import page
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.prometheus import prometheus_text
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import Report
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.slices import document

FILES = {'html': 'audit.html', 'json': 'audit.json', 'csv': 'audit.csv', 'prometheus': 'audit.prom'}
FILE_MODE, FOLDER_MODE = 0o600, 0o700    # a report says where a fleet is weak


def contents(report: Report) -> dict[str, bytes]:
    """Return the content of each file, by its name."""
    texts = {'html': page(report), 'json': json.dumps(document(report), indent=1) + '\n', 'csv': csv_text(report),
             'prometheus': prometheus_text(report)}
    return {FILES[name]: text.encode() for name, text in texts.items()}


def differing(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files that are not there as they should be, content and mode. Raises OSError."""
    return {name: content for name, content in files.items() if not _is_there(folder / name, content)}


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, each whole or not at all. A folder that is not there is made; one that is keeps its mode. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    for name, content in files.items():
        temporary = folder / f'.{name}.{secrets.token_hex(8)}'
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), 'wb') as file:
                file.write(content)
            os.replace(temporary, folder / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _is_there(path: Path, content: bytes) -> bool:
    try:
        state = path.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(state.st_mode) or stat.S_IMODE(state.st_mode) != FILE_MODE or state.st_size != len(content):
        return False
    return path.read_bytes() == content
