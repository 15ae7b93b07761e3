# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing: a set is written whole beside ``dest`` and takes its place by one rename; nothing in a used set is rewritten.

The steps, in the order that keeps ``dest`` whole at every moment. The lock of the parent folder is held by the caller.

 1. remove what a run that was cut short has left, and sets that were gone back from
 2. write the new set, files and folder, under the unfinished name, and bring it to the disk
 3. rename it to its number; bring the parent folder to the disk
 4. make a link to it under the unfinished name
 5. rename the link over ``dest``; bring the parent folder to the disk
 6. remove sets that are too old

Everything works on the descriptor of the parent folder. It runs either in a child that is the owner, or as root in a parent
folder that root alone can write; then the files are given to the owner before the set gets its number. Into a set that was
given to its owner root no longer looks: another child, which is the owner, reads there (``Site.as_owner``).
"""
import base64
import errno
import hashlib
import json
import os
from typing import Dict, List, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import (
    kind_of, observe_folder, read_file, set_name, unfinished_name)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.removal import (
    Site, close_to_others, prune, remove_all, remove_entry, remove_sets, tidy)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.renaming import exchange
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY, enter
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, FILE, FOLDER, LINK, NOTHING, DesiredSet, Ids, SeenFile, SeenSet, seen_files, set_before)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import FILE_MODE, FOLDER_MODE, MADE, MANIFEST, MEMBERS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    GO_BACK, MEND, REMOVE, SWAP, TIDY, Plan, files_drift, identities, plan_set)


def converge_from(fd: int, rest: List[str], base: str, desired: DesiredSet, ids: Ids,
                  contents: Dict[str, bytes]) -> Tuple[bool, List[str]]:
    """The child's task: enter the parent folder as the owner and do what has to be done there; see ``converge``."""
    parent = enter(fd, rest)
    if parent is None and desired.state != ABSENT:
        raise Refused('host-busy', base, 'Another process removed the folder of the sets while this task ran.')
    return (False, []) if parent is None else converge(Site(parent, base, ids, None), desired, contents)


def converge(site: Site, desired: DesiredSet, contents: Dict[str, bytes]) -> Tuple[bool, List[str]]:
    """Bring ``dest`` to the desired state; return whether anything was changed, and the warnings.

    ``contents`` is ``{SHA-256: content}``. Raise Refused or OSError, with one whole set at ``dest``, where something is in the way.
    """
    seen = site.observed()
    if seen.interrupted and desired.state != ABSENT:
        os.rename(unfinished_name(site.base), site.base, src_dir_fd=site.parent, dst_dir_fd=site.parent)
        seen = site.observed()
    plan = plan_set(desired, seen, site.ids)
    if plan.action in (TIDY, MEND):
        if plan.action == MEND:
            _mend(site, plan)
        warnings = tidy(site, seen) + prune(site, desired.keep)
        return plan.action == MEND or site.observed() != seen, warnings
    if plan.action == SWAP:
        return True, _swap(site, desired, seen, plan, contents)
    if plan.action == REMOVE:
        return True, _remove(site, seen)
    if plan.action == GO_BACK:
        return True, _go_back(site, desired, seen)
    return False, []


def _remove(site: Site, seen: SeenSet) -> List[str]:
    warnings = remove_all(site, seen)
    if plan_set(DesiredSet(site.base, '', state=ABSENT), site.observed(), site.ids).action == REMOVE:
        raise Refused('host-error', '', ' '.join(warnings))     # a key that stays is more than a warning
    return warnings


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
    number = _finished_set(site, desired, seen) if seen.kind != FOLDER else None
    # Sets above the one in use are no sets before the new one: a roll-back, or a run that was cut short, left them.
    unused = [other for other in seen.numbers if seen.current is not None and other > seen.current and other != number]
    warnings = tidy(site, seen) + remove_sets(site, unused)
    if number is None:
        number = max(seen.numbers, default=0) + (2 if seen.kind == FOLDER else 1)
        _write_set(site, desired, seen, number, contents)
    try:
        warnings += _point_to(site, seen, number)
    except BaseException:
        if site.observed().current != number:
            remove_sets(site, [number])     # its key is of no use to anybody
        raise
    foreign = sorted(name for name in seen.files if name not in MEMBERS)
    if foreign:
        warnings.append('%s held other files, which stay in the set before this one: %s.' % (
            site.base, ', '.join(quoted(name) for name in foreign)))
    return warnings + prune(site, desired.keep)


def _finished_set(site: Site, desired: DesiredSet, seen: SeenSet) -> Optional[int]:
    """Return a set that is as desired and not in use: the run that wrote it was cut short after step 3, or was gone back from."""
    newest = seen.numbers[-1:] if seen.current is None else [number for number in seen.numbers if number > seen.current]
    for number in newest:
        folder, files = site.as_owner(observe_folder, site.parent, set_name(site.base, number))
        if folder and SeenFile(*folder).mode == FOLDER_MODE and not files_drift(desired.files, seen_files(files), site.ids):
            return number
    return None


def _write_set(site: Site, desired: DesiredSet, seen: SeenSet, number: int, contents: Dict[str, bytes]) -> None:
    """Steps 2 and 3. On any failure the unfinished folder goes away and ``dest`` was never touched."""
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
            if site.owner:
                os.fchown(folder, site.ids.uid, site.ids.gid)
            os.fsync(folder)
        finally:
            os.close(folder)
        os.rename(name, set_name(site.base, number), src_dir_fd=site.parent, dst_dir_fd=site.parent)
    except BaseException:
        remove_entry(site, name)
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
            found[name] = base64.b64decode(site.as_owner(_read_current, site.parent, site.base, here[digest]))
        if name not in found or not digest.startswith(MADE) and hashlib.sha256(found[name]).hexdigest() != digest:
            raise Refused('host-busy', site.base, 'Another process changed it while this task ran.')
    return found


def _read_current(parent: int, base: str, name: str) -> str:
    """Return the content of a file of the current set, base64."""
    folder = os.open(base, DIRECTORY, dir_fd=parent)
    try:
        return base64.b64encode(read_file(folder, name)).decode('ascii')
    finally:
        os.close(folder)


def _write_file(site: Site, folder: int, name: str, content: bytes) -> None:
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE, dir_fd=folder)
    try:
        while content:
            content = content[os.write(fd, content):]
        os.fchown(fd, site.ids.uid if site.owner else -1, site.ids.gid)
        os.fchmod(fd, FILE_MODE)     # whatever the umask of the process is
        os.fsync(fd)
    finally:
        os.close(fd)


def _point_to(site: Site, seen: SeenSet, number: int) -> List[str]:
    """Steps 4 and 5: let ``dest`` be a link to the set of that number. A real folder there becomes the set before it."""
    if seen.kind == FOLDER:
        return _displace_folder(site, number)
    link = unfinished_name(site.base)
    try:
        _make_link(site, number, link)
        os.rename(link, site.base, src_dir_fd=site.parent, dst_dir_fd=site.parent)
    except BaseException:
        remove_entry(site, link)
        raise
    os.fsync(site.parent)
    return []


def _go_back(site: Site, desired: DesiredSet, seen: SeenSet) -> List[str]:
    """Let ``dest`` point to the set before the current one, which stays: its number is above the current one then."""
    number = set_before(seen)
    if number is None or not desired.back_to or generation(identities(seen.before)) != desired.back_to:
        raise Refused('previous-missing', site.base, 'The set before the current one is not there any more.')
    return tidy(site, seen) + _point_to(site, seen, number)


def _make_link(site: Site, number: int, name: str) -> None:
    os.symlink(set_name(site.base, number), name, dir_fd=site.parent)
    if site.owner:
        os.chown(name, site.ids.uid, site.ids.gid, dir_fd=site.parent, follow_symlinks=False)


def _displace_folder(site: Site, number: int) -> List[str]:
    """Let the link and the hand-made folder change places in one step, where the file system can do that."""
    aside, link = set_name(site.base, number - 1), unfinished_name(site.base)
    warnings = ['%s was a folder made by hand; it is kept as %s.' % (site.base, aside)]
    try:
        _make_link(site, number, aside)
        exchanged = exchange(site.parent, aside, site.base)
        if not exchanged:
            os.unlink(aside, dir_fd=site.parent)
            _make_link(site, number, link)
            _rename_twice(site, link, aside)
            warnings.append('This file system cannot exchange two names: for a moment there was no %s.' % site.base)
    except OSError as error:
        for name in (aside, link):
            if kind_of(site.parent, name) == LINK:
                os.unlink(name, dir_fd=site.parent)
        if error.errno in (errno.EBUSY, errno.EXDEV):
            raise Refused('dest-occupied', site.base, 'It is a mount point, which cannot be replaced by a link. Mount the folder '
                          'that holds it instead.') from None
        raise
    close_to_others(site.parent, aside)
    os.fsync(site.parent)
    return warnings


def _rename_twice(site: Site, link: str, aside: str) -> None:
    """Put the folder aside and the link in its place. A run that is killed in between is finished by the next one."""
    os.rename(site.base, aside, src_dir_fd=site.parent, dst_dir_fd=site.parent)
    try:
        os.rename(link, site.base, src_dir_fd=site.parent, dst_dir_fd=site.parent)
    except BaseException:
        os.rename(aside, site.base, src_dir_fd=site.parent, dst_dir_fd=site.parent)
        raise
