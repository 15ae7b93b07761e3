# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All rules of the collection, by name. Whoever adds a file of rules adds it to one of the two tables below."""
from typing import Dict, Iterable, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ERROR,
    Finding,
    Problem,
    Rule,
    finding,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import (
    archive,
    audit,
    authority,
    certificate,
    chain,
    connection,
    deployed,
    environment,
    formats,
    host,
    key,
    members,
    passphrase,
    revocation,
)

# The files whose judge(bundle, purpose) speaks of a bundle, in the order in which a reader wants to hear of it.
BUNDLE_RULES = (members, certificate, key, passphrase, chain, authority, revocation)
# The files that judge something else, or only name what readers report.
OTHER_RULES = (archive, environment, host, deployed, formats, connection, audit)


def _by_name(tables: Iterable[Tuple[Rule, ...]]) -> Dict[str, Rule]:
    """Return the rules of all tables by name. Raises ValueError where two have one name."""
    found: Dict[str, Rule] = {}
    for table in tables:
        for rule in table:
            if rule.name in found:
                raise ValueError('two rules have the name %s' % rule.name)
            found[rule.name] = rule
    return found


RULES = _by_name(module.RULES for module in BUNDLE_RULES + OTHER_RULES)


def finding_of(problem: Problem) -> Finding:
    """Return the finding that a problem of a reader, or of a host, stands for."""
    return finding(RULES[problem.rule], problem.subject, problem.detail)


def stops(problems: Iterable[Problem]) -> bool:
    """Return whether one of a reader's problems is an error: nothing can be deployed then, waived or not."""
    return any(RULES[problem.rule].severity == ERROR for problem in problems)
