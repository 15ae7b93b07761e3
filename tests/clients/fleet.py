# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts that are all this machine, each with a home of its own, and the collection's playbooks run over them."""
from __future__ import annotations

import io
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Mapping, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import archive, make_example
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER

PLAYBOOKS = Path(__file__).parents[2] / 'playbooks'
RECAP = re.compile(r'^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)', re.MULTILINE)


class Fleet:
    """Hosts in the group dws_clients, and bundles for them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_fleet_'))
        self.folder.chmod(0o755)
        self.names = list(names)
        self.variables: dict[str, dict[str, Any]] = {}
        for name in names:
            home = self.folder / name
            home.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(home, pwd.getpwnam(OWNER).pw_uid, -1)
            self.variables[name] = {'dws_client_directory': str(home / 'sslcert')}

    def __enter__(self) -> 'Fleet':
        return self

    def __exit__(self, *_exception: object) -> None:
        shutil.rmtree(self.folder)

    def bundle(self, name: str) -> dict[str, bytes]:
        """Make a bundle with a CA of its own and return all that was made with it."""
        files = make_example('dbadmin', b'Chang3it@test', ['localhost'], 200).files
        (self.folder / f'{name}.zip').write_bytes(files['dws_ssl_cert.zip'])
        return files

    def bundle_that_trusts(self, name: str, files: Mapping[str, bytes], others: bytes) -> None:
        """Make a bundle of the same certificate and key whose CA file holds further CAs."""
        (self.folder / f'{name}.zip').write_bytes(trusting(files, others))

    def settings(self, bundle: str, port: int, **further: Any) -> dict[str, Any]:
        """Return the extra variables of a run."""
        return dict({'dws_client_bundle': str(self.folder / f'{bundle}.zip'), 'dws_become': False, 'dws_client_profile_dir': '',
                     'ansible_python_interpreter': sys.executable, 'dws_client_decrypt_key': True}, **further)

    def write_inventory(self, port: int) -> Path:
        """Write the inventory; a host's own variables come before the endpoint that all share."""
        path = self.folder / 'inventory.json'
        common = {'ansible_connection': 'local', 'dws_client_users': [OWNER], 'dws_client_endpoint': f'127.0.0.1:{port}'}
        path.write_text(json.dumps({'dws_clients': {'hosts': self.variables, 'vars': common}}))
        return path

    def run(self, playbook: str, bundle: str, port: int, *arguments: str, **further: Any) -> 'subprocess.CompletedProcess[str]':
        command = [str(Path(sys.executable).parent / 'ansible-playbook'), '-i', str(self.write_inventory(port)),
                   str(PLAYBOOKS / f'{playbook}.yml'), '-e', json.dumps(self.settings(bundle, port, **further)), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)

    def current(self) -> dict[str, str]:
        """Return ``{host: the set that it uses}``; '' for none."""
        links = {name: self.folder / name / 'sslcert' for name in self.names}
        return {name: os.readlink(link) if link.is_symlink() else '' for name, link in links.items()}

    def variables_of(self, name: str) -> dict[str, str]:
        """Return the environment of a client on a host."""
        folder = self.folder / name / 'sslcert'
        return {'PGSSLMODE': 'verify-ca', 'PGSSLROOTCERT': f'{folder}/cacert.pem', 'PGSSLCERT': f'{folder}/client.crt',
                'PGSSLKEY': f'{folder}/client.key'}


def trusting(files: Mapping[str, bytes], others: bytes) -> bytes:
    """Return a bundle with further CAs in its CA file."""
    with zipfile.ZipFile(io.BytesIO(files['dws_ssl_cert.zip'])) as old:
        members = {member: old.read(member) for member in old.namelist()}
    members['sslcert/cacert.pem'] += others
    return archive(members)


def recap(done: 'subprocess.CompletedProcess[str]') -> dict[str, tuple[int, ...]]:
    """Return ``{host: (ok, changed, unreachable, failed)}`` of a run."""
    return {found[0]: tuple(int(number) for number in found[1:]) for found in RECAP.findall(done.stdout)}
