# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes docs/docsite/rst/rules.rst from the rules in plugins/module_utils/policy/rules.

``./dev run python docs/rule_catalogue.py`` writes the page. tests/unit/policy/test_rule_catalogue.py fails where it is not current.
"""
from __future__ import annotations

import inspect
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import BUNDLE_RULES, OTHER_RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Rule

PAGE = Path(__file__).parent / 'docsite/rst/rules.rst'

HEAD = '''.. This page is made from the code by docs/rule_catalogue.py; changes made here are overwritten.

.. _ansible_collections.gaussdb.dws_ssl.docsite.rules:

Rule catalogue
==============

Every finding of the collection names one of these rules. An *error* stops a deployment, a *warning* is printed, an *info* stands in
the result alone. A rule that is named in the option ``waive`` stops nothing and is still reported, as waived.

*Clients* says for whom a rule holds: ``gsql`` for gsql and every client on the DWS flavour of libpq, ``libpq`` for psql, psycopg,
psqlODBC and whatever else uses the stock libpq, ``jdbc`` for JDBC drivers.

.. contents::
   :local:
   :depth: 1
'''


def page() -> str:
    """Return the page: a section for each file of rules, in the order of the catalogue."""
    sections = [HEAD]
    for module in BUNDLE_RULES + OTHER_RULES:
        title = (inspect.getdoc(module) or '').splitlines()[0].rstrip('.')
        sections.append('\n'.join([title, '-' * len(title), '', *(_entry(rule) for rule in module.RULES)]))
    return '\n'.join(sections).rstrip() + '\n'


def _entry(rule: Rule) -> str:
    anchor = 'ansible_collections.gaussdb.dws_ssl.docsite.rules.' + rule.name
    return '\n'.join([
        f'.. _{anchor}:', '', rule.name, '~' * len(rule.name), '', f'**{_text(rule.title)}.**', '', _text(rule.explanation), '',
        f':Severity: {rule.severity}', f':Clients: {", ".join(rule.clients)}', f':Remedy: {_text(rule.remedy)}',
        f':Source: {_text(rule.reference)}', ''])


def _text(words: str) -> str:
    """Return words with what reStructuredText would read as markup escaped."""
    return words.replace('\\', '\\\\').replace('*', '\\*').replace('`', '\\`').replace('|', '\\|')


if __name__ == '__main__':
    PAGE.write_text(page(), encoding='utf-8')
