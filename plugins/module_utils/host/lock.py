# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time: from the look at a set to the last of its exports."""
import array
import fcntl
import os
import socket
import time
from contextlib import closing, contextmanager
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.folders import make_folders
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import observe_from
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import DEADLINE, Owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import (
    DIRECTORY, Place, enter, entered, require_roots_own, walk)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import SeenSet

LOCK_DEADLINE = 60.0    # seconds; another run on the same host is done in far less
LOCK_PAUSE = 0.05       # seconds
MOST_ATTEMPTS = 20      # a removal at the same moment costs one


class Held(NamedTuple):
    """A folder whose lock is held: the way to it, and what the owner saw of a set in it then, as ``observe_from`` answers.

    ``seen`` is None where root holds the lock without the owner. ``done`` is what the owner's process went on to do at once, as
    JSON gives its answer back, None where it did not.
    """
    place: Place
    seen: Optional[Dict[str, Any]]
    done: Any = None


# What the owner's process does with the open folder when it has the lock, and has seen the set. It returns None to leave all to the parent.
GoOn = Callable[[int, SeenSet], Any]


@contextmanager
def locked(owner: Owner, path: str, base: str, create: bool, go_on: Optional[GoOn] = None) -> Iterator[Optional[Held]]:
    """Hold the lock of the folder in which the set ``base`` lies; it is made where it is missing and ``create`` says so, else None.

    The folder itself is the lock, so that nothing is left behind. A child that the run forks holds it as well: where the run is
    killed, the next one waits until its child has ended. A removal can take the folder away while this run waits for it: then
    the path leads to another one, or to none.

    ``go_on`` spares a process where the owner's has the lock and sees what it expects.
    """
    for _attempt in range(MOST_ATTEMPTS):
        place = walk(path)
        if place.missing and create:
            place = make_folders(place, 0o700, owner.uid, owner.gid)
        with closing(place):
            fd, there, seen, done = _locked_folder(owner, place, path, base, create, go_on)
            try:
                if there:
                    yield Held(place, seen, done) if fd is not None else None
                    return
            finally:
                if fd is not None:
                    os.close(fd)
    raise Refused('host-busy', '', 'Other processes remove the folder of the sets again and again.')


# A descriptor that holds the lock, None without a folder; whether the path leads to that folder; what the owner saw and did there.
_Locked = Tuple[Optional[int], bool, Optional[Dict[str, Any]], Any]


def _locked_folder(owner: Owner, place: Place, path: str, base: str, create: bool, go_on: Optional[GoOn]) -> _Locked:
    require_roots_own(place, path, owner.uid)     # somebody may have made the folder since it was seen to be missing
    if not place.for_root:
        return _lock_as(owner, place, path, base, create, go_on)
    if place.missing:
        return None, True, None, None
    fd = lock_folder(place.fd)
    return fd, _leads_to(path, fd), None, None


def _leads_to(path: str, fd: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(fd))
    except FileNotFoundError:
        return False
    except PermissionError:     # the user can enter this folder, and not those above it: no client of the user's gets there
        return True


def lock_folder(folder: int) -> int:
    """Return a descriptor that holds the lock of an open folder until it is closed. Raise Refused after the deadline."""
    fd = os.open('.', DIRECTORY, dir_fd=folder)
    try:
        lock(fd)
    except BaseException:
        os.close(fd)
        raise
    return fd


def lock(fd: int) -> None:
    """Take the lock of an open file or folder. Raise Refused after the deadline."""
    deadline = time.monotonic() + LOCK_DEADLINE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Refused('host-busy', '', 'Another process has held the lock for %d seconds.' % LOCK_DEADLINE) from None
            time.sleep(LOCK_PAUSE)
        except OSError:     # a file system without locks on folders (NFS): one run at a time is up to the user there
            return


def _lock_as(owner: Owner, place: Place, path: str, base: str, create: bool, go_on: Optional[GoOn] = None) -> _Locked:
    """Let the owner open and lock the folder and look into it, and take the descriptor over (unix(7), SCM_RIGHTS).

    Root does nothing with the descriptor but to keep and to close it: it may be whatever the owner likes.
    """
    here, there = socket.socketpair()
    try:
        answer = run_as(owner, _open_lock_look, there, place.fd, place.rest, path, base, create, go_on,
                        deadline=LOCK_DEADLINE + DEADLINE)     # it waits, and then may write
        if answer is None:
            return None, True, None, None
        here.setblocking(False)
        room = array.array('i')
        _data, extra, _flags, _address = here.recvmsg(1, socket.CMSG_SPACE(room.itemsize), socket.MSG_CMSG_CLOEXEC)
        room.frombytes(extra[0][2][:room.itemsize])
        return room[0], bool(answer['there']), answer['seen'], answer['done']
    except (IndexError, BlockingIOError):
        raise Refused('host-error', owner.name, 'The process that works as this user gave no descriptor.') from None
    finally:
        here.close()
        there.close()


def _open_lock_look(there: socket.socket, fd: int, rest: List[str], path: str, base: str, create: bool,
                    go_on: Optional[GoOn] = None) -> Optional[Dict[str, Any]]:
    """The child's task. Return whether the path leads to the folder that was locked, what is seen of the set in it, and what was done.

    None where there is no folder.
    """
    folder = entered(fd, rest) if create else enter(fd, rest)
    if folder is None:
        return None
    held = lock_folder(folder)
    there.sendmsg([b'.'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [held]).tobytes())])
    is_there, seen = _leads_to(path, held), observe_from(held, [], base)
    return {'there': is_there, 'seen': seen, 'done': go_on(held, seen['set']) if go_on and is_there else None}
