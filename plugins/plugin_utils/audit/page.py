# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page that needs no server and nothing from outside.

The figures stand in the page as text. Everything that a host can have an influence on stands in one block of JSON, from which
the script builds text nodes; the policy of the page admits this script and this style sheet by their digests, and nothing else.
"""
from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple, Optional

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR, WARNING
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import CLIENT, READ, HostRecord, SetRecord
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import Report, RuleCases, by_rule, has_warnings, summary
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.time_line import (
    BEYOND,
    EXPIRED,
    Period,
    first_end,
    shared_ends,
    time_line,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import days_left, shown

_FOLDER = Path(__file__).parent
_NAMED = 2        # hosts that a line names
_LONGEST = 500    # characters of a value in a table; the JSON report has all of it
_MONTHS = ('January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December')


Place = tuple[str, Optional[str], Optional[str]]    # host, user and directory


class Bar(NamedTuple):
    """One bar of the time line: its heights are percents of the highest one."""
    title: str
    month: str
    year: str
    sets: int
    soon: float
    rest: float
    state: str


def page(report: Report) -> str:
    """Return the page."""
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True, keep_trailing_newline=True, finalize=_printable)
    environment.filters.update(number='{:,}'.format, day=shown)
    style, script = ((_FOLDER / name).read_text(encoding='utf-8') for name in ('page.css', 'page.js'))
    sets = [one for record in report.hosts for one in record.sets]
    return environment.get_template('page.html.j2').render(
        summary=summary(report), warning_days=report.expiry_warning_days, rules=by_rule(report),
        bars=bars(time_line(sets, report.time, report.expiry_warning_days)), style=Markup(style), script=Markup(script),
        style_hash=digest(style), script_hash=digest(script), data=Markup(island(page_data(report))))


def _printable(value: Any) -> Any:
    """Return what an expression of the template gives, plain text without characters that could move or hide others."""
    return escaped(value, _LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


def digest(text: str) -> str:
    """Return the source expression of a Content Security Policy for an inline text (CSP level 3, section 2.3.1)."""
    return 'sha256-' + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def island(value: Any) -> str:
    """Return JSON that can stand between two tags: nothing in it can end the block or begin another."""
    text = json.dumps(value, separators=(',', ':'))    # escapes everything that is not ASCII
    return text.replace('&', '\\u0026').replace('<', '\\u003c').replace('>', '\\u003e')


def bars(periods: list[Period]) -> list[Bar]:
    """Return the time line as it is drawn."""
    highest = max([1, *(period.sets for period in periods)])
    return [_bar(period, highest, number == 1) for number, period in enumerate(periods)]


def _bar(period: Period, highest: int, first_month: bool) -> Bar:
    share = 100 / highest
    soon, rest = (max(count * share, 2.0) if count else 0.0 for count in (period.soon, period.sets - period.soon))
    if period.name in (EXPIRED, BEYOND):
        title, month, year = ('Expired', 'Expired', '') if period.name == EXPIRED else ('Later', 'Later', '')
    else:
        number = int(period.name[5:])
        year, month = period.name[:4], _MONTHS[number - 1][:3]
        title, year = f'{_MONTHS[number - 1]} {year}', year if number == 1 or first_month else ''
    return Bar(title, month, year, period.sets, round(min(soon, 100), 2), round(min(rest, 100), 2),
               'expired' if period.name == EXPIRED else 'later')


def page_data(report: Report) -> dict[str, Any]:
    """Return what the script shows, every text in it escaped. Rows are sets, and hosts without; rules name rows by number."""
    rows: list[dict[str, Any]] = []
    places: dict[Place, int] = {}
    for record in report.hosts:
        for one in record.sets or (None,):
            places[_place(record, one)] = len(rows)
            rows.append(_row(record, one, report.time))
    return {
        'warningDays': report.expiry_warning_days, 'rows': rows,
        'rules': [_rule(group, places) for group in by_rule(report)],
        'ends': [dict(kind=shared.end.kind, subject=_text(shared.end.subject), ends=shared.end.not_after[:10], days=shared.days_left,
                      sets=shared.sets, hosts=len(shared.hosts), named=[_text(host) for host in shared.hosts[:_NAMED]])
                 for shared in shared_ends(report.hosts, report.time)],
    }


def _place(record: HostRecord, one: SetRecord | None) -> Place:
    return record.host, one and one.owner, one and one.dest


def _row(record: HostRecord, one: SetRecord | None, time: str) -> dict[str, Any]:
    row: dict[str, Any] = {'host': _text(record.host), 'state': _state(record, one), 'read': record.state, 'message': _text(record.message)}
    if one is None:
        return row
    end = first_end(one)
    return dict(
        row, user=_text(one.owner), dest=_text(one.dest), sslmode=_text(one.sslmode), generation=_text(one.generation),
        subject=_text(next((found.subject for found in one.ends if found.kind == CLIENT), None)),
        ends=end.not_after[:10] if end else None, days=days_left(end.not_after, time) if end else None,
        connection=one.connection and {name: _text(value) if isinstance(value, str) else value for name, value in one.connection.items()})


def _state(record: HostRecord, one: SetRecord | None) -> str:
    if record.state != READ:
        return 'unread'
    if one is None or one.compliant:
        return WARNING if one and has_warnings(one) else 'ok'
    return ERROR


def _rule(group: RuleCases, places: dict[Place, int]) -> dict[str, Any]:
    return {
        **{name: _text(getattr(group, name)) for name in ('rule', 'severity', 'title', 'explanation', 'remedy', 'reference')},
        'waived': group.waived, 'hosts': len(group.hosts()),
        'cases': [[places[_place(case.host, case.one)], case.found.severity, _text(case.found.subject), _text(case.found.message)]
                  for case in group.cases]}


def _text(value: str | None) -> str | None:
    return None if value is None else escaped(value, _LONGEST)
