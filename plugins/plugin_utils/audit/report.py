# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit says of a fleet: the summary, the findings by rule, and whether a pipeline should fail.

Everything here is counted from the records of the hosts and is the same for the same records, in whatever order they come.
"""
from __future__ import annotations

import re
from collections import Counter
from typing import Any, Iterable, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import SEVERITIES, WARNING, Finding, failing_severities
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import STATES, HostRecord, SetRecord
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.time_line import first_end
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import days_left

_NAMED = 3    # hosts that a line for the terminal names


class Report(NamedTuple):
    """One audit of a fleet at one time. ``hosts`` are in the order in which a person looks for a name."""
    time: str
    expiry_warning_days: int
    hosts: tuple[HostRecord, ...]


class Case(NamedTuple):
    """One finding and where it is; without a set it is about the host as such."""
    host: HostRecord
    one: SetRecord | None
    found: Finding


class RuleCases(NamedTuple):
    """All cases of one rule. ``severity`` is the gravest of them."""
    rule: str
    severity: str
    waived: bool
    title: str
    explanation: str
    remedy: str
    reference: str
    cases: tuple[Case, ...]

    def hosts(self) -> list[str]:
        return list(dict.fromkeys(case.host.host for case in self.cases))


def report_of(time: str, expiry_warning_days: int, records: Iterable[HostRecord]) -> Report:
    """Return the report of these hosts."""
    return Report(time, expiry_warning_days, tuple(sorted(records, key=lambda record: natural(record.host))))


def natural(name: str) -> tuple[Any, ...]:
    """Return the key by which db2 stands before db10."""
    words = re.split(r'([0-9]+)', name)
    return (*((0, int(word), '') if word.isdecimal() else (1, 0, word.casefold()) for word in words), (1, 0, name))


def summary(report: Report) -> dict[str, Any]:
    """Return the figures of a fleet. ``users`` counts sets: a user with two sets counts twice."""
    states = Counter(record.state for record in report.hosts)
    sets = [one for record in report.hosts for one in record.sets]
    found = [one for record in report.hosts for one in record.all_findings()]
    ends = [days_left(end.not_after, report.time) for end in map(first_end, sets) if end]
    return {
        'time': report.time,
        'hosts': {'total': len(report.hosts), **{state: states[state] for state in STATES},
                  'compliant': sum(record.compliant is True for record in report.hosts),
                  'not_compliant': sum(record.compliant is False for record in report.hosts)},
        'users': {'total': len(sets), 'compliant': sum(one.compliant for one in sets),
                  'not_compliant': sum(not one.compliant for one in sets),
                  'with_warnings': sum(one.compliant and has_warnings(one) for one in sets)},
        'findings': {**{severity: sum(one.severity == severity and not one.waived for one in found) for severity in SEVERITIES},
                     'waived': sum(one.waived for one in found)},
        'validity': {'expired': sum(days < 0 for days in ends),
                     'ending': sum(0 <= days < report.expiry_warning_days for days in ends),
                     'least_days_left': min(ends, default=None)},
        'require_ssl': _require_ssl(sets),
        'generations': len({one.generation for one in sets if one.generation}),
    }


def has_warnings(one: SetRecord) -> bool:
    return any(found.severity == WARNING and not found.waived for found in one.findings)


def _require_ssl(sets: list[SetRecord]) -> dict[str, int]:
    asked = [one.connection for one in sets if one.connection]
    return {'asked': len(asked), **{name: sum(one[name] is True for one in asked) for name in ('cut_off', 'clear_text', 'unverified')},
            'unknown': sum(one['cut_off'] is None for one in asked)}


def by_rule(report: Report) -> list[RuleCases]:
    """Return the findings by rule: errors first, then the rules with most hosts; waived ones last."""
    groups: dict[tuple[str, bool], list[Case]] = {}
    for record in report.hosts:
        for one, findings in ((None, record.findings), *((one, one.findings) for one in record.sets)):
            for found in findings:
                groups.setdefault((found.rule, found.waived), []).append(Case(record, one, found))
    return sorted((_group(rule, waived, cases) for (rule, waived), cases in groups.items()),
                  key=lambda group: (group.waived, SEVERITIES.index(group.severity), -len(group.hosts()), group.rule))


def _group(rule: str, waived: bool, cases: list[Case]) -> RuleCases:
    """Title and explanation are the catalogue's, where it has the rule: a slice may come from another version."""
    known, found = RULES.get(rule), cases[0].found
    severity = min((case.found.severity for case in cases), key=SEVERITIES.index)
    return RuleCases(rule, severity, waived, known.title if known else rule, known.explanation if known else '', found.remedy,
                     found.reference, tuple(cases))


def sentence(report: Report) -> str:
    """Return the verdict on a fleet in one sentence."""
    hosts = summary(report)['hosts']
    rest = f'{hosts["not_compliant"]} not compliant, {hosts["total"] - hosts["read"]} not read'
    return f'{hosts["compliant"]} of {hosts["total"]} hosts compliant, {rest}.'


def failing(report: Report, fail_on: str) -> list[str]:
    """Return why a pipeline should fail, a line for each rule; empty where it should not."""
    severities = failing_severities(fail_on)
    lines = []
    for group in by_rule(report):
        grave = group._replace(cases=tuple(case for case in group.cases if case.found.severity in severities))
        if grave.cases and not group.waived:
            lines.append(f'{group.title} [{group.rule}]: {_named(grave.hosts())}. {group.remedy}')
    return [escaped(line, 500) for line in lines]


def _named(hosts: list[str]) -> str:
    named = ', '.join(hosts[:_NAMED])
    return named if len(hosts) <= _NAMED else f'{named} and {len(hosts) - _NAMED} more hosts'
