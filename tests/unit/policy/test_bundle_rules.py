# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule about bundles: found in the set-up that breaks it, and not in the mended one."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import catalogue
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import errors
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import archive
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import CASES
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import findings_of

BUNDLE_RULES = [rule.name for module in (*catalogue.BUNDLE_RULES, archive) for rule in module.RULES]


def test_every_rule_has_a_case():
    assert sorted(CASES) == sorted(BUNDLE_RULES)


@pytest.mark.parametrize('name', BUNDLE_RULES)
def test_broken(name, tmp_path):
    found = [one for one in findings_of(CASES[name].broken(), tmp_path) if one.rule == name]
    assert found
    rule = catalogue.RULES[name]
    assert found[0].severity == rule.severity
    assert set(found[0].clients) <= set(rule.clients)
    assert found[0].remedy == rule.remedy
    if CASES[name].subject is not None:
        assert found[0].subject == CASES[name].subject


@pytest.mark.parametrize('name', BUNDLE_RULES)
def test_mended(name, tmp_path):
    found = findings_of(CASES[name].mended(), tmp_path)
    assert name not in [one.rule for one in found]
    assert errors(found) == []
