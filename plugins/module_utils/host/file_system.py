# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file system that a folder lies on, by its name in the kernel's list of mounts (proc(5), /proc/[pid]/mountinfo)."""
import os
from typing import List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import PASSING

MOUNTS = '/proc/self/mountinfo'


def file_system_of(fd: int, rest: List[str]) -> str:
    """Return the type of the file system of the folder at the end of a way, or of the last one on it that exists: nfs4, say.

    '' where the kernel does not tell. The caller is the owner: a file system may show root nothing (NFS with root_squash).
    """
    place = os.dup(fd)
    try:
        for name in rest:
            try:
                following = os.open(name, PASSING, dir_fd=place)     # O_DIRECTORY has autofs mount what is asked for
            except OSError:
                break
            os.close(place)
            place = following
        device = os.fstat(place).st_dev
    finally:
        os.close(place)
    try:
        with open(MOUNTS, encoding='utf-8', errors='replace') as file:
            return type_of_device(file.read(), device)
    except OSError:
        return ''


def type_of_device(mounts: str, device: int) -> str:
    """Return the type that the list of mounts gives a device number; '' for one that is not in it (subvolumes of btrfs)."""
    wanted = '%d:%d' % (os.major(device), os.minor(device))
    for line in mounts.splitlines():
        # Spaces in paths are written \040; the number of fields before the dash varies.
        mount, _dash, rest = line.partition(' - ')
        if mount.split(' ')[2:3] == [wanted]:
            return rest.split(' ')[0]
    return ''
