# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems of a test's own, mounted on a folder while the test lasts."""
from __future__ import annotations

import os
import pwd
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Iterator, Sequence

SFTP_SERVER = '/usr/lib/openssh/sftp-server'     # Debian package openssh-sftp-server
PAGE = 4096     # bytes: what tmpfs gives out


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr or done.stdout}')


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount on a folder, with owner and mode of the folder, as ``mount`` is told by ``options``."""
    before = folder.stat()
    _call('mount', *options, str(folder))
    try:
        os.chown(folder, before.st_uid, before.st_gid)
        folder.chmod(before.st_mode & 0o7777)
        yield folder
    finally:
        _call('umount', str(folder))


def memory(folder: Path, size: int = 1024 * 1024):
    """Mount a tmpfs of ``size`` bytes."""
    return mounted(folder, '-t', 'tmpfs', '-o', f'size={size}', 'faults')


@contextmanager
def ext4(folder: Path, image: Path) -> Iterator[Path]:
    """Mount a small ext4, made in a file."""
    with image.open('wb') as file:
        file.truncate(8 * 1024 * 1024)
    _call('mkfs.ext4', '-q', '-E', 'root_owner=0:0', str(image))
    with mounted(folder, '-t', 'ext4', '-o', 'loop', str(image)):
        (folder / 'lost+found').rmdir()
        yield folder


@contextmanager
def btrfs(folder: Path, image: Path) -> Iterator[Path]:
    """Mount a btrfs with quotas, made in a file: the smallest that mkfs.btrfs makes."""
    with image.open('wb') as file:
        file.truncate(120 * 1024 * 1024)
    _call('mkfs.btrfs', '-q', str(image))
    with mounted(folder, '-t', 'btrfs', '-o', 'loop', str(image)):
        _call('btrfs', 'quota', 'enable', str(folder))
        yield folder


def fill(folder: Path, left: int) -> Path:
    """Fill a file system but for ``left`` pages; return the file to remove."""
    seen = os.statvfs(folder)
    filler = folder / 'filler'
    with filler.open('wb') as file:
        os.posix_fallocate(file.fileno(), 0, (seen.f_bfree - left) * seen.f_bsize)
    return filler


@contextmanager
def refuses_root(folder: Path, behind: Path, owner: str) -> Iterator[Path]:
    """Mount a FUSE file system that serves its owner alone: the kernel answers root with EACCES, as NFS with root_squash does.

    The files lie in ``behind``. It is mounted by a process of the owner that may do just that, not by root.
    """
    entry = pwd.getpwnam(owner)
    behind.mkdir(mode=0o700)
    os.chown(behind, entry.pw_uid, entry.pw_gid)
    may = '+sys_admin,+dac_override'
    server = subprocess.Popen(['setpriv', f'--reuid={entry.pw_uid}', f'--regid={entry.pw_gid}', '--clear-groups', '--inh-caps', may,
                               '--ambient-caps', may, 'bindfs', '-f', '--no-allow-other', str(behind), str(folder)])
    try:
        _wait_for_mount(folder, server)
        yield folder
    finally:
        subprocess.run(['umount', '-l', str(folder)], check=False)
        server.terminate()
        server.wait()


@contextmanager
def over_sftp(folders: Sequence[Path], behind: Path, owner: str) -> Iterator[None]:
    """Mount one folder of a server at several places: a network file system (sshfs), whose network is a socket of this machine.

    It stands in for NFS, which needs a kernel that has it. The server works as the owner, so nobody else's files can come to be.
    """
    entry = pwd.getpwnam(owner)
    behind.mkdir(mode=0o755)
    os.chown(behind, entry.pw_uid, entry.pw_gid)
    with ExitStack() as mounts:
        for folder in folders:
            mounts.enter_context(_sftp_mount(folder, behind, entry))
        yield


@contextmanager
def _sftp_mount(folder: Path, behind: Path, entry: pwd.struct_passwd) -> Iterator[None]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        server = subprocess.Popen([SFTP_SERVER], stdin=theirs, stdout=theirs, user=entry.pw_uid, group=entry.pw_gid, extra_groups=[])
        client = subprocess.Popen(['sshfs', '-f', f':{behind}', str(folder), '-o', 'passive,allow_other,default_permissions'],
                                  stdin=ours, stdout=ours)
    try:
        _wait_for_mount(folder, client)
        yield
    finally:
        subprocess.run(['umount', '-l', str(folder)], check=False)
        for process in (client, server):
            process.terminate()
            process.wait()


def _wait_for_mount(folder: Path, program: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not _is_mounted(folder):
        if program.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f'{program.args[0]} did not mount {folder}')
        time.sleep(0.01)


def _is_mounted(folder: Path) -> bool:
    return any(line.split()[1] == str(folder) for line in Path('/proc/mounts').read_text().splitlines())
