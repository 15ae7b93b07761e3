# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of gsql, which tests cannot run: from the source of the openGauss client, and from the guide."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import FILE, FOLDER, LINK, SeenFile
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR, GSQL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.deployed import judge_deployed
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.environment import judge_environment
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import CASES, ROOT, good, listed, own, sealed
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import findings_of

KEY = bundles.key('prime256v1', 'CN=dbadmin')

# The fact, a set-up of which it speaks, and the rules by which gsql fails with it; none where gsql works.
BUNDLES = [
    ('opens a key with the pair beside it', good, set()),
    ('opens a traditional PEM key', lambda: sealed(client_key=bundles.encrypted_pem(KEY, form='TraditionalOpenSSL')), set()),
    ('takes a key without encryption, and needs no pair then', CASES['passphrase-files-unused'].broken, set()),
    ('does not read a key in DER', CASES['key-der'].broken, {'key-der'}),
    ('asks for the passphrase where there is no pair', CASES['passphrase-files-missing'].broken, {'passphrase-files-missing'}),
    ('has no use for half a pair', CASES['passphrase-files-incomplete'].broken, {'passphrase-files-incomplete'}),
    ('checks the checksums of a pair', CASES['passphrase-files-corrupt'].broken, {'passphrase-files-corrupt'}),
    ('says bad decrypt', CASES['passphrase-mismatch'].broken, {'passphrase-mismatch'}),
    ('cannot read the pair that its own writer makes of 16 bytes', CASES['passphrase-too-long'].broken, {'passphrase-too-long'}),
    ('has a writer with rules of its own', CASES['passphrase-refused'].broken, {'passphrase-refused'}),
    ('looks for files of the database user first; those are not deployed', CASES['passphrase-files-stray'].broken, set()),
    ('warns of RSA below 2,048 bits and goes on', CASES['certificate-weak-key'].broken, set()),
    ('warns of weak signatures and goes on', CASES['certificate-weak-signature'].broken, set()),
    ('warns below 90 days and goes on', CASES['certificate-expires-soon'].broken, set()),
    ('sends no intermediate CA of client.crt; a server may have it', CASES['intermediate-not-sent'].broken, set()),
    ('honours an expired list', CASES['crl-expired'].broken, set()),
    ('ignores a list of another CA, so that revocation is off', CASES['crl-other-issuer'].broken, {'crl-other-issuer'}),
    ('ignores a list in DER, so that revocation is off', CASES['crl-unreadable'].broken, {'crl-unreadable'}),
    ('ignores a list without a CA', CASES['crl-without-ca'].broken, {'ca-missing', 'crl-without-ca'}),
    ('trusts a certificate in the file of a list', lambda: listed(bundles.crl(ROOT), bundles.root('Extra').pem), {'crl-holds-certificate'}),
    ('takes Ed25519', lambda: own(own_key=bundles.key('Ed25519')), set()),
]
RULES_OF_PLACES = {'path-characters', 'file-link'}    # below


def failing(findings):
    return {one.rule for one in findings if one.severity == ERROR and GSQL in one.clients}


@pytest.mark.parametrize('fact, setup, rules', BUNDLES)
def test_bundles(fact, setup, rules, tmp_path):
    assert failing(findings_of(setup(), tmp_path)) == rules, fact


def deployed(name, **state):
    """The findings about a set whose files are as they should be but one."""
    names = ('client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem', 'sslcrl-file.crl')
    files = {one: SeenFile(FILE, 0o600, 1, 1, 'digest') for one in names}
    files[name] = files[name]._replace(**state)
    return judge_deployed(Deployed('/set', 'bidirectional', 1, FOLDER, SeenFile(FOLDER, 0o700, 1), files, True))


@pytest.mark.parametrize('name', ['client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem'])
@pytest.mark.parametrize('mode, taken', [(0o600, True), (0o400, True), (0o500, True), (0o640, False), (0o644, False), (0o700, False)])
def test_modes(name, mode, taken):
    assert failing(deployed(name, mode=mode)) == (set() if taken else {'file-mode'})


def test_the_mode_of_a_list_and_the_owner_are_not_checked():
    assert failing(deployed('sslcrl-file.crl', mode=0o644)) == set()
    assert failing(deployed('client.crt', uid=2)) == set()


@pytest.mark.parametrize('name, taken', [('client.crt', True), ('cacert.pem', True), ('client.key.cipher', False),
                                         ('client.key.rand', False)])
def test_links(name, taken):
    found = deployed(name, kind=LINK)
    assert 'file-link' in {one.rule for one in found}
    assert failing(found) == (set() if taken else {'file-link'})


@pytest.mark.parametrize('character', list(';`\\\'"><$&|!\n'))
def test_ignored_characters(character):
    assert failing(judge_environment(environment('/a%sb' % character))) == {'path-characters'}


@pytest.mark.parametrize('character', list(' \u00e9%*?#(){[~=:,@^+'))
def test_other_characters_are_fine(character):
    assert failing(judge_environment(environment('/a%sb' % character))) == set()


def test_every_rule_that_speaks_of_gsql_alone_is_here():
    named = {name for name, rule in RULES.items() if rule.clients == (GSQL,)}
    seen = {name for name, case in CASES.items() if any(setup is case.broken for _fact, setup, _rules in BUNDLES)}
    assert named - seen == RULES_OF_PLACES
