# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a bundle, out of a zip archive or a folder on the controller, in bounded time and memory.

Nothing is unpacked to disk. Headers are not believed: every byte that comes out is counted.
"""
from __future__ import annotations

import io
import itertools
import os
import posixpath
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ansible.errors import AnsibleError
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import LARGEST, MEMBERS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem

MOST_BYTES = 64 * 1024 * 1024    # unpacked, and of an archive itself
_MIB = MOST_BYTES // 2 ** 20
MOST_MEMBERS = 10000             # files and folders
DEEPEST = 16                     # folders below one another
MOST_PROBLEMS = 50               # told of one archive or folder; more help nobody
VAULT = b'$ANSIBLE_VAULT;'

ReadFile = Callable[[str], bytes]
Files = dict[str, dict[str, bytes]]

_ENTRY = b'PK\x01\x02'           # starts each entry of a zip archive's directory
_CHUNK = 256 * 1024              # bytes
_ENCRYPTED = 0x1 | 0x40 | 0x2000    # classic, strong, and directory encryption (APPNOTE.TXT, section 4.4.4)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)    # zipfile unpacks these in bounded pieces, the others not


class Source(NamedTuple):
    """The files of a bundle that matter, by folder ('.' is the top) and base name, and what was wrong on the way."""
    files: Files
    problems: tuple[Problem, ...]


class _Refused(Exception):
    """One problem of the archive as a whole, or of one member."""

    def __init__(self, rule: str, subject: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(rule, subject, detail)


def read_plain(path: str) -> bytes:
    """Return the content of a file, at most ``MOST_BYTES`` and one more byte. Raises OSError."""
    with open(path, 'rb') as stream:
        return stream.read(MOST_BYTES + 1)


def open_source(path: str, read_file: ReadFile, also: str | None = None) -> Source:
    """Return the files of the archive or folder at ``path``.

    ``also`` is one more base name that matters. Never raises.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return _read_folder(path, read_file, also)
        return _read_archive(path, read_bounded(path, read_file, MOST_BYTES, 'archive-too-large'), also)
    except _Refused as error:
        return Source({}, (error.problem,))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return Source({}, (Problem('bundle-missing', path, 'There is nothing at this path on the controller.'),))
    except OSError as error:
        return Source({}, (Problem('bundle-unreadable', path, 'It cannot be read: %s.' % _reason(error)),))


def read_one(path: str, read_file: ReadFile) -> bytes | Problem:
    """Return the content of one file outside a bundle, or the problem with it."""
    try:
        return read_bounded(path, read_file, LARGEST, 'member-too-large')
    except _Refused as error:
        return error.problem


def read_bounded(path: str, read_file: ReadFile, most: int, rule: str) -> bytes:
    """Return the content of a regular file of at most ``most`` bytes; ``rule`` names the problem of a larger one."""
    try:
        information = os.stat(path)
        if not stat.S_ISREG(information.st_mode):
            raise _Refused('member-not-regular', path, 'It is not a regular file.')
        if information.st_size > MOST_BYTES:
            raise _Refused(rule, path, 'It has %d bytes, the limit is %d.' % (information.st_size, MOST_BYTES))
        data = read_file(path)
    except (OSError, ValueError, AnsibleError) as error:
        raise _Refused('bundle-unreadable', path, 'It cannot be read: %s.' % _reason(error)) from None
    if data.startswith(VAULT):
        raise _Refused('member-vaulted', path, 'It is encrypted with Ansible Vault and was not opened.')
    if len(data) > most:
        raise _Refused(rule, path, 'It has more than %d bytes.' % most)
    return data


def matters(name: str, also: str | None) -> bool:
    """Return whether a file of this base name is read: a member of a set, or a passphrase file under any name."""
    return name in MEMBERS or name == also or name.endswith(('.key.cipher', '.key.rand'))


def _read_folder(top: str, read_file: ReadFile, also: str | None) -> Source:
    files: Files = {}
    problems: list[Problem] = []
    left = MOST_BYTES
    for seen, (folder, entry) in enumerate(_walk(top, problems)):
        if left < 0:
            problems.append(Problem('archive-too-large', top, 'Its sets have more than %d MiB.' % _MIB))
        elif seen == MOST_MEMBERS:
            problems.append(Problem('archive-too-many-members', top, 'It holds more than %d files.' % MOST_MEMBERS))
        if left < 0 or seen == MOST_MEMBERS or len(problems) >= MOST_PROBLEMS:
            break
        name = os.path.join(folder, entry.name) if folder != '.' else entry.name
        if entry.is_symlink():
            problems.append(Problem('member-link', name, 'It is a symbolic link.'))
        elif not entry.is_dir(follow_symlinks=False) and matters(entry.name, also):
            try:
                content = read_bounded(entry.path, read_file, LARGEST, 'member-too-large')
                files.setdefault(folder, {})[entry.name] = content
                left -= len(content)
            except _Refused as error:
                problems.append(error.problem._replace(subject=name))
    return Source(files, tuple(problems))


def _walk(top: str, problems: list[Problem]) -> Iterator[tuple[str, 'os.DirEntry[str]']]:
    """Yield every entry below ``top`` with its folder, sorted, without following links."""
    waiting = ['.']
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(top, folder)) as listing:
                entries = sorted(itertools.islice(listing, MOST_MEMBERS + 1), key=lambda entry: entry.name)
        except OSError as error:
            problems.append(Problem('bundle-unreadable', folder, 'It cannot be read: %s.' % _reason(error)))
            continue
        for entry in entries:
            yield folder, entry
            if entry.is_dir(follow_symlinks=False):
                below = entry.name if folder == '.' else folder + '/' + entry.name
                if below.count('/') >= DEEPEST:
                    problems.append(Problem('archive-too-many-members', below,
                                            'It lies more than %d folders deep.' % DEEPEST))
                else:
                    waiting.append(below)


def _read_archive(path: str, data: bytes, also: str | None) -> Source:
    if not data:
        raise _Refused('bundle-not-archive', path, 'It is empty.')
    if data.count(_ENTRY) > MOST_MEMBERS:
        raise _Refused('archive-too-many-members', path, 'It holds more than %d files.' % MOST_MEMBERS)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, NotImplementedError, OverflowError,
            IndexError, struct.error):
        if data.startswith(b'PK\x03\x04'):
            raise _Refused('archive-damaged', path, 'Its directory is missing or damaged: it is truncated.') from None
        raise _Refused('bundle-not-archive', path, 'It is neither a zip archive nor a folder.') from None
    with archive:
        return _read_members(path, archive, also)


def _read_members(path: str, archive: zipfile.ZipFile, also: str | None) -> Source:
    files: Files = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    budget = _Budget(path)
    for member in archive.infolist():
        name = member.filename.replace('\\', '/')
        if name.endswith('/'):
            continue
        try:
            _check_member(name, member, seen)
            seen.add(posixpath.normpath(name))
            folder, base = posixpath.split(posixpath.normpath(name))
            content = _unpack(archive, member, name, budget, matters(base, also))
            if content is not None:
                files.setdefault(folder or '.', {})[base] = content
        except _Refused as error:
            problems.append(error.problem)
            if budget.left < 0 or len(problems) == MOST_PROBLEMS:
                break
    return Source(files, tuple(problems))


class _Budget:
    """The bytes that may still come out of the archive at ``path``."""

    def __init__(self, path: str) -> None:
        self.path, self.left = path, MOST_BYTES

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise _Refused('archive-too-large', self.path, 'It unpacks to more than %d MiB.' % _MIB)


def _check_member(name: str, member: zipfile.ZipInfo, seen: set[str]) -> None:
    parts = name.split('/')
    if name.startswith('/') or '..' in parts or parts[0][1:2] == ':':
        raise _Refused('member-outside', name, 'Its path leads out of the archive.')
    if posixpath.normpath(name) in seen:
        raise _Refused('member-duplicate', name, 'The archive holds it more than once.')
    mode = member.external_attr >> 16    # the upper half holds the Unix mode where one was recorded
    if stat.S_ISLNK(mode):
        raise _Refused('member-link', name, 'It is a symbolic link.')
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise _Refused('member-not-regular', name, 'It is not a regular file.')
    if member.flag_bits & _ENCRYPTED:
        raise _Refused('archive-encrypted', name, 'It is encrypted with a zip password.')
    if member.compress_type not in _METHODS:
        raise _Refused('archive-compression', name, 'It is compressed with method %d.' % member.compress_type)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: _Budget,
            keep: bool) -> bytes | None:
    """Return the content of a member; None where it is not kept. Every member is unpacked, so that damage is found."""
    parts, size = [], 0
    try:
        with archive.open(member) as stream:
            while True:
                chunk = stream.read(_CHUNK)
                if not chunk:
                    break
                size += len(chunk)
                budget.spend(len(chunk))
                if keep and size <= LARGEST:
                    parts.append(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError,
            struct.error):
        raise _Refused('archive-damaged', name, 'It cannot be unpacked; the archive is damaged or truncated.') from None
    if not keep:
        return None
    if size > LARGEST:
        raise _Refused('member-too-large', name, 'It has more than %d bytes.' % LARGEST)
    content = b''.join(parts)
    if content.startswith(VAULT):
        raise _Refused('member-vaulted', name, 'It is encrypted with Ansible Vault inside the archive.')
    return content


def _reason(error: Exception) -> str:
    return (error.strerror or 'it cannot be read') if isinstance(error, OSError) else str(error).splitlines()[0][:200]
