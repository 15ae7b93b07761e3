# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the CA file: what it anchors, and whether clients can verify a server with it.

A fault of one CA is an error where the client's own chain runs through it or where no other CA of the file is without
the fault; an extra CA that nobody needs is a warning. JDBC does not look at most of these faults in a CA that it trusts; it fails
where the server does, which refuses the client's own chain.
"""
from typing import Callable, Iterator, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Certificate, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    JDBC,
    LIBPQ,
    NATIVE,
    WARNING,
    Finding,
    Rule,
    finding,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.strength import weak_key, weak_signature
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.validity import day, days_left

_FAILS = 'Clients cannot verify the server: SSL error: certificate verify failed.'

ANCHORS_NOTHING = Rule(
    'ca-anchors-nothing', ERROR, NATIVE, 'The CA file holds no root certificate',
    'A chain must end in a self-signed certificate of the CA file; an intermediate CA or a server certificate alone is '
    'not enough. ' + _FAILS,
    'Add the root CA to the file.', 'RFC 5280, section 6.1; OpenSSL without partial chains')
EXPIRED = Rule(
    'ca-expired', ERROR, ALL_CLIENTS, 'A CA certificate has expired',
    _FAILS + ' Or the server refuses the client: SSL error: sslv3 alert certificate expired.',
    'Download a new bundle; remove the expired CA where it is an extra one.', 'RFC 5280, section 4.1.2.5')
NOT_YET_VALID = Rule(
    'ca-not-yet-valid', ERROR, ALL_CLIENTS, 'A CA certificate is not valid yet', _FAILS,
    'Wait for that day, or check the clock of the controller.', 'RFC 5280, section 4.1.2.5')
EXPIRES_SOON = Rule(
    'ca-expires-soon', WARNING, NATIVE, 'A CA certificate ends soon',
    'It still works. When it ends, all certificates below it end with it.',
    'Plan the change of the CA: trust both, change the server, remove the old one.', 'RFC 5280, section 4.1.2.5')
PURPOSE = Rule(
    'ca-purpose', ERROR, ALL_CLIENTS, 'The extended key usage of a CA does not allow servers or clients',
    'OpenSSL checks the extended key usage of every CA of a chain; "any" alone does not count. ' + _FAILS + ' Or the '
    'server refuses the client: SSL error: sslv3 alert unsupported certificate.',
    'Use a CA without extended key usage, or with serverAuth and clientAuth.', 'OpenSSL, check of purposes')
INVALID = Rule(
    'ca-invalid', ERROR, ALL_CLIENTS, 'A certificate that stands for a CA may not issue certificates',
    'Its basic constraints or its key usage do not make it a CA: invalid CA certificate. ' + _FAILS + ' The server '
    'refuses the client: tlsv1 alert unknown ca.',
    'Use a CA certificate with CA:TRUE and the key usage keyCertSign.', 'RFC 5280, sections 4.2.1.3 and 4.2.1.9')
CRITICAL_EXTENSION = Rule(
    'ca-critical-extension', ERROR, ALL_CLIENTS, 'A CA has a critical extension that OpenSSL does not know',
    'A peer must refuse what it does not understand: unhandled critical extension. ' + _FAILS,
    'Use a CA without that extension, or with it not marked as critical.', 'RFC 5280, section 4.2')
WEAK_KEY = Rule(
    'ca-weak-key', ERROR, (LIBPQ, JDBC), 'The key of a CA is too short',
    'psql and the server refuse chains with RSA below 2,048 bits or elliptic curves below 224: SSL error: certificate '
    'verify failed, or SSL error: tlsv1 alert internal error. gsql only warns.',
    'Use a CA with RSA of 2,048 bits or more.', 'OpenSSL, security level 2')
WEAK_SIGNATURE = Rule(
    'ca-weak-signature', ERROR, (LIBPQ, JDBC), 'An intermediate CA is signed with a weak digest',
    'psql and the server refuse chains with SHA-1 or MD5 below the root: SSL error: ca md too weak, or SSL error: '
    'tlsv1 alert internal error. gsql only warns.',
    'Have the intermediate CA signed with SHA-256.', 'OpenSSL, security level 2')
SAME_NAME = Rule(
    'ca-same-name', ERROR, NATIVE, 'Several CAs have the same name and no key identifier tells them apart',
    'OpenSSL takes the first one alone and does not try the others, so a server of the other CA fails: SSL error: EVP '
    'lib, or SSL error: tlsv1 alert decrypt error. It matters for a change of the CA in steps.',
    'Use CA certificates with subject key identifiers, or keep one of them.', 'RFC 5280, section 4.2.1.2; OpenSSL')

RULES = (ANCHORS_NOTHING, EXPIRED, NOT_YET_VALID, EXPIRES_SOON, PURPOSE, INVALID, CRITICAL_EXTENSION, WEAK_KEY,
         WEAK_SIGNATURE, SAME_NAME)

_Test = Callable[[Certificate], bool]


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is wrong with the CA file, and with CAs of the chain that stand elsewhere."""
    subject = bundle.ca or 'the CA file'
    if bundle.authorities and not any(authority.self_issued for authority in bundle.authorities):
        yield finding(ANCHORS_NOTHING, subject, 'None of its %d certificates is self-signed.' % len(bundle.authorities))
    for name in bundle.ambiguous_authorities:
        yield finding(SAME_NAME, subject, 'It holds several CAs with the name %s.' % quoted(name))
    for found in (_validity, _usage, _strength):
        yield from found(bundle, purpose, subject)


def authorities(bundle: Bundle) -> List[Certificate]:
    """Return every certificate that counts as a CA: those of the client's chain, and in the CA file CAs and roots."""
    known = {authority.fingerprint for authority in bundle.authorities}
    return [one for one in bundle.authorities if one.authority or one.self_issued or one in bundle.chain[1:]] + [
        one for one in bundle.chain[1:] if one.fingerprint not in known]


def _cases(rule: Rule, bundle: Bundle, faulty: _Test, subject: str, message: Callable[[Certificate], str]) -> Iterator[Finding]:
    """Yield a finding for every CA with a fault."""
    chain = {one.fingerprint for one in bundle.chain[1:]}
    sound = any(one.self_issued and not faulty(one) for one in bundle.authorities)
    for authority in authorities(bundle):
        if faulty(authority):
            in_chain = authority.fingerprint in chain
            yield finding(rule, subject, message(authority), ERROR if in_chain or not sound else WARNING,
                          rule.clients if in_chain or rule is INVALID else [one for one in rule.clients if one != JDBC])


def _validity(bundle: Bundle, purpose: Purpose, subject: str) -> Iterator[Finding]:
    yield from _cases(EXPIRED, bundle, lambda one: purpose.now > one.not_after, subject,
                      lambda one: 'The CA %s ended on %s.' % (quoted(one.subject), day(one.not_after)))
    yield from _cases(NOT_YET_VALID, bundle, lambda one: purpose.now < one.not_before, subject,
                      lambda one: 'The CA %s starts on %s.' % (quoted(one.subject), day(one.not_before)))
    for one in authorities(bundle):
        if one.not_before <= purpose.now <= one.not_after and days_left(one, purpose) < purpose.expiry_warning_days:
            yield finding(EXPIRES_SOON, subject, 'The CA %s ends on %s, in %d days.' % (
                quoted(one.subject), day(one.not_after), days_left(one, purpose)))


def _usage(bundle: Bundle, purpose: Purpose, subject: str) -> Iterator[Finding]:
    yield from _cases(PURPOSE, bundle, lambda one: _wrong_purpose(one, bundle), subject, lambda one: (
        'The CA %s has the extended key usage %s.' % (quoted(one.subject), quoted(' '.join(one.extended_key_usage or ())))))
    yield from _cases(INVALID, bundle, lambda one: not _may_issue(one, bundle), subject,
                      lambda one: '%s may not issue certificates.' % quoted(one.subject))
    yield from _cases(CRITICAL_EXTENSION, bundle, lambda one: bool(one.unknown_critical), subject,
                      lambda one: 'The CA %s has the critical extension %s.' % (quoted(one.subject), ', '.join(one.unknown_critical)))


def _wrong_purpose(one: Certificate, bundle: Bundle) -> bool:
    """Return whether servers below an anchor, or the client below a CA of its chain, fail for the extended key usage.

    A CA below the root that is not in the client's chain may be made for anything.
    """
    allowed = one.extended_key_usage
    if allowed is None:
        return False
    return one.self_issued and 'serverAuth' not in allowed or one in bundle.chain[1:] and 'clientAuth' not in allowed


def _may_issue(one: Certificate, bundle: Bundle) -> bool:
    """Return whether OpenSSL takes a certificate for a CA (check_ca).

    A root may do without basic constraints where it is of version 1 or has keyCertSign. A certificate that does not
    claim to be a CA and is not in the client's chain may be there as a pin: the server's own, self-signed.
    """
    if one.authority is not True and one not in bundle.chain[1:]:
        return True
    if one.key_usage is not None and 'keyCertSign' not in one.key_usage:
        return False
    if one.authority is not None:
        return one.authority
    netscape = {'sslCA', 'emailCA', 'objCA'}.intersection(one.netscape_types or ())
    return one.self_issued and (one.version == 1 or one.key_usage is not None or bool(netscape))


def _strength(bundle: Bundle, purpose: Purpose, subject: str) -> Iterator[Finding]:
    yield from _cases(WEAK_KEY, bundle, weak_key, subject,
                      lambda one: 'The CA %s has the key %s.' % (quoted(one.subject), one.key_kind))
    yield from _cases(WEAK_SIGNATURE, bundle, weak_signature, subject,
                      lambda one: 'The CA %s is signed with %s.' % (quoted(one.subject), one.signature))
