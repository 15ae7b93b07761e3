# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layout of the passphrase files ``client.key.cipher`` and ``client.key.rand`` of gsql, and what they hide.

The layout is that of the public openGauss client and was checked both ways against its encoder and decoder::

    cipher, 56 bytes   0 AES ciphertext (16) | 16 slack | 17 key salt (16) | 33 slack | 34 IV (16) | 50 slack | 51 pad
                       52 checksum over bytes 0-51
    rand, 24 bytes     0 random (16) | 16 slack | 17 pad (3) | 20 checksum over bytes 0-19

Slack and pad hold whatever was in the writer's memory: they are never required to be zero. The AES key is
PBKDF2-HMAC-SHA256(random, key salt, 10,000 rounds, 16 bytes); the passphrase is one AES-128-CBC block with ISO 7816-4
padding. Both files lie beside the key, so this hides the passphrase and does not protect it.

AES itself is an argument: the controller has ``cryptography`` for it, a managed host ``wire/aes.py``.
"""
import hashlib
from typing import Callable, List, NamedTuple

CIPHER_LENGTH = 56      # bytes
RAND_LENGTH = 24        # bytes
LONGEST = 15            # bytes of passphrase; one AES block less one byte of padding
BLOCK = 16              # bytes

_ROUNDS = 10000
_POLYNOMIAL = 0xEDB88320    # reflected, as in zlib's CRC-32; the loop below is not zlib's

# AES-128-CBC on one block: key, initialisation vector, input; returns the output.
BlockCipher = Callable[[bytes, bytes, bytes], bytes]


class PassphraseFileError(Exception):
    """The files do not hold a passphrase. The text says why and carries nothing of their content."""


class CorruptPair(PassphraseFileError):
    """One of the files is short or fails its checksum, or the decrypted block is not padded."""


class PassphraseTooLong(PassphraseFileError):
    """The decrypted block has no room for padding: the writer was given 16 bytes or more."""


class Pair(NamedTuple):
    """The contents of the two passphrase files."""
    cipher: bytes
    rand: bytes


class _CipherFile(NamedTuple):
    ciphertext: bytes
    key_salt: bytes
    iv: bytes


def decode(cipher: bytes, rand: bytes, decrypt: BlockCipher) -> bytes:
    """Return the passphrase (0 to 15 bytes) held by the contents of the two files.

    As the vendor's reader does, only the first 56 and 24 bytes count. Raises CorruptPair or PassphraseTooLong.
    """
    hidden = _cipher_file(_checked(cipher, CIPHER_LENGTH, 'cipher'))
    random = _checked(rand, RAND_LENGTH, 'rand')[:BLOCK]
    return _unpadded(decrypt(_derive(random, hidden.key_salt), hidden.iv, hidden.ciphertext))


def encode(passphrase: bytes, random_bytes: Callable[[int], bytes], encrypt: BlockCipher) -> Pair:
    """Return fresh contents of the two files for a passphrase of 0 to 15 bytes; slack and pad are zero.

    Raises ValueError for a longer passphrase.
    """
    if len(passphrase) > LONGEST:
        raise ValueError('a passphrase file holds at most %d bytes' % LONGEST)
    random, key_salt, iv = random_bytes(BLOCK), random_bytes(BLOCK), random_bytes(BLOCK)
    ciphertext = encrypt(_derive(random, key_salt), iv, (passphrase + b'\x80').ljust(BLOCK, b'\x00'))
    return Pair(_sealed(ciphertext + b'\x00' + key_salt + b'\x00' + iv + b'\x00' + b'\x00'), _sealed(random + b'\x00' * 4))


def checksum(data: bytes) -> int:
    """Return the 32-bit checksum of the vendor's format. It shifts to the left through a table made for the right: not zlib's."""
    value = 0xFFFFFFFF
    for byte in data:
        value = _TABLE[((value >> 24) ^ byte) & 0xFF] ^ ((value << 8) & 0xFFFFFFFF)
    return value ^ 0xFFFFFFFF


def _table() -> List[int]:
    table = []
    for value in range(256):
        for _bit in range(8):
            value = (value >> 1) ^ _POLYNOMIAL if value & 1 else value >> 1
        table.append(value)
    return table


_TABLE = _table()


def _sealed(body: bytes) -> bytes:
    return body + checksum(body).to_bytes(4, 'little')


def _checked(data: bytes, length: int, which: str) -> bytes:
    if len(data) < length:
        raise CorruptPair('the %s file has %d bytes, it needs %d' % (which, len(data), length))
    body, seal = data[:length - 4], data[length - 4:length]
    if int.from_bytes(seal, 'little') != checksum(body):
        raise CorruptPair('the checksum of the %s file does not match' % which)
    return body


def _cipher_file(body: bytes) -> _CipherFile:
    return _CipherFile(ciphertext=body[0:16], key_salt=body[17:33], iv=body[34:50])


def _derive(random: bytes, key_salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac('sha256', random, key_salt, _ROUNDS, BLOCK)


def _unpadded(block: bytes) -> bytes:
    passphrase, marker, rest = block.rpartition(b'\x80')
    if marker and not rest.strip(b'\x00'):
        return passphrase
    if all(32 <= byte < 127 for byte in block):    # a printable block with no padding: text of 16 bytes or more
        raise PassphraseTooLong('the passphrase is longer than %d bytes' % LONGEST)
    raise CorruptPair('the two files do not belong together')
