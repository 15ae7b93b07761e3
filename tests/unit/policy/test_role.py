# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What role dws_client does beside the deployment; tests/clients/test_role_endpoint.py plays it against a server."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import NONE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.role import (
    asks_server,
    makes_packages,
    package,
    question,
    summary,
    taken_back,
    tries_first,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import client_sets
from ansible_collections.gaussdb.dws_ssl.plugins.modules.connection_info import ARGUMENT_SPEC as QUESTION
from ansible_collections.gaussdb.dws_ssl.plugins.modules.data_studio_package import ARGUMENT_SPEC as PACKAGE

SETTINGS = {'bundle': 'b.zip', 'directory': '/d', 'auth_mode': 'bidirectional', 'sslmode': 'require', 'tree': 't', 'endpoint': 'h:1',
            'state': 'present', 'verify': 'after', 'data_studio_dir': '/out', 'formats': 'sh,data_studio', 'waive': 'a, b',
            'key_revision': 'r', 'expiry_warning_days': 30, 'clusters': {'c': 'i:2'}}


@pytest.mark.parametrize('changes, asked', [
    ({}, True), ({'endpoint': None}, False), ({'endpoint': ''}, False), ({'state': 'absent'}, False), ({'state': 'previous'}, False)])
def test_the_server_is_asked_about_what_was_deployed(changes, asked):
    assert asks_server(dict(SETTINGS, **changes)) is asked
    assert tries_first(dict(SETTINGS, verify='first', **changes), False) is asked


def test_a_new_set_is_tried_first_where_that_is_wanted_and_something_changes():
    assert not tries_first(SETTINGS, False) and not tries_first(dict(SETTINGS, verify='first'), True)


def test_a_skipped_tag_leaves_out_the_question_that_follows():
    assert asks_server(SETTINGS, ['another']) and not asks_server(SETTINGS, ['dws_client_verify'])


@pytest.mark.parametrize('changes, made', [
    ({}, True), ({'formats': ['sh']}, False), ({'data_studio_dir': ''}, False), ({'state': 'previous'}, False),
    ({'state': 'absent', 'formats': 'sh'}, True), ({'state': 'absent', 'data_studio_dir': ''}, False)])
def test_packages_are_made_in_their_format_and_removed_whatever_the_formats(changes, made):
    assert makes_packages(dict(SETTINGS, **changes)) is made


def test_a_package_and_a_question_are_about_the_set_as_it_was_asked_for():
    first, other = client_sets([{'name': 'u', 'default': True}, {'name': 'u', 'cluster': 'c', 'directory': '/e'}], SETTINGS)
    alike = {'owner': 'u', 'src': 'b.zip', 'tree': 't', 'auth_mode': 'bidirectional', 'sslmode': 'require', 'state': 'present',
             'key_revision': 'r', 'expiry_warning_days': 30, 'waive': ['a', 'b']}
    assert package(first, SETTINGS) == dict(alike, dest='/out/u-dws.zip')
    assert package(other, SETTINGS) == dict(alike, dest='/out/u-c.zip', cluster='c', endpoint='i:2')
    deployed = {'dest': '/home/u/d', 'owner': 'u', 'environment': {'PGSSLMODE': 'require'}}
    asked = {'dest': '/home/u/d', 'owner': 'u', 'sslmode': 'require', 'waive': ['a', 'b']}
    assert [question(one, deployed, SETTINGS) for one in (first, other)] == [dict(asked, endpoint='h:1'), dict(asked, endpoint='i:2')]
    assert set(package(other, SETTINGS)) <= set(PACKAGE) and set(asked) <= set(QUESTION)


def test_those_that_go_back_are_named_and_those_that_come_along_are_not():
    sets = [{'dest': '{home}/d', 'replaces': 'new'}, {'dest': '/e', 'replaces': NONE}]
    results = [{'owner': 'u', 'dest': '/home/u/d'}, {'owner': 'u', 'dest': '/e'}]
    assert taken_back(sets, results) == ['u, /home/u/d: The set before is the current one again.']


def test_a_host_that_fails_tells_of_its_sets_what_the_readme_promises():
    promised = {'owner': 'u', 'changed': True, 'generation': 'g', 'findings': []}
    assert summary([dict(promised, files={'client.crt': {}})]) == [promised]
