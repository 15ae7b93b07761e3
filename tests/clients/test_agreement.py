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
from ansible_collections.gaussdb.dws_ssl.docs.rule_catalogue import OBSERVED
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR, GSQL
from ansible_collections.gaussdb.dws_ssl.tests.clients import agreement, placed, real_clients
from ansible_collections.gaussdb.dws_ssl.tests.clients.corpus import corpus
from ansible_collections.gaussdb.dws_ssl.tests.clients.declarations import UNTRIED, WORKS, delta_is_refused
from ansible_collections.gaussdb.dws_ssl.tests.clients.known import ACCEPTED, EXPERIMENTS
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='module')
def table(server):
    """Return the table of agreement, made once for all tests."""
    require(real_clients.what_is_missing())
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
    expected = recorded['rules']
    if delta_is_refused():     # the words on the page are those of an older OpenSSL
        expected = dict(expected, **{'crl-delta': ['fails: SSL error: certificate verify failed']})
    assert table.messages('psql') == expected, 'see tests/clients/record_messages.py'


@pytest.mark.parametrize('known', [*ACCEPTED, *EXPERIMENTS])
def test_what_is_known_leads_to_a_rule(known, table):
    rows = {row.name: row for row in table.rows}
    for name in {**ACCEPTED, **EXPERIMENTS}[known]:
        if name in rows or placed.IS_ROOT:      # some cases are root's alone
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
