# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private keys: which protection they are under, opening them at a bounded cost, and writing them.

The protection is parsed before anything is derived from a passphrase: a hostile key can ask for 2**31 rounds or for a
gigabyte. What OpenSSL or ``cryptography`` cannot open is KeyUnsupported; it is never called a wrong passphrase.
"""
from __future__ import annotations

import re
from typing import NamedTuple, Union

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
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import der, pem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.public_keys import digest, kind

PrivateKey = Union[rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey,
                   dsa.DSAPrivateKey]

MOST_ROUNDS = 2000000                    # of PBKDF2; 1 to 2 s on one core
MOST_SCRYPT_MEMORY = 64 * 1024 * 1024    # bytes
MOST_SCRYPT_WORK = 4 * MOST_SCRYPT_MEMORY    # bytes mixed: memory times the parallelization parameter
LARGEST = 16 * 1024                      # bytes of DER; RSA of 16,384 bits, the most that OpenSSL takes, has 9,300

LABELS = ('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'DSA PRIVATE KEY')

# What both OpenSSL 3 (without its legacy provider) and cryptography open.
_CIPHERS = {
    '2.16.840.1.101.3.4.1.2': 'AES-128-CBC', '2.16.840.1.101.3.4.1.22': 'AES-192-CBC',
    '2.16.840.1.101.3.4.1.42': 'AES-256-CBC', '1.2.840.113549.3.7': 'DES-EDE3-CBC'}
_DIGESTS = {
    '1.2.840.113549.2.7': 'SHA-1', '1.2.840.113549.2.8': 'SHA-224', '1.2.840.113549.2.9': 'SHA-256',
    '1.2.840.113549.2.10': 'SHA-384', '1.2.840.113549.2.11': 'SHA-512'}
_TRADITIONAL = {'AES-128-CBC': 16, 'AES-256-CBC': 16, 'DES-EDE3-CBC': 8}    # bytes of the initialization vector
_PBES2, _PBKDF2, _SCRYPT = '1.2.840.113549.1.5.13', '1.2.840.113549.1.5.12', '1.3.6.1.4.1.11591.4.11'
_SHA1_3DES = '1.2.840.113549.1.12.1.3'    # RFC 7292, appendix C
_KNOWN = {
    '1.2.840.113549.1.5.1': 'PBES1 MD2-DES', '1.2.840.113549.1.5.3': 'PBES1 MD5-DES',
    '1.2.840.113549.1.5.4': 'PBES1 MD2-RC2',
    '1.2.840.113549.1.5.6': 'PBES1 MD5-RC2', '1.2.840.113549.1.5.10': 'PBES1 SHA1-DES',
    '1.2.840.113549.1.5.11': 'PBES1 SHA1-RC2', '1.2.840.113549.1.12.1.1': 'SHA1-RC4-128',
    '1.2.840.113549.1.12.1.2': 'SHA1-RC4-40', '1.2.840.113549.1.12.1.4': 'SHA1-3DES with two keys',
    '1.2.840.113549.1.12.1.5': 'SHA1-RC2-128', '1.2.840.113549.1.12.1.6': 'SHA1-RC2-40',
    '1.2.840.113549.3.2': 'RC2-CBC', '1.3.14.3.2.7': 'DES-CBC', '1.2.156.10197.1.104.2': 'SM4-CBC',
    '1.2.410.200046.1.1.2': 'ARIA-128-CBC', '1.2.410.200046.1.1.12': 'ARIA-256-CBC',
    '1.2.392.200011.61.1.1.1.2': 'CAMELLIA-128-CBC', '1.2.392.200011.61.1.1.1.4': 'CAMELLIA-256-CBC'}
# RFC 1421, sections 4.6.1.1 and 4.6.1.3: the cipher, and its initialization vector in hexadecimal.
_HEADER = re.compile(r'Proc-Type:[ \t]*4,[ \t]*ENCRYPTED[ \t]*\n'
                     r'DEK-Info:[ \t]*([A-Z0-9-]+)[ \t]*(?:,([0-9A-Fa-f]*)\n|,|\n)')


class KeyDamaged(Exception):
    """The bytes are not a private key, or the key does not work. The text says why, without content."""


class KeyUnsupported(Exception):
    """The key is of a kind, or under a protection, that the clients or this collection cannot open."""


class KeyTooCostly(Exception):
    """Opening the key would take more time or memory than a bundle may ask for."""


class WrongPassphrase(Exception):
    """The passphrase does not open the key."""


class Sealed(NamedTuple):
    """A key as it stands in a file. ``encryption`` names the protection; '' for a plain key."""
    block: pem.Block
    encryption: str


def find(blocks: tuple[pem.Block, ...]) -> pem.Block | None:
    """Return the block that clients take as the key: the first private key of a file."""
    for block in blocks:
        if block.label.endswith('PRIVATE KEY'):
            return block
    return None


def examine(block: pem.Block) -> Sealed:
    """Return the key with the name of its protection, without opening it.

    Raises KeyDamaged, KeyUnsupported or KeyTooCostly.
    """
    if block.label not in LABELS:
        raise KeyUnsupported('the clients do not read "%s"' % block.label)
    if len(block.der) > LARGEST:
        raise KeyTooCostly('it has %d bytes, the limit is %d' % (len(block.der), LARGEST))
    if block.header:
        return Sealed(block, _traditional(block.header))
    try:
        element = der.first(block.der)
        block = block._replace(der=element.whole)
        encryption = _pkcs8(element) if block.label == 'ENCRYPTED PRIVATE KEY' else ''
    except (der.DerError, IndexError, ValueError):
        raise KeyDamaged('its DER structure is damaged') from None
    return Sealed(block, encryption)


def open_key(sealed: Sealed, passphrase: bytes | None) -> PrivateKey:
    """Return the opened key. Raises WrongPassphrase, KeyDamaged, KeyUnsupported or KeyTooCostly."""
    if sealed.encryption and not passphrase:
        raise WrongPassphrase()
    try:
        key = serialization.load_pem_private_key(
            pem.canonical((sealed.block,)), passphrase if sealed.encryption else None,
            unsafe_skip_rsa_key_validation=True)
    except UnsupportedAlgorithm:
        raise KeyUnsupported('its algorithm is not supported') from None
    except (ValueError, TypeError):
        if sealed.encryption:
            raise WrongPassphrase() from None
        raise KeyDamaged('it cannot be parsed') from None
    except MemoryError:
        raise KeyTooCostly('its derivation needs more memory than there is') from None
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey,
                            ed448.Ed448PrivateKey, dsa.DSAPrivateKey)):
        raise KeyUnsupported('a key of this kind cannot sign')
    _prove(key)
    return key


def public_digest(key: PrivateKey) -> str:
    """Return the SHA-256 of the key's SubjectPublicKeyInfo."""
    return digest(key.public_key())


def public_kind(key: PrivateKey) -> str:
    """Return the kind of the key, such as ``RSA 2048``."""
    return kind(key.public_key())


def plain(key: PrivateKey) -> bytes:
    """Return the key as PKCS#8 PEM without encryption: the same bytes for the same key."""
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def encrypted(key: PrivateKey, passphrase: bytes) -> bytes:
    """Return the key as PKCS#8 PEM (PBES2, AES-256-CBC), which gsql opens with its passphrase files.

    Fresh bytes each time.
    """
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.BestAvailableEncryption(passphrase))


def _traditional(header: str) -> str:
    """Return the protection named by RFC 1421 header lines."""
    found = _HEADER.match(header)
    if not found:
        raise KeyDamaged('its header lines are not those of an encrypted key')
    if found.group(1) not in _TRADITIONAL:
        raise KeyUnsupported('it is encrypted with %s' % found.group(1))
    if len(found.group(2) or '') != 2 * _TRADITIONAL[found.group(1)]:
        raise KeyDamaged('its header lines hold no initialization vector of the right length')
    return 'traditional %s' % found.group(1)


def _pkcs8(element: der.Element) -> str:
    """Return the protection of an EncryptedPrivateKeyInfo (RFC 5958, section 3)."""
    algorithm, _data = der.elements(der.expect(element, der.SEQUENCE))
    identifier, parameters = der.elements(der.expect(algorithm, der.SEQUENCE))
    name = der.object_identifier(identifier)
    if name == _SHA1_3DES:
        _salt, rounds = der.sequence(parameters.whole)
        _check_rounds(der.integer(rounds))
        return 'PKCS#8 SHA1-3DES'
    if name != _PBES2:
        raise KeyUnsupported('it is encrypted with %s' % _KNOWN.get(name, name))
    derivation, cipher = der.sequence(parameters.whole)
    _check_derivation(derivation)
    cipher_name = der.object_identifier(der.sequence(cipher.whole)[0])
    if cipher_name not in _CIPHERS:
        raise KeyUnsupported('it is encrypted with %s' % _KNOWN.get(cipher_name, cipher_name))
    return 'PKCS#8 PBES2 %s' % _CIPHERS[cipher_name]


def _check_derivation(derivation: der.Element) -> None:
    """Refuse a key derivation function of PBES2 that is unknown or too costly (RFC 8018, appendix A.2; RFC 7914)."""
    identifier, parameters = der.sequence(derivation.whole)
    name = der.object_identifier(identifier)
    values = der.sequence(parameters.whole)
    if name == _PBKDF2:
        _check_rounds(der.integer(values[1]))
        for element in values[2:]:
            digest_name = der.object_identifier(der.sequence(element.whole)[0]) if element.tag == der.SEQUENCE else None
            if digest_name and digest_name not in _DIGESTS:
                raise KeyUnsupported('its derivation uses the digest %s' % digest_name)
    elif name == _SCRYPT:
        _check_scrypt(*(der.integer(value) for value in values[1:4]))
    else:
        raise KeyUnsupported('its derivation is %s' % _KNOWN.get(name, name))


def _check_rounds(rounds: int) -> None:
    if rounds > MOST_ROUNDS:
        raise KeyTooCostly('its derivation asks for %s rounds, the limit is %d' % (_count(rounds), MOST_ROUNDS))


def _check_scrypt(cost: int, block_size: int, parallelization: int) -> None:
    memory = 128 * cost * block_size
    if memory > MOST_SCRYPT_MEMORY or memory * parallelization > MOST_SCRYPT_WORK:
        raise KeyTooCostly('its scrypt derivation asks for %s MiB, the limit is %d' % (
            _count(memory * parallelization // 2 ** 20), MOST_SCRYPT_MEMORY // 2 ** 20))


def _count(number: int) -> str:
    return str(number) if number < 2 ** 63 else 'more than 2**63'


def _prove(key: PrivateKey) -> None:
    """Raise KeyDamaged where the key's two halves do not belong together: it signs, and its public half verifies."""
    text = b'gaussdb.dws_ssl'
    try:
        if isinstance(key, rsa.RSAPrivateKey):
            key.public_key().verify(key.sign(text, padding.PKCS1v15(), hashes.SHA256()), text, padding.PKCS1v15(),
                                    hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePrivateKey):
            key.public_key().verify(key.sign(text, ec.ECDSA(hashes.SHA256())), text, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, dsa.DSAPrivateKey):
            key.public_key().verify(key.sign(text, hashes.SHA256()), text, hashes.SHA256())
        else:
            key.public_key().verify(key.sign(text), text)
    except UnsupportedAlgorithm:
        raise KeyUnsupported('its algorithm is not supported') from None
    except (InvalidSignature, ValueError, TypeError):
        raise KeyDamaged('its private and its public half do not belong together') from None
