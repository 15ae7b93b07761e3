# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine with two more users and empty folders of root for login shells, for the processes of a test alone."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

USER, OTHER = 'dbadmin', 'report'
IDENTIFIERS = {USER: 64017, OTHER: 64018}     # of user and group; any that this machine does not use
FOLDERS = ('profile.d', 'csh/login.d', 'fish/conf.d')


class Namespace:
    """Mounts that only the processes started by ``run`` see. Needs root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_namespace_'))
        self.folder.chmod(0o755)
        self.homes = {name: self.folder / 'homes' / name for name in IDENTIFIERS}
        self.home = self.homes[USER]
        users = ''.join(f'{name}:x:{number}:{number}::{self.homes[name]}:/bin/sh\n' for name, number in IDENTIFIERS.items())
        groups = ''.join(f'{name}:x:{number}:\n' for name, number in IDENTIFIERS.items())
        (self.folder / 'passwd').write_text(Path('/etc/passwd').read_text() + users)
        (self.folder / 'group').write_text(Path('/etc/group').read_text() + groups)
        self.etc = [name for name in FOLDERS if Path('/etc', name).is_dir()]
        for path in (self.folder / 'over', *(self.folder / name for name in self.etc), *self.homes.values()):
            path.mkdir(parents=True)
        for path in self.folder.rglob('*'):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for name, number in IDENTIFIERS.items():
            self.homes[name].chmod(0o700)
            os.chown(self.homes[name], number, number)

    def close(self) -> None:
        shutil.rmtree(self.folder)

    def run(self, command: list[str], user: str = 'root', **environment: str) -> 'subprocess.CompletedProcess[str]':
        """Run a command there, as root with the environment of the tests, or as a user with none but this."""
        # Over the whole of /etc: a mount on a file vanishes when another process of the machine renames one over it, as useradd does.
        over = self.folder / 'over'
        mounts = [f'mount -t tmpfs none {over}', f'mkdir {over}/upper {over}/work',
                  f'cp {self.folder}/passwd {self.folder}/group {over}/upper',
                  f'mount -t overlay none -o lowerdir=/etc,upperdir={over}/upper,workdir={over}/work /etc',
                  *(f'mount --bind {self.folder / name} /etc/{name}' for name in self.etc)]
        become = f'exec runuser -u {user} -- ' if user != 'root' else 'exec '
        given = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(self.homes.get(user)), 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8',
                 **environment}
        return subprocess.run(
            ['unshare', '-m', 'sh', '-c', ' && '.join([*mounts, become + '"$@"']), 'namespace', *command], capture_output=True, text=True,
            timeout=120, check=False, cwd='/', env=given if user != 'root' else {**os.environ, **environment})

    def playbook(self, path: Path, *arguments: str) -> 'subprocess.CompletedProcess[str]':
        """Run a playbook for this machine."""
        return self.run([str(Path(sys.executable).parent / 'ansible-playbook'), '-i', 'localhost,', '-c', 'local', str(path),
                         '-e', f'ansible_python_interpreter={sys.executable}', '-e', 'dws_hosts=localhost', '-e', 'dws_become=false',
                         *arguments])

    def files(self) -> dict[str, int]:
        """Return what lies in homes and in the folders of root, with the time of its last change; clients keep files of their own."""
        places = [*self.homes.values(), *(self.folder / name for name in self.etc)]
        return {str(path.relative_to(self.folder)): path.lstat().st_mtime_ns for place in places for path in place.rglob('*')
                if not {'.config', '.local', '.cache', '.isql_history'} & set(path.parts)}
