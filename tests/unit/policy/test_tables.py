# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Tables 1, 2 and 3."""
from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.gaussdb.dws_ssl.plugins.filter.pgssl_environment import pgssl_environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.connection import TABLE_3, connection_outcome
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import errors, for_gsql_alone
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import IGNORED_CHARACTERS, path_faults
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.environment import judge_environment, judge_sslmode
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import SSLMODES
from hypothesis import given
from hypothesis import strategies as st

DIRECTORY = '/home/dbadmin/dws_ssl/sslcert'

# The guide's words for each row, shortened: x cannot be set up, c not encrypted, e encrypted, v encrypted and verified.
TABLE_3_RESULTS = """
on  disable   on  x    on  disable   off c
on  allow     on  e    on  allow     off c
on  prefer    on  e    on  prefer    off e
on  require   on  e    on  require   off e
on  verify-ca on  v    on  verify-ca off v
off disable   on  c    off disable   off c
off allow     on  c    off allow     off c
off prefer    on  c    off prefer    off c
off require   on  x    off require   off x
off verify-ca on  x    off verify-ca off x
"""


def rows():
    words = TABLE_3_RESULTS.split()
    return [tuple(words[place:place + 4]) for place in range(0, len(words), 4)]


@pytest.mark.parametrize('ssl, sslmode, require_ssl, result', rows())
def test_each_row_of_table_3(ssl, sslmode, require_ssl, result):
    outcome = connection_outcome(ssl, require_ssl, sslmode)
    assert (outcome.connects, outcome.encrypted, outcome.verified) == {
        'x': (False, False, False), 'c': (True, False, False), 'e': (True, True, False), 'v': (True, True, True)}[result]
    assert outcome.reason.endswith('.')


def test_table_3_is_complete():
    assert len(rows()) == len(set(rows())) == len(TABLE_3) == 20


@pytest.mark.parametrize('on, off', [(True, False), ('on', 'off'), ('1', '0'), (1, 0), ('yes', 'no'), ('True', 'False')])
def test_switches_arrive_in_many_spellings(on, off):
    assert connection_outcome(on, off, 'prefer') == connection_outcome('on', 'off', 'prefer')


@pytest.mark.parametrize('ssl, require_ssl, sslmode, words', [
    ('on', 'off', 'verify-full', 'not supported'), ('on', 'off', 'Prefer', 'must be one of'), ('maybe', 'off', 'prefer', 'ssl must be'),
    ('on', None, 'prefer', 'require_ssl must be')])
def test_what_table_3_does_not_have_is_refused(ssl, require_ssl, sslmode, words):
    with pytest.raises(ValueError, match=words):
        connection_outcome(ssl, require_ssl, sslmode)


def test_bidirectional_variables():
    assert environment(DIRECTORY) == {
        'PGSSLCERT': DIRECTORY + '/client.crt', 'PGSSLKEY': DIRECTORY + '/client.key', 'PGSSLMODE': 'verify-ca',
        'PGSSLROOTCERT': DIRECTORY + '/cacert.pem'}


def test_unidirectional_variables_with_a_list_and_the_other_ca_name():
    assert environment(DIRECTORY, 'unidirectional', 'require', SetFiles('certca.pem', 'sslcrl-file.crl')) == {
        'PGSSLMODE': 'require', 'PGSSLROOTCERT': DIRECTORY + '/certca.pem', 'PGSSLCRL': DIRECTORY + '/sslcrl-file.crl'}


@pytest.mark.parametrize('sslmode, rule, severity', [
    ('verify-full', 'sslmode-unsupported', 'error'), ('verify_ca', 'sslmode-unknown', 'error'), ('', 'sslmode-unknown', 'error'),
    ('disable', 'sslmode-clear-text', 'warning'), ('allow', 'sslmode-clear-text', 'warning'),
    ('prefer', 'sslmode-clear-text', 'warning'), ('require', 'sslmode-unverified', 'info')])
def test_sslmodes_that_are_reported(sslmode, rule, severity):
    assert [(found.rule, found.severity) for found in judge_sslmode(sslmode)] == [(rule, severity)]


def test_verify_ca_is_not_reported():
    assert judge_environment(environment(DIRECTORY)) == []
    assert judge_environment({'PGSSLROOTCERT': DIRECTORY + '/cacert.pem'}) == []


@pytest.mark.parametrize('path, rules', [
    ('relative/client.crt', ['path-not-absolute']), ('client.crt', ['path-not-absolute']), ('~/client.crt', ['path-not-absolute']),
    ('/a/../client.crt', ['path-not-absolute']), ('/a/$x/client.crt', ['path-characters']), ('/a\n/client.crt', ['path-characters']),
    ('/' + 'a' * 1023, ['path-too-long']), ('/' + 'é' * 512, ['path-too-long']),
    ('a;' + 'b' * 1024, ['path-not-absolute', 'path-characters', 'path-too-long']), ('/' + 'a' * 1022, []),
    ('/home/ä b/%*?#(){[~=:,@^+/client.crt', [])])
def test_paths_that_a_client_ignores(path, rules):
    assert [rule for rule, _message in path_faults(path)] == rules


@given(st.text(max_size=60))
def test_no_path_with_an_ignored_character_passes(text):
    path = '/' + text
    assert bool(set(path) & set(IGNORED_CHARACTERS)) <= bool(path_faults(path))


@given(st.text(max_size=30), st.sampled_from(SSLMODES), st.sampled_from(['bidirectional', 'unidirectional']))
def test_values_of_a_judged_environment_are_absolute(directory, sslmode, auth_mode):
    variables = environment(directory, auth_mode, sslmode)
    if not errors(judge_environment(variables)):
        assert all(value.startswith('/') and '\n' not in value for name, value in variables.items() if name != 'PGSSLMODE')


def test_a_colon_is_the_matter_of_libpq_and_of_the_key_alone():
    found = judge_environment(environment('/sets/a:b'))
    assert [(one.rule, one.severity, one.subject, one.clients) for one in found] == [('path-colon', 'error', 'PGSSLKEY', ('libpq',))]
    assert [one.severity for one in for_gsql_alone(found)] == ['info']
    assert judge_environment(environment('/sets/a:b', 'unidirectional')) == []


def test_the_filter_fails_on_what_holds_for_gsql_alone():
    assert pgssl_environment('/sets/a:b')['PGSSLKEY'] == '/sets/a:b/client.key'
    with pytest.raises(AnsibleFilterError, match='path-too-long'):
        pgssl_environment('/' + 'a' * 1023)


def test_one_fault_of_one_folder_is_said_once():
    assert len(judge_environment(environment('relative'))) == 1
