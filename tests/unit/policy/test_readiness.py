# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would be cut off by require_ssl."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.readiness import readiness, table


def connection(connects, encrypted, checked, later, sslmode='prefer'):
    return {'host': 'h', 'owner': 'u', 'endpoint': 'e:8000', 'sslmode': sslmode,
            'outcomes': {sslmode: {'connects': connects, 'encrypted': encrypted, 'server_checked': checked}},
            'outcomes_with_require_ssl': {sslmode: {'connects': later}}}


@pytest.mark.parametrize('seen, cut_off, clear_text, unverified', [
    ((True, False, False, False), True, True, True),       # disable, against a server that takes clear text
    ((True, True, True, True), False, False, False),       # verify-ca
    ((True, True, False, True), False, False, True),       # require without a CA
    ((False, False, False, False), False, False, False),   # does not connect today, so nothing is taken away
    ((None, None, None, None), None, None, None)])
def test_each_question_is_about_those_who_connect_today(seen, cut_off, clear_text, unverified):
    [row] = readiness([connection(*seen)])
    assert (row['cut_off'], row['clear_text'], row['unverified']) == (cut_off, clear_text, unverified)


def test_a_host_that_could_not_be_asked_is_a_row_of_question_marks():
    [row] = readiness([{'host': 'gone'}])
    assert (row['host'], row['connects'], row['cut_off'], row['unverified']) == ('gone', None, None, None)


def test_the_table_begins_with_those_who_would_be_cut_off():
    rows = readiness([dict(connection(True, True, True, True, 'verify-ca'), host='a'),
                      dict(connection(True, False, False, False, 'disable'), host='b'), {'host': 'c'}])
    assert table(rows) == [
        'host  user  sslmode    connects  cut off  clear text  unverified',
        'b     u     disable    yes       yes      yes         yes',
        'a     u     verify-ca  yes       no       no          no',
        'c                      ?         ?        ?           ?']
