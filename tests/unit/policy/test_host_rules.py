# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a set on its way to a host: one that replaces another under an sslmode that falls back, and one that is blocked."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import judge_generation, judge_rotation


@pytest.mark.parametrize('sslmode', ['prefer', 'allow'])
def test_a_rotation_under_it_is_a_warning(sslmode):
    [found] = judge_rotation(sslmode, True, [])
    assert (found.rule, found.severity, f'PGSSLMODE is {sslmode}:' in found.message) == ('rotation-clear-text', 'warning', True)


@pytest.mark.parametrize('sslmode', ['disable', 'require', 'verify-ca'])
def test_a_rotation_under_another_mode_is_not(sslmode):
    assert list(judge_rotation(sslmode, True, ["export PGSSLMODE='verify-ca'"])) == []


@pytest.mark.parametrize('line', ["export PGSSLMODE='prefer'", 'export PGSSLMODE=prefer', 'setenv PGSSLMODE "prefer"', 'PGSSLMODE prefer'])
def test_what_the_exports_on_the_host_say_counts_too(line):
    [found] = judge_rotation('verify-ca', True, ['export PGSSLKEY=/a', line])
    assert 'The exports on the host say prefer:' in found.message


def test_a_first_deployment_or_none_at_all_is_not_a_rotation():
    assert list(judge_rotation('prefer', False, ['export PGSSLMODE=prefer'])) == []


def test_a_blocked_generation_is_an_error():
    found, = judge_generation('5d1c8f0a7be3460d', ['x', '5d1c8f0a7be3460d'])
    assert (found.rule, found.severity, found.subject) == ('generation-blocked', 'error', '5d1c8f0a7be3460d')
    assert list(judge_generation('5d1c8f0a7be3460d', [])) == []
