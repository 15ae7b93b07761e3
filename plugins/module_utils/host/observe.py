# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on the host, as plain values. Nothing here writes."""
import errno
import hashlib
import json
import os
import re
import stat
from typing import Any, Dict, List, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.file_system import file_system_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY, enter
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    FILE, FOLDER, LINK, NOTHING, OTHER, SeenFile, SeenSet, set_before)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import LARGEST, MADE, MANIFEST, MEMBERS, SECRET

# Compiled before the owner's process is forked: what that one compiles is lost with it.
NUMBER = re.compile(r'[1-9][0-9]{0,9}')

READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC    # no link is followed, no FIFO waited for


def set_name(base: str, number: int) -> str:
    """Return the name of a set's folder: a hidden sibling of ``dest``."""
    return '.%s.%d' % (base, number)


def set_number(base: str, name: str) -> Optional[int]:
    """Return the number of a set's folder, None for any other name."""
    start = set_name(base, 0)[:-1]
    return int(name[len(start):]) if name.startswith(start) and NUMBER.fullmatch(name[len(start):]) else None


def unfinished_name(base: str) -> str:
    """Return the name under which a set, or a link to one, is prepared. One holder of the lock prepares one at a time."""
    return '.%s.new' % base


def observe_set(parent: int, base: str) -> SeenSet:
    """Return what lies at ``dest``, and beside it, in an open parent folder."""
    names = os.listdir(parent)
    kinds = {name: kind_of(parent, name) for name in names if set_number(base, name)}
    numbers = sorted(set_number(base, name) or 0 for name, kind in kinds.items() if kind == FOLDER)
    leftovers = [name for name in names if name == unfinished_name(base) or kinds.get(name, FOLDER) != FOLDER]
    kind = kind_of(parent, base)
    current = None
    if kind == LINK:
        current = _pointed_to(parent, base, base, numbers)
    folder, files = observe_folder(parent, base) if kind in (LINK, FOLDER) else (None, {})
    foreign, opened = _sets_not_in_use(parent, base, [number for number in numbers if number != current])
    seen = SeenSet(kind, current, tuple(numbers), folder, files, tuple(sorted(leftovers)), foreign=foreign, opened=opened)
    if kind == NOTHING and len(numbers) > 1:
        seen = seen._replace(interrupted=_pointed_to(parent, base, unfinished_name(base), numbers))
    before = set_before(seen)
    above = [number for number in numbers if current is not None and number > current]
    return seen._replace(before=observe_folder(parent, set_name(base, before))[1] if before else {},
                         after=observe_folder(parent, set_name(base, min(above)))[1] if above else {})


def _pointed_to(parent: int, base: str, name: str, numbers: List[int]) -> Optional[int]:
    """Return the number of the set that a link points to, None for anything else."""
    if kind_of(parent, name) != LINK:
        return None
    number = set_number(base, os.readlink(name, dir_fd=parent))
    return number if number in numbers else None


def _sets_not_in_use(parent: int, base: str, numbers: List[int]) -> Tuple[Tuple[int, ...], Tuple[int, ...]]:
    """Return which sets hold files and none of ours, and which of the others their owner has to close to others."""
    foreign, opened = [], []
    for number in numbers:
        try:
            fd = os.open(set_name(base, number), DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
        except OSError:
            continue
        try:
            entries, own = os.listdir(fd), os.fstat(fd)
        finally:
            os.close(fd)
        if entries and not any(entry in MEMBERS or entry == MANIFEST for entry in entries):
            foreign.append(number)
        elif own.st_uid == os.geteuid() and stat.S_IMODE(own.st_mode) & 0o077:
            opened.append(number)
    return tuple(foreign), tuple(opened)


def observe_folder(parent: int, name: str) -> Tuple[Optional[SeenFile], Dict[str, SeenFile]]:
    """Return a folder's own state and that of everything in it; (None, {}) where it cannot be entered.

    Contents are read of files that a set can hold, and of no others.
    """
    try:
        fd = os.open(name, DIRECTORY, dir_fd=parent)
    except OSError:
        return None, {}
    try:
        own = os.fstat(fd)
        folder = SeenFile(FOLDER, stat.S_IMODE(own.st_mode), own.st_uid, own.st_gid)
        files = {entry: observe_file(fd, entry, entry in MEMBERS or entry == MANIFEST)[0] for entry in os.listdir(fd)}
        return folder, _with_identities(files, fd) if MANIFEST in files else files
    except PermissionError:     # a folder that may be listed and not searched
        return folder, {}
    finally:
        os.close(fd)


def _with_identities(files: Dict[str, SeenFile], folder: int) -> Dict[str, SeenFile]:
    """Return the files, those that are as they were made with their identity in place of the SHA-256 of their content.

    The manifest is the user's file: it is believed of what is made for a host alone, which no other file can be told by.
    """
    try:
        made = json.loads(observe_file(folder, MANIFEST)[1].decode('ascii'))
        known = {(name, sha256): identity for name, (sha256, identity) in made.items()
                 if name in SECRET and isinstance(identity, str) and identity.startswith(MADE)}
    except (ValueError, TypeError, AttributeError):     # not as we write it: then nothing in the set is as it was made
        known = {}
    return {name: state._replace(sha256=known.get((name, state.sha256), state.sha256)) for name, state in files.items()
            if name != MANIFEST}


def observe_file(folder: int, name: str, reads: bool = True) -> Tuple[SeenFile, bytes]:
    """Return one file's state, and its content where that is wanted and it is a regular file that can be read."""
    try:
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return SeenFile(NOTHING), b''
    state = SeenFile(_kind(seen.st_mode), stat.S_IMODE(seen.st_mode), seen.st_uid, seen.st_gid)
    if not reads or state.kind != FILE or seen.st_size > LARGEST:
        return state, b''
    try:
        content = read_file(folder, name)
    except OSError:
        return state, b''
    return state._replace(sha256=hashlib.sha256(content).hexdigest()), content


def read_file(folder: int, name: str) -> bytes:
    """Return the content of a regular file of at most LARGEST bytes. Raise OSError for anything else."""
    fd = os.open(name, READING, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, 'is not a regular file', name)
        content = b''
        while len(content) <= LARGEST:
            chunk = os.read(fd, 65536)
            if not chunk:
                return content
            content += chunk
        raise OSError(errno.EFBIG, 'is larger than any file of a set', name)
    finally:
        os.close(fd)


def kind_of(folder: int, name: str) -> str:
    """Return what kind of thing a name is, itself and not what it points to."""
    try:
        return _kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return NOTHING


def _kind(mode: int) -> str:
    for test, kind in ((stat.S_ISREG, FILE), (stat.S_ISDIR, FOLDER), (stat.S_ISLNK, LINK)):
        if test(mode):
            return kind
    return OTHER


def observe_from(fd: int, rest: List[str], base: str) -> Dict[str, Any]:
    """The child's task: what lies at ``dest``, as ``{'set': [fields of SeenSet], 'file_system': type}``.

    The set is that of an empty folder where there is none.
    """
    parent = enter(fd, rest)
    return {'set': observe_set(parent, base) if parent is not None else SeenSet(), 'file_system': file_system_of(fd, rest)}
