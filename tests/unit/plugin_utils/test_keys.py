# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private keys: what protects them, what opening costs, and how they are written."""
from __future__ import annotations

import shutil
import subprocess
import time

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import der, keys, pem
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundle_cases, bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import PASSPHRASE, encrypted_pem, key, plain_pem
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

SECRET = PASSPHRASE.encode()
KINDS = ('RSA 2048', 'prime256v1', 'secp384r1', 'Ed25519', 'Ed448')
needs_openssl = pytest.mark.skipif(shutil.which('openssl') is None, reason='the openssl command is not installed')


def sealed(content: bytes) -> keys.Sealed:
    return keys.examine(keys.find(pem.read(content).blocks))


def openssl(*arguments: str, content: bytes) -> subprocess.CompletedProcess:
    return subprocess.run(['openssl', *arguments], input=content, capture_output=True, check=False)


@pytest.mark.parametrize('kind', KINDS)
def test_plain_is_the_same_for_every_form_of_a_key(kind):
    content = plain_pem(key(kind))
    opened = keys.open_key(sealed(encrypted_pem(key(kind))), SECRET)
    assert keys.plain(opened) == content == keys.plain(keys.open_key(sealed(content), None))


@pytest.mark.parametrize('kind', KINDS)
def test_encrypted_opens_with_its_passphrase_alone(kind):
    content = keys.encrypted(key(kind), SECRET)
    assert sealed(content).encryption == 'PKCS#8 PBES2 AES-256-CBC'
    assert keys.public_digest(keys.open_key(sealed(content), SECRET)) == keys.public_digest(key(kind))
    with pytest.raises(keys.WrongPassphrase):
        keys.open_key(sealed(content), b'Another@123')
    with pytest.raises(keys.WrongPassphrase):
        keys.open_key(sealed(content), None)


@needs_openssl
def test_openssl_opens_what_is_written():
    done = openssl('pkey', '-passin', 'pass:' + PASSPHRASE, content=keys.encrypted(key('prime256v1'), SECRET))
    assert done.stdout == plain_pem(key('prime256v1'))


@needs_openssl
@pytest.mark.parametrize('options, encryption', [
    (['-v2', 'aes-128-cbc'], 'PKCS#8 PBES2 AES-128-CBC'), (['-v2', 'aes-192-cbc'], 'PKCS#8 PBES2 AES-192-CBC'),
    (['-v2', 'des3', '-v2prf', 'hmacWithSHA1'], 'PKCS#8 PBES2 DES-EDE3-CBC'),
    (['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'], 'PKCS#8 PBES2 AES-256-CBC'),
    (['-scrypt'], 'PKCS#8 PBES2 AES-256-CBC'), (['-v1', 'PBE-SHA1-3DES'], 'PKCS#8 SHA1-3DES')])
def test_protections_that_openssl_writes(options, encryption):
    content = openssl('pkcs8', '-topk8', '-passout', 'pass:' + PASSPHRASE, *options, content=plain_pem(key())).stdout
    assert sealed(content).encryption == encryption
    assert keys.plain(keys.open_key(sealed(content), SECRET)) == plain_pem(key())


@needs_openssl
@pytest.mark.parametrize('cipher', ['aria-256-cbc', 'camellia-256-cbc', 'sm4-cbc', 'aes-256-cfb'])
def test_what_openssl_alone_opens_is_unsupported(cipher):
    content = openssl('pkcs8', '-topk8', '-passout', 'pass:' + PASSPHRASE, '-v2', cipher,
                      content=plain_pem(key())).stdout
    with pytest.raises(keys.KeyUnsupported):
        sealed(content)


@needs_openssl
@pytest.mark.parametrize('cipher', ['aes-192-cbc', 'camellia-128-cbc', 'aria-256-cbc'])
def test_traditional_ciphers_that_are_unsupported(cipher):
    content = openssl('pkey', '-traditional', '-passout', 'pass:' + PASSPHRASE, '-' + cipher,
                      content=plain_pem(key())).stdout
    with pytest.raises(keys.KeyUnsupported, match=cipher.upper()):
        sealed(content)


@pytest.mark.parametrize('identifier', [
    '2a864886f70d010503', '2a864886f70d01050b', '2a864886f70d010c0106'])    # MD5-DES, SHA1-RC2, SHA1-RC2-40
def test_what_cryptography_alone_opens_is_unsupported(identifier):
    algorithm = bundles.element(0x30, bundle_cases._oid(identifier) + bundles.element(
        0x30, bundles.element(0x04, bytes(8)) + bundles.integer(2048)))
    content = bundles.element(0x30, algorithm + bundles.element(0x04, bytes(64)))
    with pytest.raises(keys.KeyUnsupported, match='RC2|DES'):
        keys.examine(pem.Block('ENCRYPTED PRIVATE KEY', '', content))


@pytest.mark.parametrize('content', [
    bundle_cases.pbkdf2_key(keys.MOST_ROUNDS + 1), bundle_cases.pbkdf2_key(2 ** 31), bundle_cases.pbkdf2_key(2 ** 200),
    bundle_cases.scrypt_key(2 ** 17), bundle_cases.scrypt_key(2 ** 20), bundle_cases.scrypt_key(2 ** 14, 8, 2 ** 10),
    bundle_cases.scrypt_key(2 ** 63), bundle_cases.scrypt_key(2, 2 ** 40)])
def test_costly_keys_are_refused_before_they_are_derived(content):
    begin = time.monotonic()
    with pytest.raises(keys.KeyTooCostly):
        sealed(content)
    assert time.monotonic() - begin < 0.5    # seconds


@pytest.mark.parametrize('content', [bundle_cases.pbkdf2_key(keys.MOST_ROUNDS), bundle_cases.scrypt_key(2 ** 16)])
def test_keys_at_the_limit_are_tried(content):
    with pytest.raises(keys.WrongPassphrase):
        keys.open_key(sealed(content), SECRET)


def test_a_huge_key_is_refused():
    with pytest.raises(keys.KeyTooCostly):
        keys.examine(pem.Block('PRIVATE KEY', '', bundles.element(0x30, bytes(keys.LARGEST))))


def test_traditional_encryption():
    content = encrypted_pem(key('RSA 2048'), form='TraditionalOpenSSL')
    assert sealed(content).encryption == 'traditional AES-256-CBC'
    assert pem.canonical((sealed(content).block,)) == content
    assert keys.plain(keys.open_key(sealed(content), SECRET)) == plain_pem(key('RSA 2048'))
    with pytest.raises(keys.WrongPassphrase):
        keys.open_key(sealed(content), b'Another@123')


@pytest.mark.parametrize('header', ['Foo: bar\n', 'Proc-Type: 4,ENCRYPTED\n', 'Proc-Type: 4,MIC-ONLY\n',
                                    'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n',
                                    'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC\n'])
def test_damaged_headers_are_no_wrong_passphrase(header):
    with pytest.raises(keys.KeyDamaged):
        keys.examine(pem.Block('RSA PRIVATE KEY', header, bytes(32)))


def test_a_key_whose_halves_differ_is_damaged():
    mine, other = key('RSA 2048').private_numbers(), key('RSA 2048', 'other').private_numbers()
    content = bundles.element(0x30, b''.join(bundles.integer(one) for one in (
        0, mine.public_numbers.n, 65537, other.d, other.p, other.q, other.dmp1, other.dmq1, other.iqmp)))
    with pytest.raises(keys.KeyDamaged):
        keys.open_key(keys.examine(pem.Block('RSA PRIVATE KEY', '', content)), None)


@pytest.mark.parametrize('label', ['OPENSSH PRIVATE KEY', 'ANY PRIVATE KEY'])
def test_labels_that_clients_do_not_read(label):
    with pytest.raises(keys.KeyUnsupported, match=label):
        keys.examine(pem.Block(label, '', b'\x30\x00'))


def test_a_key_that_cannot_sign_is_unsupported():
    from cryptography.hazmat.primitives.asymmetric import x25519
    with pytest.raises(keys.KeyUnsupported):
        keys.open_key(sealed(plain_pem(x25519.X25519PrivateKey.generate())), None)


def test_the_first_key_of_a_file_counts():
    first, second = plain_pem(key('prime256v1', 'first')), plain_pem(key('prime256v1', 'second'))
    assert keys.plain(keys.open_key(sealed(bundle_cases.ROOT.pem + first + second), None)) == first


def test_ec_parameters_are_left_out():
    traditional = key().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                      serialization.NoEncryption())
    parameters = b'-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    assert pem.canonical((sealed(parameters + traditional).block,)) == traditional


GOOD = pem.read(encrypted_pem(key())).blocks[0].der


@given(st.one_of(st.binary(max_size=300), st.builds(
    lambda place, size, change: GOOD[:place] + change + GOOD[place + size:],
    st.integers(0, len(GOOD)), st.integers(0, 8), st.binary(max_size=8))), st.sampled_from(keys.LABELS))
def test_any_bytes(content, label):
    try:
        keys.open_key(keys.examine(pem.Block(label, '', content)), SECRET)
    except (keys.KeyDamaged, keys.KeyUnsupported, keys.KeyTooCostly, keys.WrongPassphrase):
        pass


@given(st.binary(max_size=60))
def test_any_der(content):
    try:
        for element in der.elements(content):
            assert element.whole in content
            der.object_identifier(element) if element.tag == der.OBJECT_IDENTIFIER else der.integer(element)
    except der.DerError:
        pass


@pytest.mark.parametrize('encoded, dotted', [
    ('06092a864886f70d010101', '1.2.840.113549.1.1.1'), ('0603551d13', '2.5.29.19'), ('06012a', '1.2'),
    ('060100', '0.0')])
def test_object_identifiers(encoded, dotted):
    assert der.object_identifier(der.first(bytes.fromhex(encoded))) == dotted
