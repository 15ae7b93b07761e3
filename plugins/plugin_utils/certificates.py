# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""X.509 certificates (RFC 5280) as plain facts, with what OpenSSL makes of each extension."""
from __future__ import annotations

import calendar
import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import (
    ExtendedKeyUsageOID,
    ExtensionOID,
    UnsupportedAlgorithm,
    hashes,
    x509,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import der, public_keys

_PURPOSES = {
    ExtendedKeyUsageOID.SERVER_AUTH.dotted_string: 'serverAuth',
    ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string: 'clientAuth',
    ExtendedKeyUsageOID.CODE_SIGNING.dotted_string: 'codeSigning',
    ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string: 'emailProtection',
    ExtendedKeyUsageOID.TIME_STAMPING.dotted_string: 'timeStamping',
    ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string: 'OCSPSigning',
    '2.5.29.37.0': 'anyExtendedKeyUsage'}
_KEY_USAGES = (   # RFC 5280, section 4.2.1.3
    ('digital_signature', 'digitalSignature'), ('content_commitment', 'nonRepudiation'),
    ('key_encipherment', 'keyEncipherment'), ('data_encipherment', 'dataEncipherment'),
    ('key_agreement', 'keyAgreement'), ('key_cert_sign', 'keyCertSign'), ('crl_sign', 'cRLSign'))
_NETSCAPE_TYPE = '2.16.840.1.113730.1.1'
_NETSCAPE_TYPES = ('sslClient', 'sslServer', 'smime', 'objsign', 'reserved', 'sslCA', 'emailCA', 'objCA')
# Critical extensions that OpenSSL 3.0 processes (X509_supported_extension). Key identifiers are not among them.
_SUPPORTED_CRITICAL = frozenset((
    _NETSCAPE_TYPE, '2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.30', '2.5.29.31', '2.5.29.32', '2.5.29.33',
    '2.5.29.36', '2.5.29.37', '2.5.29.54', '1.3.6.1.5.5.7.1.14', '1.3.6.1.5.5.7.48.1.5'))


class CertificateDamaged(Exception):
    """The bytes are not a certificate that could be read."""


class Loaded(NamedTuple):
    """A certificate: its facts, and the object that signatures are checked with."""
    facts: facts.Certificate
    certificate: x509.Certificate
    public_key: Any              # None where the kind of key is not known
    name: tuple[Any, ...]        # the subject as OpenSSL compares it
    issuer_name: tuple[Any, ...]
    authority_key: Any           # authority key identifier (x509.AuthorityKeyIdentifier), None without the extension


def load(data: bytes) -> Loaded:
    """Return the certificate in ``data`` (DER). Raises CertificateDamaged."""
    try:
        certificate = x509.load_der_x509_certificate(data)
        return _loaded(certificate)
    except (ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension,
            x509.UnsupportedGeneralNameType, x509.InvalidVersion):
        raise CertificateDamaged() from None


def seconds(certificate: Any, name: str) -> int:
    """Return a time of a certificate or list, such as ``not_valid_after``, in seconds since the epoch."""
    aware = getattr(certificate, name + '_utc', None)    # cryptography 42 and newer
    moment = aware if isinstance(aware, datetime) else getattr(certificate, name)
    return calendar.timegm(moment.utctimetuple())


def comparable(name: x509.Name) -> tuple[Any, ...]:
    """Return a name as X509_NAME_cmp sees it: case and runs of white space do not count."""
    return tuple(
        frozenset((attribute.oid.dotted_string, _folded(attribute.value)) for attribute in rdn) for rdn in name.rdns)


def rfc4514(name: x509.Name) -> str:
    """Return a name in the form of RFC 4514."""
    return name.rfc4514_string()


def verified(signed: Any, content: bytes, issuer: Loaded) -> bool:
    """Return whether the key of ``issuer`` made the signature of a certificate or list over ``content``."""
    try:
        algorithm, parameters = signed.signature_hash_algorithm, signed.signature_algorithm_parameters
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return public_keys.verifies(issuer.public_key, signed.signature, content, algorithm, parameters)


def key_identifiers(extensions: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the key identifiers of subject and authority, in hexadecimal."""
    own = extensions.get(ExtensionOID.SUBJECT_KEY_IDENTIFIER.dotted_string)
    above = extensions.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER.dotted_string)
    above_id = above.key_identifier if above is not None else None
    return (own.digest.hex() if own is not None else None), (above_id.hex() if above_id is not None else None)


def by_oid(extensions: x509.Extensions) -> dict[str, Any]:
    """Return the values of extensions by dotted OID."""
    return {extension.oid.dotted_string: extension.value for extension in extensions}


def _loaded(certificate: x509.Certificate) -> Loaded:
    extensions = by_oid(certificate.extensions)
    own_id, above_id = key_identifiers(extensions)
    name, issuer_name = comparable(certificate.subject), comparable(certificate.issuer)
    try:
        public_key: Any = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        public_key = None
    constraints = extensions.get(ExtensionOID.BASIC_CONSTRAINTS.dotted_string)
    return Loaded(facts.Certificate(
        subject=rfc4514(certificate.subject), issuer=rfc4514(certificate.issuer),
        serial=_serial(certificate.serial_number),
        not_before=seconds(certificate, 'not_valid_before'), not_after=seconds(certificate, 'not_valid_after'),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        public_key=public_keys.digest(public_key) if public_key is not None else _raw_key_digest(certificate),
        version=1 if certificate.version == x509.Version.v1 else 3,
        key_kind=public_keys.kind(public_key), key_bits=public_keys.bits(public_key),
        signature=_digest_name(certificate),
        self_issued=name == issuer_name and (own_id is None or above_id is None or own_id == above_id),
        authority=constraints.ca if constraints is not None else None,
        path_length=constraints.path_length if constraints is not None else None,
        key_usage=_key_usage(extensions), extended_key_usage=_extended_key_usage(extensions),
        netscape_types=_netscape_types(extensions), unknown_critical=unknown_critical(certificate.extensions),
        subject_key_id=own_id, authority_key_id=above_id), certificate, public_key, name, issuer_name,
        extensions.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER.dotted_string))


def unknown_critical(extensions: x509.Extensions, supported: frozenset[str] = _SUPPORTED_CRITICAL) -> tuple[str, ...]:
    """Return the dotted OIDs of the critical extensions that OpenSSL does not process."""
    return tuple(extension.oid.dotted_string for extension in extensions
                 if extension.critical and extension.oid.dotted_string not in supported)


def _serial(number: int) -> str:
    text = '%x' % abs(number)
    return ('-' if number < 0 else '') + ('0' if len(text) % 2 else '') + text


def _folded(value: Any) -> Any:
    return ' '.join(value.split()).lower() if isinstance(value, str) else value


def _raw_key_digest(certificate: x509.Certificate) -> str:
    """Return the digest of a SubjectPublicKeyInfo that cryptography cannot load: field 6 of the version 3 structure."""
    fields = der.sequence(certificate.tbs_certificate_bytes)
    return hashlib.sha256(fields[6 if fields[0].tag == 0xA0 else 5].whole).hexdigest()


def _digest_name(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return certificate.signature_algorithm_oid.dotted_string
    return algorithm.name if algorithm is not None else ''


def _key_usage(extensions: dict[str, Any]) -> tuple[str, ...] | None:
    usage = extensions.get(ExtensionOID.KEY_USAGE.dotted_string)
    if usage is None:
        return None
    return tuple(name for attribute, name in _KEY_USAGES if getattr(usage, attribute))


def _extended_key_usage(extensions: dict[str, Any]) -> tuple[str, ...] | None:
    usage = extensions.get(ExtensionOID.EXTENDED_KEY_USAGE.dotted_string)
    if usage is None:
        return None
    return tuple(_PURPOSES.get(oid.dotted_string, oid.dotted_string) for oid in usage)


def _netscape_types(extensions: dict[str, Any]) -> tuple[str, ...] | None:
    extension = extensions.get(_NETSCAPE_TYPE)
    if extension is None:
        return None
    found: list[str] = []
    try:
        content = der.expect(der.first(extension.value), der.BIT_STRING)
    except der.DerError:
        return ()
    for place, name in enumerate(_NETSCAPE_TYPES):
        if len(content) > 1 and content[1] & 0x80 >> place:
            found.append(name)
    return tuple(found)
