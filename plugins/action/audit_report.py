# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the report of an audit on the controller."""
from __future__ import annotations

import glob
from pathlib import Path
from typing import Any, Iterator, Mapping

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.gaussdb.dws_ssl.plugins.modules.audit_report import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import HostRecord, host_record
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import failing, report_of, sentence, summary
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.slices import merged, read_slice
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import is_timestamp, today
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.writing import FILES, contents, differing, write
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import warn_of_unknown_names

# What role dws_audit registers.
CERTIFICATES, CONNECTIONS = 'dws_audit_certificates', 'dws_audit_connections'


class ActionModule(ActionBase):
    """One task; no host is contacted."""

    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        warn_of_unknown_names(self._display, args['waive'])
        if args['timestamp'] and not is_timestamp(args['timestamp']):
            raise AnsibleActionFail(f'timestamp must be a time in UTC such as 2026-11-25T14:30:00Z, not "{args["timestamp"]}".')
        variables = task_vars or {}
        hosts = list(dict.fromkeys([*(variables['ansible_play_hosts_all'] if args['play_hosts'] else []), *args['hosts']]))
        slices = list(_slices(args['slices'], args['waive']))
        time = args['timestamp'] or _time_of(slices, bool(hosts))
        read = [_record(host, time, variables['hostvars'], args['waive']) for host in hosts]
        report = report_of(time, args['expiry_warning_days'], merged([*slices, *read]))
        folder = Path(args['report_dir']).expanduser().absolute()
        try:
            changes = differing(folder, contents(report))
            if changes and not self._task.check_mode:
                write(folder, changes)
        except OSError as error:
            raise AnsibleActionFail(f'The report could not be written: {error.strerror}: {error.filename or folder}') from None
        reasons = failing(report, args['fail_on'])
        verdict = f'{sentence(report)} Report: {folder / FILES["html"]}'
        return dict(result, changed=bool(changes), summary=summary(report), failed=bool(reasons),
                    files={name: str(folder / file) for name, file in FILES.items()},
                    msg='\n'.join([verdict, *(f'- {reason}' for reason in reasons)]))


def _slices(patterns: list[str], waive: list[str]) -> Iterator[HostRecord]:
    for pattern in patterns:
        paths = sorted(glob.glob(str(Path(pattern).expanduser()), recursive=True))
        if not paths:
            raise AnsibleActionFail(f'slices: there is no file {Path(pattern).expanduser().absolute()}.')
        for path in paths:
            try:
                yield from read_slice(Path(path).read_bytes(), waive)
            except OSError as error:
                raise AnsibleActionFail(f'slices: {path}: {error.strerror}.') from None
            except ValueError as error:
                raise AnsibleActionFail(f'slices: {path}: {error}') from None


def _time_of(slices: list[HostRecord], reads: bool) -> str:
    return today() if reads or not slices else max(record.time for record in slices)


def _record(host: str, time: str, hostvars: Any, waive: list[str]) -> HostRecord:
    """Take what is registered as it is: ``raw_get`` gives no expression in it to the template engine."""
    variables: Mapping[str, Any] = hostvars.raw_get(host) if host in hostvars else {}
    return host_record(host, time, variables.get(CERTIFICATES), variables.get(CONNECTIONS), waive)
