# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role dws_client documents what it takes, as the module and the policy have it."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.gaussdb.dws_ssl.plugins.filter.client_sets import FilterModule as SetsModule
from ansible_collections.gaussdb.dws_ssl.plugins.filter.handlers import FilterModule
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.role import VARIABLES, VERIFY_TAG
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import ITEM_KEYS, SETTINGS, VERIFY
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates import ARGUMENT_SPEC

ROLE = Path(__file__).parents[3] / 'roles/dws_client'
DEFAULTS = yaml.safe_load((ROLE / 'defaults/main.yml').read_text())
OPTIONS = yaml.safe_load((ROLE / 'meta/argument_specs.yml').read_text())['argument_specs']['main']['options']
SHARED = sorted(name for name in ARGUMENT_SPEC if 'dws_client_' + name in OPTIONS)


def test_every_variable_is_documented_with_its_default():
    assert set(OPTIONS) == set(DEFAULTS)
    assert {name: option.get('default') for name, option in OPTIONS.items()} == DEFAULTS


@pytest.mark.parametrize('name', SHARED)
def test_a_variable_has_the_type_and_the_choices_of_the_modules_option(name):
    assert len(SHARED) > 8
    documented, option = OPTIONS['dws_client_' + name], ARGUMENT_SPEC[name]
    for key in ('type', 'elements', 'choices'):
        assert documented.get(key) == (list(option[key]) if key == 'choices' and key in option else option.get(key)), key


def test_an_item_of_the_users_has_the_documented_keys_and_verify_its_choices():
    described = ' '.join(OPTIONS['dws_client_users']['description'])
    assert all(f'C({key})' in described for key in ITEM_KEYS)
    assert OPTIONS['dws_client_verify']['choices'] == list(VERIFY)


def test_what_the_filter_looks_up_by_itself_is_a_variable_of_the_role():
    others = {'users', 'key_passphrase', 'endpoint', 'notify'}     # the filter's input, what is secret, what is not about sets
    assert {f'dws_client_{name}' for name in (*SETTINGS, *others)} == set(DEFAULTS) and not others & set(SETTINGS)
    assert {*VARIABLES, 'notify'} == {*SETTINGS, *others}


def test_the_tag_that_is_skipped_is_the_one_that_asks_alone():
    alone = yaml.safe_load((ROLE / 'tasks/main.yml').read_text())[1]
    assert alone['tags'] == ['never', VERIFY_TAG] and f"'{VERIFY_TAG}' in ansible_run_tags" in alone['when']


def test_outside_the_role_the_filter_asks_for_settings():
    client_sets = SetsModule().filters()['client_sets']
    with pytest.raises(AnsibleFilterError, match='give settings; outside role dws_client there is no dws_client_bundle'):
        client_sets({}, ['u'])
    inside = {name: value for name, value in DEFAULTS.items() if name.startswith('dws_client_')}
    assert client_sets(inside, ['u']) == client_sets({}, ['u'], {name: inside[f'dws_client_{name}'] for name in SETTINGS})


@pytest.mark.parametrize('given, handlers', [
    (None, []), ('', []), ([], []), ([''], []), ('a', ['a']), ('a ,b', ['a', 'b']), ('a,  b,', ['a', 'b']), (['x y ', 'z'], ['x y', 'z']),
    ("restart 'app',[dws] restart", ["restart 'app'", '[dws] restart'])])
def test_handlers_may_arrive_as_text_and_none_is_looked_for_without_a_name(given, handlers):
    """A handler that is missing ends the run for all hosts, after they were changed."""
    task = yaml.safe_load((ROLE / 'tasks/main.yml').read_text())[0]
    assert task['notify'] == '{{ dws_client_notify | gaussdb.dws_ssl.handlers }}'
    assert FilterModule().filters()['handlers'](given) == handlers
