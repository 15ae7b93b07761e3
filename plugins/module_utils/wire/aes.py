# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decryption of one AES-128 block (FIPS 197), since Python's standard library has no AES.

It opens the one block of a passphrase file on a managed host, and serves nothing else: its table look-ups take a time that
depends on the data, which an onlooker on the same machine could measure.
"""
from typing import List, Tuple

_ROUNDS = 10            # of AES with a key of 128 bits
_COLUMNS = 4
_MODULUS = 0x11B        # x^8 + x^4 + x^3 + x + 1 (FIPS 197, section 4.2)


def decrypt_cbc_block(key: bytes, iv: bytes, block: bytes) -> bytes:
    """Return the plain text of a message of one block in CBC mode. Key, IV and block have 16 bytes each."""
    return bytes(left ^ right for left, right in zip(decrypt_block(key, block), iv))


def decrypt_block(key: bytes, block: bytes) -> bytes:
    """Return the inverse cipher of a block of 16 bytes under a key of 16 bytes (FIPS 197, section 5.3)."""
    if len(key) != 16 or len(block) != 16:
        raise ValueError('key and block must have 16 bytes')
    round_keys = _round_keys(key)
    state = _add(list(block), round_keys[_ROUNDS])
    for number in range(_ROUNDS - 1, -1, -1):
        state = [_INVERSE_S_BOX[value] for value in _shift_rows_back(state)]
        state = _add(state, round_keys[number])
        if number:
            state = _mix_columns_back(state)
    return bytes(state)


def _multiply(left: int, right: int) -> int:
    """Multiply in GF(2^8)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0x100:
            left ^= _MODULUS
        right >>= 1
    return product


def _s_boxes() -> Tuple[List[int], List[int]]:
    """Return the S-box and its inverse: the inverse in GF(2^8), then an affine map (FIPS 197, section 5.1.1)."""
    inverses = [0] * 256
    power, other = 1, 1
    for _step in range(255):          # 3 generates the group, 0xF6 is its inverse
        inverses[power] = other
        power, other = _multiply(power, 3), _multiply(other, 0xF6)
    box = []
    for value in inverses:
        mapped = 0x63
        for shift in range(5):
            mapped ^= ((value << shift) | (value >> (8 - shift))) & 0xFF
        box.append(mapped)
    back = [0] * 256
    for place, value in enumerate(box):
        back[value] = place
    return box, back


_S_BOX, _INVERSE_S_BOX = _s_boxes()


def _round_keys(key: bytes) -> List[List[int]]:
    """Return 11 round keys of 16 bytes (FIPS 197, section 5.2)."""
    words = [list(key[at:at + 4]) for at in range(0, 16, 4)]
    constant = 1
    for number in range(4, 4 * (_ROUNDS + 1)):
        word = words[-1]
        if number % 4 == 0:
            word = [_S_BOX[value] for value in word[1:] + word[:1]]
            word[0] ^= constant
            constant = _multiply(constant, 2)
        words.append([left ^ right for left, right in zip(words[-4], word)])
    return [sum(words[at:at + 4], []) for at in range(0, len(words), 4)]


def _add(state: List[int], round_key: List[int]) -> List[int]:
    return [left ^ right for left, right in zip(state, round_key)]


def _shift_rows_back(state: List[int]) -> List[int]:
    """The state is kept by columns: byte ``row + 4 * column``."""
    return [state[row + 4 * ((column - row) % _COLUMNS)] for column in range(_COLUMNS) for row in range(4)]


def _mix_columns_back(state: List[int]) -> List[int]:
    mixed = []
    for at in range(0, 16, 4):
        column = state[at:at + 4]
        for row in range(4):
            value = 0
            for place, factor in enumerate((14, 11, 13, 9)):
                value ^= _multiply(column[(row + place) % 4], factor)
            mixed.append(value)
    return mixed
