# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the chain between the client's certificate and the CA file, as the server walks it."""
from typing import Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CERTIFICATE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    GSQL,
    JDBC,
    WARNING,
    Finding,
    Rule,
    finding,
)

NOT_ISSUED = Rule(
    'certificate-not-issued', WARNING, ALL_CLIENTS, 'The CA file did not issue the client certificate',
    'The server may know another CA than the CA file, so the connection can work; where it does not, it refuses the '
    'certificate: tlsv1 alert unknown ca.',
    'Check that certificate and CA file are of one bundle; ask the server with the connection check.',
    'RFC 5280, section 6')
IDENTIFIER = Rule(
    'key-identifier-mismatch', ERROR, ALL_CLIENTS, 'A certificate names another key of its CA than the CA has',
    'The authority key identifier does not match the subject key identifier of the CA that signed, so OpenSSL does not '
    'take that CA for the issuer, and the server refuses the client: SSL error: tlsv1 alert unknown ca.',
    'Have the certificate made anew with the CA\'s own key identifier.', 'RFC 5280, section 4.2.1.1')
PATH_LENGTH = Rule(
    'chain-path-length', ERROR, ALL_CLIENTS, 'The chain is longer than a CA of it allows',
    'The path length constraint of a CA counts the CAs below it; the server refuses the chain: SSL error: tlsv1 '
    'alert unknown ca.',
    'Have the client certificate issued by a CA that is fewer steps below.', 'RFC 5280, section 4.2.1.9')
NAME_CONSTRAINTS = Rule(
    'chain-name-constraints', ERROR, ALL_CLIENTS, 'A CA of the chain does not allow a name below it',
    'The name constraints of a CA exclude the name; the server refuses the chain: SSL error: sslv3 alert certificate '
    'unknown.',
    'Have a certificate made whose names the CA allows.', 'RFC 5280, section 4.2.1.10')
NOT_SENT = Rule(
    'intermediate-not-sent', WARNING, (GSQL, JDBC), 'An intermediate CA does not stand in both files',
    'gsql sends the first certificate of client.crt and what the CA file holds above it, JDBC sends client.crt alone. A server that '
    'does not have the intermediate CA itself then refuses the client: connection requires a valid client certificate. psql sends '
    'both.',
    'Put the intermediate CA into client.crt, below the client\'s certificate, and into the CA file.',
    'openGauss libpq, loading of the client certificate; pgjdbc')

RULES = (NOT_ISSUED, IDENTIFIER, PATH_LENGTH, NAME_CONSTRAINTS, NOT_SENT)


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is wrong with the chain above the client's certificate."""
    for subject, authority in bundle.misidentified:
        yield finding(IDENTIFIER, CERTIFICATE, '%s was signed by %s and names another key identifier.' % (
            quoted(subject), quoted(authority)))
    explained = bundle.misidentified or bundle.chain and bundle.chain[-1].issuer in bundle.ambiguous_authorities
    if bundle.issued is False and not explained:
        yield finding(NOT_ISSUED, CERTIFICATE, 'No chain leads from it to %s.' % (bundle.ca or 'the CA file'))
    yield from _path_lengths(bundle)
    for exclusion in bundle.exclusions:
        yield finding(NAME_CONSTRAINTS, CERTIFICATE, 'The CA %s does not allow the name %s.' % (
            quoted(exclusion.authority), quoted(exclusion.name)))
    yield from _unsent(bundle)


def _path_lengths(bundle: Bundle) -> Iterator[Finding]:
    # CAs between the client's certificate and the one looked at. Self-issued ones do not count, those of a new key under an old one
    # included: they bear one name as subject and issuer (RFC 5280, section 6.1).
    below = 0
    for authority in bundle.chain[1:]:
        if authority.path_length is not None and below > authority.path_length:
            yield finding(PATH_LENGTH, CERTIFICATE, '%s allows %d CAs below it, the chain has %d.' % (
                quoted(authority.subject), authority.path_length, below))
        below += authority.subject != authority.issuer


def _unsent(bundle: Bundle) -> Iterator[Finding]:
    for authority in bundle.chain[1:]:
        if authority not in bundle.authorities:
            yield finding(NOT_SENT, CERTIFICATE, 'gsql does not send the CA %s, which the CA file does not hold.' % (
                quoted(authority.subject)), clients=(GSQL,))
        if authority not in bundle.certificates and not authority.self_issued:
            yield finding(NOT_SENT, CERTIFICATE, 'JDBC does not send the CA %s, which client.crt does not hold.' % (
                quoted(authority.subject)), clients=(JDBC,))
