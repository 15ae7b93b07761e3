# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts for the bench: inventory names with folders of their own on this machine, reached locally or by a real sshd."""
from __future__ import annotations

import io
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import free_port

PASSPHRASE = b'Chang3it@test'
SSH_SECONDS = 10


def place() -> str | None:
    """Return where the hosts' folders go: root's own for root, who works in no folder that others can change."""
    return '/var/lib' if os.geteuid() == 0 else None


def users(count: int) -> list[str]:
    """Return that many users of this machine. Raise ValueError where this process can act for fewer."""
    own = pwd.getpwuid(os.geteuid())
    entries = sorted((entry for entry in pwd.getpwall() if entry.pw_uid), key=lambda entry: entry.pw_uid) if own.pw_uid == 0 else [own]
    names = list({entry.pw_uid: entry.pw_name for entry in entries}.values())
    if len(names) < count:
        raise ValueError(f'{count} users a host need root and {count} users in the user database; there are {len(names)}.')
    return names[:count]


class Hosts:
    """``count`` hosts with ``user_count`` users each, in a folder that is removed in the end."""

    def __init__(self, count: int, user_count: int, connection: str, interpreter: str) -> None:
        self.names = [f'host{number}' for number in range(count)]
        self.users = users(user_count)
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_bench.', dir=place()))
        self.folder.chmod(0o755)
        self._sshd: subprocess.Popen[bytes] | None = None
        common = {'ansible_python_interpreter': interpreter, 'ansible_pipelining': True, **self._bundle(), 'ansible_connection': 'local'}
        try:
            if connection == 'ssh':
                common.update(self._start_sshd())
            for name in self.names:
                self._make_home(name)
            self.inventory = self.folder / 'inventory.json'
            self.inventory.write_text(json.dumps({'all': {'vars': common, 'hosts': {
                name: self._variables(name, connection) for name in self.names}}}))
        except BaseException:
            self.remove()
            raise

    def __enter__(self) -> 'Hosts':
        return self

    def __exit__(self, *_exception: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Stop the sshd and remove everything."""
        self.disconnect()
        if self._sshd is not None:
            self._sshd.terminate()
            self._sshd.wait()
        shutil.rmtree(self.folder)

    def clear(self) -> None:
        """Make all hosts fresh."""
        for name in self.names:
            shutil.rmtree(self.folder / name)
            self._make_home(name)

    def disconnect(self) -> None:
        """End the ssh connections that Ansible keeps, so that every run starts with none."""
        for socket in self.folder.glob('control/*'):
            subprocess.run(['ssh', '-o', f'ControlPath={socket}', '-O', 'exit', '127.0.0.1'], capture_output=True, check=False)

    def _bundle(self) -> dict[str, Any]:
        archive = make_example('dbadmin', PASSPHRASE, ['localhost'], 200).files['dws_ssl_cert.zip']
        (self.folder / 'dws_ssl_cert.zip').write_bytes(archive)
        with zipfile.ZipFile(io.BytesIO(archive)) as members:
            members.extractall(self.folder / 'unpacked')
            names = [os.path.basename(name) for name in members.namelist()]
        return {'dws_client_bundle': str(self.folder / 'dws_ssl_cert.zip'), 'bench_unpacked': str(self.folder / 'unpacked/sslcert'),
                'bench_members': names, 'bench_templates': str(Path(__file__).parent / 'templates'),
                'bench_passphrase': PASSPHRASE.decode(), 'bench_python_of_controller': sys.executable}

    def _variables(self, name: str, connection: str) -> dict[str, Any]:
        home = self.folder / name
        found = {'dws_client_users': [{'name': user, 'directory': f'{home}/{user}/sslcert'} for user in self.users],
                 'dws_client_profile_dir': f'{home}/profile.d' if os.geteuid() == 0 else '', 'bench_profile_dir': f'{home}/profile.d'}
        return dict(found, ansible_control_path=f'{self.folder}/control/{name}') if connection == 'ssh' else found

    def _make_home(self, name: str) -> None:
        (self.folder / name / 'profile.d').mkdir(parents=True)
        for user in self.users:
            home = self.folder / name / user
            home.mkdir(mode=0o700)
            os.chown(home, pwd.getpwnam(user).pw_uid, -1)

    def _start_sshd(self) -> dict[str, Any]:
        """Start a server on loopback that lets this process in by a key made for it, and return how to reach it."""
        program = shutil.which('sshd', path=os.environ['PATH'] + ':/usr/sbin:/sbin')
        if program is None:
            raise ValueError('connection ssh needs an sshd (Debian package openssh-server).')
        if os.geteuid() == 0:
            os.makedirs('/run/sshd', exist_ok=True)
        for name in ('host_key', 'client_key'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', str(self.folder / name)], check=True)
        (self.folder / 'control').mkdir(mode=0o700)
        port = free_port()
        settings = {'ListenAddress': f'127.0.0.1:{port}', 'HostKey': self.folder / 'host_key', 'PidFile': 'none', 'UsePAM': 'no',
                    'AuthorizedKeysFile': self.folder / 'client_key.pub', 'PermitRootLogin': 'prohibit-password',
                    'PasswordAuthentication': 'no', 'StrictModes': 'no', 'MaxStartups': 1000, 'MaxSessions': 1000}
        options = [word for name, value in settings.items() for word in ('-o', f'{name}={value}')]
        self._sshd = subprocess.Popen([program, '-D', '-e', '-f', '/dev/null', *options], stdin=subprocess.DEVNULL,
                                      stderr=open(self.folder / 'sshd.log', 'wb'))
        self._wait_for_sshd()
        return {'ansible_connection': 'ssh', 'ansible_host': '127.0.0.1', 'ansible_port': port,
                'ansible_ssh_private_key_file': str(self.folder / 'client_key'),
                'ansible_ssh_common_args': '-F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'}

    def _wait_for_sshd(self) -> None:
        deadline = time.monotonic() + SSH_SECONDS
        while 'listening' not in (self.folder / 'sshd.log').read_text():
            if time.monotonic() > deadline or self._sshd is None or self._sshd.poll() is not None:
                raise ValueError(f'sshd did not start:\n{(self.folder / "sshd.log").read_text()}')
            time.sleep(0.05)
