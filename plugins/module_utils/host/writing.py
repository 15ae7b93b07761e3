# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan: the set and its exports in the order in which no variable ever names a missing file.

Loaded only where something has to be written.
"""
import os
import stat
from typing import TYPE_CHECKING, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.apply import Site, converge, converge_from
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import Spot
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import enter, entered, make_folders, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, Export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import FOLDER_MODE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import KEEP, MEND, REMOVE, WRITE, Ids, exports_first

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import Work


def write(work: 'Work', sent: Dict[str, bytes]) -> None:
    """Carry out the plan of one set: a set that gains files goes before its exports, one that loses files after them."""
    if exports_first(work.plan):
        _write_exports(work)
        _write_set(work, sent)
    else:
        _write_set(work, sent)
        _write_exports(work)


def _write_exports(work: 'Work') -> None:
    for export, _seen, action in work.exports:
        if action == WRITE:
            write_export(export)
        elif action == REMOVE:
            remove_export(export)


def _write_set(work: 'Work', sent: Dict[str, bytes]) -> None:
    if work.plan.action == KEEP or work.owner is None:
        return
    parent, base = os.path.split(work.desired.dest.rstrip('/'))
    place = walk(parent)
    if place.missing and work.desired.state != ABSENT:
        place = make_folders(place, 0o700, work.owner.uid, work.owner.gid)
    # Modes inside a set are set by the owner even where the folder around it is root's.
    if place.for_root and not place.missing and work.plan.action != MEND:
        warnings = converge(Site(place.fd, base, work.ids, True), work.desired, sent)
    else:
        warnings = run_as(work.owner, converge_from, place.fd, place.rest, base, work.desired, work.ids, sent)
    work.warnings.extend(warnings)
    if work.desired.state == ABSENT and os.path.realpath(parent) != os.path.realpath(work.owner.home):
        _remove_empty_folder(work.owner, parent)


def _remove_empty_folder(owner: Owner, path: str) -> None:
    """Remove the folder that held the sets where it is as this collection makes it, and nothing is left in it."""
    above, name = os.path.split(path)
    place = walk(above)
    if place.for_root and not place.missing:
        _rmdir(place.fd, [], name, owner.uid)
    else:
        run_as(owner, _rmdir, place.fd, place.rest, name, owner.uid)


def _rmdir(fd: int, rest: List[str], name: str, uid: int) -> None:
    folder = enter(fd, rest)
    if folder is None:
        return
    try:
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if seen.st_uid == uid and stat.S_IMODE(seen.st_mode) == FOLDER_MODE:
            os.rmdir(name, dir_fd=folder)
    except OSError:     # in use, gone, or not a folder
        pass


def write_export(export: Export) -> None:
    """Put the file in its place by one rename, its folder made where it is missing."""
    spot = Spot(export)
    place = spot.place
    if spot.place.for_root and place.missing:
        place = make_folders(place, 0o755, 0, 0)
    if spot.place.for_root:
        _write_file(place.fd, [], spot.name, export, spot.ids)
    else:
        run_as(spot.owner, _write_file, place.fd, place.rest, spot.name, export, spot.ids)


def _write_file(fd: int, rest: List[str], name: str, export: Export, ids: Ids) -> None:
    folder = entered(fd, rest)
    unfinished = '.%s.new' % name     # no login shell reads a hidden name
    try:
        os.unlink(unfinished, dir_fd=folder)
    except FileNotFoundError:
        pass
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file = os.open(unfinished, flags, 0o600, dir_fd=folder)
        try:
            content = export.content.encode('utf-8')
            while content:
                content = content[os.write(file, content):]
            os.fchown(file, ids.uid, ids.gid)
            os.fchmod(file, export.mode)
            os.fsync(file)
        finally:
            os.close(file)
        os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        _unlink(folder, unfinished)
        raise
    os.fsync(folder)


def remove_export(export: Export) -> None:
    """Remove the file; one that serves a folder takes the empty folder with it."""
    spot = Spot(export)
    if spot.place.for_root:
        _remove_file(spot.place.fd, spot.place.rest, spot.name)
    else:
        run_as(spot.owner, _remove_file, spot.place.fd, spot.place.rest, spot.name)
    if export.serves and spot.place.for_root:
        served = walk(os.path.dirname(export.serves))
        if served.alone and not served.rest:
            try:
                os.rmdir(os.path.basename(export.serves), dir_fd=served.fd)
            except OSError:     # in use by now, or gone
                pass


def _remove_file(fd: int, rest: List[str], name: str) -> None:
    folder = enter(fd, rest)
    if folder is not None:
        _unlink(folder, name)
        os.fsync(folder)


def _unlink(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass
