# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate revocation lists (RFC 5280, section 5) as plain facts."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import (
    ExtensionOID,
    UnsupportedAlgorithm,
    x509,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import certificates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded

# Critical extensions of a list that OpenSSL processes: delta indicator, issuing distribution point, authority key
# identifier, list number.
_SUPPORTED_CRITICAL = frozenset(('2.5.29.27', '2.5.29.28', '2.5.29.35', '2.5.29.20'))


class ListDamaged(Exception):
    """The bytes are not a revocation list that could be read."""


def load(data: bytes, authorities: Sequence[Loaded], client: Loaded | None) -> facts.RevocationList:
    """Return the list in ``data`` (DER), judged beside the CA certificates at hand and the client's.

    Raises ListDamaged.
    """
    try:
        return _facts(x509.load_der_x509_crl(data), authorities, client)
    except (ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension,
            x509.UnsupportedGeneralNameType, x509.InvalidVersion):
        raise ListDamaged() from None


def _has_an_end(crl: x509.CertificateRevocationList) -> bool:
    """Return whether the list names its next update; cryptography 42 and newer warn of the form without a time zone."""
    return getattr(crl, 'next_update_utc' if hasattr(crl, 'next_update_utc') else 'next_update') is not None


def _facts(crl: x509.CertificateRevocationList, authorities: Sequence[Loaded],
           client: Loaded | None) -> facts.RevocationList:
    extensions = certificates.by_oid(crl.extensions)
    issuer = certificates.comparable(crl.issuer)
    key_id = certificates.key_identifiers(extensions)[1]
    named = [loaded for loaded in authorities if loaded.name == issuer and (
        key_id is None or loaded.facts.subject_key_id in (None, key_id))]
    signers = [loaded for loaded in named if certificates.verified(crl, crl.tbs_certlist_bytes, loaded)]
    return facts.RevocationList(
        issuer=certificates.rfc4514(crl.issuer), last_update=certificates.seconds(crl, 'last_update'),
        next_update=certificates.seconds(crl, 'next_update') if _has_an_end(crl) else None,
        delta=ExtensionOID.DELTA_CRL_INDICATOR.dotted_string in extensions, entries=len(crl),
        unknown_critical=certificates.unknown_critical(crl.extensions, _SUPPORTED_CRITICAL),
        partial=_partial(extensions.get(ExtensionOID.ISSUING_DISTRIBUTION_POINT.dotted_string), named),
        authorities=tuple(loaded.facts.fingerprint for loaded in named),
        signed_by=tuple(loaded.facts.fingerprint for loaded in signers),
        signable=any(_may_sign(loaded) for loaded in signers or named),
        lists_client=client is not None and client.issuer_name == issuer and _lists(crl, client),
        lists_authorities=tuple(loaded.facts.subject for loaded in authorities
                                if loaded.issuer_name == issuer and _lists(crl, loaded)))


def _partial(point: Any, issuers: Sequence[Loaded]) -> bool:
    """Return whether a list leaves out certificates that clients look for in it.

    A list with a distribution point is used for certificates that name the same point; psql looks for the root itself
    too.
    """
    if point is None:
        return False
    if (point.only_contains_user_certs or point.only_contains_ca_certs or point.only_contains_attribute_certs
            or point.only_some_reasons or point.indirect_crl):
        return True
    names = set(point.full_name or ())
    return bool(names or point.relative_name) and any(
        loaded.facts.self_issued and not names & _distribution_points(loaded) for loaded in issuers)


def _distribution_points(loaded: Loaded) -> set[Any]:
    points = certificates.by_oid(loaded.certificate.extensions).get(ExtensionOID.CRL_DISTRIBUTION_POINTS.dotted_string)
    return {name for point in points or () for name in point.full_name or ()}


def _may_sign(loaded: Loaded) -> bool:
    return loaded.facts.key_usage is None or 'cRLSign' in loaded.facts.key_usage


def _lists(crl: x509.CertificateRevocationList, loaded: Loaded) -> bool:
    return crl.get_revoked_certificate_by_serial_number(loaded.certificate.serial_number) is not None
