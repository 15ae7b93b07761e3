# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every set-up of the corpus with real clients: does each do what the policy says of it?"""
from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.docs.rule_catalogue import OBSERVED
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR, GSQL
from ansible_collections.gaussdb.dws_ssl.tests.clients import agreement, placed, real_clients
from ansible_collections.gaussdb.dws_ssl.tests.clients.corpus import corpus
from ansible_collections.gaussdb.dws_ssl.tests.clients.declarations import UNTRIED, WORKS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='module')
def table(server):
    """Return the table of agreement, made once for all tests."""
    missing = real_clients.what_is_missing()
    if missing and os.environ.get('CI') == 'true':
        pytest.fail(f'needed and not found: {missing}')
    if missing:
        pytest.skip(f'needs {missing}')
    top = agreement.new_folder()
    clients = [real_clients.Psql(), real_clients.Psycopg(), real_clients.Odbc(), real_clients.Pgjdbc(top), real_clients.AsyncGaussdb()]
    try:
        return agreement.Run(server, clients, top).table(corpus())
    finally:
        for client in clients:
            client.close()
        shutil.rmtree(top)


def test_clients_do_what_the_policy_says(table, capsys):
    with capsys.disabled():
        print('\n\n' + table.text())
        if not placed.IS_ROOT:
            print('left out, since root alone can bring them about: files that belong to another user or to root')
    assert len(table.rows) >= 60
    assert [row.name for row in table.rows if not row.agrees()] == []


def test_every_rule_is_tried_or_says_why_not(table):
    tried = {rule for row in table.rows for rule in row.rules}
    assert (sorted(set(RULES) - tried), sorted(tried - set(RULES))) == (sorted(UNTRIED), [])


@pytest.mark.parametrize('rule', sorted(UNTRIED))
def test_a_rule_that_no_client_shows_is_tried_where_its_reason_says(rule):
    places = [ROOT / name for name in UNTRIED[rule].tests]
    files = [file for place in places for file in (place, *place.rglob('*')) if file.suffix in ('.py', '.yml')]
    assert [file for file in files if re.search(rf'\b{rule}\b(?!-)', file.read_text(encoding='utf-8'))]


def test_psql_says_what_the_page_of_rules_says(table):
    recorded = json.loads(OBSERVED.read_text(encoding='utf-8'))
    if os.environ.get('CI') != 'true' and (recorded['client'] != real_clients.psql_version() or not placed.IS_ROOT):
        pytest.skip(f'the words are those of {recorded["client"]}, and root alone can try every case')
    assert table.messages('psql') == recorded['rules'], 'see tests/clients/record_messages.py'


# What experiments with psql showed, and the cases that show it again; the rules of a case say what it leads to.
KNOWN = {
    'the CA of the client is not that of the server: it connects': ['certificate-not-issued'],
    'the file of a list that also holds a certificate': ['crl-holds-certificate', 'crl-holds-certificate: without a list of that CA'],
    'a list that is empty, DER, garbage or missing': [
        'crl-unreadable', 'crl-unreadable: empty', 'crl-unreadable: DER', 'crl-missing'],
    'a list that is expired, of another CA, or lacks that of the root': ['crl-expired', 'crl-other-issuer', 'crl-issuer-missing'],
    'a delta alone': ['crl-delta'],
    'a CA file with an intermediate CA or a pinned issued leaf alone': [
        'ca-anchors-nothing', "ca-anchors-nothing: the server's issued certificate as a pin"],
    'no overreach: a self-signed pin that is no CA, an expired extra CA, a root of version 1': [
        "certificate-not-issued: the server's own self-signed certificate as a pin", 'ca-expired: an extra CA',
        'a root of version 1'],
    'two CAs of one name without key identifiers': ['ca-same-name'],
    'extended key usage "any" alone, and a root with the wrong one': ['certificate-purpose', 'ca-purpose', 'ca-purpose: servers alone'],
    'key usage, path length, name constraints, unknown critical extension, wrong key identifier, secp256k1': [
        'certificate-key-usage', 'chain-path-length', 'chain-name-constraints', 'certificate-critical-extension',
        'ca-critical-extension', 'key-identifier-mismatch', 'certificate-curve'],
    'RSA 1024 and SHA-1': ['certificate-weak-key', 'certificate-weak-signature', 'ca-weak-key', 'ca-weak-signature'],
    'PEM with CR alone, a leading space, text before BEGIN, indentation': [
        'pem-malformed: CR alone', 'pem-malformed', 'pem-malformed: text before BEGIN on its line', 'pem-malformed: indentation'],
    'TRUSTED CERTIFICATE': ['pem-rewritten: TRUSTED CERTIFICATE'],
    'byte order mark, CRLF, bag attributes, EC PARAMETERS': [
        'pem-rewritten: byte order mark', 'pem-rewritten: CRLF', 'pem-rewritten: bag attributes',
        'pem-rewritten: EC PARAMETERS before the key'],
    'the root before the leaf, or another key first': ['key-mismatch: the root before the client', 'key-mismatch: another key first'],
    'a broken second block in the CA file': ['pem-malformed: a broken second block', 'certificate-unparsable: a second CA'],
}


@pytest.mark.parametrize('known', KNOWN)
def test_what_is_known_leads_to_a_rule(known, table):
    rows = {row.name: row for row in table.rows}
    for name in KNOWN[known]:
        assert not rows[name].unfound(), name
        assert rows[name].rules or {one.kind for one in rows[name].observed.values()} == {WORKS}, name


# Errors that no case shows by themselves: what is broken besides makes the clients fail too.
MASKED = {'crl-without-ca': 'a set without a CA file fails in any case',
          'member-vaulted': 'a file that cannot be opened counts as missing besides'}


def test_switching_an_error_off_changes_what_clients_are_said_to_do(table):
    """A rule about a client that is tried is not only found: without it the policy would promise a connection that fails."""
    unseen = []
    for rule in RULES.values():
        if rule.severity == ERROR and rule.name not in UNTRIED and rule.clients != (GSQL,):
            if not any(row.disagreeing() for row in table.without(rule.name)):
                unseen.append(rule.name)
    assert sorted(unseen) == sorted(MASKED)


@pytest.mark.parametrize('rule', sorted(set(RULES) - set(UNTRIED)))
def test_switching_a_rule_off_shows(rule, table):
    assert [row.name for row in table.without(rule) if not row.agrees()]
