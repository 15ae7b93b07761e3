# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that are missing on the way to a set or to its exports, made by root in a folder that is root's alone."""
import errno
import os

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.renaming import rename_to_free_name
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY, Place, is_roots_alone


def make_folders(place: Place, mode: int, uid: int, gid: int) -> Place:
    """Create, as root, the folders that are missing; the last one gets that mode and owner, those before it 0755 root.

    The place that was given is closed, and the one that is returned stands for it.
    """
    fd = place.fd
    for number, name in enumerate(place.rest, 1):
        if number == len(place.rest):
            _make_folder(fd, name, mode, uid, gid)
        else:
            _make_folder(fd, name, 0o755, 0, 0)
        made = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
        os.close(fd)
        fd = made
    return Place(fd, [], is_roots_alone(os.fstat(fd)), False)


def _make_folder(fd: int, name: str, mode: int, uid: int, gid: int) -> None:
    """Let a folder appear with its mode and owner, so that no run that is cut short leaves one that its owner cannot enter.

    Another run may be making the same folder: both make it alike, and it does not matter which of them names it.
    """
    unfinished = '.%s.new' % name
    try:
        os.mkdir(unfinished, 0o700, dir_fd=fd)
    except FileExistsError:     # of a run that was cut short, or of one that is at it now
        pass
    try:
        made = os.open(unfinished, DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
        try:
            if os.fstat(made).st_uid not in (0, uid):     # in /tmp anybody may have made it, with anything in it
                raise Refused('folder-unsafe', unfinished, 'This folder was made by somebody else.')
            os.fchmod(made, mode)
            os.fchown(made, uid, gid)
        finally:
            os.close(made)
        rename_to_free_name(fd, unfinished, name)
    except FileNotFoundError:   # the other run was faster
        pass
    except OSError as error:
        os.rmdir(unfinished, dir_fd=fd)
        if error.errno != errno.EEXIST:     # otherwise the other run has made it
            raise
    os.fsync(fd)
