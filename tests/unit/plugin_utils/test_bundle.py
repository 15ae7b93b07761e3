# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is deployed: which members, and which bytes of them."""
from __future__ import annotations

import hashlib

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import errors
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import keys, passphrase_files, pem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import read_bundle, with_fresh_pair
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import (
    CASES,
    CRL,
    MINE,
    OTHER,
    ROOT,
    Setup,
    good,
    plain,
    sealed,
    store,
    unidirectional,
    zipped,
)
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import PASSPHRASE
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import judged, reading_of

LIST = bundles.crl(ROOT)


def test_an_encrypted_set_is_deployed_byte_for_byte(read):
    reading = read(good())
    assert reading.contents == good().members
    assert reading.facts.pair == facts.PAIR_GIVEN
    assert reading.facts.problems == ()


def test_a_plain_set_is_deployed_byte_for_byte(read):
    assert read(plain()).contents == plain().members
    assert read(plain()).facts.pair == facts.PAIR_UNNEEDED


def test_passphrase_files_of_a_plain_key_are_not_deployed(read):
    assert read(Setup({**plain().members, **bundles.pair_of()})).contents == plain().members


def test_the_ca_keeps_its_name(read):
    members = bundles.good_set(ca=ROOT, ca_name='certca.pem').members
    reading = read(Setup(members))
    assert reading.contents == members
    assert reading.facts.ca == 'certca.pem'


def test_two_equal_ca_files_are_deployed_once(read):
    assert read(sealed(certca_pem=ROOT.pem)).contents == good().members


def test_unidirectional_takes_ca_and_list_alone(read):
    reading = read(unidirectional({**good().members, CRL: LIST}))
    assert reading.contents == {'cacert.pem': ROOT.pem, CRL: LIST}
    assert reading.facts.key is None and reading.facts.certificates == () and reading.facts.issued is None
    assert read(unidirectional({'cacert.pem': ROOT.pem})).facts.problems == ()


def test_decrypt_key_deploys_a_plain_key_alone(read):
    reading = read(Setup(good().members, {'decrypt_key': True}))
    assert reading.contents == plain().members
    traditional = bundles.encrypted_pem(bundles.key('prime256v1', 'CN=dbadmin'), form='TraditionalOpenSSL')
    assert read(Setup({**good().members, 'client.key': traditional}, {'decrypt_key': True})).contents == plain().members


def test_decrypt_key_leaves_a_plain_key_as_it_is(read):
    assert read(Setup(plain().members, {'decrypt_key': True})).contents == plain().members


@pytest.mark.parametrize('options, opens', [
    ({}, True), ({'key_passphrase': 'Another@123'}, True), ({'key_passphrase': PASSPHRASE}, True)])
def test_the_pair_comes_before_key_passphrase(read, options, opens):
    assert bool(read(Setup(good().members, options)).contents) == opens


def test_decrypt_key_needs_no_good_pair_where_key_passphrase_opens(read):
    members = {**good().members, **bundles.pair_of('Another@123')}
    options = {'decrypt_key': True, 'key_passphrase': PASSPHRASE}
    assert read(Setup(members, options)).contents == plain().members
    assert read(Setup({**members, 'client.key.rand': b'short'}, options)).contents == plain().members
    assert read(Setup(members, {'key_passphrase': PASSPHRASE})).contents == {}


@pytest.mark.parametrize('subject, members', [
    ('encrypted', sealed(cipher=None, rand=None).members), ('plain', plain().members)])
def test_a_fresh_pair(read, subject, members):
    reading = read(Setup(members, {'key_passphrase': PASSPHRASE}))
    assert reading.facts.pair == facts.PAIR_DUE
    assert reading.contents == members
    made = with_fresh_pair(reading.contents, PASSPHRASE)
    assert sorted(made) == ['cacert.pem', 'client.crt', 'client.key', 'client.key.cipher', 'client.key.rand']
    assert passphrase_files.decode(made['client.key.cipher'], made['client.key.rand']) == PASSPHRASE.encode()
    assert (made['client.key'] == members['client.key']) == (subject == 'encrypted')
    again = read(Setup(made))
    assert again.contents == made
    assert again.facts.key.public_key == reading.facts.key.public_key


def test_a_fresh_pair_needs_a_passphrase_by_the_rules(read):
    with pytest.raises(ValueError) as caught:
        with_fresh_pair(plain().members, 'quux')
    assert 'quux' not in str(caught.value)


def test_a_list_by_any_name_or_path(read, tmp_path):
    path = store(str(tmp_path), LIST, 'current.pem')
    assert read(Setup(plain().members, {'crl': path})).contents[CRL] == LIST
    reading = read(Setup({**plain().members, 'other.crl': LIST, CRL: bundles.crl(OTHER)}, {'crl': 'other.crl'}))
    assert reading.contents[CRL] == LIST and 'other.crl' not in reading.contents
    assert reading.facts.crl == 'other.crl'


@pytest.mark.parametrize('crl', ['/nowhere/list.crl', 'nowhere.crl', 'sslcert/' + CRL, '../' + CRL])
def test_a_list_that_is_not_there(rules, crl):
    assert 'crl-missing' in rules(Setup(plain().members, {'crl': crl}))


def test_canonical_pem_is_deployed(read):
    members = plain().members
    changed = {name: b'text above\r\n' + content.replace(b'\n', b'\r\n') for name, content in members.items()}
    reading = read(Setup(changed))
    assert reading.contents == members
    assert sorted(one.member for one in reading.facts.rewritten) == sorted(members)


def test_a_trusted_certificate_is_deployed_without_its_settings(read):
    settings = bundles.element(0x30, bundles.element(0x30, bundles.element(0x06, bytes.fromhex('2b06010505070301'))))
    content = pem.canonical((pem.Block('TRUSTED CERTIFICATE', '', ROOT.der + settings),))
    assert read(plain(cacert_pem=content)).contents == plain().members


def test_private_keys_of_other_files_are_not_deployed(read):
    key = bundles.plain_pem(ROOT.key)
    assert read(plain(cacert_pem=key + ROOT.pem)).contents == plain().members
    assert read(plain(client_key=plain().members['client.key'] + key)).contents == plain().members


def test_the_whole_chain_of_client_crt_is_deployed(read):
    below = bundles.intermediate(ROOT)
    mine = bundles.client(below)
    reading = read(plain(own=mine, client_crt=mine.pem + below.pem))
    assert reading.contents['client.crt'] == mine.pem + below.pem
    assert [one.subject for one in reading.facts.chain] == ['CN=dbadmin', 'CN=Test Intermediate CA', 'CN=Test Root CA']


def test_facts(read):
    reading = read(good())
    (certificate,) = reading.facts.certificates
    assert certificate.subject == 'CN=dbadmin' and certificate.issuer == 'CN=Test Root CA'
    assert certificate.not_after == bundles.NOW + 400 * bundles.DAY
    assert certificate.key_kind == reading.facts.key.kind == 'EC prime256v1'
    assert certificate.public_key == reading.facts.key.public_key == keys.public_digest(MINE.key)
    assert reading.facts.authorities[0].fingerprint == hashlib.sha256(ROOT.der).hexdigest()
    assert reading.facts.issued is True
    assert (reading.facts.trees, reading.facts.tree) == (('sslcert',), 'sslcert')
    assert reading.facts.key.encryption == 'PKCS#8 PBES2 AES-256-CBC'


def test_serial_numbers_as_openssl_prints_them(read):
    certificate = read(plain(own=bundles.client(ROOT, serial=0xABC))).facts.certificates[0]
    assert certificate.serial == '0abc'


@pytest.mark.parametrize('name', [name for name in CASES if not name.startswith('archive')])
def test_nothing_is_deployed_that_could_not_be_read(name, tmp_path):
    setup = CASES[name].broken()
    reading = reading_of(setup, tmp_path)
    assert (reading.facts.problems != ()) == (reading.contents == {})
    assert errors(judged(reading, **setup.options)) or reading.contents


def test_secrets_are_in_no_fact_and_no_finding(tmp_path):
    for name in CASES:
        setup = CASES[name].broken()
        reading = reading_of(setup, tmp_path / name)
        text = repr(reading.facts) + repr(judged(reading, **setup.options))
        for secret in (PASSPHRASE, bundles.DEFAULT_PASSPHRASE, 'Secret@123456789'):
            assert secret not in text.replace('key_passphrase', '')
        key = setup.members.get('client.key', b'')
        assert not any(line.decode('latin-1') in text for line in key.splitlines()[1:-1] if len(line) > 20)


def test_the_caller_opens_every_file(tmp_path):
    opened = []

    def read_file(path):
        opened.append(path)
        with open(path, 'rb') as stream:
            return stream.read()
    path, crl = store(str(tmp_path), zipped()), store(str(tmp_path), LIST, 'list.pem')
    read_bundle(path, Options(crl=crl), read_file)
    assert opened == [path, crl]


def test_a_source_that_cannot_be_opened_is_one_finding(tmp_path):
    reading = read_bundle(str(tmp_path / 'missing.zip'))
    assert [problem.rule for problem in reading.facts.problems] == ['bundle-missing']
    assert reading.contents == {}
