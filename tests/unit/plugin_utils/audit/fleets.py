# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets of any size as the modules report them, with what usually goes wrong in one."""
from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import as_dict, finding
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import HostRecord, host_record
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import Report, report_of

TIME = '2026-11-25T00:00:00Z'
WARNING_DAYS = 90

# What somebody who owns a host, or who issues a certificate, may write into a name.
HOSTILE = (
    '</script><script>window.hacked = 1</script>', '<img src=x onerror="window.hacked = 1">', '{{ 7 * 191 }}{% raw %}',
    "=cmd|'/C calc'!A0", '+1+1', '-2+3', '@SUM(1)', '\u202egpj.exe', 'a"b\\c\nd\te\r', '&lt;b&gt;', '\u2028\u2029',
    "'; window.hacked = 1; '", 'javascript:window.hacked=1', '--><!--', ']]>', '\x00\x1b[31m', '\ud800')


def ends_in(days: int) -> str:
    """Return the time so many days after the audit, at noon."""
    start = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)
    return (start + timedelta(days=days)).strftime('%Y-%m-%dT%H:%M:%SZ')


def certificate(subject: str, days: int) -> dict[str, Any]:
    """Return a certificate as results show it."""
    digest = hashlib.sha256(repr((subject, days)).encode()).hexdigest()
    return {'subject': subject, 'issuer': 'CN=DWS CA', 'serial': digest[:16], 'not_before': ends_in(-400), 'not_after': ends_in(days),
            'fingerprint_sha256': digest, 'public_key_sha256': digest[::-1]}


def found(rule: str, subject: str, message: str, waived: bool = False) -> dict[str, Any]:
    """Return a finding of a rule as results carry it."""
    return as_dict(finding(RULES[rule], subject, message)._replace(waived=waived))


def one_set(owner: str = 'dbadmin', days: int = 400, findings: tuple[dict[str, Any], ...] = (), subject: str = 'CN=dbadmin,O=Example',
            sslmode: str = 'verify-ca', ca_days: int = 3000, **more: Any) -> dict[str, Any]:
    """Return one set as client_certificates_info returns it."""
    dest = f'/home/{owner}/dws_ssl/sslcert'
    seen = {'owner': owner, 'dest': dest, 'compliant': True, 'files': [], 'certificate': certificate(subject, days),
            'generation': hashlib.sha256(repr((subject, days)).encode()).hexdigest()[:16],
            'authorities': [certificate('CN=DWS CA', ca_days)], 'revocation_lists': [], 'environment': {'PGSSLMODE': sslmode},
            'findings': list(findings)}
    return dict(seen, **more)


def connection(owner: str = 'dbadmin', sslmode: str = 'verify-ca', connects: bool | None = True, later: bool | None = True,
               encrypted: bool | None = True, checked: bool | None = True, **more: Any) -> dict[str, Any]:
    """Return what connection_info returns, as far as the audit reads it."""
    outcome = {'connects': connects, 'encrypted': encrypted, 'server_checked': checked}
    return dict({
        'endpoint': 'dws.example.com:8000', 'owner': owner, 'sslmode': sslmode, 'reachable': True, 'ssl': True, 'require_ssl': False,
        'tls': {'version': 'TLSv1.2', 'cipher': 'ECDHE-RSA-AES256-GCM-SHA384'}, 'server_chain': [certificate('CN=dws-server', 700)],
        'set_works': True, 'outcomes': {sslmode: outcome}, 'outcomes_with_require_ssl': {sslmode: dict(outcome, connects=later)},
        'findings': []}, **more)


def host(number: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the results of the host with this number: most are well, some are not."""
    days = 30 + (number * 37) % 690
    if number % 97 == 2:
        return {'unreachable': True, 'msg': 'Failed to connect to the host via ssh: connect to port 22: Connection timed out'}, None
    if number % 211 == 60:
        return {'failed': True, 'msg': 'sudo: a password is required'}, None
    soon = (found('certificate-expires-soon', 'client.crt', f'It ends in {days} days.'),) if days < WARNING_DAYS else ()
    admin = one_set('dbadmin', days, soon, f'CN=dbadmin{number},OU=Data Warehouse,O=Example')
    sets, asked = [admin], [connection('dbadmin')]
    if number % 3 == 1:
        report = one_set('report', 200, (), 'CN=report,O=Example', 'verify-ca')
        mode = 'verify-ca'
        if number % 9 == 1:
            mode = 'prefer'
            report['findings'] = [found('sslmode-clear-text', 'PGSSLMODE', 'prefer falls back to clear text.')]
            asked.append(connection('report', mode, checked=False))
        elif number % 33 == 13:
            mode = 'disable'
            asked.append(connection('report', mode, later=False, encrypted=False, checked=False))
        else:
            asked.append(connection('report'))
        report['environment'] = {'PGSSLMODE': mode}
        sets.append(report)
    if number % 41 == 4:
        admin.update(one_set('dbadmin', -12, (found('certificate-expired', 'client.crt', 'It ended 12 days ago.'),),
                             f'CN=dbadmin{number},OU=Data Warehouse,O=Example'))
        asked[0] = connection('dbadmin', connects=False, later=False, encrypted=None, checked=None)
    if number % 29 == 5:
        admin['findings'].append(found('file-mode', 'client.key', 'Its mode is 0644.'))
    if number % 53 == 7:
        admin['findings'].append(found('exports-drift', '/etc/profile.d/dws_ssl/dbadmin.sh', 'It says something else.', waived=True))
    return {'sets': sets, 'findings': []}, {'results': asked}


def records(count: int) -> list[HostRecord]:
    """Return the records of so many hosts."""
    return [host_record(f'db{number:04d}.example.com', TIME, *host(number)) for number in range(count)]


def fleet(count: int) -> Report:
    """Return the report of so many hosts."""
    return report_of(TIME, WARNING_DAYS, records(count))


def hostile_fleet() -> Report:
    """Return a report in which every name is an attack."""
    hosts = []
    for number, text in enumerate(HOSTILE):
        name = f'{text}{number}'
        bad = dict(found('file-mode', text, text), message=text, subject=text, remedy=text)
        seen = one_set(f'{text}u', 20, (bad,), text, text, dest=f'/home/{text}', generation=text)
        asked = connection(text, text, later=False, encrypted=False, endpoint=text)
        hosts.append(host_record(name, TIME, {'sets': [seen]}, {'results': [asked]}))
        hosts.append(host_record(f'{name} gone', TIME, {'unreachable': True, 'msg': text}, None))
        hosts.append(host_record(f'{name} foreign', TIME, {'sets': [dict(seen, findings=[dict(bad, rule=text)])]}, None))
    return report_of(TIME, WARNING_DAYS, hosts)
