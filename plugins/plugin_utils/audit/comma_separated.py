# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as CSV: a line for each set, and one for each host without."""
from __future__ import annotations

import csv
import io
from typing import Any, Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR, WARNING, Finding
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import CLIENT, HostRecord, SetRecord
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import Report
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.time_line import first_end
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import days_left

COLUMNS = ('host', 'state', 'user', 'dest', 'compliant', 'errors', 'warnings', 'rules', 'subject', 'first_end', 'days_left', 'sslmode',
           'generation', 'endpoint', 'connects', 'cut_off', 'clear_text', 'unverified', 'message')
LONGEST = 1000    # characters of a cell

# A spreadsheet takes a cell that begins so for a formula; an apostrophe makes it text. Tab and carriage return stand here although
# control characters are escaped before; the full-width forms count in some languages (OWASP, CSV injection).
FORMULA = ('=', '+', '-', '@', '\t', '\r', '\uff1d', '\uff0b', '\uff0d', '\uff20')


def csv_text(report: Report) -> str:
    """Return the file's content, with line ends as RFC 4180 has them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for record in report.hosts:
        for row in _rows(record, report.time):
            writer.writerow([cell(row.get(name)) for name in COLUMNS])
    return text.getvalue()


def cell(value: Any) -> str | int:
    """Return a value as a cell: numbers stay numbers, text is never a formula."""
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if value is None or isinstance(value, int):
        return '' if value is None else value
    text = escaped(value, LONGEST)
    return "'" + text if text.startswith(FORMULA) else text


def _rows(record: HostRecord, time: str) -> Iterator[dict[str, Any]]:
    host = {'host': record.host, 'state': record.state, 'message': record.message}
    for one in record.sets:
        yield dict(host, **_set(one, time))
    if not record.sets:
        yield dict(host, compliant=record.compliant, **_counts(record.findings))


def _set(one: SetRecord, time: str) -> dict[str, Any]:
    end = first_end(one)
    return dict(
        one.connection or {}, user=one.owner, dest=one.dest, compliant=one.compliant, sslmode=one.sslmode, generation=one.generation,
        subject=next((found.subject for found in one.ends if found.kind == CLIENT), None), first_end=end.not_after if end else None,
        days_left=days_left(end.not_after, time) if end else None, **_counts(one.findings))


def _counts(findings: tuple[Finding, ...]) -> dict[str, Any]:
    counted = [found for found in findings if not found.waived]
    return {'errors': sum(found.severity == ERROR for found in counted), 'warnings': sum(found.severity == WARNING for found in counted),
            'rules': ' '.join(dict.fromkeys(found.rule for found in counted if found.severity in (ERROR, WARNING)))}
