# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as JSON: what one run writes, and what a later one reads to merge it.

A slice is read by Python's ``json`` alone. ``include_vars`` would run a Jinja expression in a subject.
"""
from __future__ import annotations

import json
from typing import Any, Iterable, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import SEVERITIES, as_dict
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import (
    CONNECTION_KEYS,
    KINDS,
    READ,
    STATES,
    End,
    HostRecord,
    SetRecord,
    also_waived,
    finding_from,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import Report, summary
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import is_timestamp

FORMAT = 'gaussdb.dws_ssl.audit'
VERSION = 1

_TEXT = {'type': 'str', 'required': True}
_MAYBE = {'type': 'str'}
_FINDINGS = {'type': 'list', 'elements': 'dict', 'required': True, 'options': {
    'rule': _TEXT, 'severity': {'type': 'str', 'required': True, 'choices': list(SEVERITIES)}, 'subject': _TEXT,
    'clients': {'type': 'list', 'elements': 'str', 'required': True}, 'message': _TEXT, 'remedy': _TEXT, 'reference': _TEXT,
    'waived': {'type': 'bool', 'required': True}}}
_ENDS = {'type': 'list', 'elements': 'dict', 'required': True, 'options': {
    'kind': {'type': 'str', 'required': True, 'choices': list(KINDS)}, 'subject': _TEXT, 'not_after': _TEXT, 'identity': _TEXT}}
_CONNECTION = {'type': 'dict', 'options': {
    name: _MAYBE if name in ('endpoint', 'tls') else {'type': 'bool'} for name in CONNECTION_KEYS}}
_SETS = {'type': 'list', 'elements': 'dict', 'required': True, 'options': {
    'owner': _TEXT, 'dest': _TEXT, 'sslmode': _MAYBE, 'generation': _MAYBE, 'compliant': {'type': 'bool'},
    'ends': _ENDS, 'connection': _CONNECTION, 'findings': _FINDINGS}}
_HOST = {
    'host': _TEXT, 'time': _TEXT, 'state': {'type': 'str', 'required': True, 'choices': list(STATES)}, 'message': _MAYBE,
    'compliant': {'type': 'bool'}, 'findings': _FINDINGS, 'sets': _SETS}


def document(report: Report) -> dict[str, Any]:
    """Return the JSON report."""
    return {'format': FORMAT, 'version': VERSION, 'time': report.time, 'expiry_warning_days': report.expiry_warning_days,
            'summary': summary(report), 'hosts': [host_as_dict(record) for record in report.hosts]}


def host_as_dict(record: HostRecord) -> dict[str, Any]:
    """Return a record as it stands in the JSON report."""
    return dict(record._asdict(), compliant=record.compliant, findings=[as_dict(one) for one in record.findings], sets=[
        dict(one._asdict(), compliant=one.compliant, ends=[end._asdict() for end in one.ends],
             findings=[as_dict(found) for found in one.findings]) for one in record.sets])


def read_slice(content: bytes, waive: Iterable[str] = ()) -> list[HostRecord]:
    """Return the hosts of a JSON report. Raise ValueError, with what is wrong, for anything else than a whole report."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f'it is not JSON: {error}') from None
    if not isinstance(document, dict) or document.get('format') != FORMAT:
        raise ValueError('it is not a report of this collection: give the audit.json of a run.')
    if document.get('version') != VERSION:
        raise ValueError(f'it is of version {document.get("version")} of the format, and this collection reads version {VERSION}.')
    if not isinstance(document.get('hosts'), list):
        raise ValueError('it has no list of hosts.')
    names = frozenset(waive)
    validator = ArgumentSpecValidator(_HOST)
    return [_host(validator, number, one, names) for number, one in enumerate(document['hosts'])]


def merged(records: Iterable[HostRecord]) -> list[HostRecord]:
    """Return one record for each host: the newest; of those of one time the last one that was read, otherwise the last."""
    newest: dict[str, HostRecord] = {}
    for record in records:
        known = newest.get(record.host)
        if known is None or _age(known) <= _age(record):
            newest[record.host] = record
    return list(newest.values())


def _age(record: HostRecord) -> tuple[str, bool]:
    return record.time, record.state == READ


def _host(validator: ArgumentSpecValidator, number: int, host: object, waived: frozenset[str]) -> HostRecord:
    result = validator.validate(host if isinstance(host, dict) else {})
    one: Mapping[str, Any] = result.validated_parameters
    problems = list(result.error_messages)
    if not problems:
        times = [one['time'], *(end['not_after'] for record in one['sets'] for end in record['ends'])]
        problems = [f'"{time}" is not a time.' for time in times if not is_timestamp(time)]
    if problems:
        raise ValueError(f'its host number {number + 1} is not as a report has it: {problems[0]}')
    return HostRecord(one['host'], one['time'], one['state'], one['message'], _findings(one, waived), tuple(
        SetRecord(record['owner'], record['dest'], record['sslmode'], record['generation'], tuple(End(**end) for end in record['ends']),
                  record['connection'], _findings(record, waived)) for record in one['sets']))


def _findings(part: Mapping[str, Any], waived: frozenset[str]) -> Any:
    return also_waived((finding_from(one) for one in part['findings']), waived)
