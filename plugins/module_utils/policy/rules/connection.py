# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about an endpoint, and about what it does with one client's files: what gaussdb.dws_ssl.connection_info saw."""
from typing import Iterator, List, NamedTuple, Optional, Set, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import Attempt, Probe
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped, quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Certificate, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS, ERROR, INFO, LIBPQ, NATIVE, SEVERITIES, WARNING, Finding, Rule, finding)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.outcomes import (
    Expected, expected_outcomes, said, what_failed)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.key import ENCRYPTED as KEY_ENCRYPTED
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.server_name import bears_name
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.validity import day, days_left

_PROTOCOL = 'PostgreSQL documentation, "Message Flow"'
_VERIFY_FAILS = 'psql says: SSL error: certificate verify failed.'

UNREACHABLE = Rule(
    'endpoint-unreachable', ERROR, ALL_CLIENTS, 'No connection to the endpoint',
    'The name has no address, or nothing accepts connections there. It is no matter of certificates.',
    'Check host and port in the console; check security group, routing and firewall between this host and the cluster.',
    'connect(2), getaddrinfo(3)')
TIMED_OUT = Rule(
    'endpoint-timeout', ERROR, ALL_CLIENTS, 'The endpoint did not answer in time',
    'A firewall that drops packets looks like this, and so does a server that is too busy to answer.',
    'Check security group and firewall; raise timeout for a slow network.', 'gaussdb.dws_ssl.connection_info, timeout')
CLOSED = Rule(
    'endpoint-closed', ERROR, ALL_CLIENTS, 'The endpoint closed the connection before its answer was complete',
    'psql says: server closed the connection unexpectedly, or SSL SYSCALL error: EOF detected. A proxy without a server behind it '
    'does this, and so does a server that crashes or stops.',
    'Look into the server\'s log at this time; check what stands between this host and the cluster.', _PROTOCOL)
FOREIGN = Rule(
    'endpoint-foreign', ERROR, ALL_CLIENTS, 'What answers there is not a PostgreSQL-like server',
    'Its answer is none of the protocol that GaussDB(DWS) and PostgreSQL share, or is larger than any such answer.',
    'Check the port: GaussDB(DWS) listens on 8000 unless another one was chosen.', _PROTOCOL)
INJECTED = Rule(
    'endpoint-injected', ERROR, ALL_CLIENTS, 'Unencrypted data came with the answer to SSLRequest',
    'The answer is one byte. More of it is an attack on the client by somebody on the way, or not a PostgreSQL-like server. Newer '
    'versions of psql refuse it: received unencrypted data after SSL response.',
    'Check the port, and who can change data between this host and the cluster.', 'CVE-2021-23222')
NOT_READY = Rule(
    'endpoint-not-ready', ERROR, ALL_CLIENTS, 'The server takes no connection now',
    'It starts, stops, recovers or has too many clients. The certificates could not be tried.',
    'Wait until the cluster is available, and try again.', 'PostgreSQL documentation, SQLSTATE classes 53 and 57')
SESSION_REFUSED = Rule(
    'endpoint-session-refused', WARNING, ALL_CLIENTS, 'The server turns this user away for a reason that is not TLS',
    'Where it does so before it looks at certificates, what it would do with them is not known: no entry of pg_hba.conf for the '
    'address, for example. Where the account is missing or locked, they were accepted by then.',
    'Give a user and a database that may connect from this host.', 'PostgreSQL documentation, pg_hba.conf')
SSL_OFF = Rule(
    'endpoint-ssl-off', ERROR, ALL_CLIENTS, 'SSL is off on the server',
    'Every connection is in clear text; require and verify-ca fail: server does not support SSL, but SSL was required.',
    'Switch SSL on for the cluster.', 'Guide, Table 3')
REQUIRES_SSL = Rule(
    'endpoint-requires-ssl', ERROR, ALL_CLIENTS, 'The server requires SSL and the client does not use it',
    'With require_ssl on, a connection with sslmode disable cannot be set up.',
    'Use verify-ca.', 'Guide, Table 3')
CLEAR_TEXT = Rule(
    'connection-clear-text', WARNING, ALL_CLIENTS, 'This client connects in clear text',
    'Everything, the password included, can be read on the way. The client says nothing about it.',
    'Use verify-ca, and mend what the other findings name.', 'Guide, Table 3')
UNVERIFIED = Rule(
    'connection-unverified', WARNING, ALL_CLIENTS, 'This client does not verify the server',
    'The connection is encrypted, but the client would not notice a server in the middle.',
    'Use verify-ca with the CA file of the bundle.', 'Guide, Table 3')
TLS_FAILED = Rule(
    'tls-failed', ERROR, ALL_CLIENTS, 'TLS cannot be set up',
    'psql says: SSL error, with the reason of OpenSSL. prefer falls back to clear text.',
    'See the whole handshake with: openssl s_client -starttls postgres -connect HOST:PORT', 'RFC 5246; RFC 8446')
TLS_OLD = Rule(
    'tls-version-old', ERROR, NATIVE, 'The server speaks no TLS newer than 1.1',
    'gsql and psql want TLS 1.2: unsupported protocol.',
    'Have TLS 1.2 enabled on the server, or on what stands before it.', 'Guide: gsql supports TLSv1.2; libpq, ssl_min_protocol_version')
SERVER_CA = Rule(
    'server-ca-wrong', ERROR, ALL_CLIENTS, 'The CA file does not hold the CA of the server',
    'Clients that verify fail. ' + _VERIFY_FAILS + ' Newer bundles hold two trees, v1 and v2, and only one of them has the CA '
    'that issued the certificate of the server; the set of another cluster fails in the same way.',
    'Deploy the tree that fits the server (option tree), or the bundle of this cluster.', 'RFC 5280, section 6.1')
SERVER_EXPIRED = Rule(
    'server-certificate-expired', ERROR, ALL_CLIENTS, 'The certificate of the server is not valid now',
    'It, or a CA above it, has ended or has not begun. ' + _VERIFY_FAILS,
    'Have the certificate of the server replaced by the database\'s customer service; check the clock of this host.',
    'RFC 5280, section 4.1.2.5')
SERVER_EXPIRES_SOON = Rule(
    'server-certificate-expires-soon', WARNING, ALL_CLIENTS, 'The certificate of the server ends soon',
    'It still works. When it ends, every client that verifies stops connecting.',
    'Ask the database\'s customer service for the replacement in time.', 'RFC 5280, section 4.1.2.5')
SERVER_REVOKED = Rule(
    'server-certificate-revoked', ERROR, NATIVE, 'The certificate of the server is revoked',
    'The revocation list of the set lists it. ' + _VERIFY_FAILS,
    'Do not connect. Ask the database\'s customer service whether the key of the server was lost.', 'RFC 5280, section 6.3')
SERVER_CRL = Rule(
    'server-crl-unusable', ERROR, (LIBPQ,), 'The revocation list does not serve for the chain of the server',
    'It has ended, or a CA of the chain has no list in the file. psql fails then: certificate verify failed; gsql connects without '
    'looking at revocation.',
    'Deploy a current list with one part for each CA of the chain.', 'RFC 5280, section 6.3; OpenSSL, X509_V_FLAG_CRL_CHECK_ALL')
SERVER_UNVERIFIED = Rule(
    'server-unverified', ERROR, ALL_CLIENTS, 'Clients do not accept the certificate of the server',
    _VERIFY_FAILS,
    'See the reason with: openssl s_client -starttls postgres -connect HOST:PORT -CAfile cacert.pem', 'RFC 5280, section 6.1')
SERVER_NAME = Rule(
    'server-name-mismatch', INFO, (LIBPQ,), 'The certificate of the server does not bear the name that clients connect to',
    'It matters for verify-full alone, which GaussDB(DWS) does not support.',
    'Nothing has to be done; do not use verify-full.', 'Guide, Table 2')
SERVER_CHAIN = Rule(
    'server-chain-long', WARNING, ALL_CLIENTS, 'The server sends an unusually long chain',
    'Public hierarchies have up to four certificates. Every client receives all of it at every connection.',
    'Have the file with the certificate of the server cut down to its own chain.', 'RFC 5246, section 7.4.2')
CLIENT_REFUSED = Rule(
    'client-certificate-refused', ERROR, ALL_CLIENTS, 'The server refuses the client certificate',
    'It does not trust the CA of the certificate, or the certificate has ended, is revoked or does not belong to the user.',
    'Deploy the current bundle of this cluster; the message of the server says what it found wrong.',
    'RFC 8446, section 6.2; PostgreSQL, 28000')
CLIENT_NEEDED = Rule(
    'client-certificate-needed', ERROR, ALL_CLIENTS, 'The server wants a client certificate and the set has none',
    'psql says: FATAL: connection requires a valid client certificate.',
    'Deploy the bundle with auth_mode bidirectional.', 'Guide, Table 1')
CLIENT_NOT_ASKED = Rule(
    'client-certificate-not-asked', INFO, ALL_CLIENTS, 'The server does not ask for the client certificate',
    'The set is for bidirectional authentication; the server verifies no client, so the certificate is of no effect.',
    'Nothing has to be done, unless clients should be authenticated by certificate.', 'Guide, Table 1')
CLIENT_FILES = Rule(
    'client-files-unusable', ERROR, NATIVE, 'The client cannot use one of its own files',
    'Every TLS connection fails before it begins; prefer falls back to clear text without a message.',
    'Mend the file that the message names; deploying the bundle again does.', 'openGauss libpq; PostgreSQL libpq')
REVOCATION_OFF = Rule(
    'connection-revocation-off', ERROR, NATIVE, 'The revocation list is not in use',
    'It cannot be loaded, or there is no CA file. Clients pass it over in silence, so that a revoked server is accepted.',
    'Deploy a list in PEM of the CA in the CA file.', 'PostgreSQL libpq; openGauss libpq')

RULES = (UNREACHABLE, TIMED_OUT, CLOSED, FOREIGN, INJECTED, NOT_READY, SESSION_REFUSED, SSL_OFF, REQUIRES_SSL, CLEAR_TEXT,
         UNVERIFIED, TLS_FAILED, TLS_OLD, SERVER_CA, SERVER_EXPIRED, SERVER_EXPIRES_SOON, SERVER_REVOKED, SERVER_CRL,
         SERVER_UNVERIFIED, SERVER_NAME, SERVER_CHAIN, CLIENT_REFUSED, CLIENT_NEEDED, CLIENT_NOT_ASKED, CLIENT_FILES,
         REVOCATION_OFF)

# X509_V_ERR_* of OpenSSL (openssl-verification-options(1)), by the rule that they are cases of.
_BY_VERIFY_CODE = {
    2: SERVER_CA, 7: SERVER_CA, 18: SERVER_CA, 19: SERVER_CA, 20: SERVER_CA, 21: SERVER_CA, 27: SERVER_CA,
    9: SERVER_EXPIRED, 10: SERVER_EXPIRED, 13: SERVER_EXPIRED, 14: SERVER_EXPIRED, 23: SERVER_REVOKED,
    3: SERVER_CRL, 5: SERVER_CRL, 8: SERVER_CRL, 11: SERVER_CRL, 12: SERVER_CRL, 15: SERVER_CRL, 16: SERVER_CRL, 33: SERVER_CRL,
    35: SERVER_CRL, 36: SERVER_CRL, 44: SERVER_CRL, 54: SERVER_CRL}

_BY_FAULT = {
    endpoint.UNREACHABLE: UNREACHABLE, endpoint.TIMEOUT: TIMED_OUT, endpoint.CLOSED: CLOSED, endpoint.FOREIGN: FOREIGN,
    endpoint.OVERSIZED: FOREIGN, endpoint.INJECTED: INJECTED, endpoint.TLS: TLS_FAILED}

_STEPS = {
    endpoint.CONNECT: 'On connecting', endpoint.SSL_REQUEST: 'After SSLRequest', endpoint.HANDSHAKE: 'In the TLS handshake',
    endpoint.STARTUP: 'After the startup message', endpoint.ANSWERED: 'In the session'}


class Question(NamedTuple):
    """What was asked, and what the controller made of the certificates. ``now`` is in seconds since the epoch, UTC."""
    host: str
    port: int
    sslmode: str
    now: int
    expiry_warning_days: int = 90
    chain: Tuple[Certificate, ...] = ()           # the server's, its own first
    authorities: Tuple[Certificate, ...] = ()     # of the client's CA file

    @property
    def subject(self) -> str:
        """What most findings are about."""
        return '%s:%d' % ('[%s]' % self.host if ':' in self.host else self.host, self.port)


def judge(probe: Probe, question: Question) -> List[Finding]:
    """Return the findings about a probe, errors first, each once."""
    found: List[Finding] = []
    for part in (_files, _connections, _server, _client, _outcome):
        found.extend(one for one in part(probe, question) if one not in found)
    return sorted(found, key=lambda one: SEVERITIES.index(one.severity))


def set_works(probe: Probe) -> Optional[bool]:
    """Return whether the client's files lead to a verified session; False says that the fault may be with the set.

    None where that could not be seen: an endpoint that is away, slow, starting or without SSL says nothing about the set, and without
    a CA file nothing is verified.
    """
    if any(fault.stops for fault in probe.files.faults) or endpoint.verification(probe) is False:
        return False
    attempt = endpoint.session_attempt(probe)
    if endpoint.certificate_refused(attempt):
        return False
    return True if endpoint.verification(probe) and endpoint.admits(attempt) else None


def _files(probe: Probe, question: Question) -> Iterator[Finding]:
    for fault in probe.files.faults:
        yield finding(CLIENT_FILES, escaped(fault.path), 'It %s.' % escaped(fault.detail) if fault.detail.startswith(
            ('has ', 'is ', 'cannot ')) else '%s.' % _sentence_case(escaped(fault.detail)), clients=fault.clients)
    if probe.files.crl_used is False:
        yield finding(REVOCATION_OFF, 'the revocation list', 'It %s.' % (
            'cannot be loaded' if probe.files.ca else 'is of no effect without a CA file'))
    if probe.files.key_encrypted:
        yield finding(KEY_ENCRYPTED, 'client.key', 'It is encrypted: gsql opens it, clients on the stock libpq and JDBC do not.')


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _connections(probe: Probe, question: Question) -> Iterator[Finding]:
    """Yield what kept connections from an answer, the first time for each kind."""
    seen: Set[str] = set()
    for attempt in endpoint.attempts(probe):
        rule = _BY_FAULT.get(attempt.fault or '')
        if rule is not None and rule.name not in seen and not _explained(probe, attempt):
            seen.add(rule.name)
            yield finding(rule, question.subject, '%s: %s.' % (_STEPS[attempt.step], what_failed(attempt)))
        if endpoint.not_ready(attempt.reply):
            yield finding(NOT_READY, question.subject, 'It says %s.' % said(attempt))
    yield from _turned_away(probe, question)


def _turned_away(probe: Probe, question: Question) -> Iterator[Finding]:
    session = endpoint.session_attempt(probe) or probe.clear
    if session is not None and endpoint.refuses_user(session.reply):
        yield finding(SESSION_REFUSED, question.subject, 'It says %s.' % said(session))
    elif endpoint.reachable(probe) and endpoint.admits(probe.clear) is False and endpoint.require_ssl(probe) is None:
        refused = probe.clear
        if refused is not None and refused.reply is not None:
            yield finding(SESSION_REFUSED, question.subject, 'It says %s.' % said(refused))


def _explained(probe: Probe, attempt: Attempt) -> bool:
    """Return whether another finding says it better, or the failure is of no account."""
    if attempt.fault != endpoint.TLS:
        return False
    if endpoint.certificate_refused(attempt) or _too_old(probe):
        return True
    # A server of TLS 1.3 alone refuses the inspection.
    return attempt is probe.inspection and any(
        other is not None and other.version for other in (probe.verified, probe.unverified))


def _too_old(probe: Probe) -> bool:
    return probe.inspection is not None and probe.inspection.version in ('SSLv3', 'TLSv1', 'TLSv1.1') and not any(
        other is not None and other.version for other in (probe.verified, probe.unverified))


def _server(probe: Probe, question: Question) -> Iterator[Finding]:
    if _too_old(probe) and probe.inspection is not None:
        yield finding(TLS_OLD, question.subject, 'The newest version that it speaks is %s.' % probe.inspection.version)
    if probe.verified is not None and probe.verified.fault == endpoint.UNVERIFIED:
        yield _refused_server(probe.verified, question)
    if probe.verified is not None and probe.verified.names and not bears_name(probe.verified.names, question.host):
        yield finding(SERVER_NAME, question.subject, 'It is for %s.' % ', '.join(
            quoted(name) for _kind, name in probe.verified.names[:4]))
    longest = max([attempt.chain_length for attempt in endpoint.attempts(probe)] or [0])
    if longest > endpoint.MOST_CERTIFICATES:
        yield finding(SERVER_CHAIN, question.subject, 'It sends %d certificates.' % longest)
    for certificate in question.chain[:1]:
        left = days_left(certificate, Purpose(question.now))
        if 0 <= left < question.expiry_warning_days and certificate.not_after > question.now:
            yield finding(SERVER_EXPIRES_SOON, question.subject, 'It ends on %s, in %d days.' % (
                day(certificate.not_after), left))


def _refused_server(attempt: Attempt, question: Question) -> Finding:
    rule = _BY_VERIFY_CODE.get(attempt.verify_code, SERVER_UNVERIFIED) if attempt.verify_code else _by_facts(question)
    message = 'A client that verifies refuses it: %s.' % escaped(attempt.detail)
    if rule is SERVER_CA and question.chain:
        message = 'The server\'s certificate was issued by %s; the CA file holds %s (%s).' % (
            quoted(question.chain[-1].issuer), ', '.join(quoted(one.subject) for one in question.authorities[:3]) or 'no CA',
            escaped(attempt.detail))
    return finding(rule, question.subject, message)


def _by_facts(question: Question) -> Rule:
    """Python 3.6 does not tell OpenSSL's reason; the certificates tell the commonest two."""
    if any(not one.not_before <= question.now <= one.not_after for one in question.chain):
        return SERVER_EXPIRED
    issuers = {one.subject for one in question.authorities}
    if question.chain and not any(one.issuer in issuers for one in question.chain):
        return SERVER_CA
    return SERVER_UNVERIFIED


def _client(probe: Probe, question: Question) -> Iterator[Finding]:
    attempt = endpoint.session_attempt(probe)
    sent = probe.files.certificate is not None
    if attempt is not None and endpoint.certificate_refused(attempt):
        words = said(attempt) if attempt.reply is not None else quoted(attempt.detail)
        yield finding(CLIENT_REFUSED if sent else CLIENT_NEEDED, question.subject, 'It says %s.' % words)
    if sent and endpoint.asked_for_certificate(probe) is False:
        yield finding(CLIENT_NOT_ASKED, question.subject, 'It asks for none.')


def _outcome(probe: Probe, question: Question) -> Iterator[Finding]:
    """Yield what the client's own sslmode leads to."""
    expected = expected_outcomes(probe, question.host, endpoint.require_ssl(probe))[question.sslmode]
    if endpoint.ssl_on(probe) is False:
        yield finding(SSL_OFF, question.subject, 'With sslmode %s %s' % (
            question.sslmode, 'the connection is in clear text.' if expected.connects else 'there is no connection.'),
            None if expected.connects is False else WARNING)
    elif expected.connects is False and question.sslmode == 'disable' and endpoint.require_ssl(probe):
        yield finding(REQUIRES_SSL, question.subject, expected.reason)
    for rule in _weaknesses(expected):
        yield finding(rule, question.subject, 'With sslmode %s: %s' % (question.sslmode, expected.reason))


def _weaknesses(expected: Expected) -> Iterator[Rule]:
    if expected.connects and not expected.encrypted:
        yield CLEAR_TEXT
    elif expected.connects and not expected.server_checked:
        yield UNVERIFIED
