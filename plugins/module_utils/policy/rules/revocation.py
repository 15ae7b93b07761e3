# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the certificate revocation list.

A list is judged before it is deployed because clients say nothing: one that cannot be used leaves revocation off while
all seems well (gsql), or makes every connection fail (psql).
"""
from typing import Dict, Iterator, List, Sequence, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Purpose, RevocationList
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CRL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    GSQL,
    INFO,
    JDBC,
    LIBPQ,
    NATIVE,
    WARNING,
    Finding,
    Rule,
    finding,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.authority import authorities
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.validity import DAY, day

_OFF = 'Clients connect and check nothing: a revoked server is accepted.'

UNREADABLE = Rule(
    'crl-unreadable', ERROR, NATIVE, 'The revocation list is not a PEM list',
    'An empty file, DER or anything else. ' + _OFF,
    'Convert it: openssl crl -inform DER -in FILE -out sslcrl-file.crl', 'Guide, Table 2, PGSSLCRL; client behaviour')
MISSING = Rule(
    'crl-missing', ERROR, NATIVE, 'The revocation list is not there', _OFF,
    'Give the name of a file of the set, or an absolute path on the controller.', 'Guide, Table 2, PGSSLCRL')
WITHOUT_CA = Rule(
    'crl-without-ca', ERROR, NATIVE, 'A revocation list is given without a CA', 'It is ignored. ' + _OFF,
    'Add the CA file.', 'openGauss and PostgreSQL libpq')
HOLDS_CERTIFICATE = Rule(
    'crl-holds-certificate', ERROR, NATIVE, 'The file of the revocation list also holds a certificate',
    'The client loads it as one more trusted CA: whoever has its key can pass for the server. psql trusts no server of it as long as '
    'the file holds no list of that CA; gsql does.',
    'Remove the certificate from the file.', 'OpenSSL, X509_STORE_load_locations')
DELTA = Rule(
    'crl-delta', ERROR, NATIVE, 'A delta takes the place of the revocation list',
    'A delta holds the changes since a full list. Clients do not combine the two. With an OpenSSL as old as 3.0.19 they take the '
    'newer one and connect, and servers revoked before the delta are accepted; with 3.0.22 they trust no server.',
    'Use the full list alone.', 'RFC 5280, section 5.2.4; OpenSSL without extended support for lists')
OTHER_ISSUER = Rule(
    'crl-other-issuer', ERROR, NATIVE, 'The revocation list was issued by another CA',
    'gsql ignores it, so revocation is off; psql fails: SSL error: certificate verify failed.',
    'Use the list of the CA that issued the server\'s certificate.', 'RFC 5280, section 6.3')
ISSUER_MISSING = Rule(
    'crl-issuer-missing', ERROR, NATIVE, 'A CA of the chain has no revocation list',
    'psql wants a list for every CA of the chain, the root included, and fails: SSL error: certificate verify failed. gsql '
    'wants that of the direct issuer and ignores revocation without it.',
    'Put the lists of all CAs of the chain into one file.', 'RFC 5280, section 6.3; PostgreSQL libpq')
SIGNATURE = Rule(
    'crl-signature', ERROR, NATIVE, 'The signature of the revocation list is not that of its issuer',
    'Another key of the same name made it. psql fails: SSL error: EVP lib. gsql ignores it.',
    'Use a list of the CA in the CA file.', 'RFC 5280, section 6.3.3')
SIGN_USAGE = Rule(
    'crl-sign-usage', ERROR, (LIBPQ,), 'The issuer of the revocation list may not sign lists',
    'Its key usage lacks cRLSign. psql fails: SSL error: certificate verify failed.',
    'Use a CA with the key usage cRLSign.', 'RFC 5280, section 4.2.1.3')
UNUSABLE = Rule(
    'crl-unusable', ERROR, (LIBPQ,), 'The revocation list is of a kind that clients cannot use',
    'It has a critical extension that OpenSSL does not know, or covers a part of the certificates alone.',
    'Use the full list of the CA.', 'RFC 5280, section 5.2')
EXPIRED = Rule(
    'crl-expired', ERROR, (LIBPQ,), 'The revocation list has expired',
    'psql fails: SSL error: certificate verify failed. gsql honours it with a warning.',
    'Fetch the current list and deploy it; repeat that before each next update.', 'RFC 5280, section 5.1.2.5')
NOT_YET_VALID = Rule(
    'crl-not-yet-valid', ERROR, (LIBPQ,), 'The revocation list is not valid yet',
    'psql fails: SSL error: certificate verify failed.',
    'Wait for that day, or check the clock of the controller.', 'RFC 5280, section 5.1.2.4')
EXPIRES_SOON = Rule(
    'crl-expires-soon', WARNING, (LIBPQ,), 'The revocation list expires within a week',
    'psql fails from that moment on: SSL error: certificate verify failed.',
    'Fetch the current list and deploy it.', 'RFC 5280, section 5.1.2.5')
REVOKES_CLIENT = Rule(
    'crl-revokes-client', ERROR, ALL_CLIENTS, 'The client\'s own certificate is revoked',
    'A server with the same list refuses the client: sslv3 alert certificate revoked.',
    'Deploy the certificate that replaces it.', 'RFC 5280, section 5.3')
REVOKES_CA = Rule(
    'crl-revokes-ca', ERROR, (LIBPQ,), 'A CA of the CA file is revoked',
    'psql refuses every server below it: SSL error: certificate verify failed.',
    'Deploy the CA that replaces it.', 'RFC 5280, section 5.3')
NOT_FOR_JDBC = Rule(
    'crl-not-for-jdbc', INFO, (JDBC,), 'JDBC does not look at the revocation list',
    'The driver has no property for a list, and Java looks at none of its own accord: a revoked server is accepted.',
    'Do not rely on the list for JDBC; where a server was revoked, change its CA.', 'pgjdbc, connection properties')

RULES = (UNREADABLE, MISSING, WITHOUT_CA, HOLDS_CERTIFICATE, DELTA, OTHER_ISSUER, ISSUER_MISSING, SIGNATURE, SIGN_USAGE,
         UNUSABLE, EXPIRED, NOT_YET_VALID, EXPIRES_SOON, REVOKES_CLIENT, REVOKES_CA, NOT_FOR_JDBC)

SOON = 7    # days; lists are reissued every day to every month


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is wrong with the file of the revocation list."""
    subject = bundle.crl or CRL
    if bundle.crl:
        yield finding(NOT_FOR_JDBC, subject, 'Clients on JDBC do not look at it.')
    yield from _certificates(bundle, subject)
    if not bundle.revocation_lists:
        return
    taken = _taken(bundle.revocation_lists, purpose)
    for one in taken:
        if one.delta:
            yield finding(DELTA, subject, 'Clients take a delta as the list of %s.' % quoted(one.issuer))
    full = [one for one in taken if not one.delta]
    for judged in (_issuers, _usability, _validity, _entries):
        yield from judged(bundle, full, purpose, subject)


def _certificates(bundle: Bundle, subject: str) -> Iterator[Finding]:
    """psql wants a list for every CA of a chain, so that a CA without one cannot pass."""
    if not bundle.certificates_in_list:
        return
    text = 'It also holds %d certificates.' % bundle.certificates_in_list
    if bundle.anchors_in_list:
        yield finding(HOLDS_CERTIFICATE, subject, text)
    else:
        yield finding(HOLDS_CERTIFICATE, subject, text, clients=(GSQL,))
        yield finding(HOLDS_CERTIFICATE, subject, text + ' It holds no list of theirs.', WARNING, (LIBPQ,))


def _taken(lists: Sequence[RevocationList], purpose: Purpose) -> List[RevocationList]:
    """Return the list of each issuer that OpenSSL takes: a current one before others, the newest, the first."""
    taken: Dict[Tuple[str, Tuple[str, ...]], RevocationList] = {}
    for one in lists:
        issuer = one.issuer, one.authorities
        best = taken.get(issuer)
        if best is None or _rank(one, purpose) > _rank(best, purpose):
            taken[issuer] = one
    return list(taken.values())


def _rank(one: RevocationList, purpose: Purpose) -> Tuple[bool, int]:
    current = one.last_update <= purpose.now and (one.next_update is None or purpose.now <= one.next_update)
    return current, one.last_update


def _issuers(bundle: Bundle, full: Sequence[RevocationList], purpose: Purpose, subject: str) -> Iterator[Finding]:
    for one in full:
        if not one.authorities:
            yield finding(OTHER_ISSUER, subject, 'No CA at hand is %s, the issuer of the list.' % quoted(one.issuer),
                          None if not any(other.authorities for other in full) else WARNING)
        elif not one.signed_by:
            yield finding(SIGNATURE, subject, 'No CA named %s made its signature.' % quoted(one.issuer))
        elif not one.signable:
            yield finding(SIGN_USAGE, subject, 'The CA %s may not sign lists.' % quoted(one.issuer))
    yield from _uncovered(bundle, subject)


def _uncovered(bundle: Bundle, subject: str) -> Iterator[Finding]:
    """Yield a finding for each CA that has no list, where another one has.

    It is an error for the CAs that the server's chain is known to run through: those of the client's chain; without
    one, the only root and everything below it.
    """
    covered = {fingerprint for one in bundle.revocation_lists for fingerprint in one.authorities}
    chain = bundle.chain[1:]
    rooted = any(one.self_issued and one.fingerprint in covered for one in bundle.authorities)
    for one in authorities(bundle):
        if not covered or one.fingerprint in covered:
            continue
        needed = one in chain if chain else not (one.self_issued and rooted)
        direct = one == chain[0] if chain else one.self_issued and needed
        yield finding(ISSUER_MISSING, subject, 'It holds no list of the CA %s.' % quoted(one.subject),
                      ERROR if needed else WARNING, NATIVE if direct else (LIBPQ,))


def _usability(bundle: Bundle, full: Sequence[RevocationList], purpose: Purpose, subject: str) -> Iterator[Finding]:
    for one in full:
        for oid in one.unknown_critical:
            yield finding(UNUSABLE, subject, 'The list of %s has the critical extension %s.' % (
                quoted(one.issuer), oid))
        if one.partial:
            yield finding(UNUSABLE, subject, 'The list of %s covers a part of its certificates alone.' % (
                quoted(one.issuer)))


def _validity(bundle: Bundle, full: Sequence[RevocationList], purpose: Purpose, subject: str) -> Iterator[Finding]:
    for one in full:
        if one.next_update is not None and purpose.now > one.next_update:
            text = 'The list of %s expired on %s.' % (quoted(one.issuer), day(one.next_update))
            yield finding(EXPIRED, subject, text)
            yield finding(EXPIRED, subject, text, WARNING, (GSQL,))
        elif purpose.now < one.last_update:
            yield finding(NOT_YET_VALID, subject, 'The list of %s starts on %s.' % (
                quoted(one.issuer), day(one.last_update)))
        elif one.next_update is not None and one.next_update - purpose.now < SOON * DAY:
            yield finding(EXPIRES_SOON, subject, 'The list of %s expires on %s.' % (
                quoted(one.issuer), day(one.next_update)))


def _entries(bundle: Bundle, full: Sequence[RevocationList], purpose: Purpose, subject: str) -> Iterator[Finding]:
    if any(one.lists_client for one in bundle.revocation_lists):
        yield finding(REVOKES_CLIENT, subject, 'It lists the client\'s own certificate.')
    for name in sorted({name for one in bundle.revocation_lists for name in one.lists_authorities}):
        yield finding(REVOKES_CA, subject, 'It lists the CA %s.' % quoted(name))
