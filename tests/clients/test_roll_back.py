# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set that turns out to be wrong, taken back, read back and removed with the collection's own playbooks."""
from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import HOST_PYTHON, OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE

PLAYBOOKS = Path(__file__).parents[2] / 'playbooks'

# What one user's host answers, for comparison with the Python that was asked for.
ASK = '''
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.setup:
        gather_subset: ['!all', '!min', platform]
    - gaussdb.dws_ssl.client_certificates_info:
        dest: "{{ dws_client_directory }}"
        owner: "{{ dws_client_users }}"
      register: asked
    - gaussdb.dws_ssl.connection_info:
        endpoint: "{{ dws_client_endpoint }}"
        dest: "{{ dws_client_directory }}"
        owner: "{{ dws_client_users }}"
      register: connected
    - ansible.builtin.copy:
        content: "{{ {'python': ansible_facts.python_version, 'info': asked, 'connection': connected} | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
'''


@pytest.fixture
def client():
    one = Client()
    (one.folder / 'ask.yml').write_text(ASK)
    yield one
    shutil.rmtree(one.folder)


def play(client, playbook, **variables):
    """Run a playbook of the collection for this one host, and return its output."""
    given = {'dws_hosts': 'all', 'dws_become': False, 'ansible_connection': 'local', 'dws_client_users': OWNER,
             'dws_client_directory': str(client.dest), 'dws_client_profile_dir': '', **variables}
    done = client.playbook(PLAYBOOKS / playbook, 'localhost,', [json.dumps(given)])
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(client, port):
    given = {'dws_client_users': OWNER, 'dws_client_directory': str(client.dest), 'dws_client_endpoint': f'127.0.0.1:{port}',
             'result': str(client.folder / 'result.json')}
    done = client.playbook(client.folder / 'ask.yml', 'localhost,', [json.dumps(given)])
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((client.folder / 'result.json').read_text())


def test_deployed_replaced_taken_back_and_removed(client, server):
    files = client.bundle('good')
    client.bundle('other')
    server.start(hba=CERTIFICATE, certificate=files['server/server.crt'], key=files['server/server.key'], ca=files['server/cacert.pem'])
    play(client, 'deploy.yml', dws_client_bundle=str(client.folder / 'good.zip'))
    good = ask(client, server.port)
    assert good['info']['compliant'] and good['connection']['set_works']
    wanted = subprocess.run([HOST_PYTHON, '--version'], capture_output=True, text=True, check=True).stdout.strip()
    assert f"Python {good['python']}" == wanted

    play(client, 'deploy.yml', dws_client_bundle=str(client.folder / 'other.zip'))
    other = ask(client, server.port)
    assert other['info']['compliant'] and other['connection']['set_works'] is False

    back = {'dws_client_replaces': other['info']['generation']}
    assert 'changed=1' in play(client, 'rollback.yml', **back)
    assert 'changed=0' in play(client, 'rollback.yml', **back)
    again = ask(client, server.port)
    assert again['info']['generation'] == good['info']['generation'] and again['connection']['set_works']

    assert 'changed=1' in play(client, 'remove.yml')
    assert not client.home.exists()     # as nothing was left in it
