# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing and removing exports files, each of them by one step, in root's folder or in the user's."""
import errno
import os
from contextlib import closing
from typing import List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import Spot, unfinished_export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.folders import make_folders
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.lock import lock
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import READING
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.served import still_served
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import enter, entered, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import Export, Ids


def write_export(export: Export) -> None:
    """Put the file in its place by one rename, its folder made where it is missing."""
    spot = Spot(export)
    if spot.place.missing:
        spot.place = make_folders(spot.place, 0o755, 0, 0)
    with closing(spot):
        if spot.place.for_root:
            _write_file(spot.place.fd, [], spot.name, export, spot.ids)
        else:
            run_as(spot.owner, _write_file, spot.place.fd, spot.place.rest, spot.name, export, spot.ids)


def _write_file(fd: int, rest: List[str], name: str, export: Export, ids: Ids) -> None:
    folder = entered(fd, rest)
    unfinished = unfinished_export(name)
    file = _open_unfinished(folder, unfinished)
    try:
        content = export.content.encode('utf-8')
        while content:
            content = content[os.write(file, content):]
        os.fchown(file, ids.uid, ids.gid)
        os.fchmod(file, export.mode)
        os.fsync(file)
        os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        _unlink(folder, unfinished)
        raise
    finally:
        os.close(file)
    os.fsync(folder)
    os.close(folder)


def _open_unfinished(folder: int, name: str) -> int:
    """Return a new file, locked while it is open: runs for other users may be writing the same exports (a loader)."""
    while True:
        try:
            fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
        except FileExistsError:
            _remove_abandoned(folder, name)
            continue
        lock(fd)
        if _is_at(folder, name, fd):    # nobody has taken it for abandoned before it was locked
            return fd
        os.close(fd)


def _remove_abandoned(folder: int, name: str) -> None:
    """Remove what a run that was cut short has left; wait for a run that is at it. It is never written to: it may be another's."""
    try:
        fd = os.open(name, READING, dir_fd=folder)
    except FileNotFoundError:
        return
    except OSError:     # a link, or a file that its owner must not read: nothing of ours
        _unlink(folder, name)
        return
    try:
        lock(fd)
        if _is_at(folder, name, fd):
            _unlink(folder, name)
    finally:
        os.close(fd)


def _is_at(folder: int, name: str, fd: int) -> bool:
    try:
        return os.path.samestat(os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(fd))
    except FileNotFoundError:
        return False


def remove_export(export: Export) -> bool:
    """Remove the file; one that serves a folder takes the empty folder with it, and goes last. Return whether it is gone.

    It stays where somebody else has files in that folder by now.
    """
    with closing(Spot(export)) as spot:
        if spot.place.missing:     # in /tmp somebody may make the folder by now, as a link to another
            return True
        if export.serves and spot.place.for_root:
            _remove_served_folder(export.serves)
            if still_served(export, frozenset()):
                return False
        if spot.place.for_root:
            _remove_file(spot.place.fd, spot.place.rest, spot.name)
        else:
            run_as(spot.owner, _remove_file, spot.place.fd, spot.place.rest, spot.name)
    return True


def _remove_served_folder(path: str) -> None:
    above, name = os.path.split(path)
    with closing(walk(above)) as place:
        if place.alone and not place.rest:
            try:
                os.rmdir(name, dir_fd=place.fd)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.ENOENT):      # in use by now, or gone
                    raise


def _remove_file(fd: int, rest: List[str], name: str) -> None:
    folder = enter(fd, rest)
    if folder is not None:
        _unlink(folder, unfinished_export(name))
        _unlink(folder, name)
        os.fsync(folder)
        os.close(folder)


def _unlink(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass
