# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive for a person who uses Data Studio: made, recognized and removed on the controller alone."""
from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import stat
import zipfile
from typing import Mapping

PAGE = 'README.html'
MODE = 0o600
FOLDER_MODE = 0o700
MADE_BY = 'gaussdb.dws_ssl'
LARGEST = 4 * 1024 * 1024               # bytes of an archive that could be one of ours
_EPOCH = (1980, 1, 1, 0, 0, 0)          # the first moment that a zip archive can name: nothing depends on the clock


class Foreign(Exception):
    """Something lies at the path that this module did not make."""


def archive(members: Mapping[str, bytes], identities: Mapping[str, str]) -> bytes:
    """Return the zip archive of the members. Its comment says what each was made from, and what it then was.

    ``identities`` has, for each member, the digest of its content, or of what an encrypted key was made from.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, 'w') as opened:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = (stat.S_IFREG | MODE) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(entry, content)
        made = {name: [hashlib.sha256(content).hexdigest(), identities[name]] for name, content in members.items()}
        opened.comment = json.dumps({'made by': MADE_BY, 'members': made}).encode()
    return target.getvalue()


def identities_at(path: str) -> dict[str, str] | None:
    """Return the identities of the members of an archive of ours as it lies there, '' for a member that was changed.

    None where there is nothing; raise Foreign for anything else.
    """
    if not os.path.lexists(path):
        return None
    seen = os.lstat(path)
    if not stat.S_ISREG(seen.st_mode) or seen.st_size > LARGEST:
        raise Foreign
    try:
        with zipfile.ZipFile(path) as opened:
            made = json.loads(opened.comment.decode())
            if made['made by'] != MADE_BY or sum(entry.file_size for entry in opened.infolist()) > LARGEST:
                raise Foreign
            return {name: _identity(opened.read(name), made['members'].get(name)) for name in opened.namelist()}
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError, RuntimeError, NotImplementedError):
        raise Foreign from None


def _identity(content: bytes, made: list[str] | None) -> str:
    return made[1] if made and hashlib.sha256(content).hexdigest() == made[0] else ''


def is_current(path: str, identities: Mapping[str, str]) -> bool:
    """Return whether the archive is there with these members and closed to other users. Raise Foreign as above."""
    return identities_at(path) == dict(identities) and stat.S_IMODE(os.lstat(path).st_mode) == MODE


def write(path: str, content: bytes, identities: Mapping[str, str]) -> None:
    """Put the archive in its place by one rename. One process writes at a time: a fleet's hosts may all ask for the same one."""
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=FOLDER_MODE, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        if is_current(path, identities):
            return
        unfinished = f'{path}.new.{os.getpid()}'
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE), 'wb') as file:
                os.fchmod(file.fileno(), MODE)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.rename(unfinished, path)
        except BaseException:
            if os.path.lexists(unfinished):
                os.unlink(unfinished)
            raise
    finally:
        os.close(held)
