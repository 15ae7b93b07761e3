# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the client's own certificate."""
from typing import Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Certificate, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CERTIFICATE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    GSQL,
    JDBC,
    LIBPQ,
    WARNING,
    Finding,
    Rule,
    finding,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.strength import (
    contested_curve, unusable_curve, weak_key, weak_signature)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.validity import day, days_left

_SECURITY_LEVEL = 'OpenSSL, security level 2 (SSL_CTX_set_security_level), the default of Debian and of Red Hat'

UNPARSABLE = Rule(
    'certificate-unparsable', ERROR, ALL_CLIENTS, 'A certificate cannot be read',
    'A broken certificate makes its whole file fail: could not read root certificate file "...", or could not read '
    'certificate file "...".',
    'Take the file from its source again; see what it holds with: openssl x509 -in FILE -noout -text', 'RFC 5280')
EXPIRED = Rule(
    'certificate-expired', ERROR, ALL_CLIENTS, 'The client certificate has expired',
    'The server refuses it. psql says: SSL error: sslv3 alert certificate expired.',
    'Download a new bundle, or ask the database\'s customer service to replace the certificate.',
    'RFC 5280, section 4.1.2.5')
NOT_YET_VALID = Rule(
    'certificate-not-yet-valid', ERROR, ALL_CLIENTS, 'The client certificate is not valid yet',
    'The server refuses it until its clock reaches the start of validity: SSL error: sslv3 alert bad certificate.',
    'Wait for that day, or check the clock of the controller.', 'RFC 5280, section 4.1.2.5')
EXPIRES_SOON = Rule(
    'certificate-expires-soon', WARNING, ALL_CLIENTS, 'The client certificate ends soon',
    'It still works. gsql warns when fewer than 90 days are left: "Warning: The client certificate will expire in 29 '
    'days."',
    'Plan the rotation: download a new bundle and deploy it before that day.', 'openGauss libpq, check of validity')
WEAK_KEY = Rule(
    'certificate-weak-key', ERROR, (LIBPQ, JDBC), 'The key of a certificate is too short',
    'psql refuses RSA below 2,048 bits and elliptic curves below 224: ee key too small. JDBC sends the certificate, and a server at '
    'the same security level refuses it. gsql only warns.',
    'Have a certificate made with RSA of 2,048 bits or more, or with the curve P-256.', _SECURITY_LEVEL)
WEAK_SIGNATURE = Rule(
    'certificate-weak-signature', ERROR, (LIBPQ, JDBC), 'A certificate is signed with a weak digest',
    'psql refuses SHA-1 and MD5: ca md too weak. JDBC sends the certificate, and a server at the same security level refuses it. '
    'gsql only warns.',
    'Have the certificate signed with SHA-256.', _SECURITY_LEVEL)
CURVE = Rule(
    'certificate-curve', ERROR, ALL_CLIENTS, 'The client certificate has a key on a curve that TLS peers lack',
    'The server refuses the key: SSL error: sslv3 alert illegal parameter. Or the client finds no signature algorithm that server '
    'and key share, and sends no certificate without a word: connection requires a valid client certificate. P-384 and P-521 work '
    'with TLS 1.3; with TLS 1.2, gsql\'s newest, a server that offers P-256 alone, as PostgreSQL does by default, refuses them '
    'too.',
    'Have a certificate made on P-256, which every server offers.',
    'RFC 8422, section 5.1.1; OpenSSL\'s default groups; PostgreSQL, ssl_ecdh_curve')
PURPOSE = Rule(
    'certificate-purpose', ERROR, ALL_CLIENTS, 'The client certificate is not made for clients',
    'Its extended key usage (or Netscape type) lacks client authentication; "any" alone does not count. The server '
    'refuses it: SSL error: sslv3 alert unsupported certificate.',
    'Have a certificate made with the extended key usage clientAuth.', 'RFC 5280, section 4.2.1.12; openssl verify')
KEY_USAGE = Rule(
    'certificate-key-usage', ERROR, ALL_CLIENTS, 'The key usage of the client certificate does not allow signing',
    'A client signs in the handshake. Without digitalSignature (or keyAgreement) the server refuses the certificate: '
    'SSL error: sslv3 alert unsupported certificate.',
    'Have a certificate made with the key usage digitalSignature.', 'RFC 5280, section 4.2.1.3; openssl verify')
CRITICAL_EXTENSION = Rule(
    'certificate-critical-extension', ERROR, ALL_CLIENTS,
    'The client certificate has a critical extension that OpenSSL does not know',
    'The server must refuse what it does not understand: SSL error: sslv3 alert certificate unknown.',
    'Have a certificate made without that extension, or with it not marked as critical.', 'RFC 5280, section 4.2')

RULES = (UNPARSABLE, EXPIRED, NOT_YET_VALID, EXPIRES_SOON, WEAK_KEY, WEAK_SIGNATURE, CURVE, PURPOSE, KEY_USAGE,
         CRITICAL_EXTENSION)


_WEAK = ((ERROR, (LIBPQ, JDBC), 'libpq or the server refuses'), (WARNING, (GSQL,), 'gsql warns of'))


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is wrong with the first certificate of client.crt."""
    if not bundle.certificates:
        return
    certificate = bundle.certificates[0]
    for found in (_validity, _strength, _usage):
        yield from found(certificate, purpose)


def _validity(certificate: Certificate, purpose: Purpose) -> Iterator[Finding]:
    if purpose.now > certificate.not_after:
        yield finding(EXPIRED, CERTIFICATE, 'It ended on %s.' % day(certificate.not_after))
    elif purpose.now < certificate.not_before:
        yield finding(NOT_YET_VALID, CERTIFICATE, 'It starts on %s.' % day(certificate.not_before))
    elif days_left(certificate, purpose) < purpose.expiry_warning_days:
        yield finding(EXPIRES_SOON, CERTIFICATE, 'It ends on %s, in %d days.' % (
            day(certificate.not_after), days_left(certificate, purpose)))


def _strength(certificate: Certificate, purpose: Purpose) -> Iterator[Finding]:
    if weak_key(certificate):
        for severity, clients, verb in _WEAK:
            yield finding(WEAK_KEY, CERTIFICATE, 'Its key is %s, which %s.' % (certificate.key_kind, verb), severity, clients)
    if weak_signature(certificate):
        for severity, clients, verb in _WEAK:
            yield finding(WEAK_SIGNATURE, CERTIFICATE, 'It is signed with %s, which %s.' % (
                certificate.signature, verb), severity, clients)
    if unusable_curve(certificate):
        yield finding(CURVE, CERTIFICATE, 'Its key is %s.' % certificate.key_kind)
    if contested_curve(certificate):
        yield finding(CURVE, CERTIFICATE, 'Its key is %s. Servers that offer P-256 alone refuse it under TLS 1.2.' % (
            certificate.key_kind), WARNING)


def _usage(certificate: Certificate, purpose: Purpose) -> Iterator[Finding]:
    wanted = certificate.extended_key_usage
    if wanted is not None and 'clientAuth' not in wanted:
        yield finding(PURPOSE, CERTIFICATE, 'Its extended key usage is %s, without clientAuth.' % (
            quoted(' '.join(wanted))))
    elif certificate.netscape_types is not None and 'sslClient' not in certificate.netscape_types:
        yield finding(PURPOSE, CERTIFICATE, 'Its Netscape type does not include SSL clients.')
    usage = certificate.key_usage
    if usage is not None and not {'digitalSignature', 'keyAgreement'}.intersection(usage):
        yield finding(KEY_USAGE, CERTIFICATE, 'Its key usage is %s, without digitalSignature.' % (
            quoted(' '.join(usage))))
    for oid in certificate.unknown_critical:
        yield finding(CRITICAL_EXTENSION, CERTIFICATE, 'It has the critical extension %s.' % oid)
