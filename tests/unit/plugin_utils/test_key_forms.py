# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of a key that Java reads, opened again by OpenSSL and by cryptography; what Java says is in tests/clients."""
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import read_plain
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import read_bundle
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import contents, judge
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import EXAMPLE_PASSPHRASE as PASSPHRASE, example
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

BOTH = ('pk8', 'p12')


@pytest.fixture(scope='module')
def bundle(tmp_path_factory):
    path = tmp_path_factory.mktemp('bundle') / 'b.zip'
    path.write_bytes(example('dbadmin'))
    return str(path)


def openssl(*words: str) -> str:
    done = subprocess.run(['openssl', *words], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout + done.stderr


def plain_key(bundle: str) -> bytes:
    return read_bundle(bundle, Options(decrypt_key=True)).contents['client.key']


def test_without_a_passphrase_the_key_is_plain_and_always_the_same(bundle):
    first, second = (read_bundle(bundle, Options(key_forms=BOTH)).contents for _time in range(2))
    assert set(first) == {'client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem', 'client.key.pk8'}
    assert first['client.key.pk8'] == second['client.key.pk8']
    key = serialization.load_der_private_key(first['client.key.pk8'], None)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert pem == plain_key(bundle)


@pytest.mark.parametrize('decrypt', [False, True])
def test_with_a_passphrase_openssl_opens_the_key_by_it_alone(bundle, tmp_path, decrypt):
    found = read_bundle(bundle, Options(key_passphrase=PASSPHRASE, decrypt_key=decrypt, key_forms=BOTH)).contents
    file = tmp_path / 'client.key.pk8'
    file.write_bytes(found['client.key.pk8'])
    words = ['pkey', '-inform', 'DER', '-in', str(file), '-passin']
    assert openssl(*words, f'pass:{PASSPHRASE}').encode() == plain_key(bundle)
    assert 'BEGIN' not in openssl(*words, 'pass:other')
    assert 'pbeWithSHA1And3-KeyTripleDES-CBC' in openssl('asn1parse', '-inform', 'DER', '-in', str(file))    # what pgjdbc opens


def test_a_store_holds_key_certificate_and_chain_under_the_alias_of_pgjdbc(bundle):
    found = read_bundle(bundle, Options(key_passphrase=PASSPHRASE, key_forms=BOTH)).contents
    store = pkcs12.load_pkcs12(found['client.p12'], PASSPHRASE.encode())
    assert store.cert is not None and store.cert.friendly_name == b'user' and store.key is not None
    assert store.key.public_key() == store.cert.certificate.public_key()
    assert [one.certificate.subject for one in store.additional_certs] == [store.cert.certificate.issuer]
    with pytest.raises(ValueError, match='(?i)password'):
        pkcs12.load_pkcs12(found['client.p12'], b'other')


def test_encrypted_forms_have_the_same_identity_each_time_and_another_for_each_revision(bundle):
    options = Options(key_passphrase=PASSPHRASE, key_forms=BOTH)
    first, second, third = (judge(bundle, options, read_plain, 90, revision).digests for revision in ('', '', '2'))
    assert first == second and first['client.key.pk8'].startswith('made:') and first['client.p12'].startswith('made:')
    assert first['client.key.pk8'] != third['client.key.pk8'] and first['client.p12'] != third['client.p12']
    one, other = (contents(bundle, options, read_plain) for _time in range(2))
    assert set(one) == set(first) and one['client.p12'] != other['client.p12']


def test_another_bundle_has_another_identity(bundle, tmp_path):
    other = tmp_path / 'other.zip'
    other.write_bytes(example('dbadmin', 1))
    options = Options(key_passphrase=PASSPHRASE, key_forms=BOTH)
    assert judge(bundle, options, read_plain, 90).digests['client.p12'] != judge(str(other), options, read_plain, 90).digests['client.p12']


def test_a_unidirectional_set_has_no_key_in_any_form(bundle):
    found = read_bundle(bundle, Options(auth_mode='unidirectional', key_passphrase=PASSPHRASE, key_forms=BOTH)).contents
    assert set(found) == {'cacert.pem'}


def test_nothing_of_the_forms_is_in_the_verdict(bundle):
    verdict = judge(bundle, Options(key_forms=BOTH), read_plain, 90)
    assert verdict.described['client.key.pk8'] == ['content: the private key of client.key in another form']
