# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the role for one user with two clusters, and every client that its formats are for against a real server."""
from __future__ import annotations

import base64
import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import jdbc
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Unfit
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import FORMATS
from ansible_collections.gaussdb.dws_ssl.tests.clients import programs
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE, DATABASE, PostgreSQL
from ansible_collections.gaussdb.dws_ssl.tests.unit.formats.test_formats import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

PASSPHRASE = 'Chang3it@test'
ROLE = Path(__file__).parents[2] / 'roles/dws_client'
SEEN = '1|/CN=dbadmin'     # what isql prints; psql and Java print t for 1
LOGIN_SHELLS = {'bash': ['bash', '-lc'], 'ksh': ['ksh93', '-l', '-c'], 'dash': ['dash', '-l', '-c'], 'fish': ['fish', '-l', '-c'],
                'zsh': ['zsh', '-c'], 'tcsh': ['tcsh', '-c'], 'csh': ['csh', '-c']}


class Deployed:
    """What one run of the role has made, and the server for it."""

    def __init__(self, client: Client, server: PostgreSQL) -> None:
        self.client = client
        self.server = server
        self.etc = client.folder / 'etc'
        for name in ('profile.d', 'csh/login.d', 'fish/conf.d'):
            (self.etc / name).mkdir(parents=True)
        for path in (self.etc, *self.etc.rglob('*')):
            path.chmod(0o755)
        self.plain = client.home / 'with space' / 'plain'
        files = client.bundle('one')
        server.start(hba=CERTIFICATE, certificate=files['server/server.crt'], key=files['server/server.key'],
                     ca=files['server/cacert.pem'])
        self.first = self.run()

    def run(self, *arguments: str, **changes: object):
        return self.client.play([json.dumps({**self.variables(), **changes})], *arguments)

    def variables(self) -> dict[str, object]:
        where = f'127.0.0.1:{self.server.port}'
        return {
            'dws_client_bundle': str(self.client.folder / 'one.zip'), 'dws_client_formats': list(FORMATS),
            'dws_client_users': [
                {'name': OWNER, 'cluster': 'gsql', 'directory': str(self.client.dest)},
                {'name': OWNER, 'cluster': 'prod', 'directory': str(self.plain), 'decrypt_key': True, 'default': True}],
            'dws_client_profile_dir': str(self.etc / 'profile.d'), 'dws_client_fish_dir': str(self.etc / 'fish/conf.d'),
            'dws_client_csh_dirs': [str(self.etc / 'profile.d'), str(self.etc / 'csh/login.d')], 'dws_client_clusters': {'prod': where},
            'dws_client_key_passphrase': PASSPHRASE, 'dws_client_odbc_driver': programs.odbc_driver()}

    def beside(self, suffix: str) -> str:
        return f'{self.plain}{suffix}'


@pytest.fixture(scope='module')
def deployed(server):
    client = Client()
    one = Deployed(client, server)
    assert one.first.returncode == 0, one.first.stdout + one.first.stderr
    yield one
    shutil.rmtree(client.folder)


def files_of(folder: Path) -> dict[str, tuple[str, int]]:
    return {str(path.relative_to(folder)): (oct(stat.S_IMODE(path.lstat().st_mode)), path.lstat().st_mtime_ns)
            for path in folder.rglob('*') if path.is_file() and not path.is_symlink()}


def test_files_are_closed_to_others_and_a_second_run_changes_nothing(deployed):
    before = {**files_of(deployed.client.home), **files_of(deployed.etc)}
    loaders = ('profile.d/dws_ssl.sh', 'profile.d/dws_ssl.csh', 'csh/login.d/dws_ssl.csh', 'fish/conf.d/dws_ssl.fish')
    assert {mode for name, (mode, _time) in before.items() if name not in loaders} == {'0o600'}
    assert {name for name in before if '/.' not in name and not name.startswith('.')} == {
        *loaders, *(f'profile.d/dws_ssl/{OWNER}.{suffix}' for suffix in ('sh', 'csh', 'fish')),
        *(f'sslcert.{suffix}' for suffix in ('env', 'jdbc.properties', 'pkcs12.properties')),
        *(f'with space/plain.{suffix}' for suffix in ('env', 'pg_service.conf', 'odbc.ini', 'jdbc.properties', 'pkcs12.properties'))}
    second = deployed.run()
    assert second.returncode == 0 and 'changed=0' in second.stdout, second.stdout
    assert {**files_of(deployed.client.home), **files_of(deployed.etc)} == before


def test_the_passphrase_is_in_no_file_and_no_output(deployed):
    printed = deployed.run('--diff', '-vvv', dws_client_key_revision='2', dws_client_sslmode='require')
    assert PASSPHRASE not in printed.stdout + printed.stderr
    for path in [*deployed.client.home.rglob('*'), *deployed.etc.rglob('*')]:
        assert path.is_dir() or PASSPHRASE.encode() not in path.read_bytes()
    assert 'changed=1' in printed.stdout
    assert deployed.run().returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason='only root can log in as another user, below folders of its own')
@pytest.mark.parametrize('name', LOGIN_SHELLS)
def test_a_login_shell_hands_the_variables_to_psql(deployed, name):
    programs.require(None if shutil.which(LOGIN_SHELLS[name][0]) else name)
    shell, command = LOGIN_SHELLS[name], f'psql --no-psqlrc -Atc "{programs.QUESTION}" "host=127.0.0.1 port={deployed.server.port} ' \
        f'user=dbadmin dbname={DATABASE}"'
    if name == 'zsh':     # no zsh of Debian reads profile.d; the page on clients says to add this line to /etc/zsh/zprofile
        command = "emulate sh -c '. /etc/profile'; " + command
    if name in ('tcsh', 'csh'):     # these two are login shells only by their name, and then take no command
        command = 'source /etc/csh.login; ' + command
    done = programs.log_in(deployed.etc, shell, command)
    assert done.stdout == 't|/CN=dbadmin\n', done


def test_an_environment_file_is_enough_for_psql(deployed):
    script = f'set -a; . "{deployed.beside(".env")}"; exec psql --no-psqlrc -Atc "{programs.QUESTION}" "$1"'
    connection = f'host=127.0.0.1 port={deployed.server.port} user=dbadmin dbname={DATABASE}'
    done = programs.run_as_owner(['sh', '-c', script, 'sh', connection])
    assert done.stdout == 't|/CN=dbadmin\n', done


@pytest.mark.parametrize('program', [programs.psql, programs.psycopg], ids=lambda one: one.__name__)
def test_psql_and_psycopg_connect_by_the_name_of_the_service(deployed, program):
    done = program(f'service=prod user=dbadmin dbname={DATABASE}', {'PGSERVICEFILE': deployed.beside('.pg_service.conf')})
    assert done.stdout in ('t|/CN=dbadmin\n', 'True|/CN=dbadmin\n'), done


def test_the_encrypted_set_of_the_same_user_is_a_service_of_its_own_that_psql_cannot_open(deployed):
    done = programs.psql(f'service=gsql host=127.0.0.1 port={deployed.server.port} user=dbadmin dbname={DATABASE}',
                         {'PGSERVICEFILE': deployed.beside('.pg_service.conf')})
    assert done.returncode != 0 and 'could not load private key file' in done.stderr
    assert sorted(path.name for path in deployed.client.dest.iterdir() if 'client.key' in path.name) == [
        'client.key', 'client.key.cipher', 'client.key.pk8', 'client.key.rand']


def test_isql_connects_by_the_name_of_the_data_source(deployed):
    done = programs.isql(f'DSN=prod;Username=dbadmin;Database={DATABASE}', {'ODBCINI': deployed.beside('.odbc.ini')})
    if done.stdout != SEEN + '\n':
        done = programs.run_as_owner(['isql', '-k', f'DSN=prod;Username=dbadmin;Database={DATABASE}', '-b', '-v', '-d|'],
                                     {'ODBCINI': deployed.beside('.odbc.ini')}, programs.QUESTION + '\n')
    assert done.stdout.strip() == SEEN, done


@pytest.mark.parametrize('format', ['jdbc', 'pkcs12'])
def test_pgjdbc_connects_with_the_properties_and_the_passphrase(deployed, format):
    url = f'jdbc:postgresql://127.0.0.1:{deployed.server.port}/{DATABASE}'
    done = programs.java(deployed.client.folder, 'Connect', url, deployed.beside(f'.{format}.properties'), PASSPHRASE)
    assert done.stdout == 't|/CN=dbadmin\n', done.stderr
    wrong = programs.java(deployed.client.folder, 'Connect', url, deployed.beside(f'.{format}.properties'), 'other')
    assert wrong.returncode != 0 and 't|' not in wrong.stdout


INFO = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.include_vars: {file: "%s/defaults/main.yml"}
    - ansible.builtin.include_vars: {file: "%s/vars/main.yml"}
    - gaussdb.dws_ssl.client_certificates_info:
        sets: "{{ dws_client_users | gaussdb.dws_ssl.client_sets(dict(__dws_client_settings, bundle=with_bundle | default(none))) }}"
        key_passphrase: "{{ dws_client_key_passphrase }}"
      register: info
    - ansible.builtin.copy:
        content: "{{ info.findings | selectattr('severity', 'ne', 'info') | to_json }}"
        dest: "{{ answer }}"
""" % ((ROLE,) * 2)


@pytest.mark.parametrize('with_bundle', [False, True])
def test_what_is_read_back_agrees_until_somebody_changes_it(deployed, with_bundle):
    client = deployed.client
    play, answer = client.folder / 'info.yml', client.folder / 'answer.json'
    play.write_text(INFO)

    def findings() -> list[tuple[str, str]]:
        extra = {**deployed.variables(), 'answer': str(answer)}
        extra.update({'with_bundle': extra['dws_client_bundle']} if with_bundle else {})
        done = client.playbook(play, 'localhost,', [json.dumps(extra)])
        assert done.returncode == 0, done.stdout + done.stderr
        return sorted((one['rule'], one['subject']) for one in json.loads(answer.read_text()))

    assert findings() == []
    if with_bundle:
        return
    Path(deployed.beside('.pg_service.conf')).write_text('# gaussdb.dws_ssl\n[prod]\nsslmode=prefer\n')
    Path(deployed.beside('.env')).unlink()
    (deployed.plain / 'client.key.pk8').unlink()
    assert findings() == [('file-missing', 'client.key.pk8'), ('format-drift', deployed.beside('.pg_service.conf')),
                          ('format-missing', deployed.beside('.env'))]
    assert deployed.run().returncode == 0 and findings() == []


@settings(max_examples=4, deadline=None)
@given(texts=st.lists(HOSTILE, min_size=40, max_size=80))
def test_java_reads_back_what_a_properties_file_says(deployed, texts):
    lines, wanted = [], []
    for text in texts:
        try:
            lines.append(f'{len(wanted)}={jdbc.quote(text)}')
            wanted.append(text)
        except Unfit:
            pass
    file = deployed.client.folder / 'texts.properties'
    file.write_bytes('\n'.join(lines).encode('ascii'))
    done = programs.java(deployed.client.folder, 'ReadBack', str(file), as_owner=False)
    assert [base64.b64decode(line).decode() for line in done.stdout.splitlines()] == wanted, done.stderr
