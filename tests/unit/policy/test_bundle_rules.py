# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule about bundles: found in the set-up that breaks it, and not in the mended one."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import catalogue
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import errors
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import archive
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import (
    CASES,
    OTHER,
    ROOT,
    Setup,
    critical,
    listed,
    own,
    plain,
    unidirectional,
)
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import findings_of
from cryptography import x509

BUNDLE_RULES = [rule.name for module in (*catalogue.BUNDLE_RULES, archive) for rule in module.RULES]


def test_every_rule_has_a_case():
    assert sorted(CASES) == sorted(BUNDLE_RULES)


@pytest.mark.parametrize('name', BUNDLE_RULES)
def test_broken(name, tmp_path):
    found = [one for one in findings_of(CASES[name].broken(), tmp_path) if one.rule == name]
    assert found
    rule = catalogue.RULES[name]
    assert found[0].severity == rule.severity
    assert set(found[0].clients) <= set(rule.clients)
    assert found[0].remedy == rule.remedy
    if CASES[name].subject is not None:
        assert found[0].subject == CASES[name].subject


@pytest.mark.parametrize('name', BUNDLE_RULES)
def test_mended(name, tmp_path):
    found = findings_of(CASES[name].mended(), tmp_path)
    assert name not in [one.rule for one in found]
    assert errors(found) == []


def clients_of(setup, name, tmp_path):
    """The severity and clients of each finding of a rule."""
    return {(one.severity, one.clients) for one in findings_of(setup, tmp_path) if one.rule == name}


def test_a_certificate_beside_a_list_passes_for_a_ca_with_libpq_where_it_has_a_list_too(tmp_path):
    lists = bundles.crl(ROOT), bundles.crl(OTHER)
    name = 'crl-holds-certificate'
    assert clients_of(listed(*lists, OTHER.pem), name, tmp_path) == {('error', ('gsql', 'libpq'))}
    assert clients_of(listed(lists[0], OTHER.pem), name, tmp_path) == {('error', ('gsql',)), ('warning', ('libpq',))}
    assert clients_of(listed(lists[0], ROOT.pem), name, tmp_path) == set()


@pytest.mark.parametrize('curve, severity', [('prime256v1', set()), ('secp384r1', {'warning'}), ('secp521r1', {'warning'}),
                                             ('secp256k1', {'error'})])
def test_curves(curve, severity, tmp_path):
    found = clients_of(own(own_key=bundles.key(curve)), 'certificate-curve', tmp_path)
    assert {one[0] for one in found} == severity


def test_jdbc_is_not_told_of_a_fault_that_no_server_sees(tmp_path):
    expired = bundles.root(days=(-9, -1))
    assert clients_of(plain(ca=expired), 'ca-expired', tmp_path) == {('error', ('gsql', 'libpq', 'jdbc'))}
    assert clients_of(unidirectional({'cacert.pem': expired.pem}), 'ca-expired', tmp_path) == {('error', ('gsql', 'libpq'))}


def test_a_key_that_is_deployed_encrypted_serves_gsql_alone(tmp_path):
    given = Setup(plain().members, {'key_passphrase': bundles.PASSPHRASE})
    assert clients_of(given, 'key-encrypted', tmp_path) == {('info', ('libpq', 'jdbc'))}
    assert clients_of(Setup(given.members, {**given.options, 'decrypt_key': True}), 'key-encrypted', tmp_path) == set()


def test_a_netscape_type_says_what_a_certificate_is_for_as_well(tmp_path):
    def typed(bits):
        return own(purposes=None, extra=[(x509.UnrecognizedExtension(x509.ObjectIdentifier('2.16.840.1.113730.1.1'), bits), False)])
    server, client = b'\x03\x02\x06\x40', b'\x03\x02\x07\x80'    # DER, BIT STRING
    assert {one[0] for one in clients_of(typed(server), 'certificate-purpose', tmp_path)} == {'error'}
    assert clients_of(typed(client), 'certificate-purpose', tmp_path) == set()


def test_a_critical_extension_makes_a_list_unusable(tmp_path):
    found, = (one for one in findings_of(listed(bundles.crl(ROOT, extra=critical())), tmp_path) if one.rule == 'crl-unusable')
    assert found.message.endswith('has the critical extension 1.2.3.4.5.')


@pytest.mark.parametrize('older', [(-9, -1), (-9, 30)])
def test_of_two_lists_of_a_ca_the_current_and_newer_one_counts(older, tmp_path):
    mine = bundles.client(ROOT)
    revoking = bundles.crl(ROOT, [mine.certificate.serial_number], days=older)
    for lists in ([revoking, bundles.crl(ROOT)], [bundles.crl(ROOT), revoking]):
        assert [one.rule for one in findings_of(listed(*lists), tmp_path) if one.rule.startswith('crl-')] == ['crl-not-for-jdbc']
