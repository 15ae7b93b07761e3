# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit says of a fleet."""
from __future__ import annotations

import random

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import host_record
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import (
    by_rule,
    failing,
    natural,
    report_of,
    sentence,
    summary,
)
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import (
    TIME,
    connection,
    fleet,
    found,
    one_set,
    records,
)

ERROR = found('certificate-expired', 'client.crt', 'It has ended.')
WARNING = found('certificate-expires-soon', 'client.crt', 'It ends soon.')
WAIVED = found('file-mode', 'client.key', 'Its mode is 0640.', waived=True)


def small():
    """Four hosts: well, with an error and a warning, with a waived error, down."""
    return report_of(TIME, 90, [
        host_record('db10', TIME, {'unreachable': True, 'msg': 'gone'}, None),
        host_record('db2', TIME, {'sets': [one_set('a', -3, (ERROR,)), one_set('b', 20, (WARNING,))]}, {'results': [
            connection('a', connects=False, later=False), connection('b', 'prefer', later=None, checked=False)]}),
        host_record('db3', TIME, {'sets': [one_set('a', 400, (WAIVED,))]}, None),
        host_record('db1', TIME, {'sets': [one_set('a', 400)]}, {'results': [connection('a', later=False, encrypted=False)]})])


def test_the_summary_counts_hosts_sets_findings_and_ends():
    assert summary(small()) == {
        'time': TIME,
        'hosts': {'total': 4, 'read': 3, 'unreachable': 1, 'failed': 0, 'left_out': 0, 'compliant': 2, 'not_compliant': 1},
        'users': {'total': 4, 'compliant': 3, 'not_compliant': 1, 'with_warnings': 1},
        'findings': {'error': 2, 'warning': 1, 'info': 0, 'waived': 1},
        'validity': {'expired': 1, 'ending': 1, 'least_days_left': -3},
        'require_ssl': {'asked': 3, 'cut_off': 1, 'clear_text': 1, 'unverified': 1, 'unknown': 1},
        'generations': 3}
    assert sentence(small()) == '2 of 4 hosts compliant, 1 not compliant, 1 not read.'


def test_a_fleet_without_hosts_has_a_summary():
    figures = summary(report_of(TIME, 90, []))
    assert figures['hosts']['total'] == 0 and figures['validity']['least_days_left'] is None


def test_hosts_stand_where_a_person_looks_for_them():
    assert [record.host for record in small().hosts] == ['db1', 'db2', 'db3', 'db10']
    assert sorted(['a10', 'A9', 'a1b', '10', '9', 'a1'], key=natural) == ['9', '10', 'a1', 'a1b', 'A9', 'a10']


def test_findings_are_grouped_by_rule_with_the_gravest_first_and_the_waived_last():
    assert [(group.rule, group.severity, group.waived, group.hosts()) for group in by_rule(small())] == [
        ('certificate-expired', 'error', False, ['db2']), ('host-unreachable', 'error', False, ['db10']),
        ('certificate-expires-soon', 'warning', False, ['db2']), ('file-mode', 'error', True, ['db3'])]
    [case] = by_rule(small())[0].cases
    assert (case.host.host, case.one.owner, case.found.message) == ('db2', 'a', 'It has ended.')


def test_a_rule_that_this_version_does_not_know_keeps_its_own_words():
    foreign = dict(ERROR, rule='rule-of-tomorrow', remedy='Wait.')
    [group] = by_rule(report_of(TIME, 90, [host_record('db1', TIME, {'sets': [one_set(findings=(foreign,))]}, None)]))
    assert (group.rule, group.title, group.remedy, group.explanation) == ('rule-of-tomorrow', 'rule-of-tomorrow', 'Wait.', '')


@pytest.mark.parametrize('fail_on, rules', [
    ('never', []), ('error', ['certificate-expired', 'host-unreachable']),
    ('warning', ['certificate-expired', 'host-unreachable', 'certificate-expires-soon'])])
def test_a_pipeline_fails_for_what_is_that_grave_and_not_waived(fail_on, rules):
    lines = failing(small(), fail_on)
    assert len(lines) == len(rules) and all(f'[{rule}]' in line for rule, line in zip(rules, lines))


def test_a_line_for_the_pipeline_names_a_few_hosts_and_the_remedy():
    many = report_of(TIME, 90, [host_record(f'db{number}', TIME, {'sets': [one_set(findings=(ERROR,))]}, None) for number in range(9)])
    [line] = failing(many, 'error')
    assert line == ('The client certificate has expired [certificate-expired]: db0, db1, db2 and 6 more hosts. ' + ERROR['remedy'])


def test_the_order_of_the_hosts_makes_no_difference():
    shuffled = records(100)
    random.Random(1).shuffle(shuffled)
    assert report_of(TIME, 90, shuffled) == fleet(100)
