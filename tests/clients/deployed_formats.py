# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One user with sets for two clusters, in every format: an encrypted key for ``gsql``, and a plain one for ``prod``, the default."""
from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import SETTINGS
from ansible_collections.gaussdb.dws_ssl.tests.clients import programs
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE, DATABASE, PostgreSQL

PASSPHRASE = 'Chang3it@test'
SEEN = 't|/CN=dbadmin\n'     # what the server says of a client that has shown its certificate
LOADERS = ('profile.d/dws_ssl.sh', 'profile.d/dws_ssl.csh', 'csh/login.d/dws_ssl.csh', 'fish/conf.d/dws_ssl.fish')
REPOSITORY = Path(__file__).parents[2]

INFO = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.include_vars: {file: "%s/defaults/main.yml"}
    - ansible.builtin.include_vars: {file: "%s/vars/main.yml"}
    - gaussdb.dws_ssl.client_certificates_info:
        sets: "{{ dws_client_users | gaussdb.dws_ssl.client_sets(looks | combine({'bundle': with_bundle | default(none)})) }}"
        key_passphrase: "{{ dws_client_key_passphrase }}"
      vars:
        looks: %s
      register: info
    - ansible.builtin.copy:
        content: "{{ info.sets | to_json }}"
        dest: "{{ answer }}"
""" % (*(REPOSITORY / 'roles/dws_client',) * 2, json.dumps({
    name: f'{{{{ dws_client_{name} }}}}' for name in SETTINGS if name not in ('keep', 'missing_user', 'blocked_generations', 'replaces')}))


class Deployed:
    """What runs of the role and of the playbooks make of it, with a server and folders in place of those of /etc."""

    def __init__(self, client: Client, server: PostgreSQL) -> None:
        self.client = client
        self.server = server
        self.etc = client.folder / 'etc'
        for name in ('profile.d', 'csh/login.d', 'fish/conf.d'):
            (self.etc / name).mkdir(parents=True)
        for path in (self.etc, *self.etc.rglob('*')):
            path.chmod(0o755)
        self.plain = client.home / 'with space' / 'plain'
        self.files = client.bundle('one')
        self.serve(self.files['server/cacert.pem'])

    def serve(self, trusted: bytes) -> None:
        """Let the server take clients of these CAs alone."""
        self.server.start(hba=CERTIFICATE, certificate=self.files['server/server.crt'], key=self.files['server/server.key'], ca=trusted)

    @property
    def where(self) -> str:
        return f'127.0.0.1:{self.server.port}'

    def variables(self) -> dict[str, Any]:
        return {
            'dws_client_bundle': str(self.client.folder / 'one.zip'), 'dws_client_formats': list(FORMATS),
            'dws_client_users': [
                {'name': OWNER, 'cluster': 'gsql', 'directory': str(self.client.dest)},
                {'name': OWNER, 'cluster': 'prod', 'directory': str(self.plain), 'decrypt_key': True, 'default': True}],
            'dws_client_profile_dir': str(self.etc / 'profile.d'), 'dws_client_fish_dir': str(self.etc / 'fish/conf.d'),
            'dws_client_csh_dirs': [str(self.etc / 'profile.d'), str(self.etc / 'csh/login.d')],
            'dws_client_clusters': {'prod': self.where}, 'dws_client_key_passphrase': PASSPHRASE,
            'dws_client_odbc_driver': programs.odbc_driver()}

    def run(self, *arguments: str, **changes: object) -> 'subprocess.CompletedProcess[str]':
        """Run the role."""
        return self.client.play([json.dumps({**self.variables(), **changes})], *arguments)

    def playbook(self, name: str, *arguments: str, **changes: object) -> 'subprocess.CompletedProcess[str]':
        """Run a playbook of the collection; the variables come from its inventory, and the changes are extra variables."""
        inventory = self.client.folder / 'inventory.json'
        inventory.write_text(json.dumps({'dws_clients': {
            'hosts': {'one': {'ansible_connection': 'local'}}, 'vars': {**self.variables(), 'dws_become': False}}}))
        return self.client.playbook(REPOSITORY / f'playbooks/{name}.yml', str(inventory), [json.dumps(changes)], *arguments)

    def info(self, **changes: object) -> list[dict[str, Any]]:
        """Return what client_certificates_info says of each set."""
        play, answer = self.client.folder / 'info.yml', self.client.folder / 'answer.json'
        play.write_text(INFO)
        done = self.client.playbook(play, 'localhost,', [json.dumps({**self.variables(), 'answer': str(answer), **changes})])
        assert done.returncode == 0, done.stdout + done.stderr
        return list(json.loads(answer.read_text()))

    def findings(self, **changes: object) -> list[tuple[str, str]]:
        """Return rule and subject of what it finds, what is only for information left out."""
        return sorted((found['rule'], found['subject']) for one in self.info(**changes) for found in one['findings']
                      if found['severity'] != 'info')

    def beside(self, suffix: str) -> str:
        """Return the path of a file beside the set for prod."""
        return f'{self.plain}{suffix}'

    def state(self) -> dict[str, tuple[str, int]]:
        """Return mode and time of the last change of every file."""
        return {str(path.relative_to(folder)): (oct(stat.S_IMODE(path.lstat().st_mode)), path.lstat().st_mtime_ns)
                for folder in (self.client.home, self.etc) for path in folder.rglob('*') if path.is_file() and not path.is_symlink()}


def with_environment_file(one: Deployed) -> 'subprocess.CompletedProcess[str]':
    """Ask with psql and what a wrapper of a cron job has in its environment."""
    script = f'set -a; . "{one.beside(".env")}"; exec psql --no-psqlrc -Atc "{programs.QUESTION}" "$1"'
    return programs.run_as_owner(['sh', '-c', script, 'sh', f'host=127.0.0.1 port={one.server.port} user=dbadmin dbname={DATABASE}'])


def with_service(one: Deployed) -> 'subprocess.CompletedProcess[str]':
    """Ask with psql by the name of the service."""
    return programs.psql(f'service=prod user=dbadmin dbname={DATABASE}', {'PGSERVICEFILE': one.beside('.pg_service.conf')})


def with_data_source(one: Deployed) -> 'subprocess.CompletedProcess[str]':
    """Ask with isql by the name of the data source."""
    return programs.isql(f'DSN=prod;Username=dbadmin;Database={DATABASE}', {'ODBCINI': one.beside('.odbc.ini')})


def with_properties(one: Deployed, name: str = 'jdbc', *passphrase: str) -> 'subprocess.CompletedProcess[str]':
    """Ask with pgjdbc and the properties of a format."""
    return programs.java(one.client.folder, 'Connect', f'jdbc:postgresql://{one.where}/{DATABASE}', one.beside(f'.{name}.properties'),
                         *(passphrase or (PASSPHRASE,)))


def with_store(one: Deployed) -> 'subprocess.CompletedProcess[str]':
    """Ask with pgjdbc and the PKCS#12 store."""
    return with_properties(one, 'pkcs12')


CLIENTS = (with_environment_file, with_service, with_data_source, with_properties, with_store)
