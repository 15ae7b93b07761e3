# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renames that the os module does not have: renameat2(2) through the C library."""
import ctypes
import errno
import os

RENAME_NOREPLACE = 1
RENAME_EXCHANGE = 2
# The C library, the kernel or the file system has no such thing (NFS and FUSE say EINVAL).
UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


def exchange(folder: int, one: str, other: str) -> bool:
    """Let two names in a folder change places in one step; return False where that is not to be had. Raise OSError."""
    return _renameat2(folder, one, other, RENAME_EXCHANGE)


def rename_to_free_name(folder: int, old: str, new: str) -> None:
    """Rename within a folder. Raise FileExistsError where there is something of the new name, even an empty folder."""
    if not _renameat2(folder, old, new, RENAME_NOREPLACE):
        if new in os.listdir(folder):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), new)
        os.rename(old, new, src_dir_fd=folder, dst_dir_fd=folder)


def _renameat2(folder: int, one: str, other: str, flags: int) -> bool:
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if renameat2(folder, os.fsencode(one), folder, os.fsencode(other), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), other)
