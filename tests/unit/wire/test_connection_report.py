# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of connection_info: what the host has seen of a server, and what the controller makes of it."""
from __future__ import annotations

import time

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.connection_report import report
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire import servers
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.asking import answer_of
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.servers import Server, good, says

CA, OTHER = bundles.root(), bundles.root('Other CA')
CONTEXT = servers.server_context(bundles.server(CA, own_key=bundles.key('Ed25519')))


def results(script, folder=None, timeout=5, **options):
    with Server(script) as server:
        asked = {'host': '127.0.0.1', 'port': server.port, 'user': 'dbadmin', 'database': 'postgres', 'owner': None, 'timeout': timeout,
                 'dest': folder and str(folder)}
        answer = dict(answer_of(asked), owner='dbadmin')
        return report(answer, dict({'sslmode': 'verify-ca', 'expiry_warning_days': 90, 'waive': []}, **options), '127.0.0.1',
                      server.port, int(time.time()))


def rules(found):
    return [one['rule'] for one in found['findings']]


@pytest.mark.parametrize('authority, verified', [(CA, True), (OTHER, False)])
def test_a_server_with_tls_is_told_by_chain_and_verification(tmp_path, authority, verified):
    (tmp_path / 'cacert.pem').write_bytes(authority.pem)
    (tmp_path / 'cacert.pem').chmod(0o600)
    found = results(good(CONTEXT), tmp_path)
    assert (found['reachable'], found['ssl'], found['tls']['version']) == (True, True, 'TLSv1.3')
    assert found['verification']['ok'] is verified and bool(found['verification']['reason']) is not verified
    assert found['server_chain'][0]['subject'].startswith('CN=') and found['client_certificate']['sent'] is False
    assert found['outcome'] == found['outcomes']['verify-ca'] and set(found['outcomes']) == set(found['outcomes_with_require_ssl'])
    assert ('server-ca-wrong' in rules(found)) is not verified


def test_a_server_without_tls_is_told_and_a_finding_can_be_waived():
    found = results(says(b'N'), timeout=0.5, waive=['endpoint-ssl-off'])
    assert (found['ssl'], found['tls'], found['server_chain']) == (False, {'version': None, 'cipher': None}, None)
    waived = [one['rule'] for one in found['findings'] if one['waived']]
    assert waived == ['endpoint-ssl-off'] and set(rules(found)) >= set(waived)


def test_what_the_host_could_not_ask_is_a_finding_and_everything_else_unknown():
    answer = {'owner': 'nosuchuser', 'seen': None, 'problems': [
        {'rule': 'user-missing', 'subject': 'nosuchuser', 'detail': 'The user does not exist on this host.'}]}
    found = report(answer, {'sslmode': 'verify-ca', 'expiry_warning_days': 90, 'waive': []}, 'dws.example.com', 8000, 0)
    assert rules(found) == ['user-missing'] and found['endpoint'] == 'dws.example.com:8000'
    assert (found['reachable'], found['ssl'], found['client_certificate']['sent'], found['set_works']) == (None, None, None, None)
