# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a client's connection to an endpoint that was probed, for each sslmode.

The guide's Table 3 says what the parameters promise; what was seen says whether TLS then succeeds with the client's files.
Where it does not, ``prefer`` falls back to clear text and the other modes fail.
"""
from typing import Dict, NamedTuple, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.connection import CLEAR, Outcome, connection_outcome
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import Attempt, Probe
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.server_name import bears_name
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import SSLMODES, UNSUPPORTED_SSLMODES

VERIFY_CA = 'verify-ca'


class Expected(NamedTuple):
    """An outcome for one client. ``connects``, ``encrypted`` and ``verified`` are Table 3's, None where they are not known.

    ``verified`` says that the mode insists on a verified server. ``server_checked`` says whether gsql and psql verify this
    server with these files, as they also do below verify-ca when they can read the CA file; JDBC does not.
    """
    connects: Optional[bool]
    encrypted: Optional[bool]
    verified: Optional[bool]
    server_checked: Optional[bool]
    reason: str


class _Tls(NamedTuple):
    """Whether TLS with the client's files leads to a session; ``why`` is a part of a sentence for where it does not.

    ``late``: the connection breaks after the handshake, as where a server of TLS 1.3 refuses the client certificate. libpq
    does not fall back then.
    """
    works: Optional[bool]
    why: str
    late: bool = False


def expected_outcomes(probe: Probe, host: str, require_ssl: Optional[bool]) -> Dict[str, Expected]:
    """Return what each sslmode leads to. ``host`` is the name that the client connects to."""
    found = {sslmode: _expected(probe, sslmode, require_ssl) for sslmode in SSLMODES}
    for sslmode in UNSUPPORTED_SSLMODES:
        found[sslmode] = _with_name(found[VERIFY_CA], probe, host)
    return found


def _expected(probe: Probe, sslmode: str, require_ssl: Optional[bool]) -> Expected:
    ssl = endpoint.ssl_on(probe)
    if ssl is None:
        return _unknown('What the server does could not be seen.')
    if require_ssl is not None:
        return _by_row(probe, sslmode, connection_outcome(ssl, require_ssl, sslmode), require_ssl)
    # Where require_ssl is not known, only the modes for which it makes no difference have an outcome.
    off, on = [_by_row(probe, sslmode, connection_outcome(ssl, known, sslmode), known) for known in (False, True)]
    return off if off[:4] == on[:4] else _unknown('It depends on require_ssl, which could not be seen.')


def _by_row(probe: Probe, sslmode: str, row: Outcome, require_ssl: bool) -> Expected:
    if not row.connects:
        return _failing(row.reason)
    return _encrypted(probe, sslmode, row, require_ssl) if row.encrypted else _in_clear(probe, row)


def _in_clear(probe: Probe, row: Outcome) -> Expected:
    admitted = endpoint.admits(probe.clear)
    if admitted is None:
        return _unknown('Whether the server takes a connection in clear text could not be seen.')
    if not admitted:
        return _failing('The server refuses the connection: %s.' % what_failed(probe.clear))
    return Expected(row.connects, row.encrypted, row.verified, False, row.reason)


def _encrypted(probe: Probe, sslmode: str, row: Outcome, require_ssl: bool) -> Expected:
    tls = _tls(probe, sslmode)
    if tls.works is None:
        return _unknown('Whether TLS succeeds could not be seen.')
    if tls.works:
        checked = probe.verified is not None
        reason = row.reason
        if checked and not row.verified:
            reason = 'The connection is encrypted; gsql and psql verify the server certificate, since they can read the CA ' \
                     'file, but this mode does not insist on it.'
        return Expected(True, True, row.verified, checked, reason)
    if sslmode != 'prefer' or require_ssl or tls.late:
        return _failing('TLS fails: %s.' % tls.why)
    fallen = _in_clear(probe, CLEAR)
    return fallen._replace(reason='TLS fails (%s), and this mode falls back to clear text.' % tls.why) if fallen.connects \
        else fallen


def _tls(probe: Probe, sslmode: str) -> _Tls:
    """With a CA file clients verify in every mode, and verify-ca does not do without one."""
    stopping = [fault for fault in probe.files.faults if fault.stops]
    if stopping:
        return _Tls(False, '%s %s' % (escaped(stopping[0].path), escaped(stopping[0].detail)))
    if probe.files.ca is None and sslmode == VERIFY_CA:
        return _Tls(False, 'there is no CA file to verify the server with')
    attempt = probe.verified or probe.unverified
    late = attempt is not None and attempt.step == endpoint.STARTUP and attempt.fault is not None
    return _Tls(endpoint.admits(attempt), what_failed(attempt), late)


_FAULTS = {
    endpoint.UNREACHABLE: 'no connection',
    endpoint.TIMEOUT: 'no answer in time',
    endpoint.CLOSED: 'the server closed the connection',
    endpoint.FOREIGN: 'the server does not speak PostgreSQL\'s protocol',
    endpoint.OVERSIZED: 'the server sent too much',
    endpoint.INJECTED: 'data came before the handshake',
    endpoint.TLS: 'the handshake fails',
    endpoint.UNVERIFIED: 'the server certificate is not accepted',
}


def what_failed(attempt: Optional[Attempt]) -> str:
    """Return why an attempt led to no session, as a part of a sentence; '' where it did."""
    if attempt is None:
        return 'it was not tried'
    if attempt.fault is not None:
        return ': '.join([_FAULTS[attempt.fault]] + ([escaped(attempt.detail)] if attempt.detail else []))
    if attempt.reply is not None and attempt.reply.kind == endpoint.ERROR:
        return 'the server says %s' % said(attempt)
    return ''


def said(attempt: Attempt) -> str:
    """Return the server's own words, in quotation marks, with the SQLSTATE."""
    reply = attempt.reply
    if reply is None:
        return 'nothing'
    return '"%s"%s' % (escaped(reply.message), ' (%s)' % escaped(reply.code) if reply.code else '')


def _with_name(verify_ca: Expected, probe: Probe, host: str) -> Expected:
    """verify-full on top of verify-ca: with psql the name decides; GaussDB(DWS) does not support the mode at all."""
    if not verify_ca.connects or probe.verified is None:
        return verify_ca
    if not bears_name(probe.verified.names, host):
        return _failing('The server certificate is not for the name %s, and GaussDB(DWS) does not support verify-full.'
                        % escaped(host))
    return verify_ca._replace(reason='psql connects, since the server certificate bears the name; GaussDB(DWS) does not '
                                     'support verify-full.')


def _unknown(reason: str) -> Expected:
    return Expected(None, None, None, None, reason)


def _failing(reason: str) -> Expected:
    return Expected(False, False, False, False, reason)
