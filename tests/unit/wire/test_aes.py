# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AES on the host, against the vectors of FIPS 197, against cryptography, and on real passphrase files."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import passphrase_pair
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.aes import decrypt_block, decrypt_cbc_block
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

BLOCK = st.binary(min_size=16, max_size=16)


@pytest.mark.parametrize('key, plain, cipher', [
    ('2b7e151628aed2a6abf7158809cf4f3c', '3243f6a8885a308d313198a2e0370734', '3925841d02dc09fbdc118597196a0b32'),   # appendix B
    ('000102030405060708090a0b0c0d0e0f', '00112233445566778899aabbccddeeff', '69c4e0d86a7b0430d8cdb78070b4c55a')])  # C.1
def test_the_vectors_of_fips_197(key, plain, cipher):
    assert decrypt_block(bytes.fromhex(key), bytes.fromhex(cipher)).hex() == plain


@given(BLOCK, BLOCK, BLOCK)
def test_it_undoes_what_cryptography_does(key, iv, block):
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    assert decrypt_cbc_block(key, iv, encryptor.update(block) + encryptor.finalize()) == block


@pytest.mark.parametrize('pair, passphrase', [
    (bundles.VENDOR_PAIR, bundles.PASSPHRASE), (bundles.DEFAULT_PAIR, bundles.DEFAULT_PASSPHRASE)])
def test_the_vendors_passphrase_files_are_opened(pair, passphrase):
    assert passphrase_pair.decode(*pair, decrypt_cbc_block) == passphrase.encode()


@pytest.mark.parametrize('key, block', [(b'', bytes(16)), (bytes(16), b''), (bytes(32), bytes(16)), (bytes(16), bytes(17))])
def test_other_lengths_are_refused(key, block):
    with pytest.raises(ValueError):
        decrypt_block(key, block)
