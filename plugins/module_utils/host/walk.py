# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from / to a folder: how far root may go, and where the owner has to go on.

A folder is root's alone when root owns it and nobody else can write it. In a sticky one (/tmp) nobody can replace what root
owns, so root may pass through it to a folder of its own.
"""
import os
import stat
from typing import List, NamedTuple, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
PASSING = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC    # search permission is enough
MOST_LINKS = 40                                        # as the kernel allows on one path (path_resolution(7))


class Place(NamedTuple):
    """Where root's part of a path ends; whoever walked there closes it.

    ``fd`` is the last folder that is safe for root; ``rest`` are the names that follow; ``alone`` says that only root can
    write in that folder, ``missing`` that the first of ``rest`` does not exist.
    """
    fd: int
    rest: List[str]
    alone: bool
    missing: bool

    @property
    def for_root(self) -> bool:
        """Whether root can work there: the folder is root's alone, or is still to be made by root."""
        return self.missing or (self.alone and not self.rest)

    def close(self) -> None:
        """Give the descriptor back: a run for many users opens one or more for each of them."""
        os.close(self.fd)


def require_roots_own(place: Place, path: str, uid: int) -> None:
    """Raise Refused where what belongs to root would lie in a folder that others can change: root would be led by them there."""
    if uid == 0 and os.geteuid() == 0 and not place.for_root:
        raise Refused('folder-unsafe', path, 'This folder, or one above it, can be changed by others than root.')


def names_of(path: str) -> List[str]:
    """Return the names on an absolute path."""
    return [name for name in path.split('/') if name not in ('', '.')]


def walk(path: str) -> Place:
    """Go from / along ``path`` while root is safe. Without root nothing has to be feared: all of it is ``rest``."""
    fd = os.open('/', DIRECTORY)
    if os.geteuid() != 0:
        return Place(fd, names_of(path), False, False)
    rest = names_of(path)
    alone = True
    links = 0
    while rest:
        try:
            entry = os.stat(rest[0], dir_fd=fd, follow_symlinks=False)
        except FileNotFoundError:
            return Place(fd, rest, alone, True)
        except PermissionError:     # a file system that refuses root (NFS with root_squash, FUSE): the owner may get in
            break
        if stat.S_ISLNK(entry.st_mode) and alone and entry.st_uid == 0 and links < MOST_LINKS:
            links += 1
            target = os.readlink(rest[0], dir_fd=fd)
            rest = names_of(target) + rest[1:]
            if target.startswith('/'):
                fd = _replace(fd, os.open('/', DIRECTORY))
            continue
        following = _enter_if_safe(fd, rest[0], entry)
        if following is None:
            break
        fd = _replace(fd, following)
        alone = is_roots_alone(os.fstat(fd))
        rest = rest[1:]
    return Place(fd, rest, alone, False)


def _enter_if_safe(fd: int, name: str, entry: os.stat_result) -> Optional[int]:
    if not _is_safe(entry):     # not even opened: a file system may refuse root what belongs to others
        return None
    following = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
    if _is_safe(os.fstat(following)):
        return following
    os.close(following)
    return None


def _is_safe(seen: os.stat_result) -> bool:
    return stat.S_ISDIR(seen.st_mode) and (is_roots_alone(seen) or bool(seen.st_uid == 0 and seen.st_mode & stat.S_ISVTX))


def is_roots_alone(seen: os.stat_result) -> bool:
    """An access list that lets others write shows in the group bits of the mode (acl(5))."""
    return seen.st_uid == 0 and not seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _replace(old: int, new: int) -> int:
    os.close(old)
    return new


def enter(fd: int, rest: List[str]) -> Optional[int]:
    """Go on as the owner, following links as the owner may; return a descriptor, or None where the way ends."""
    try:
        return entered(fd, rest, create=False)
    except FileNotFoundError:
        return None


def entered(fd: int, rest: List[str], create: bool = True) -> int:
    """Go on as the owner and return a descriptor. Missing folders are made, closed to everybody else."""
    fd = os.dup(fd)
    for number, name in enumerate(rest, 1):
        # The last folder is read and synchronised, the others are only passed.
        flags = DIRECTORY if number == len(rest) else PASSING
        try:
            following = os.open(name, flags, dir_fd=fd)
        except FileNotFoundError:
            if not create:
                os.close(fd)
                raise
            try:
                os.mkdir(name, 0o700, dir_fd=fd)
            except FileExistsError:     # another run was faster
                pass
            following = os.open(name, flags, dir_fd=fd)
        except NotADirectoryError:
            raise Refused('folder-unusable', _path_of(fd, name), 'It is not a folder.') from None
        except PermissionError:
            raise Refused('folder-unusable', _path_of(fd, name), 'The user cannot enter this folder.') from None
        fd = _replace(fd, following)
    return fd


def _path_of(fd: int, name: str) -> str:
    """Return the whole path of a name in an open folder, for a message; the name alone where /proc is not there."""
    try:
        return os.path.join(os.readlink('/proc/self/fd/%d' % fd), name)
    except OSError:
        return name
