# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing: a set is written whole beside ``dest`` and takes its place by one rename; nothing in a used set is rewritten.

The steps, in the order that keeps ``dest`` whole at every moment:

 1. take the lock of the parent folder
 2. remove what a run that was cut short has left
 3. write the new set, files and folder, under the unfinished name, and bring it to the disk
 4. rename it to its number; bring the parent folder to the disk
 5. make a link to it under the unfinished name
 6. rename the link over ``dest``; bring the parent folder to the disk
 7. remove sets that are too old

Everything works on the descriptor of the parent folder. It runs either in a child that is the owner, or as root in a parent
folder that root alone can write; then the files are given to the owner before the set gets its number.
"""
import ctypes
import fcntl
import hashlib
import json
import os
import time
from contextlib import contextmanager
from typing import Dict, Iterator, List, NamedTuple, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import (
    observe_folder, observe_set, read_file, set_name, unfinished_name)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY, enter, entered
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, FILE, FOLDER, LINK, NOTHING, DesiredSet, SeenSet)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import FILE_MODE, FOLDER_MODE, MADE, MANIFEST, MEMBERS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    GO_BACK, MEND, REMOVE, SWAP, Ids, Plan, files_drift, identities, plan_set, set_before)

LOCK_DEADLINE = 60.0    # seconds; another run on the same host is done in far less
LOCK_PAUSE = 0.1        # seconds
RENAME_EXCHANGE = 2     # renameat2(2)


class Site(NamedTuple):
    """Where a set is worked on: the open parent folder, the name in it, whose files they are, and who works."""
    parent: int
    base: str
    ids: Ids
    as_root: bool


def converge_from(fd: int, rest: List[str], base: str, desired: DesiredSet, ids: Ids, contents: Dict[str, bytes]) -> List[str]:
    """The child's task: enter the parent folder as the owner and do what has to be done there; return the warnings."""
    parent = enter(fd, rest) if desired.state == ABSENT else entered(fd, rest)
    return [] if parent is None else converge(Site(parent, base, ids, False), desired, contents)


def converge(site: Site, desired: DesiredSet, contents: Dict[str, bytes]) -> List[str]:
    """Bring ``dest`` to the desired state, whatever another run has done in the meantime; return the warnings.

    ``contents`` is ``{SHA-256: content}``. Raise Refused, with the current set untouched, where something is in the way.
    """
    with _lock(site.parent):
        seen = observe_set(site.parent, site.base)
        plan = plan_set(desired, seen, site.ids)
        if plan.action == MEND:
            _mend(site, plan)
        elif plan.action == SWAP:
            return _swap(site, desired, seen, plan, contents)
        elif plan.action == REMOVE:
            return _remove(site, seen)
        elif plan.action == GO_BACK:
            _go_back(site, desired, seen)
        return []


@contextmanager
def _lock(parent: int) -> Iterator[None]:
    """Step 1. The folder itself is the lock, so that nothing is left behind; it ends with the descriptor."""
    fd = os.open('.', DIRECTORY, dir_fd=parent)
    try:
        deadline = time.monotonic() + LOCK_DEADLINE
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Refused('host-busy', '',
                                  'Another process has held the lock of the folder for %d seconds.' % LOCK_DEADLINE) from None
                time.sleep(LOCK_PAUSE)
            except OSError:     # a file system without locks on folders (NFS): one run at a time is up to the user there
                break
        yield
    finally:
        os.close(fd)


def _mend(site: Site, plan: Plan) -> None:
    """Set modes and groups in place, on descriptors of regular files."""
    folder = os.open(site.base, DIRECTORY, dir_fd=site.parent)
    try:
        for name in sorted({drift.name for drift in plan.drift}):
            if not name:
                os.fchmod(folder, FOLDER_MODE)
                continue
            # A file without any permission can be opened by nobody but root; a path descriptor needs none.
            fd = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            try:
                os.chmod('/proc/self/fd/%d' % fd, FILE_MODE)
                os.chown('/proc/self/fd/%d' % fd, -1, site.ids.gid)
            finally:
                os.close(fd)
    finally:
        os.close(folder)


def _swap(site: Site, desired: DesiredSet, seen: SeenSet, plan: Plan, contents: Dict[str, bytes]) -> List[str]:
    if seen.kind not in (NOTHING, LINK, FOLDER):
        raise Refused('dest-occupied', site.base, 'It is neither a folder nor a link; nothing was changed.')
    _tidy(site, seen)
    newest = max(seen.numbers) if seen.numbers else 0
    number = _finished_set(site, desired, seen) if seen.kind != FOLDER else None
    if number is None:
        number = newest + (2 if seen.kind == FOLDER else 1)
        _write_set(site, desired, seen, number, contents)
    warnings = _point_to(site, seen, number)
    foreign = sorted(name for name in seen.files if name not in MEMBERS)
    if foreign:
        warnings.append('%s held other files, which stay in the set before this one: %s.' % (
            site.base, ', '.join(quoted(name) for name in foreign)))
    # Sets above the one that was in use are no sets before it: a roll-back or a run that was cut short left them.
    out_of_use = [other for other in seen.numbers if seen.current is not None and other > seen.current]
    return warnings + _prune(site, desired.keep, number, out_of_use)


def _tidy(site: Site, seen: SeenSet) -> None:
    """Step 2. Under the unfinished name lies a folder or a link of ours; under a set's name, other than a folder, a link."""
    for name in seen.leftovers:
        _remove_entry(site, name)


def _finished_set(site: Site, desired: DesiredSet, seen: SeenSet) -> Optional[int]:
    """Return a set that is as desired and was never taken into use: the run that wrote it was cut short after step 4."""
    for number in seen.numbers:
        if number > (seen.current or 0):
            folder, files = observe_folder(site.parent, set_name(site.base, number))
            if folder and folder.mode == FOLDER_MODE and not files_drift(desired.files, files, site.ids):
                return number
    return None


def _write_set(site: Site, desired: DesiredSet, seen: SeenSet, number: int, contents: Dict[str, bytes]) -> None:
    """Steps 3 and 4. On any failure the unfinished folder goes away and ``dest`` was never touched."""
    name = unfinished_name(site.base)
    found = _contents(site, desired, seen, contents)
    os.mkdir(name, 0o700, dir_fd=site.parent)
    try:
        folder = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=site.parent)
        try:
            for file_name, content in found.items():
                _write_file(site, folder, file_name, content)
            made = {file_name: [hashlib.sha256(found[file_name]).hexdigest(), identity]
                    for file_name, identity in desired.files.items() if identity.startswith(MADE)}
            if made:
                _write_file(site, folder, MANIFEST, json.dumps(made).encode('ascii'))
            if site.as_root:
                os.fchown(folder, site.ids.uid, site.ids.gid)
            os.fsync(folder)
        finally:
            os.close(folder)
        os.rename(name, set_name(site.base, number), src_dir_fd=site.parent, dst_dir_fd=site.parent)
    except BaseException:
        _remove_entry(site, name)
        raise
    os.fsync(site.parent)


def _contents(site: Site, desired: DesiredSet, seen: SeenSet, contents: Dict[str, bytes]) -> Dict[str, bytes]:
    """Return ``{name: content}`` of the new set: what was sent, and for the rest what the host holds already."""
    here = {state.sha256: name for name, state in seen.files.items() if state.kind == FILE and state.uid == site.ids.uid}
    found = {}
    for name, digest in desired.files.items():
        if digest in contents:
            found[name] = contents[digest]
        elif digest in here:
            found[name] = _read_current(site, here[digest])
        if name not in found or not digest.startswith(MADE) and hashlib.sha256(found[name]).hexdigest() != digest:
            raise Refused('host-busy', site.base, 'Another process changed it while this task ran.')
    return found


def _read_current(site: Site, name: str) -> bytes:
    folder = os.open(site.base, DIRECTORY, dir_fd=site.parent)
    try:
        return read_file(folder, name)
    finally:
        os.close(folder)


def _write_file(site: Site, folder: int, name: str, content: bytes) -> None:
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE, dir_fd=folder)
    try:
        while content:
            content = content[os.write(fd, content):]
        os.fchown(fd, site.ids.uid if site.as_root else -1, site.ids.gid)
        os.fchmod(fd, FILE_MODE)     # whatever the umask of the process is
        os.fsync(fd)
    finally:
        os.close(fd)


def _point_to(site: Site, seen: SeenSet, number: int) -> List[str]:
    """Steps 5 and 6: let ``dest`` be a link to the set of that number. A real folder there becomes the set before it."""
    if seen.kind == FOLDER:
        return _displace_folder(site, number)
    link = unfinished_name(site.base)
    _make_link(site, number, link)
    os.rename(link, site.base, src_dir_fd=site.parent, dst_dir_fd=site.parent)
    os.fsync(site.parent)
    return []


def _go_back(site: Site, desired: DesiredSet, seen: SeenSet) -> None:
    """Let ``dest`` point to the set before the current one, which stays: its number is above the current one then."""
    number = set_before(seen)
    if number is None or generation(identities(seen.before)) != desired.back_to:
        raise Refused('previous-missing', site.base, 'The set before the current one is not there any more.')
    _tidy(site, seen)
    _point_to(site, seen, number)


def _make_link(site: Site, number: int, name: str) -> None:
    os.symlink(set_name(site.base, number), name, dir_fd=site.parent)
    if site.as_root:
        os.chown(name, site.ids.uid, site.ids.gid, dir_fd=site.parent, follow_symlinks=False)


def _displace_folder(site: Site, number: int) -> List[str]:
    """Let the link and the hand-made folder change places in one step, where the file system can do that."""
    aside = set_name(site.base, number - 1)
    _make_link(site, number, aside)
    warnings = ['%s was a folder made by hand; it is kept as %s.' % (site.base, aside)]
    if not _exchange(site.parent, aside, site.base):
        os.unlink(aside, dir_fd=site.parent)
        link = unfinished_name(site.base)
        _make_link(site, number, link)
        os.rename(site.base, aside, src_dir_fd=site.parent, dst_dir_fd=site.parent)
        os.rename(link, site.base, src_dir_fd=site.parent, dst_dir_fd=site.parent)
        warnings.append('This file system cannot exchange two names: for a moment there was no %s.' % site.base)
    os.fsync(site.parent)
    return warnings


def _exchange(parent: int, one: str, other: str) -> bool:
    """Exchange two names by renameat2(2); return False where the C library or the file system has no such thing."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    return bool(renameat2(parent, os.fsencode(one), parent, os.fsencode(other), RENAME_EXCHANGE) == 0)


def _prune(site: Site, keep: int, current: int, out_of_use: List[int]) -> List[str]:
    """Step 7. At least one set before the current one is kept."""
    numbers = sorted(observe_set(site.parent, site.base).numbers, reverse=True)
    kept = [number for number in numbers if number < current and number not in out_of_use][:max(keep, 1)]
    warnings: List[str] = []
    for number in numbers:
        if number != current and number not in kept:
            warnings.extend(_remove_entry(site, set_name(site.base, number)))
    return warnings


def _remove(site: Site, seen: SeenSet) -> List[str]:
    """Remove the link, and then the sets. A folder made by hand at ``dest`` is not ours."""
    if seen.current is not None:
        os.unlink(site.base, dir_fd=site.parent)
        os.fsync(site.parent)
    _tidy(site, seen)
    warnings: List[str] = []
    for number in seen.numbers:
        warnings.extend(_remove_entry(site, set_name(site.base, number)))
    return warnings


def _remove_entry(site: Site, name: str) -> List[str]:
    """Remove a set or a link to one: the files that are ours, then the folder, unless somebody keeps something else in it."""
    try:
        folder = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=site.parent)
    except FileNotFoundError:
        return []
    except OSError:     # not a folder: a link, or whatever somebody put under a name of ours
        os.unlink(name, dir_fd=site.parent)
        return []
    try:
        for member in MEMBERS + (MANIFEST,):
            try:
                os.unlink(member, dir_fd=folder)
            except (FileNotFoundError, IsADirectoryError):
                continue
        if os.listdir(folder):
            return ['%s holds files that the collection did not put there; they were left.' % name]
    except OSError as error:
        return ['%s could not be emptied: %s.' % (name, error.strerror)]
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=site.parent)
    return []
