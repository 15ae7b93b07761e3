# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine with a user dbadmin and empty folders of root for login shells, for the processes of a test alone."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

USER = 'dbadmin'
IDENTIFIER = 64017     # of user and group; any that this machine does not use
FOLDERS = ('profile.d', 'csh/login.d', 'fish/conf.d')


class Namespace:
    """Mounts that only the processes started by ``run`` see. Needs root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_namespace_'))
        self.folder.chmod(0o755)
        self.home = self.folder / 'home'
        self.home.mkdir(mode=0o700)
        os.chown(self.home, IDENTIFIER, IDENTIFIER)
        (self.folder / 'passwd').write_text(Path('/etc/passwd').read_text() + f'{USER}:x:{IDENTIFIER}:{IDENTIFIER}::{self.home}:/bin/sh\n')
        (self.folder / 'group').write_text(Path('/etc/group').read_text() + f'{USER}:x:{IDENTIFIER}:\n')
        self.etc = [name for name in FOLDERS if Path('/etc', name).is_dir()]
        for name in self.etc:
            (self.folder / name).mkdir(parents=True)
        for path in self.folder.rglob('*'):
            if path != self.home:
                path.chmod(0o755 if path.is_dir() else 0o644)

    def close(self) -> None:
        shutil.rmtree(self.folder)

    def run(self, command: list[str], user: str = 'root', **environment: str) -> 'subprocess.CompletedProcess[str]':
        """Run a command there, as root with the environment of the tests, or as a user with none but this."""
        mounts = [f'mount --bind {self.folder / name} /etc/{name}' for name in ('passwd', 'group', *self.etc)]
        become = f'exec runuser -u {user} -- ' if user != 'root' else 'exec '
        given = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(self.home), 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8', **environment}
        return subprocess.run(
            ['unshare', '-m', 'sh', '-c', ' && '.join([*mounts, become + '"$@"']), 'namespace', *command], capture_output=True, text=True,
            timeout=120, check=False, cwd='/', env=given if user != 'root' else {**os.environ, **environment})

    def playbook(self, path: Path, *arguments: str) -> 'subprocess.CompletedProcess[str]':
        """Run a playbook for this machine."""
        return self.run([str(Path(sys.executable).parent / 'ansible-playbook'), '-i', 'localhost,', '-c', 'local', str(path),
                         '-e', f'ansible_python_interpreter={sys.executable}', '-e', 'dws_hosts=localhost', '-e', 'dws_become=false',
                         *arguments])

    def files(self) -> dict[str, int]:
        """Return what lies in the home and in the folders of root, with the time of its last change; clients keep files of their own."""
        places = [self.home, *(self.folder / name for name in self.etc)]
        return {str(path.relative_to(self.folder)): path.lstat().st_mtime_ns for place in places for path in place.rglob('*')
                if not {'.config', '.local', '.cache', '.isql_history'} & set(path.parts)}
