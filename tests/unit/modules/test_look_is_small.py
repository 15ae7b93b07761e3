# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that complies is sent the code that looks, and no other: Ansible sends whatever an import statement names."""
from __future__ import annotations

import ast
from pathlib import Path

PLUGINS = Path(__file__).parents[3] / 'plugins'
PREFIX = 'ansible_collections.gaussdb.dws_ssl.plugins.'
LOOKING = {*(f'module_utils/host/{name}.py' for name in (
    'exports', 'file_system', 'looking', 'observe', 'owner', 'public_part', 'refusal', 'walk')),
    'module_utils/policy/desired.py', 'module_utils/policy/files.py'}


def sent_with(file: Path, found: set[Path] | None = None) -> set[Path]:
    """Return the files that Ansible sends with one, wherever the import statements stand."""
    found = set() if found is None else found
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or '').startswith(PREFIX):
            named = PLUGINS / node.module[len(PREFIX):].replace('.', '/')
            for path in (named.with_suffix('.py'), *((named / alias.name).with_suffix('.py') for alias in node.names)):
                if path.exists() and path not in found:
                    found.add(path)
                    sent_with(path, found)
    return found


def test_no_code_that_writes_or_decides_goes_to_a_host_that_complies():
    assert {str(path.relative_to(PLUGINS)) for path in sent_with(PLUGINS / 'modules/client_certificates_look.py')} == LOOKING


def test_code_that_writes_goes_with_the_module_that_writes():
    assert PLUGINS / 'module_utils/host/writing.py' in sent_with(PLUGINS / 'modules/client_certificates.py')
