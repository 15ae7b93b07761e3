# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules as data, and the page that is made from them."""
from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ALL_CLIENTS, SEVERITIES

SCRIPT = Path(__file__).parents[3] / 'docs/rule_catalogue.py'


def catalogue_page():
    spec = importlib.util.spec_from_file_location('rule_catalogue', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current():
    module = catalogue_page()
    assert module.PAGE.read_text(encoding='utf-8') == module.page(), 'run: ./dev run python docs/rule_catalogue.py'


@pytest.mark.parametrize('rule', RULES.values(), ids=list(RULES))
def test_each_rule_says_everything_in_the_same_form(rule):
    assert re.fullmatch(r'[a-z0-9]+(-[a-z0-9]+)*', rule.name)
    assert rule.severity in SEVERITIES and rule.clients and set(rule.clients) <= set(ALL_CLIENTS)
    assert rule.title and not rule.title.endswith('.')
    assert rule.explanation and rule.remedy[:1].isupper()
    assert rule.reference


@pytest.mark.parametrize('message', [
    'permission should be u=rw(600) or less', 'key values mismatch', 'bad decrypt', 'no start line', 'has group or world access',
    'processing error', 'does not exist', 'could not read root certificate file', 'but not private key file',
    'certificate expired', 'requires a valid client certificate'])
def test_whoever_searches_for_a_client_s_message_finds_a_rule(message):
    assert any(message in rule.explanation for rule in RULES.values())
