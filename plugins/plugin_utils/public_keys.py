# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a public key is called, its digest, and the check of a signature made with it."""
from __future__ import annotations

import hashlib
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import (
    InvalidSignature,
    UnsupportedAlgorithm,
    dsa,
    ec,
    ed25519,
    ed448,
    hashes,
    padding,
    rsa,
    serialization,
)


# OpenSSL's names where they differ from those of SEC 2.
_CURVES = {'secp256r1': 'prime256v1', 'secp192r1': 'prime192v1'}


def digest(key: Any) -> str:
    """Return the SHA-256 of the key's SubjectPublicKeyInfo, in hexadecimal."""
    return hashlib.sha256(key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def kind(key: Any) -> str:
    """Return ``RSA 2048``, ``EC prime256v1``, ``Ed25519`` and the like; '' for a kind that TLS has no use for."""
    if isinstance(key, rsa.RSAPublicKey):
        return 'RSA %d' % key.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return 'DSA %d' % key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return 'EC %s' % _CURVES.get(key.curve.name, key.curve.name)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return 'Ed25519'
    return 'Ed448' if isinstance(key, ed448.Ed448PublicKey) else ''


def bits(key: Any) -> int:
    """Return the length that the strength of the key is judged by; 0 where it is not known."""
    if isinstance(key, (rsa.RSAPublicKey, dsa.DSAPublicKey, ec.EllipticCurvePublicKey)):
        return key.key_size
    return {'Ed25519': 256, 'Ed448': 456}.get(kind(key), 0)


def verifies(key: Any, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm | None,
             parameters: Any) -> bool:
    """Return whether ``key`` made ``signature`` over ``signed``.

    SHA-1 and MD5 are verified too (``cryptography`` refuses them in its own check of certificates): whether they are
    too weak is for the rules to say.
    """
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            scheme = parameters if isinstance(parameters, padding.PSS) else padding.PKCS1v15()
            key.verify(signature, signed, scheme, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, dsa.DSAPublicKey) and algorithm is not None:
            key.verify(signature, signed, algorithm)
        elif isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            key.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True
