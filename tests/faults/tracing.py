# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the module in processes of its own, watched, stopped or failed by strace at a system call of one of them.

A run is a process that calls what the module's ``main`` calls, and the children that it forks to become the owner. strace counts
the calls of each process apart, so a point is a process, a call and its number; strace is attached to that process alone.
"""
from __future__ import annotations

import ctypes
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import writing  # noqa: F401  pylint: disable=unused-import  # loaded before any fork
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.asking import asked

# Whatever changes a file system, in the spellings that a C library may choose from.
CREATING = ('open', 'openat', 'creat')
CHANGING = ('write', 'pwrite64', 'mkdir', 'mkdirat', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink',
            'unlinkat', 'rmdir', 'chmod', 'fchmod', 'fchmodat', 'fchmodat2', 'chown', 'fchown', 'lchown', 'fchownat', 'fsync', 'fdatasync',
            'truncate', 'ftruncate', 'fallocate', 'utimensat', 'setxattr', 'fsetxattr')
FORKING = ('clone', 'clone3', 'fork', 'vfork')
# Those that need room on the disk.
GROWING = frozenset(CREATING + ('write', 'pwrite64', 'mkdir', 'mkdirat', 'rename', 'renameat', 'renameat2', 'symlink', 'symlinkat', 'link',
                                'linkat', 'fsync', 'fdatasync', 'truncate', 'ftruncate', 'fallocate'))

_LINE = re.compile(r'^(\w+)\((.*)')
_MAIN = 0       # the process that the module starts with; 1 is the first that it forks


class Step(NamedTuple):
    """What one run of the module is asked for."""
    request: str
    contents: str | None


class Point(NamedTuple):
    """One system call of a run: the number of the process, the call, its number in that process, and how strace prints it."""
    process: int
    call: str
    number: int
    text: str


class Run:
    """A run that waits until it is let go. ``held`` is the number of the child that waits as well, for a tracer of its own.

    The host was looked at before, as by a task.
    """

    def __init__(self, step: Step, held: int = _MAIN, exchange: bool = True, umask: int = 0o022) -> None:
        request = asked(step.request)
        self._answer, answer = os.pipe()
        gate, self._gate = os.pipe()
        self._told, tell = os.pipe()
        child_gate, self._child_gate = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                for descriptor in (self._answer, self._gate, self._told, self._child_gate):
                    os.close(descriptor)
                if held:
                    _hold_child(held, tell, child_gate)
                os.umask(umask)
                if not exchange:
                    _forbid_exchange()
                os.read(gate, 1)
                found = deploy(request, step.contents, False)
                os.write(answer, json.dumps(found).encode())
            except BaseException as error:      # a traceback of the module is a failure of the test, not of the tester
                os.write(answer, json.dumps({'crashed': repr(error)}).encode())
            finally:
                os._exit(0)
        for descriptor in (answer, gate, tell, child_gate):
            os.close(descriptor)

    def go(self) -> None:
        """Let the main process go."""
        os.write(self._gate, b'.')

    def child(self) -> int:
        """Return the process id of the child that waits."""
        return int.from_bytes(os.read(self._told, 4), sys.byteorder)

    def go_child(self) -> None:
        """Let the child go that waits."""
        os.write(self._child_gate, b'.')

    def end(self) -> dict[str, Any] | None:
        """Wait until **every** process of the run has ended; return the answer, None where the main process gave none."""
        answer = b''
        while chunk := os.read(self._answer, 65536):
            answer += chunk
        os.waitpid(self.pid, 0)
        for descriptor in (self._answer, self._gate, self._told, self._child_gate):
            os.close(descriptor)
        return json.loads(answer) if answer else None


def _hold_child(number: int, tell: int, gate: int) -> None:
    """Let the child of that number say who it is and wait, before it does anything."""
    real, count = os.fork, 0

    def fork() -> int:
        nonlocal count
        count += 1
        child = real()
        if child == 0 and count == number:
            os.write(tell, os.getpid().to_bytes(4, sys.byteorder))
            os.read(gate, 1)
        return child

    os.fork = fork


def _forbid_exchange() -> None:
    """Let the kernel answer renameat2 with EINVAL, as NFS and other file systems without RENAME_EXCHANGE do (seccomp(2))."""
    load, equal, answer = 0x20, 0x15, 0x06
    number, allow, refuse = {'x86_64': 316, 'aarch64': 276}[os.uname().machine], 0x7fff0000, 0x00050000 | 22
    program = b''.join(struct.pack('HBBI', *line) for line in (
        (load, 0, 0, 0), (equal, 0, 1, number), (answer, 0, 0, refuse), (answer, 0, 0, allow)))
    code = ctypes.create_string_buffer(program)
    filters = ctypes.create_string_buffer(struct.pack('HP', 4, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    # PR_SET_NO_NEW_PRIVS, then PR_SET_SECCOMP with SECCOMP_MODE_FILTER
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(filters), 0, 0):
        raise OSError(ctypes.get_errno(), 'seccomp')


class Strace:
    """strace, attached to a running process. Ends when that process does."""

    def __init__(self, pid: int, *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix='dws_ssl_strace_', dir='/dev/shm')
        self.output = Path(self._folder.name) / 'calls'
        self._process = subprocess.Popen(['strace', '-p', str(pid), '-o', str(self.output), *options], stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        said = self._process.stderr.readline()
        if 'attached' not in said:
            raise RuntimeError(f'strace: {said}{self._process.stderr.read()}')

    def end(self) -> dict[str, str]:
        """Wait for strace's end; return what it wrote, by the name of the file."""
        self._process.communicate(timeout=60)
        found = {path.name: path.read_text() for path in Path(self._folder.name).iterdir()}
        self._folder.cleanup()
        return found


def run(step: Step, **options: Any) -> dict[str, Any]:
    """Run without a tracer; return the answer."""
    one = Run(step, **options)
    one.go()
    answer = one.end()
    assert answer is not None and 'crashed' not in answer, answer
    return answer


def points(step: Step, **options: Any) -> list[Point]:
    """Run to the end; return every call of every process that changes a file system, in the order of processes."""
    one = Run(step, **options)
    tracer = Strace(one.pid, '-ff', '-y', '-s', '0', '-e', 'trace=' + ','.join(f'?{name}' for name in CREATING + CHANGING + FORKING))
    one.go()
    answer = one.end()
    assert answer is not None and answer.get('done') and not any(seen['problems'] for seen in answer['sets']), answer
    calls = tracer.end()
    main = calls[f'calls.{one.pid}']
    children = [line.rsplit('= ', 1)[1] for line in main.splitlines() if line.startswith(FORKING)]
    found = []
    for process, pid in enumerate([str(one.pid), *children]):
        found += _points_of(process, calls[f'calls.{pid}'])
    return found


def _points_of(process: int, calls: str) -> list[Point]:
    counts: dict[str, int] = {}
    found = []
    for line in calls.splitlines():
        match = _LINE.match(line)
        if match is None or match.group(1) in FORKING:
            continue
        call, arguments = match.groups()
        counts[call] = counts.get(call, 0) + 1
        if (call not in CREATING or 'O_CREAT' in arguments) and not re.match(r'\d+<(pipe|socket|/dev/null)', arguments):
            found.append(Point(process, call, counts[call], line))
    return found


def run_with(step: Step, point: Point, fault: str, **options: Any) -> tuple[dict[str, Any] | None, bool]:
    """Run with a fault at a point, as strace words it (``signal=SIGKILL``, ``error=ENOSPC``).

    Return the answer, None where the main process was killed, and whether the fault was seen to happen.
    """
    one = Run(step, held=point.process, **options)
    pid = one.pid
    if point.process:
        one.go()
        pid = one.child()
    tracer = Strace(pid, '-e', f'trace={point.call}', '-e', f'inject={point.call}:{fault}:when={point.number}')
    if point.process:
        one.go_child()
    else:
        one.go()
    answer = one.end()
    calls = tracer.end()['calls']
    return answer, '(INJECTED)' in calls or 'killed by SIGKILL' in calls
