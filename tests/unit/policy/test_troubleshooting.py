# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for somebody with a message or a symptom."""
from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES

PAGE = (Path(__file__).parents[3] / 'docs/docsite/rst/troubleshooting.rst').read_text(encoding='utf-8')
COMMANDS = ('bundle_info', 'client_certificates_info', 'connection_info', 'audit')


def entries():
    """Return the definition list's entries: the term, and what is said of it."""
    return re.findall(r'^(\S[^\n]*)\n   (.+?)(?=\n\n\S|\Z)', PAGE[PAGE.index('By message'):], re.MULTILINE | re.DOTALL)


def test_each_entry_names_a_command_that_shows_the_cause():
    assert len(entries()) >= 25
    for term, text in entries():
        assert any(f'*{command}* shows it' in text for command in COMMANDS), term


def test_each_rule_on_the_page_exists():
    named = re.findall(r':ref:`(\S+) <ansible_collections\.gaussdb\.dws_ssl\.docsite\.rule_(\S+)>`', PAGE)
    assert len(named) > 30 and all(shown == target and target in RULES for shown, target in named)
