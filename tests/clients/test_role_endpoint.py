# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role dws_client with dws_client_endpoint: a real deployment on this machine, checked against a real server."""
from __future__ import annotations

import shutil

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE, PostgreSQL


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
    assert failed.returncode != 0 and 'Fail where a set does not work' in failed.stdout, failed.stdout
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
    assert failed.returncode != 0 and 'with the current sets untouched' in failed.stdout, failed.stdout
    assert (client.current(), client.sets()) == ('.sslcert.1', ['.sslcert.1'])


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
