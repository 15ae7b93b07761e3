# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in Prometheus' text format (exposition format 0.0.4), for the textfile collector of node_exporter.

What is not known has no sample: a rule on ``absent`` or on ``dws_ssl_host_read`` sees it.
"""
from __future__ import annotations

from typing import Iterator, Mapping, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import SEVERITIES
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import READ, HostRecord, SetRecord
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import Report
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.time_line import first_end
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import days_left, seconds

METRICS = {
    'dws_ssl_audit_timestamp_seconds': 'The time that the audit is of.',
    'dws_ssl_host_read': 'Whether the audit could read the host.',
    'dws_ssl_compliant': 'Whether the set of the user has no error that is not waived.',
    'dws_ssl_findings': 'Findings that are not waived, by severity.',
    'dws_ssl_first_end_timestamp_seconds': 'When the first certificate or list that the set needs ends.',
    'dws_ssl_days_left': 'Whole days from the audit to that end, negative after it.',
    'dws_ssl_require_ssl_cut_off': 'Whether require_ssl would cut the user off.',
    'dws_ssl_connection_unverified': 'Whether the user connects without a verified server.',
}
LONGEST = 4096    # characters of a label's value, the longest path of Linux (PATH_MAX)


class Sample(NamedTuple):
    """One line."""
    name: str
    labels: Mapping[str, str]
    value: int


def prometheus_text(report: Report) -> str:
    """Return the file's content: the samples by metric, each series once."""
    values: dict[str, dict[str, int]] = {name: {} for name in METRICS}
    for sample in _samples(report):
        labels = ','.join(f'{name}="{label(value)}"' for name, value in sample.labels.items())
        values[sample.name][f'{{{labels}}}' if labels else ''] = sample.value
    lines = []
    for name, explanation in METRICS.items():
        if values[name]:
            lines += [f'# HELP {name} {explanation}', f'# TYPE {name} gauge']
            lines += [f'{name}{labels} {value}' for labels, value in values[name].items()]
    return '\n'.join(lines) + '\n'


def label(value: str) -> str:
    """Return text as a label's value."""
    return escaped(value, LONGEST).replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n')


def _samples(report: Report) -> Iterator[Sample]:
    yield Sample('dws_ssl_audit_timestamp_seconds', {}, seconds(report.time))
    for record in report.hosts:
        yield Sample('dws_ssl_host_read', {'host': record.host}, int(record.state == READ))
        for one in record.sets:
            yield from _set(record, one, report.time)


def _set(record: HostRecord, one: SetRecord, time: str) -> Iterator[Sample]:
    labels = {'host': record.host, 'user': one.owner, 'dest': one.dest}
    yield Sample('dws_ssl_compliant', labels, int(one.compliant))
    for severity in SEVERITIES:
        count = sum(found.severity == severity and not found.waived for found in one.findings)
        yield Sample('dws_ssl_findings', dict(labels, severity=severity), count)
    end = first_end(one)
    if end:
        yield Sample('dws_ssl_first_end_timestamp_seconds', labels, seconds(end.not_after))
        yield Sample('dws_ssl_days_left', labels, days_left(end.not_after, time))
    for name, key in (('dws_ssl_require_ssl_cut_off', 'cut_off'), ('dws_ssl_connection_unverified', 'unverified')):
        known = (one.connection or {}).get(key)
        if known is not None:
            yield Sample(name, labels, int(known))
