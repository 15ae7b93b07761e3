# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the results of the modules to what an audit knows of a host."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import host_record
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import TIME, certificate, connection, found, one_set


def record(certificates, connections=None, waive=()):
    return host_record('db1', TIME, certificates, connections, waive)


def rules(findings):
    return [(one.rule, one.waived) for one in findings]


@pytest.mark.parametrize('result, state, rule, message', [
    ({'unreachable': True, 'msg': 'No route\n to host'}, 'unreachable', 'host-unreachable', 'No route to host'),
    ({'failed': True, 'msg': 'sudo: a password is required'}, 'failed', 'host-not-read', 'sudo: a password is required'),
    ({'failed': True, 'sets': [], 'msg': 'half an answer'}, 'failed', 'host-not-read', 'half an answer'),
    ({'skipped': True}, 'left_out', 'host-left-out', None), (None, 'left_out', 'host-left-out', None)])
def test_a_host_that_was_not_read_has_an_error_that_says_why_and_is_not_known_to_be_compliant(result, state, rule, message):
    one = record(result)
    assert (one.state, rules(one.findings), one.message, one.compliant) == (state, [(rule, False)], message, None)
    assert one.findings[0].severity == 'error' and (message is None or one.findings[0].message == message)


def test_a_host_that_is_down_can_be_waived_and_is_still_not_compliant():
    one = record({'unreachable': True, 'msg': 'gone'}, waive=['host-unreachable'])
    assert (rules(one.findings), one.compliant) == ([('host-unreachable', True)], None)


def test_a_waiver_for_the_report_leaves_alone_what_the_modules_found():
    one = record({'sets': [one_set(findings=(found('file-mode', 'client.key', 'm'),))]}, waive=['file-mode'])
    assert rules(one.sets[0].findings) == [('file-mode', False)] and one.compliant is False


def test_compliant_means_no_error_that_is_not_waived_in_certificates_or_connection():
    error, waived, warning = (found('file-mode', 'client.key', 'm'), found('file-mode', 'client.key', 'm', waived=True),
                              found('certificate-expires-soon', 'client.crt', 'm'))
    for certificates, asked, compliant in (((), (), True), ((warning,), (waived,), True), ((error,), (), False), ((), (error,), False)):
        one = record({'sets': [one_set(findings=certificates)]}, {'results': [connection(findings=list(asked))]})
        assert one.compliant is compliant


def test_a_finding_of_both_modules_counts_once_and_errors_come_first():
    warning, error = found('sslmode-clear-text', 'PGSSLMODE', 'm'), found('file-mode', 'client.key', 'm')
    one = record({'sets': [one_set(findings=(warning,))]}, {'results': [connection(findings=[warning, error])]})
    assert rules(one.sets[0].findings) == [('file-mode', False), ('sslmode-clear-text', False)]


def test_what_is_waived_of_a_set_is_waived_too_where_the_server_was_asked_with_it():
    missing, other = found('user-missing', 'etl', 'm'), found('file-mode', 'client.key', 'm')
    one = record({'sets': [one_set(findings=(dict(missing, waived=True),))]}, {'results': [connection(findings=[missing, other])]})
    assert sorted(rules(one.sets[0].findings)) == [('file-mode', False), ('user-missing', True)]


def test_each_set_has_the_connection_of_its_own():
    one = record({'sets': [one_set('a'), one_set('b', sslmode='disable'), one_set('c')]}, {'results': [
        connection('a'), connection('b', 'disable', later=False, encrypted=False, checked=False)]})
    assert [seen.connection and seen.connection['cut_off'] for seen in one.sets] == [False, True, None]
    assert one.sets[1].connection == {
        'endpoint': 'dws.example.com:8000', 'reachable': True, 'ssl': True, 'require_ssl': False, 'set_works': True, 'tls': 'TLSv1.2',
        'connects': True, 'cut_off': True, 'clear_text': True, 'unverified': True}


@pytest.mark.parametrize('answer, expected', [
    ({'failed': True, 'msg': 'no Python'}, [('host-not-read', False)]),
    ({'unreachable': True, 'msg': 'gone'}, [('host-unreachable', False)]), ({'skipped': True}, [])])
def test_a_connection_that_could_not_be_tried_is_an_error_of_the_set(answer, expected):
    one = record({'sets': [one_set()]}, {'results': [answer]})
    assert (rules(one.sets[0].findings), one.sets[0].connection) == (expected, None)


def test_ends_are_those_of_client_authorities_lists_and_server():
    lists = [{'issuer': 'CN=DWS CA', 'last_update': '2026-11-01T00:00:00Z', 'next_update': '2026-12-01T00:00:00Z'},
             {'issuer': 'CN=without end', 'last_update': '2026-11-01T00:00:00Z', 'next_update': None}]
    two = [certificate('CN=DWS CA', 3000), certificate('CN=another CA', 3000)]
    one = record({'sets': [one_set(revocation_lists=lists, authorities=two, issuers=two[:1])]}, {'results': [connection()]})
    assert [(end.kind, end.subject) for end in one.sets[0].ends] == [
        ('client', 'CN=dbadmin,O=Example'), ('issuer', 'CN=DWS CA'), ('authority', 'CN=another CA'),
        ('server', 'CN=dws-server'), ('revocation_list', 'CN=DWS CA')]


def test_a_set_without_anything_is_a_set_without_ends():
    one = record({'sets': [one_set(certificate=None, authorities=[], generation=None, findings=(found('set-missing', '/d', 'm'),))]})
    assert (one.sets[0].ends, one.sets[0].generation, one.compliant) == ((), None, False)
