# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Becoming the owner: whatever lies in a user's folder is read and written by a child that runs as that user.

Root in a folder that somebody else owns can be led astray by links, and made to read hard links; the user's own process
cannot get at more than the user can.
"""
import grp
import json
import os
import pwd
import re
import select
import signal
import time
from typing import Any, Callable, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, refused_by_system

# Names that are safe in a file name and in a shell script alike, and that no tool takes for an option or a hidden file.
USER_NAME = re.compile(r'^[A-Za-z0-9_][A-Za-z0-9_.@+-]*\Z')

DEADLINE = 120.0                     # seconds for one child: it waits for a lock, and a slow disk, not for a person
LARGEST_ANSWER = 4 * 1024 * 1024     # bytes of JSON: far more than eight files and their public parts


class Owner(NamedTuple):
    """The user whose files they are; ``gid`` is the group that the files get, ``primary`` the user's own."""
    name: str
    uid: int
    gid: int
    home: str
    primary: int


def find_owner(name: str, group: Optional[str] = None) -> Owner:
    """Return the user of that name. Raise Refused where there is none, or where the name does not stand for one user."""
    if not USER_NAME.match(name):
        raise Refused('user-unsuitable', name, 'It is not a user name that is safe in a path and in a shell script.')
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise Refused('user-missing', name, 'The user does not exist on this host.') from None
    # The loader compares names, the kernel numbers: a number with two names would let one read the other's exports.
    if pwd.getpwuid(entry.pw_uid).pw_name != name:
        raise Refused('user-unsuitable', name, 'It shares its user id %d with %s.' % (
            entry.pw_uid, pwd.getpwuid(entry.pw_uid).pw_name))
    return Owner(name, entry.pw_uid, _gid(group, entry.pw_gid), entry.pw_dir, entry.pw_gid)


def _gid(group: Optional[str], default: int) -> int:
    if not group:
        return default
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise Refused('group-missing', group, 'The group does not exist on this host.') from None


def run_as(owner: Owner, function: Callable[..., Any], *arguments: Any, deadline: float = DEADLINE) -> Any:
    """Run a function in a child that has become the owner; return its answer as JSON gives it back.

    ``deadline`` is in seconds from now.

    Raise Refused for what the function refused, for an error of the system, and for a child that does not answer in time.
    Whatever the function needs has to be imported before: the owner cannot read the module's archive.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer_and_exit(writing, owner, function, arguments)
    os.close(writing)
    try:
        answer = _read_answer(reading, time.monotonic() + deadline)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)     # a child that has answered is on its way out anyway
        os.waitpid(child, 0)
    return _unpack(answer, owner)


def become(owner: Owner) -> None:
    """Turn this process into the owner's, for good. Raise Refused where that cannot be."""
    os.chdir('/')
    os.umask(0o077)
    if os.geteuid() == 0:
        # Looked up here alone: the one question about a user that may take a directory service long.
        os.setgroups(sorted({*os.getgrouplist(owner.name, owner.primary), owner.gid}))
        os.setresgid(owner.gid, owner.gid, owner.gid)
        os.setresuid(owner.uid, owner.uid, owner.uid)
        if owner.uid != 0:
            _prove_that_root_is_gone()
    elif os.geteuid() != owner.uid:
        raise Refused('become-needed', owner.name, 'The task runs as user id %d and cannot act for %s.' % (
            os.geteuid(), owner.name))


def _prove_that_root_is_gone() -> None:
    try:
        os.setuid(0)
    except OSError:
        return
    raise Refused('host-error', 'setuid', 'Root could be taken back after it was given up.')


def _answer_and_exit(writing: int, owner: Owner, function: Callable[..., Any], arguments: Tuple[Any, ...]) -> None:
    """The child's whole life. It leaves by os._exit: nothing of the parent's is flushed or cleaned up twice."""
    try:
        try:
            become(owner)
            answer = {'value': function(*arguments)}
        except Refused as refusal:
            answer = {'refused': refusal.as_dict()}
        except OSError as error:
            answer = {'refused': refused_by_system(error).as_dict()}
        except BaseException as error:     # its text could hold a file's content; its type cannot
            answer = {'refused': {'rule': 'host-error', 'subject': owner.name, 'detail': 'Internal error: %s.' % type(error).__name__}}
        data = json.dumps(answer).encode('ascii')
        while data:
            data = data[os.write(writing, data):]
    finally:
        os._exit(0)


def _read_answer(reading: int, deadline: float) -> bytes:
    answer = b''
    ready = select.poll()     # select(2) knows no descriptor above 1023
    ready.register(reading, select.POLLIN)
    while len(answer) <= LARGEST_ANSWER:
        if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
            return b''
        chunk = os.read(reading, 65536)
        if not chunk:
            return answer
        answer += chunk
    return b''


def _unpack(answer: bytes, owner: Owner) -> Any:
    try:
        content = json.loads(answer.decode('ascii'))
    except ValueError:
        raise Refused('host-error', owner.name, 'The process that works as this user gave no answer.') from None
    if 'refused' in content:
        raise Refused(**content['refused'])
    return content['value']
