# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role dws_audit looks for what role dws_client deploys, and documents what it takes."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jinja2.nativetypes import NativeEnvironment

ROLES = Path(__file__).parents[3] / 'roles'
DEFAULTS, CLIENT = (yaml.safe_load((ROLES / role / 'defaults/main.yml').read_text()) for role in ('dws_audit', 'dws_client'))
SPECS = yaml.safe_load((ROLES / 'dws_audit/meta/argument_specs.yml').read_text())['argument_specs']
SHARED = sorted(name for name, value in DEFAULTS.items() if 'dws_client_' in str(value))


@pytest.mark.parametrize('name', SHARED)
def test_a_variable_follows_the_one_of_the_client_and_without_it_its_default(name):
    own = name.replace('dws_audit_', 'dws_client_')
    template = NativeEnvironment().from_string(DEFAULTS[name])
    assert template.render() == CLIENT[own]
    assert template.render({own: ['another value']}) == ['another value']


def test_every_variable_is_documented_and_every_plain_default_is_the_documented_one():
    assert len(SHARED) > 10
    for entry in SPECS.values():
        assert set(entry['options']) == set(DEFAULTS)
        documented = {name: option['default'] for name, option in entry['options'].items() if 'default' in option}
        assert documented == {name: value for name, value in DEFAULTS.items() if value is not None and '{{' not in str(value)}
        for name in SHARED:
            assert name.replace('dws_audit_', 'dws_client_') in ' '.join(entry['options'][name]['description'])
