# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role dws_client documents what it takes, as the module and the policy have it."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import ITEM_KEYS, VERIFY
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
