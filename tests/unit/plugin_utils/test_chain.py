# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chains: which issuer is taken, and what its name constraints exclude. Each row was tried with psql as well."""
from __future__ import annotations

import ipaddress
import shutil
import subprocess

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import INTERMEDIATE, OTHER, ROOT, Setup, plain, under
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from cryptography import x509

ORGANIZATION = x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, 'Org')]))
MAILED = x509.Name([x509.NameAttribute(x509.NameOID.EMAIL_ADDRESS, 'a@example.org'),
                    x509.NameAttribute(x509.NameOID.COMMON_NAME, 'dbadmin')])
NET = x509.IPAddress(ipaddress.ip_network('10.0.0.0/8'))
OTHER_NAME = x509.OtherName(x509.ObjectIdentifier('1.2.3'), b'\x05\x00')
REGISTERED = x509.RegisteredID(x509.ObjectIdentifier('1.2.3'))


def dns(name):
    return x509.DNSName(name)


def mail(name):
    return x509.RFC822Name(name)


def uri(name):
    return x509.UniformResourceIdentifier(name)


def ip(address):
    return x509.IPAddress(ipaddress.ip_address(address))


@pytest.mark.parametrize('permitted, excluded, client, allowed', [
    (dns('example.com'), None, {}, True),
    (dns('example.com'), None, {'alternatives': [dns('a.example.com')]}, True),
    (dns('example.com'), None, {'alternatives': [dns('A.EXAMPLE.COM')]}, True),
    (dns('example.com'), None, {'alternatives': [dns('a.example.org')]}, False),
    (dns('example.com'), None, {'alternatives': [dns('badexample.com')]}, False),
    (None, dns('example.com'), {'alternatives': [dns('a.example.com')]}, False),
    (dns('.example.com'), None, {'alternatives': [dns('example.com')]}, False),
    (dns('.example.com'), None, {'alternatives': [dns('a.example.com')]}, True),
    (dns('example.com'), None, {'subject': 'db.example.org'}, False),
    (dns('example.com'), None, {'subject': 'db.example.com'}, True),
    (dns('example.com'), None, {'subject': 'db.example.org', 'alternatives': [mail('a@b.c')]}, False),
    (dns('example.com'), None, {'subject': 'db.example.org', 'alternatives': [dns('a.example.com')]}, True),
    (None, dns('dbadmin'), {}, True),
    (mail('example.com'), None, {'alternatives': [mail('a@example.org')]}, False),
    (mail('example.com'), None, {'alternatives': [mail('a@example.com')]}, True),
    (mail('example.com'), None, {'alternatives': [mail('a@x.example.com')]}, False),
    (mail('.example.com'), None, {'alternatives': [mail('a@x.example.com')]}, True),
    (mail('A@example.com'), None, {'alternatives': [mail('a@example.com')]}, False),
    (mail('a@example.com'), None, {'alternatives': [mail('a@EXAMPLE.com')]}, True),
    (mail('example.com'), None, {'subject': MAILED}, False),
    (ORGANIZATION, None, {}, False),
    (ORGANIZATION, None, {'subject': bundles.name('dbadmin', 'Org')}, True),
    (ORGANIZATION, None, {'subject': bundles.name('dbadmin', 'oRG  ')}, True),
    (None, ORGANIZATION, {'subject': bundles.name('dbadmin', 'Org')}, False),
    (NET, None, {'alternatives': [ip('192.168.0.1')]}, False),
    (NET, None, {'alternatives': [ip('10.1.2.3')]}, True),
    (NET, None, {'alternatives': [ip('::1')]}, False),
    (None, NET, {'alternatives': [ip('192.168.0.1')]}, True),
    (uri('example.com'), None, {'alternatives': [uri('https://example.org/x')]}, False),
    (uri('example.com'), None, {'alternatives': [uri('https://example.com:5/x')]}, True),
    (uri('example.com'), None, {'alternatives': [uri('https://u@example.com/x')]}, False),
    (uri('example.com'), None, {'alternatives': [uri('urn:x')]}, False),
    (None, uri('example.com'), {'alternatives': [uri('urn:x')]}, False),
    (None, OTHER_NAME, {'alternatives': [OTHER_NAME]}, False),
    (None, OTHER_NAME, {'alternatives': [dns('x.y')]}, True),
    (REGISTERED, None, {'alternatives': [REGISTERED]}, False)])
def test_name_constraints(rules, permitted, excluded, client, allowed):
    constraints = x509.NameConstraints([permitted] if permitted else None, [excluded] if excluded else None)
    top = bundles.root(extra=[(constraints, True)])
    found = rules(plain(ca=top, own=bundles.client(top, **client)))
    assert ('chain-name-constraints' not in found) == allowed


def test_name_constraints_hold_for_intermediate_cas(rules):
    constraints = [(x509.NameConstraints([ORGANIZATION], None), True)]
    for subject, allowed in ((bundles.name('Below'), False), (bundles.name('Below', 'Org'), True)):
        top = bundles.root(extra=constraints)
        below = bundles.intermediate(top, subject=subject)
        mine = bundles.client(below, subject=bundles.name('dbadmin', 'Org'))
        assert ('chain-name-constraints' in rules(plain(ca=top, own=mine, authorities=[below]))) != allowed


def test_of_two_cas_with_one_key_the_valid_one_is_taken(rules):
    key = bundles.key('prime256v1', 'renewed')
    old, new = bundles.root(own_key=key, days=(-9, -1)), bundles.root(own_key=key)
    for first, second in ((old, new), (new, old)):
        found = rules(plain(ca=new, cacert_pem=first.pem + second.pem))
        assert found == {'ca-expired': 'warning'}


@pytest.mark.parametrize('named, client, severity', [(True, {}, None), (False, {'subject_id': False, 'authority_id': False}, 'error'),
                                                     (True, {'authority_id': False}, 'error')])
def test_cas_of_one_name(rules, named, client, severity):
    first, second = (bundles.root('Twin', own_key=bundles.key('prime256v1', which), subject_id=named, authority_id=named)
                     for which in 'ab')
    for issuer in (first, second):
        found = rules(plain(ca=first, own=bundles.client(issuer, **client), authorities=[second]))
        assert found == ({'ca-same-name': severity} if severity else {})


def test_authority_by_issuer_and_serial_number(rules):
    def identifier(serial, name='Test Root CA'):
        return [(x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(bundles.name(name))], serial), False)]
    right = ROOT.certificate.serial_number
    for extra, fits in ((identifier(right), True), (identifier(right + 1), False), (identifier(right, 'Else'), False)):
        found = rules(plain(own=bundles.client(ROOT, authority_id=False, extra=extra)))
        assert found == ({} if fits else {'key-identifier-mismatch': 'error'})


@pytest.mark.parametrize('setup, expected', [
    (lambda: plain(ca=bundles.root(path_length=0)), {}),
    (lambda: plain(ca=bundles.root(authority=None, allowed=(bundles.ISSUING,))), {}),
    (lambda: plain(ca=bundles.root(authority=False, allowed=None)), {'ca-invalid': 'error'}),
    (lambda: plain(ca=bundles.root(authority=None, allowed=None)), {'ca-invalid': 'error'}),
    (lambda: under(bundles.issue('no CA', ROOT)), {'ca-invalid': 'error'}),
    (lambda: under(bundles.issue('no CA', ROOT, allowed=(bundles.ISSUING,))), {'ca-invalid': 'error'}),
    (lambda: under(bundles.intermediate(ROOT, allowed=(bundles.SIGNING,))), {'ca-invalid': 'error'}),
    (lambda: under(bundles.client(ROOT, 'no CA')), {'ca-invalid': 'error'}),
    (lambda: under(bundles.intermediate(ROOT, purposes=(bundles.SERVER,))), {'ca-purpose': 'error'}),
    (lambda: under(bundles.intermediate(ROOT, purposes=(bundles.CLIENT,))), {}),
    (lambda: under(bundles.intermediate(ROOT, days=(-9, -1))), {'ca-expired': 'error'}),
    (lambda: plain(authorities=[bundles.root('Extra', days=(-9, -1))]), {'ca-expired': 'warning'}),
    (lambda: plain(authorities=[bundles.root('Extra', purposes=(bundles.ANY,))]), {'ca-purpose': 'warning'}),
    (lambda: plain(cacert_pem=bundles.root('Extra', days=(-9, -1)).pem + ROOT.pem), {'ca-expired': 'warning'}),
    (lambda: plain(own=bundles.client(INTERMEDIATE)), {'certificate-not-issued': 'warning'}),
    (lambda: plain(cacert_pem=bundles.server(ROOT).pem),
     {'ca-anchors-nothing': 'error', 'certificate-not-issued': 'warning'}),
    (lambda: plain(cacert_pem=bundles.issue('localhost', purposes=(bundles.SERVER,), authority=False).pem),
     {'certificate-not-issued': 'warning'})])
def test_chains(rules, setup, expected):
    assert rules(setup()) == expected


@pytest.mark.parametrize('below, refused', [('Rolled CA', False), ('Another CA', True)])
def test_a_ca_with_a_new_key_under_its_old_one_is_no_ca_more_on_the_way(rules, tmp_path, below, refused):
    """RFC 5280, section 6.1: what counts is that subject and issuer have one name, whoever's key signed."""
    extra = [(x509.NameConstraints([ORGANIZATION], None), True)]
    old = bundles.root('Rolled CA', own_key=bundles.key('prime256v1', 'old'), path_length=0, extra=extra)
    new = bundles.intermediate(old, below, own_key=bundles.key('prime256v1', 'new'))
    mine = bundles.client(new, subject=bundles.name('dbadmin', 'Org'))
    found = rules(plain(ca=old, own=mine, authorities=[new], client_crt=mine.pem + new.pem))
    assert {rule: found[rule] for rule in found if rule.startswith('chain-')} == (
        {'chain-path-length': 'error', 'chain-name-constraints': 'error'} if refused else {})
    require(None if shutil.which('openssl') else 'openssl')
    for name, one in (('old', old), ('new', new), ('mine', mine)):
        (tmp_path / name).write_bytes(one.pem)
    done = subprocess.run(['openssl', 'verify', '-purpose', 'sslclient', '-CAfile', tmp_path / 'old', '-untrusted', tmp_path / 'new',
                           tmp_path / 'mine'], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode != 0) is refused, done.stderr


def test_unidirectional_needs_no_ca_for_clients(rules):
    top = bundles.root(purposes=(bundles.SERVER,))
    assert rules(Setup({'cacert.pem': top.pem}, {'auth_mode': 'unidirectional'})) == {}
    assert rules(plain(ca=top)) == {'ca-purpose': 'error'}


def test_the_first_certificate_of_the_file_counts(rules, read):
    mine = bundles.client(ROOT)
    setup = plain(own=mine, client_crt=ROOT.pem + mine.pem)
    assert rules(setup)['key-mismatch'] == 'error'
    assert read(setup).facts.key.matching_later_certificate is True


def test_a_chain_that_runs_in_circles_ends(read):
    keys = [bundles.key('prime256v1', which) for which in 'ab']
    first = bundles.issue('A', bundles.Identity(bundles.issue('B', own_key=keys[1]).certificate, keys[1]), keys[0])
    second = bundles.issue('B', bundles.Identity(first.certificate, keys[0]), keys[1])
    facts = read(plain(ca=OTHER, own=bundles.client(first), authorities=[first, second])).facts
    assert [one.subject for one in facts.chain] == ['CN=dbadmin', 'CN=A', 'CN=B']
