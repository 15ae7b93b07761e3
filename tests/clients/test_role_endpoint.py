# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role dws_client with dws_client_endpoint: a real deployment on this machine, checked against a real server."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import ANY, CERTIFICATE, PostgreSQL

PREFLIGHT = Path(__file__).parents[2] / 'playbooks/preflight.yml'


@pytest.fixture
def client():
    one = Client()
    yield one
    shutil.rmtree(one.folder)


def serve(server: PostgreSQL, files: dict[str, bytes]) -> int:
    server.start(hba=CERTIFICATE, certificate=files['server/server.crt'], key=files['server/server.key'],
                 ca=files['server/cacert.pem'])
    return server.port


def test_a_set_that_works_stays_and_a_second_run_changes_nothing(client, server):
    port = serve(server, client.bundle('good'))
    first = client.run('good', port)
    assert (first.returncode, client.current()) == (0, '.sslcert.1'), first.stdout
    second = client.run('good', port)
    assert second.returncode == 0 and 'changed=0' in second.stdout, second.stdout


def test_a_new_set_that_the_server_refuses_is_taken_back_and_the_host_fails(client, server):
    port = serve(server, client.bundle('good'))
    client.bundle('other')
    client.run('good', port)
    failed = client.run('other', port)
    assert failed.returncode != 0 and 'The set before is the current one again.' in failed.stdout, failed.stdout
    assert client.current() == '.sslcert.1'
    assert client.run('good', port).returncode == 0


def test_a_first_set_that_the_server_refuses_stays_and_the_host_fails(client, server):
    port = serve(server, client.bundle('good'))
    client.bundle('other')
    assert client.run('other', port).returncode != 0
    assert client.current() == '.sslcert.1'


def test_a_server_that_is_not_there_fails_the_host_and_leaves_the_new_set(client, server):
    port = serve(server, client.bundle('good'))
    client.bundle('other')
    client.run('good', port)
    server.stop()
    failed = client.run('other', port)
    assert failed.returncode != 0 and client.current() == '.sslcert.2', failed.stdout


def test_verify_first_leaves_the_current_set_alone(client, server):
    port = serve(server, client.bundle('good'))
    client.bundle('other')
    assert client.run('good', port, dws_client_verify='first').returncode == 0
    failed = client.run('other', port, dws_client_verify='first')
    assert failed.returncode != 0 and 'The current sets were left as they are.' in failed.stdout, failed.stdout
    assert (client.current(), client.sets()) == ('.sslcert.1', ['.sslcert.1'])


def test_tags_choose_whole_parts_of_the_role(client, server):
    port = serve(server, client.bundle('good'))
    client.bundle('other')
    assert client.run('good', port, '--tags', 'dws_client', dws_client_verify='first').returncode == 0
    assert client.current() == '.sslcert.1'
    failed = client.run('other', port, '--tags', 'dws_client', dws_client_verify='first')
    assert failed.returncode != 0 and client.sets() == ['.sslcert.1'], failed.stdout
    unasked = client.run('other', port, '--skip-tags', 'dws_client_verify')
    assert unasked.returncode == 0 and client.current() == '.sslcert.2', unasked.stdout
    assert 'changed=0' in client.run('good', port, '--tags', 'another').stdout and client.current() == '.sslcert.2'
    refused = client.run('other', port, '--tags', 'dws_client_verify')
    assert refused.returncode != 0 and 'Not every set works.' in refused.stdout and client.current() == '.sslcert.2', refused.stdout
    client.run('good', port)
    both = client.run('good', port, '--tags', 'dws_client,dws_client_verify')
    assert both.returncode == 0 and 'skipped=1' in both.stdout, both.stdout
    asked = client.run('good', port, '--tags', 'dws_client_verify')
    assert asked.returncode == 0 and 'ok=2    changed=0' in asked.stdout and client.current() == '.sslcert.3', asked.stdout


def test_check_mode_tries_the_current_set_alone(client, server):
    port = serve(server, client.bundle('good'))
    client.bundle('other')
    client.run('good', port)
    assert client.run('other', port, '--check').returncode == 0
    assert (client.current(), client.sets()) == ('.sslcert.1', ['.sslcert.1'])


def test_check_mode_on_a_fresh_host_tells_a_change_and_fails_nothing(client, server):
    port = serve(server, client.bundle('good'))
    checked = client.run('good', port, '--check')
    assert checked.returncode == 0 and 'changed=1' in checked.stdout, checked.stdout
    assert client.current() is None


@pytest.mark.parametrize('verify', ['after', 'first'])
def test_a_user_who_is_missing_and_skipped_is_not_asked_for(client, server, verify):
    port = serve(server, client.bundle('good'))
    users = [OWNER, {'name': 'no-such-user', 'directory': str(client.home / 'missing')}]
    done = client.run('good', port, dws_client_users=users, dws_client_missing_user='skip', dws_client_verify=verify)
    assert (done.returncode, client.current()) == (0, '.sslcert.1') and 'It was skipped.' in done.stdout + done.stderr, done.stdout
    failed = client.run('good', port, dws_client_users=users)
    assert failed.returncode != 0 and '[user-missing]' in failed.stdout


def test_preflight_says_who_would_be_cut_off(client, server):
    port = serve(server, client.bundle('good'))
    client.run('good', port)
    server.set_hba(ANY)
    server.reload()
    inventory = client.folder / 'inventory.yml'
    inventory.write_text('dws_clients: {hosts: {one: {ansible_connection: local}, two: {ansible_connection: local}}}\n')
    for sslmode, row in (('disable', 'yes       yes      yes         yes'), ('verify-ca', 'yes       no       no          no')):
        given = json.dumps({'dws_client_endpoint': f'127.0.0.1:{port}', 'dws_client_users': OWNER, 'dws_become': False,
                            'dws_client_directory': str(client.dest), 'dws_client_sslmode': sslmode})
        done = client.playbook(PREFLIGHT, str(inventory), [given])
        assert done.returncode == 0, done.stdout
        for host in ('one', 'two'):
            assert f'{host}   {OWNER}  {sslmode}'.ljust(20) in done.stdout and row in done.stdout, done.stdout
    for narrowed in (['--limit', 'two'], ['-e', 'dws_hosts=dws_clients:!one']):
        done = client.playbook(PREFLIGHT, str(inventory), [given], *narrowed)
        assert f'two   {OWNER}  {sslmode}' in done.stdout and f'one   {OWNER}' not in done.stdout, done.stdout
