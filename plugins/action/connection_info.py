# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of gaussdb.dws_ssl.connection_info: the host asks the endpoint, the controller judges."""
from __future__ import annotations

import json
import time
from typing import Any, Mapping

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import HOME_TOKEN, USER_TOKEN
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import parse_endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import is_plain_absolute
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask import PATHS
from ansible_collections.gaussdb.dws_ssl.plugins.modules.connection_info import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import warn_of_unknown_names

MODULE = 'gaussdb.dws_ssl.connection_info'
SHORTEST, LONGEST = 0.1, 600.0     # seconds


class ActionModule(ActionBase):
    """One task on one host."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        problems = _problems(args)
        if problems:
            raise AnsibleActionFail('\n'.join(problems))
        warn_of_unknown_names(self._display, args['waive'])
        host, port = parse_endpoint(args['endpoint'])
        request = dict({name: args[name] for name in (*PATHS, 'owner', 'user', 'database', 'timeout')}, host=host, port=port)
        answer = self._execute_module(module_name=MODULE, module_args={'endpoint': args['endpoint'], 'request': json.dumps(request)},
                                      task_vars=task_vars)
        answer.pop('invocation', None)
        if 'problems' not in answer:
            return dict(result, **answer)
        from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.connection_report import report
        return dict(result, changed=False, **report(answer, args, host, port, int(time.time())))


def _problems(args: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the options, one sentence each."""
    problems = []
    try:
        parse_endpoint(args['endpoint'])
    except ValueError as error:
        problems.append(f'{error}.')
    if not SHORTEST <= args['timeout'] <= LONGEST:
        problems.append(f'timeout must be from {SHORTEST} to {LONGEST:g} seconds, not {args["timeout"]:g}.')
    for name in ('user', 'database'):
        if args[name] is not None and ('\0' in args[name] or not 0 < len(args[name]) < 256):
            problems.append(f'{name} must be a name of 1 to 255 characters.')
    for name in PATHS:
        path = (args[name] or '').replace(HOME_TOKEN, '/home').replace(USER_TOKEN, 'user')
        if path and not is_plain_absolute(path):
            problems.append(f'{name} must be an absolute path without "..", not "{args[name]}".')
    return problems
