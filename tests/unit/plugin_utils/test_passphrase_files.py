# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's passphrase files, read and written."""
from __future__ import annotations

import zlib

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import passphrase_files as files
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import CASES
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import DEFAULT_PAIR, VENDOR_PAIR
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize('pair, passphrase', [(VENDOR_PAIR, b'Secret@123'), (DEFAULT_PAIR, b'Gauss@MppDB')])
def test_vectors(pair, passphrase):
    assert files.decode(*pair) == passphrase


def test_written_as_the_vector_with_zero_slack():
    drawn = iter([bytes(range(16)), DEFAULT_PAIR[0][17:33], DEFAULT_PAIR[0][34:50]])
    assert files.encode(b'Gauss@MppDB', lambda count: next(drawn)) == DEFAULT_PAIR


def test_checksum_is_not_that_of_zlib():
    assert files.checksum(b'123456789') != zlib.crc32(b'123456789')


@given(st.binary(max_size=15).filter(lambda text: b'\x80' not in text))
def test_round_trip(passphrase):
    pair = files.encode(passphrase)
    assert len(pair.cipher) == 56 and len(pair.rand) == 24
    assert files.decode(pair.cipher, pair.rand) == passphrase
    assert files.decode(pair.cipher + b'more', pair.rand + b'more') == passphrase


@given(st.binary(max_size=15))
def test_round_trip_of_any_bytes(passphrase):
    assert files.decode(*files.encode(passphrase)) == passphrase


def test_fresh_each_time():
    assert files.encode(b'Secret@123') != files.encode(b'Secret@123')


def test_no_passphrase_over_15_bytes_is_written():
    with pytest.raises(ValueError):
        files.encode(b'x' * 16)


@given(st.integers(0, 79), st.integers(1, 255))
def test_every_changed_byte_is_noticed(place, change):
    data = bytearray(VENDOR_PAIR[0] + VENDOR_PAIR[1])
    data[place] ^= change
    with pytest.raises(files.PassphraseFileError):
        files.decode(bytes(data[:56]), bytes(data[56:]))


@given(st.binary(max_size=60), st.binary(max_size=30))
def test_any_bytes(cipher, rand):
    with pytest.raises(files.CorruptPair):
        files.decode(cipher, rand)


def test_pairs_of_two_passphrases_do_not_mix():
    with pytest.raises(files.PassphraseFileError):
        files.decode(VENDOR_PAIR[0], DEFAULT_PAIR[1])


def test_a_block_without_room_for_padding():
    members = CASES['passphrase-too-long'].broken().members
    with pytest.raises(files.PassphraseTooLong):
        files.decode(members['client.key.cipher'], members['client.key.rand'])


@pytest.mark.parametrize('passphrase, count', [
    (b'Secret@123', 0), (b'Gauss@MppDB', 0), (b'secret@1', 0), (b'SECRET12x', 0), (b'Abcdefg1', 0),
    (b'Abcdef12345678@', 0), (b'Secr@12', 1), (b'Secret@123456789', 1), (b'secretsecret', 1), (b'secret12', 1), (b'', 2),
    (b'SECRET@@', 1), (b'Secret@\x001', 1), ('Sécret12'.encode(), 0), ('Sécrét@1234567'.encode(), 1)])
def test_the_vendor_s_rules(passphrase, count):
    assert len(files.objections(passphrase)) == count


def test_messages_carry_nothing_of_the_passphrase():
    for passphrase in (b'Quux', b'Quux@Quux@Quux@Quux'):
        assert not any('Quux' in text for text in files.objections(passphrase))
