# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role dws_client run for one user of this machine, in folders of its own."""
from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example

# The Python that modules run under; ./dev python36 names the oldest one.
HOST_PYTHON = os.environ.get('HOST_PYTHON') or sys.executable
OWNER = 'nobody' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

PLAY = '''
- hosts: localhost
  connection: local
  gather_facts: false
  roles:
    - role: gaussdb.dws_ssl.dws_client
  post_tasks:
    - ansible.builtin.debug:
        var: dws_client_result.sets
'''


class Client:
    """One user's set on this machine, and bundles for it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_endpoint_'))
        self.folder.chmod(0o755)
        self.home = self.folder / 'home'
        self.home.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.home, pwd.getpwnam(OWNER).pw_uid, -1)
        (self.folder / 'play.yml').write_text(PLAY)
        self.dest = self.home / 'sslcert'

    def bundle(self, name: str) -> dict[str, bytes]:
        """Make a bundle with a CA of its own and return all that was made with it."""
        files = make_example('dbadmin', b'Chang3it@test', ['localhost'], 200).files
        (self.folder / f'{name}.zip').write_bytes(files['dws_ssl_cert.zip'])
        return files

    def run(self, name: str, port: int, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        given = dict({'dws_client_bundle': str(self.folder / f'{name}.zip'), 'dws_client_users': OWNER, 'dws_client_profile_dir': '',
                      'dws_client_directory': str(self.dest), 'dws_client_endpoint': f'127.0.0.1:{port}'}, **variables)
        return self.play([json.dumps(given)], *arguments)

    def play(self, extra: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the role with what ``-e`` is given."""
        return self.playbook(self.folder / 'play.yml', 'localhost,', extra, *arguments)

    def playbook(self, path: Path, inventory: str, extra: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a playbook."""
        command = [str(Path(sys.executable).parent / 'ansible-playbook'), '-i', inventory, str(path),
                   '-e', f'ansible_python_interpreter={HOST_PYTHON}', *(word for one in extra for word in ('-e', one)),
                   *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def current(self) -> str | None:
        return os.readlink(self.dest) if self.dest.is_symlink() else None

    def sets(self) -> list[str]:
        return sorted(name for name in os.listdir(self.home) if name != 'sslcert')
