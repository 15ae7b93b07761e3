# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""gaussdb.dws_ssl.connection_info as a task, with every option as text, as ``-e k=v`` gives it."""
from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients import postgresql
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import HOST_PYTHON
from ansible_collections.gaussdb.dws_ssl.tests.clients.probing import write_set
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.asking import oldest_python

PLAY = '''
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - gaussdb.dws_ssl.connection_info:
        endpoint: "{{ endpoint }}"
        dest: "{{ dest | default(omit) }}"
        sslcert: "{{ sslcert | default(omit) }}"
        sslkey: "{{ sslkey | default(omit) }}"
        sslrootcert: "{{ sslrootcert | default(omit) }}"
        sslcrl: "{{ sslcrl | default(omit) }}"
        owner: "{{ owner | default(omit) }}"
        sslmode: "{{ sslmode | default(omit) }}"
        timeout: "{{ timeout | default(omit) }}"
        user: "{{ user | default(omit) }}"
        database: "{{ database | default(omit) }}"
        expiry_warning_days: "{{ expiry_warning_days | default(omit) }}"
        waive: "{{ waive | default(omit) }}"
      register: connection
    - ansible.builtin.copy:
        content: "{{ connection | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
      check_mode: false
'''

ME = pwd.getpwuid(os.geteuid()).pw_name
CA = bundles.root()
SERVER = bundles.server(CA)
CLIENT = bundles.client(CA)
PASSPHRASE = 'Chang3it@test'
MEMBERS = dict({'client.crt': CLIENT.pem, 'client.key': bundles.encrypted_pem(CLIENT.key, PASSPHRASE), 'cacert.pem': CA.pem,
                'sslcrl-file.crl': bundles.crl(CA)}, **bundles.pair_of(PASSPHRASE))


class Task:
    """Runs the task and gives what it returned."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = ''
        (folder / 'play.yml').write_text(PLAY)

    def run(self, *arguments: str, **options: str) -> dict:
        result = self.folder / 'result.json'
        result.unlink(missing_ok=True)
        given = [f'{name}={value}' for name, value in dict(options, result=result, ansible_python_interpreter=HOST_PYTHON).items()]
        done = subprocess.run(
            [str(Path(sys.executable).parent / 'ansible-playbook'), '-i', 'localhost,', str(self.folder / 'play.yml'),
             *(word for one in given for word in ('-e', one)), *arguments], capture_output=True, text=True, timeout=120, check=False)
        self.output = done.stdout + done.stderr
        return json.loads(result.read_text()) if result.exists() else {}


@pytest.fixture
def task(tmp_path):
    return Task(tmp_path)


@pytest.fixture
def started(server):
    server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem, hba=postgresql.CERTIFICATE)
    return server


def test_each_option_as_text(task, started, tmp_path):
    folder = write_set(tmp_path / ME / 'sslcert', MEMBERS)
    result = task.run(
        endpoint=f'127.0.0.1:{started.port}', dest=tmp_path / '{user}' / 'sslcert', owner=ME, sslmode='require', timeout='7.5',
        user='dbadmin', database='postgres', expiry_warning_days='500', waive='server-certificate-expires-soon,key-encrypted',
        sslcert=folder / 'client.crt', sslkey=folder / 'client.key', sslrootcert=folder / 'cacert.pem',
        sslcrl=folder / 'sslcrl-file.crl')
    assert result['set_works'] is True and result['require_ssl'] is True and result['sslmode'] == 'require', task.output
    assert result['client_certificate'] == {'asked_for': True, 'sent': True, 'accepted': True}
    assert result['verification'] == {'ok': True, 'reason': None, 'revocation': True}
    assert {one['rule']: one['waived'] for one in result['findings']}['server-certificate-expires-soon'] is True
    assert not result['changed'] and not result['failed']


def test_in_check_mode_and_without_files(task, started):
    result = task.run('--check', endpoint=f'127.0.0.1:{started.port}', user='dbadmin')
    assert (result['ssl'], result['require_ssl'], result['owner']) == (True, True, ME), task.output
    assert result['verification']['ok'] is None
    assert 'client-certificate-needed' in {one['rule'] for one in result['findings']}


def test_nothing_secret_is_printed_at_the_highest_verbosity(task, started, tmp_path):
    folder = write_set(tmp_path / 'sslcert', MEMBERS)
    assert task.run('-vvvvv', endpoint=f'127.0.0.1:{started.port}', dest=folder, user='dbadmin')['set_works']
    lines = MEMBERS['client.key'].decode().splitlines()[1:-1]
    for secret in (PASSPHRASE, *lines, MEMBERS['client.key.rand'].hex()):
        assert secret not in task.output


@pytest.mark.parametrize('options, words', [
    ({'endpoint': 'db:port'}, 'endpoint must be host:port'), ({'endpoint': 'db', 'timeout': '0'}, 'timeout must be from 0.1'),
    ({'endpoint': 'db', 'timeout': 'soon'}, 'unable to convert to float'), ({'endpoint': 'db', 'sslmode': 'verify_ca'}, 'sslmode'),
    ({'endpoint': 'db', 'dest': 'sslcert'}, 'dest must be an absolute path'), ({'endpoint': 'db', 'user': ''}, 'user must be a name')])
def test_wrong_options_fail_with_a_sentence(task, options, words):
    assert task.run(**options) == {}
    assert words in task.output and 'Traceback' not in task.output


def test_what_it_finds_fails_nothing(task, tmp_path):
    """No server, no files, no such user: all are findings."""
    result = task.run(endpoint='127.0.0.1:1', dest=tmp_path / 'none')
    assert {one['rule'] for one in result['findings']} >= {'endpoint-unreachable'}, task.output
    result = task.run(endpoint='127.0.0.1:1', owner='dws_ssl_nobody')
    assert [one['rule'] for one in result['findings']] == ['user-missing'], task.output
    assert result['outcome']['connects'] is None


def test_the_filter_of_table_3_agrees_with_the_result(task, started, tmp_path):
    folder = write_set(tmp_path / 'sslcert', MEMBERS)
    result = task.run(endpoint=f'127.0.0.1:{started.port}', dest=folder, user='dbadmin')
    from ansible_collections.gaussdb.dws_ssl.plugins.filter.connection_outcome import connection_outcome
    for sslmode in ('disable', 'allow', 'prefer', 'require', 'verify-ca'):
        row = connection_outcome({'ssl': result['ssl'], 'require_ssl': result['require_ssl'], 'sslmode': sslmode})
        found = result['outcomes'][sslmode]
        assert {name: found[name] for name in ('connects', 'encrypted', 'verified')} == {
            name: row[name] for name in ('connects', 'encrypted', 'verified')}, sslmode


def test_the_hosts_half_needs_nothing_of_ansible_but_its_own_files():
    """It is what a managed host with Python 3.6 compiles; the task itself wants an ansible-core that still supports it."""
    python = oldest_python()
    require(None if python else 'a Python 3.6')
    done = subprocess.run(
        [python, '-B', '-c', 'import sys; import ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask; '
         'print(sorted(name for name in sys.modules if name.startswith(("ansible.", "cryptography"))))'],
        env={'PYTHONPATH': str(Path(__file__).parents[2] / '.cache')}, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == '[]', done.stderr
