# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When what a fleet uses ends."""
from __future__ import annotations

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import host_record
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.time_line import (
    MONTHS,
    first_end,
    shared_ends,
    time_line,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import days_left, is_timestamp, seconds, shown
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import (
    TIME,
    certificate,
    connection,
    ends_in,
    fleet,
    one_set,
)


def sets(*seen, connections=None):
    return host_record('db1', TIME, {'sets': list(seen)}, connections).sets


def test_the_first_end_is_that_of_the_client_a_list_the_server_or_the_last_authority():
    lists = [{'issuer': 'CN=DWS CA', 'last_update': TIME, 'next_update': ends_in(20)}]
    old_and_new = [certificate('CN=old CA', -500), certificate('CN=new CA', 30)]
    above = [certificate('CN=issuing CA', 10), certificate('CN=DWS CA', 3000)]
    for one, kind, days in ((one_set(days=50), 'client', 50), (one_set(days=50, revocation_lists=lists), 'revocation_list', 20),
                            (one_set(days=50, authorities=old_and_new), 'authority', 30), (one_set(days=900), 'server', 700),
                            (one_set(days=50, issuers=above), 'issuer', 10)):
        [seen] = sets(one, connections={'results': [connection()]})
        assert (first_end(seen).kind, first_end(seen).not_after) == (kind, ends_in(days))
    [nothing] = sets(one_set(certificate=None, authorities=[]))
    assert first_end(nothing) is None


def test_the_bars_reach_from_the_expired_over_every_month_to_what_lies_beyond():
    bars = time_line(sets(*(one_set(f'u{days}', days) for days in (-1, 0, 5, 6, 89, 90, 720, 800))), TIME, 90)
    assert [column.name for column in bars][:4] == ['expired', '2026-11', '2026-12', '2027-01'] and len(bars) == MONTHS + 2
    assert {column.name: (column.sets, column.soon) for column in bars if column.sets} == {
        'expired': (1, 0), '2026-11': (2, 2), '2026-12': (1, 1), '2027-02': (2, 1), 'beyond': (2, 0)}


def test_every_set_with_an_end_is_in_one_bar():
    seen = [one for record in fleet(300).hosts for one in record.sets]
    assert sum(column.sets for column in time_line(seen, TIME, 90)) == len(seen)


def test_a_certificate_on_many_hosts_is_one_line():
    hosts = [host_record(name, TIME, {'sets': seen}, None) for name, seen in (
        ('db1', [one_set('a', 10), one_set('b', 10)]), ('db2', [one_set('a', 10), one_set('c', 10, subject='CN=other')]))]
    first, second, third = shared_ends(hosts, TIME)
    assert (first.end.kind, first.days_left, first.sets, first.hosts) == ('client', 10, 3, ('db1', 'db2'))
    assert (second.end.subject, second.days_left, second.sets, second.hosts) == ('CN=other', 10, 1, ('db2',))
    assert (third.end.kind, third.sets) == ('authority', 4)


def test_days_are_whole_and_negative_once_it_is_over():
    assert [days_left(ends_in(days), TIME) for days in (-1, 0, 1)] == [-1, 0, 1]
    assert days_left('2026-11-24T23:59:59Z', TIME) == -1 and days_left('2026-11-25T23:59:59Z', TIME) == 0
    assert seconds('1970-01-02T00:00:00Z') == 86400


def test_times_are_read_strictly_and_shown_plainly():
    assert [is_timestamp(text) for text in (TIME, '2026-11-25', '2026-13-01T00:00:00Z', '2026-1-5T00:00:00Z', 'now')] == [
        True, False, False, False, False]
    assert (shown(TIME), shown('2026-11-25T14:30:00Z')) == ('2026-11-25', '2026-11-25 14:30 UTC')
