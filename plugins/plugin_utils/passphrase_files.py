# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing passphrase files on the controller; their layout is in ``policy/passphrase_pair.py``."""
from __future__ import annotations

import os
import string
from collections.abc import Callable

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import passphrase_pair
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.passphrase_pair import (
    CIPHER_LENGTH,
    LONGEST,
    RAND_LENGTH,
    CorruptPair,
    Pair,
    PassphraseFileError,
    PassphraseTooLong,
    checksum,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import Cipher, algorithms, modes

__all__ = ['CIPHER_LENGTH', 'LONGEST', 'RAND_LENGTH', 'CorruptPair', 'Pair', 'PassphraseFileError', 'PassphraseTooLong',
           'checksum', 'decode', 'encode', 'objections']

SHORTEST_WRITTEN = 8    # bytes; what the vendor's writer asks for
CLASSES_WRITTEN = 3     # of the four: lower case, upper case, digits, everything else


def decode(cipher: bytes, rand: bytes) -> bytes:
    """Return the passphrase (0 to 15 bytes) held by the contents of the two files. Raises CorruptPair or PassphraseTooLong."""
    return passphrase_pair.decode(cipher, rand, _decrypt)


def encode(passphrase: bytes, random_bytes: Callable[[int], bytes] = os.urandom) -> Pair:
    """Return fresh contents of the cipher and the rand file for a passphrase of 0 to 15 bytes.

    Raises ValueError for a longer passphrase; whether the vendor's writer would take it is ``objections``.
    """
    return passphrase_pair.encode(passphrase, random_bytes, _encrypt)


def objections(passphrase: bytes) -> list[str]:
    """Return why the vendor's writer would refuse a passphrase, as parts of a sentence; empty where it would not.

    Its rules: 8 to 15 bytes, and three of the four classes lower case, upper case, digits, other characters.
    """
    found = []
    if len(passphrase) < SHORTEST_WRITTEN:
        found.append('it is shorter than %d bytes' % SHORTEST_WRITTEN)
    if len(passphrase) > LONGEST:
        found.append('it is longer than %d bytes' % LONGEST)
    if _classes(passphrase) < CLASSES_WRITTEN:
        found.append('it has fewer than %d of the classes lower case, upper case, digits, other characters' % CLASSES_WRITTEN)
    if b'\x00' in passphrase:
        found.append('it holds a zero byte')
    return found


def _decrypt(key: bytes, iv: bytes, block: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(block) + decryptor.finalize()


def _encrypt(key: bytes, iv: bytes, block: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def _classes(passphrase: bytes) -> int:
    text = passphrase.decode('latin-1')
    named = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    return sum(any(letter in one for letter in text) for one in named) + any(
        letter not in ''.join(named) for letter in text)
