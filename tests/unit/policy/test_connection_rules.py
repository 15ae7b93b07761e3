# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule about an endpoint: found in the probe that shows it, and not where all is well."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import (
    ANSWERED,
    CONNECT,
    ERROR,
    HANDSHAKE,
    SESSION,
    SSL_REQUEST,
    STARTUP,
    Attempt,
    ClientFiles,
    FileFault,
    Probe,
    Reply,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Certificate
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.outcomes import expected_outcomes, said, what_failed
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.connection import RULES, Question, judge, set_works

DAY = 86400
NOW = 1000 * DAY
SERVER = Certificate('CN=db', 'CN=CA', '1', 0, NOW + 400 * DAY, 'f', 'p')
CA = Certificate('CN=CA', 'CN=CA', '2', 0, NOW + 400 * DAY, 'f', 'p')
ASKED = Question('db', 8000, 'verify-ca', NOW, chain=(SERVER,), authorities=(CA,))

FILES = ClientFiles('/c/client.crt', '/c/cacert.pem')
INSPECTED = Attempt(HANDSHAKE, answer='S', version='TLSv1.2', asked_for_certificate=True)
TLS = Attempt(ANSWERED, answer='S', version='TLSv1.2', asked_for_certificate=True, names=(('DNS', 'db'),), reply=Reply(SESSION))
NEEDS_SSL = Attempt(ANSWERED, reply=Reply(ERROR, '57P03', 'SSL connection is required by the database system'))
CLEAR = Attempt(ANSWERED, reply=Reply(SESSION))
WELL = Probe('192.0.2.1', FILES, INSPECTED, TLS, clear=NEEDS_SSL)


def failed(step, fault, detail='', **more):
    return Attempt(step, fault, detail, **more)


def nowhere(step, fault):
    """A probe of which nothing is known but that one connection failed."""
    return Probe(None, FILES, failed(step, fault))


def unverified(code=None, detail='certificate verify failed'):
    """A probe in which the client does not accept the server's certificate."""
    refused = failed(HANDSHAKE, endpoint.UNVERIFIED, detail, answer='S', verify_code=code)
    return WELL._replace(verified=refused, unverified=TLS._replace(names=()))


STARTING = TLS._replace(reply=Reply(ERROR, '57P03', 'the database system is starting up'))
NO_LINE = Reply(ERROR, '28000', 'no pg_hba.conf entry for host "h"', 'ClientAuthentication')
OLD = Probe('192.0.2.1', FILES, INSPECTED._replace(version='TLSv1.1'), failed(HANDSHAKE, endpoint.TLS, 'unsupported protocol', answer='S'))
WANTS_ONE = TLS._replace(reply=Reply(ERROR, '28000', 'connection requires a valid client certificate', 'ClientAuthentication'))
ENDED = ASKED._replace(chain=(SERVER._replace(not_after=NOW - 1),))
OTHERS = ASKED._replace(chain=(SERVER._replace(issuer='CN=Other CA'),))

# By rule: the probe that shows it, what was asked, and a word of the message.
SHOWN = {
    'endpoint-unreachable': [(nowhere(CONNECT, endpoint.UNREACHABLE), ASKED, 'On connecting: no connection')],
    'endpoint-timeout': [(nowhere(SSL_REQUEST, endpoint.TIMEOUT), ASKED, 'After SSLRequest: no answer in time')],
    'endpoint-closed': [(nowhere(SSL_REQUEST, endpoint.CLOSED), ASKED, 'closed the connection')],
    'endpoint-foreign': [(nowhere(SSL_REQUEST, endpoint.FOREIGN), ASKED, "does not speak PostgreSQL's protocol"),
                         (nowhere(SSL_REQUEST, endpoint.OVERSIZED), ASKED, 'sent too much')],
    'endpoint-injected': [(nowhere(SSL_REQUEST, endpoint.INJECTED), ASKED, 'before the handshake')],
    'endpoint-not-ready': [(WELL._replace(verified=STARTING), ASKED, '"the database system is starting up" (57P03)')],
    'endpoint-session-refused': [
        (WELL._replace(verified=TLS._replace(reply=NO_LINE), clear=CLEAR._replace(reply=NO_LINE)), ASKED, 'no pg_hba.conf entry'),
        (WELL._replace(verified=TLS._replace(reply=Reply(ERROR, '28P01', 'wrong password'))), ASKED, '"wrong password" (28P01)')],
    'endpoint-ssl-off': [
        (Probe('192.0.2.1', FILES, failed(SSL_REQUEST, None, answer='N'), clear=CLEAR), ASKED, 'there is no connection'),
        (Probe('192.0.2.1', FILES, failed(SSL_REQUEST, None, answer='N'), clear=CLEAR), ASKED._replace(sslmode='prefer'), 'clear text')],
    'endpoint-requires-ssl': [(WELL, ASKED._replace(sslmode='disable'), 'require')],
    'connection-clear-text': [(WELL._replace(clear=CLEAR), ASKED._replace(sslmode='disable'), 'With sslmode disable')],
    'connection-unverified': [(WELL._replace(files=ClientFiles(), verified=None, unverified=TLS), ASKED._replace(sslmode='require'),
                               'With sslmode require')],
    'tls-failed': [(nowhere(HANDSHAKE, endpoint.TLS), ASKED, 'the handshake fails')],
    'tls-version-old': [(OLD, ASKED, 'TLSv1.1')],
    'server-ca-wrong': [(unverified(20), OTHERS, 'was issued by "CN=Other CA"; the CA file holds "CN=CA"'),
                        (unverified(20), OTHERS._replace(authorities=()), 'holds no CA'),
                        (unverified(), OTHERS, 'was issued by'), (unverified(19), ASKED._replace(chain=()), 'refuses it')],
    'server-certificate-expired': [(unverified(10), ASKED, 'refuses it'), (unverified(), ENDED, 'refuses it')],
    'server-certificate-expires-soon': [(WELL, ASKED._replace(chain=(SERVER._replace(not_after=NOW + 29 * DAY),)), 'in 29 days')],
    'server-certificate-revoked': [(unverified(23), ASKED, 'refuses it')],
    'server-crl-unusable': [(unverified(12), ASKED, 'refuses it')],
    'server-unverified': [(unverified(24), ASKED, 'refuses it'), (unverified(), ASKED, 'refuses it')],
    'server-name-mismatch': [(WELL, ASKED._replace(host='10.0.0.5'), 'It is for "db"')],
    'server-chain-long': [(WELL._replace(inspection=INSPECTED._replace(chain_length=12)), ASKED, '12 certificates')],
    'client-certificate-refused': [
        (WELL._replace(verified=WANTS_ONE), ASKED, 'valid client certificate'),
        (WELL._replace(verified=failed(STARTUP, endpoint.TLS, 'tlsv1 alert unknown ca', answer='S')), ASKED, '"tlsv1 alert unknown ca"')],
    'client-certificate-needed': [(WELL._replace(files=ClientFiles(None, '/c/cacert.pem'), verified=WANTS_ONE), ASKED, 'It says')],
    'client-certificate-not-asked': [
        (WELL._replace(inspection=INSPECTED._replace(asked_for_certificate=False), verified=TLS._replace(asked_for_certificate=False)),
         ASKED, 'asks for none')],
    'client-files-unusable': [
        (WELL._replace(files=FILES._replace(faults=(FileFault('/c/k', 'has mode 0644', ('gsql',), True),))), ASKED, 'It has mode 0644.'),
        (WELL._replace(files=FILES._replace(faults=(FileFault('/c/k', 'bad decrypt', ('gsql',), True),))), ASKED, 'Bad decrypt.')],
    'connection-revocation-off': [
        (WELL._replace(files=FILES._replace(crl_used=False)), ASKED, 'cannot be loaded'),
        (WELL._replace(files=FILES._replace(crl_used=False, ca=None)), ASKED, 'without a CA file')],
}


def test_every_rule_is_shown_and_a_server_that_is_well_shows_none():
    assert list(SHOWN) == [rule.name for rule in RULES]
    assert judge(WELL, ASKED) == []


@pytest.mark.parametrize('rule, probe, asked, words', [(name, *one) for name, all_of_it in SHOWN.items() for one in all_of_it])
def test_a_rule_is_found_once(rule, probe, asked, words):
    found = [one for one in judge(probe, asked) if one.rule == rule]
    assert len(found) == 1
    assert words in found[0].message


def test_an_encrypted_key_is_told():
    found = judge(WELL._replace(files=FILES._replace(key_encrypted=True)), ASKED)
    assert [one.rule for one in found] == ['key-encrypted']


def test_what_another_finding_says_better_is_not_said_twice():
    """A handshake that fails for the client's certificate, for old TLS, or in the inspection of a server of TLS 1.3 alone."""
    refused = failed(HANDSHAKE, endpoint.TLS, 'tlsv1 alert unknown ca', answer='S')
    only_13 = WELL._replace(inspection=failed(HANDSHAKE, endpoint.TLS, 'alert protocol version', answer='S'))
    for probe in (WELL._replace(verified=refused), OLD, only_13):
        assert 'tls-failed' not in [one.rule for one in judge(probe, ASKED)]


def test_a_connection_in_clear_text_that_broke_is_no_refusal_of_a_user():
    found = judge(WELL._replace(clear=failed(STARTUP, endpoint.CLOSED)), ASKED)
    assert [one.rule for one in found] == ['endpoint-closed']


def test_a_kind_of_failure_is_told_once():
    slow = failed(SSL_REQUEST, endpoint.TIMEOUT)
    found = judge(Probe(None, FILES, slow, slow, clear=slow), ASKED)
    assert [one.rule for one in found] == ['endpoint-timeout']


@pytest.mark.parametrize('left, told', [(89, True), (90, False), (-1, False)])
def test_a_server_certificate_is_told_in_time(left, told):
    asked = ASKED._replace(chain=(SERVER._replace(not_after=NOW + left * DAY + 1),))
    assert ('server-certificate-expires-soon' in [one.rule for one in judge(WELL, asked)]) is told


def test_an_endpoint_is_named_as_it_is_written():
    assert [ASKED._replace(host=host).subject for host in ('db', '2001:db8::5')] == ['db:8000', '[2001:db8::5]:8000']


@pytest.mark.parametrize('probe, works', [
    (WELL, True), (unverified(20), False), (WELL._replace(verified=None, unverified=None), None),
    (WELL._replace(verified=None, unverified=WELL.verified), None),
    (WELL._replace(files=FILES._replace(faults=(FileFault('/c/k', 'is odd', ('gsql',), False),))), True)])
def test_whether_a_set_works(probe, works):
    assert set_works(probe) is works


@pytest.mark.parametrize('probe, accepted, verified', [
    (WELL, True, True), (WELL._replace(verified=WANTS_ONE), False, True), (unverified(20), True, False),
    (WELL._replace(verified=None), None, None), (WELL._replace(files=ClientFiles()), None, True),
    (WELL._replace(verified=STARTING), None, True), (WELL._replace(verified=failed(CONNECT, endpoint.UNREACHABLE)), None, None)])
def test_what_is_known_of_the_certificates(probe, accepted, verified):
    assert (endpoint.certificate_accepted(probe), endpoint.verification(probe)) == (accepted, verified)


def test_the_longest_chain_counts():
    seen = WELL._replace(inspection=INSPECTED._replace(chain=('one',)), verified=TLS._replace(chain=('one', 'two')))
    assert endpoint.chain(seen) == ('one', 'two')
    assert (endpoint.chain(WELL), endpoint.certificate_refused(None)) == (None, False)


def test_words_for_what_was_not_tried_or_not_answered():
    assert (what_failed(None), what_failed(CLEAR), said(Attempt(STARTUP))) == ('it was not tried', '', 'nothing')


def test_verify_full_is_decided_by_the_name():
    named, other = (expected_outcomes(WELL, host, True)['verify-full'] for host in ('db', '10.0.0.5'))
    assert (named.connects, other.connects) == (True, False)
    assert 'bears the name' in named.reason and 'not for the name' in other.reason
