# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is concluded from what was seen of an endpoint, also where it is a server that no test can run."""
from __future__ import annotations

import json

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import (
    ANSWERED,
    AUTHENTICATION,
    ERROR,
    HANDSHAKE,
    SESSION,
    STARTUP,
    Attempt,
    ClientFiles,
    FileFault,
    Probe,
    Reply,
    parse_endpoint,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.file_modes import refusing_clients
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.outcomes import expected_outcomes
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.connection import Question, judge, set_works
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.server_name import bears_name

FILES = ClientFiles('/c/client.crt', '/c/cacert.pem')
TLS_OK = Attempt(ANSWERED, answer='S', version='TLSv1.2', cipher='x', asked_for_certificate=True, reply=Reply(SESSION))
INSPECTED = Attempt(HANDSHAKE, answer='S', version='TLSv1.2', asked_for_certificate=True)


def clear(reply: Reply | None, fault: str | None = None) -> Attempt:
    return Attempt(ANSWERED if reply else STARTUP, fault, reply=reply)


def probe(clear_reply: Reply | None, verified: Attempt = TLS_OK, files: ClientFiles = FILES, **more: Attempt) -> Probe:
    return Probe('192.0.2.1', files, INSPECTED, verified, clear=clear(clear_reply), **more)


@pytest.mark.parametrize('text, expected', [
    ('db.example.com:5432', ('db.example.com', 5432)), ('db.example.com', ('db.example.com', 8000)), ('10.0.0.1:1', ('10.0.0.1', 1)),
    ('[2001:db8::5]:8001', ('2001:db8::5', 8001)), ('[::1]', ('::1', 8000)), ('2001:db8::5', ('2001:db8::5', 8000)),
    ('::1', ('::1', 8000)), ('[fe80::1%eth0]:5', ('fe80::1%eth0', 5)), (' db:1 ', ('db', 1))])
def test_endpoints(text, expected):
    assert parse_endpoint(text) == expected


@pytest.mark.parametrize('text', [
    '', ':8000', 'db:', 'db:0', 'db:65536', 'db:x', 'a b:1', 'postgres://db:1', '[::1', 'db:1:2', '[]:1', '[db]:1', 'db/x:1'])
def test_what_is_no_endpoint(text):
    with pytest.raises(ValueError, match='endpoint'):
        parse_endpoint(text)


HBA = Reply(ERROR, '28000', 'no pg_hba.conf entry for host "h", user "u", database "d", no encryption', 'ClientAuthentication')
HBA_TLS = Reply(ERROR, '28000', 'no pg_hba.conf entry for host "h", user "u", database "d", SSL encryption', 'ClientAuthentication')


@pytest.mark.parametrize('reply, expected', [
    (Reply(ERROR, '57P03', 'SSL connection is required by the database system'), True),     # openGauss
    (HBA, True), (HBA._replace(routine=''), True),
    (HBA._replace(message='FATAL: \u6ca1\u6709\u7528\u4e8e\u4e3b\u673a'), True),            # another language of the server
    (Reply(ERROR, '28000', 'no pg_hba.conf entry for host "h", user "u", database "d", SSL off'), True),
    (Reply(SESSION), False), (Reply(AUTHENTICATION), False), (Reply(ERROR, '3D000', 'database "d" does not exist'), False),
    (Reply(ERROR, '28000', 'role "u" does not exist', 'InitializeSessionUserId'), False),
    (Reply(ERROR, '57P03', 'the database system is starting up'), None), (Reply(ERROR, '53300', 'too many clients'), None),
    (Reply(ERROR, '', 'an old server'), None), (None, None)])
def test_require_ssl(reply, expected):
    assert endpoint.require_ssl(probe(reply)) is expected


def test_require_ssl_is_not_known_where_tls_is_turned_away_too():
    assert endpoint.require_ssl(probe(HBA, TLS_OK._replace(reply=HBA_TLS))) is None
    assert endpoint.require_ssl(probe(HBA, TLS_OK._replace(reply=None, step=HANDSHAKE, fault=endpoint.TLS))) is None


def test_require_ssl_is_known_where_tls_fails_for_the_lack_of_a_certificate():
    lacking = Reply(ERROR, '28000', 'connection requires a valid client certificate', 'ClientAuthentication')
    found = probe(HBA, TLS_OK._replace(reply=lacking), ClientFiles(None, '/c/cacert.pem'))
    assert endpoint.require_ssl(found) is True and set_works(found) is False


@pytest.mark.parametrize('detail, refused', [
    ('tlsv1 alert unknown ca', True), ('sslv3 alert certificate expired', True), ('tlsv13 alert certificate required', True),
    ('ssl/tls alert bad certificate', True), ('tlsv1 alert protocol version', False), ('wrong version number', False),
    ('sslv3 alert handshake failure', False)])
def test_alerts_about_the_client_certificate(detail, refused):
    failed = TLS_OK._replace(fault=endpoint.TLS, step=STARTUP, detail=detail, reply=None)
    assert endpoint.certificate_refused(failed) is refused
    assert set_works(probe(Reply(SESSION), failed)) is (False if refused else None)


@pytest.mark.parametrize('step, connects', [(HANDSHAKE, True), (STARTUP, False)])
def test_prefer_falls_back_before_the_handshake_is_over_and_not_after(step, connects):
    """libpq tries clear text after a failed handshake; a server of TLS 1.3 that refuses later ends the matter."""
    failed = TLS_OK._replace(fault=endpoint.TLS, step=step, detail='tlsv1 alert unknown ca', reply=None)
    outcome = expected_outcomes(probe(Reply(SESSION), failed), 'db', False)['prefer']
    assert (outcome.connects, outcome.encrypted) == (connects, False)


def test_where_nothing_was_seen_nothing_is_known():
    assert all(set(one[:4]) == {None} for one in expected_outcomes(Probe(), 'db', None).values())
    assert (endpoint.reachable(Probe()), endpoint.ssl_on(Probe()), set_works(Probe())) == (None, None, None)


def test_a_slow_or_starting_server_says_nothing_of_the_set():
    for attempt in (TLS_OK._replace(fault=endpoint.TIMEOUT, reply=None),
                    TLS_OK._replace(reply=Reply(ERROR, '57P03', 'the database system is starting up'))):
        found = probe(None, attempt)
        assert set_works(found) is None
        assert expected_outcomes(found, 'db', None)['verify-ca'].connects is None


@pytest.mark.parametrize('reply', [
    Reply(ERROR, '28000', 'role "u" does not exist', 'InitializeSessionUserId'), Reply(ERROR, '28000', 'The account has been locked.'),
    Reply(ERROR, '28P01', 'password authentication failed for user "u"', 'auth_failed')])
def test_a_missing_or_locked_account_says_nothing_against_the_set(reply):
    found = probe(reply, TLS_OK._replace(reply=reply))
    assert (set_works(found), endpoint.require_ssl(found), endpoint.certificate_accepted(found)) == (True, False, True)
    rules = {one.rule: one.severity for one in judge(found, Question('db', 8000, 'verify-ca', 0))}
    assert rules['endpoint-session-refused'] == 'warning' and 'error' not in rules.values()


def test_a_file_that_cannot_be_used_fails_tls_in_every_mode_and_prefer_falls_back():
    files = FILES._replace(faults=(FileFault('/c/client.key', 'has mode 0644', ('gsql', 'libpq'), True),))
    found = Probe('192.0.2.1', files, INSPECTED, clear=clear(Reply(SESSION)))
    outcomes = expected_outcomes(found, 'db', False)
    assert [outcomes[mode].connects for mode in ('require', 'verify-ca', 'verify-full')] == [False] * 3
    assert (outcomes['prefer'].connects, outcomes['prefer'].encrypted) == (True, False)
    assert set_works(found) is False


def test_text_from_a_server_is_escaped():
    hostile = Reply(ERROR, '28000', 'no pg_hba.conf entry \x1b[2J\u202e' + 'x' * 500)
    found = judge(probe(hostile, TLS_OK._replace(reply=hostile)), Question('db', 8000, 'verify-ca', 0))
    texts = [one.message for one in found]
    assert any('\\x1b[2J' in text for text in texts)
    assert all('\x1b' not in text and '\u202e' not in text and len(text) < 300 for text in texts)


def test_a_probe_survives_its_way_through_json():
    one = probe(HBA, TLS_OK._replace(chain=('AA==',), names=(('DNS', 'db'),)), FILES._replace(
        faults=(FileFault('/c', 'is odd', ('gsql',), False),), authorities=('AA==',)))
    assert endpoint.probe_of(json.loads(json.dumps(endpoint.as_plain(one)))) == one


@pytest.mark.parametrize('names, host, same', [
    ([('DNS', 'db.example.com')], 'DB.example.com', True), ([('DNS', '*.example.com')], 'db.example.com', True),
    ([('DNS', '*.example.com')], 'a.db.example.com', False), ([('DNS', '*.example.com')], 'example.com', False),
    ([('DNS', 'other'), ('commonName', 'db')], 'db', False), ([('commonName', 'db')], 'db', True),
    ([('IP Address', '10.0.0.1')], '10.0.0.1', True), ([('IP Address', '2001:DB8:0:0:0:0:0:5\n')], '2001:db8::5', True),
    ([('IP Address', '10.0.0.2'), ('commonName', '10.0.0.1')], '10.0.0.1', False), ([], 'db', False),
    ([('DNS', '10.0.0.1')], '10.0.0.1', True), ([('DNS', 'other'), ('commonName', '10.0.0.1')], '10.0.0.1', True),
    ([('IP Address', '10.0.0.1'), ('commonName', 'db')], 'db', True), ([('IP Address', '')], 'db', False),
    ([('commonName', 'first'), ('commonName', 'db')], 'db', False)])
def test_names(names, host, same):
    assert bears_name(names, host) is same


@pytest.mark.parametrize('mode, is_key, of_root, clients', [
    (0o600, True, False, ()), (0o400, True, False, ()), (0o500, False, False, ()), (0o700, True, False, ('gsql',)),
    (0o640, True, False, ('gsql', 'libpq')), (0o640, True, True, ('gsql',)), (0o644, True, True, ('gsql', 'libpq')),
    (0o644, False, False, ('gsql',))])
def test_modes(mode, is_key, of_root, clients):
    assert refusing_clients(mode, is_key, of_root) == clients
