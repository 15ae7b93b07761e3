# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every set-up of the corpus with real clients: does each do what the policy says of it?"""
from __future__ import annotations

import shutil

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.tests.clients import agreement, real_clients
from ansible_collections.gaussdb.dws_ssl.tests.clients.corpus import corpus
from ansible_collections.gaussdb.dws_ssl.tests.clients.declarations import UNTRIED


@pytest.fixture(scope='module')
def table(server):
    """Return the table of agreement, made once for all tests."""
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
    assert len(table.rows) >= 60
    assert [row.name for row in table.rows if not row.agrees()] == []


def test_every_rule_is_tried_or_says_why_not(table):
    tried = {rule for row in table.rows for rule in row.rules}
    assert sorted(set(RULES) - tried - set(UNTRIED)) == []
    assert [rule for rule in UNTRIED if rule not in RULES] == []


@pytest.mark.parametrize('rule', sorted(RULES))
def test_switching_a_rule_off_shows(rule, table):
    if rule in UNTRIED:
        assert UNTRIED[rule]
        return
    assert [row.name for row in table.without(rule) if not row.agrees()]
