# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How strong a key or signature must be. Pure functions over facts."""
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Certificate

# OpenSSL's security level 2 asks for 112 bits of security (NIST SP 800-57, part 1, table 2).
LEAST_RSA_BITS = 2048
LEAST_EC_BITS = 224
WEAK_DIGESTS = ('md5', 'sha1')

# Curves of OpenSSL's default list of groups; others are refused in the handshake (RFC 8422, section 5.1.1). With TLS 1.2 the
# server's own list counts too, and PostgreSQL's holds the first one alone unless ssl_ecdh_curve says otherwise.
USABLE_CURVES = ('EC prime256v1', 'EC secp384r1', 'EC secp521r1')


def weak_key(certificate: Certificate) -> bool:
    """Return whether OpenSSL refuses the length of the certificate's key at security level 2."""
    if certificate.key_kind.startswith(('RSA', 'DSA')):
        return certificate.key_bits < LEAST_RSA_BITS
    return certificate.key_kind.startswith('EC ') and certificate.key_bits < LEAST_EC_BITS


def weak_signature(certificate: Certificate) -> bool:
    """Return whether OpenSSL refuses the certificate's signature at security level 2; a root's own does not count."""
    return certificate.signature in WEAK_DIGESTS and not certificate.self_issued


def unusable_curve(certificate: Certificate) -> bool:
    """Return whether the certificate's key is on a curve that TLS peers do not offer."""
    return certificate.key_kind.startswith('EC ') and certificate.key_kind not in USABLE_CURVES


def contested_curve(certificate: Certificate) -> bool:
    """Return whether servers that offer one curve alone refuse the certificate's key under TLS 1.2."""
    return certificate.key_kind in USABLE_CURVES[1:]
