# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/docsite/rst/rules.rst, the page of all rules, from the rules and their examples.

./dev run python docs/rule_catalogue.py            writes the page
./dev run python docs/rule_catalogue.py --check    only compares; exit status 1 where the page is not current
"""
from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Iterator

_ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_ROOT / '.cache'))    # made by ./dev: the clone under its name as a collection

from ansible_collections.gaussdb.dws_ssl.docs.rule_examples import EXAMPLES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import BUNDLE_RULES, OTHER_RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import SEVERITIES, Rule

# What a real client said; written by tests/clients/record_messages.py, compared with each run of tests/clients/test_agreement.py.
OBSERVED = _ROOT / 'docs' / 'observed_messages.json'
PAGE = _ROOT / 'docs' / 'docsite' / 'rst' / 'rules.rst'
COMMAND = './dev run python docs/rule_catalogue.py'

# antsibull-docs wants every label of a collection's pages to begin so.
_LABEL = 'ansible_collections.gaussdb.dws_ssl.docsite.'
_HEAD = """\
..
  Copyright (c) the gaussdb.dws_ssl contributors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later
  Made from plugins/module_utils/policy/rules, docs/rule_examples.py and docs/observed_messages.json by: {command}

.. _{label}rules:

All rules
=========

Every finding bears the name of one of these {count} rules. A finding of severity ``error`` stops a deployment unless
the option ``waive`` names its rule; a bundle that cannot be read stops it in any case; ``warning`` and ``info`` do not.
One case of a rule can have another severity or other clients than the rule itself. Search this page for the words of a
client's message to find what causes it. "..." stands for a path. What {client} did was seen with sets that were broken so, a
server on loopback and TLS 1.2.

``gsql`` stands for gsql and every client on the same flavour of libpq; ``libpq`` for psql, psycopg, psqlODBC and other
clients on the stock libpq; ``jdbc`` for the JDBC driver.

.. contents::
   :local:
   :depth: 1
"""


def page() -> str:
    """Return the page as reStructuredText. Raises KeyError for a rule without examples."""
    modules = BUNDLE_RULES + OTHER_RULES
    count = sum(len(module.RULES) for module in modules)
    observed = json.loads(OBSERVED.read_text(encoding='utf-8'))
    parts = [_HEAD.format(command=COMMAND, label=_LABEL, count=count, client=observed['client'])]
    for module in modules:
        parts.extend(_section(module, observed))
    return '\n'.join(parts)


def is_current() -> bool:
    """Return whether the page in the clone is the one that the rules and examples make."""
    return PAGE.is_file() and PAGE.read_text(encoding='utf-8') == page()


def _section(module: ModuleType, observed: dict[str, Any]) -> Iterator[str]:
    """Yield one file of rules: its name, the first paragraph of its docstring, and its rules."""
    title = module.__name__.rsplit('.', 1)[-1].capitalize()
    about = ' '.join((module.__doc__ or '').split('\n\n')[0].split())
    yield '%s\n%s\n\n%s\n' % (title, '-' * len(title), escaped(about))
    for rule in sorted(module.RULES, key=lambda rule: SEVERITIES.index(rule.severity)):
        yield _entry(rule, observed['client'], observed['rules'].get(rule.name, []))


def _entry(rule: Rule, client: str, messages: list[str]) -> str:
    broken, mended = EXAMPLES[rule.name]
    return '\n'.join([
        '.. _%srule_%s:\n' % (_LABEL, rule.name),
        '%s\n%s\n' % (rule.name, '^' * len(rule.name)),
        '**%s.**\n' % escaped(rule.title),
        '%s\n' % escaped(rule.explanation),
        ':Severity: %s' % rule.severity,
        ':Clients: %s' % ', '.join(rule.clients),
        ':Remedy: %s' % escaped(rule.remedy),
        ':Reference: %s\n' % escaped(rule.reference),
        *_seen(client, messages),
        'Broken:\n\n%s' % _literal(broken),
        'Mended:\n\n%s' % _literal(mended)])


def _seen(client: str, messages: list[str]) -> Iterator[str]:
    """Yield what a client did, and its words as they are searched for."""
    if messages:
        yield 'What %s does:\n' % client
    for message in messages:
        kind, words = message.split(': ', 1)
        yield '* it fails: ``%s``' % words if kind == 'fails' else '* it connects, and protection is lost: %s' % escaped(words)
    if messages:
        yield ''


def escaped(text: str) -> str:
    """Return the text so that reStructuredText shows it as it is."""
    text = re.sub(r'([\\*`|])', r'\\\1', text)
    return re.sub(r'_(?!\w)', r'\\_', text)


def _literal(text: str) -> str:
    return '.. code-block:: text\n\n%s\n' % '\n'.join('   ' + line for line in text.split('\n'))


def main() -> int:
    """Write the page, or compare it. Return the exit status."""
    parser = argparse.ArgumentParser(description='Write the page of all rules.')
    parser.add_argument('--check', action='store_true',
                        help='write nothing; exit status 1 where the page is not current')
    if parser.parse_args().check:
        if not is_current():
            print('%s is not current. Write it with: %s' % (PAGE.relative_to(_ROOT), COMMAND), file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(page(), encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
