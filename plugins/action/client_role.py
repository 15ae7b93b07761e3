# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that role dws_client does on a host, in one task. Each step is an action of its own, which a playbook may run as well."""
from __future__ import annotations

from copy import copy
from typing import Any, Mapping, Sequence

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import action_loader, filter_loader

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.role import (
    VARIABLES,
    asks_server,
    makes_packages,
    package,
    question,
    summary,
    taken_back,
    tries_first,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import client_sets
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.verification import (
    NOT_ASKED,
    candidate_sets,
    connection_failures,
    sets_to_take_back,
)
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_role import ARGUMENT_SPEC

CERTIFICATES = 'gaussdb.dws_ssl.client_certificates'
CONNECTION = 'gaussdb.dws_ssl.connection_info'
PACKAGE = 'gaussdb.dws_ssl.data_studio_package'

UNTOUCHED = 'The new sets were not deployed. The current sets were left as they are.'
REFUSED = 'Not every set works.'

# Ansible loads this file once, before it starts a process for each host. What the role's task needs beside it is loaded here, so that it
# is not loaded again in each of those processes.
filter_loader.get('gaussdb.dws_ssl.handlers')
for _name in (CERTIFICATES, CONNECTION):
    action_loader.get(_name, class_only=True)


class _Failed(Exception):
    """A step failed; carries its result."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__()
        self.result = result

    @property
    def lines(self) -> list[str]:
        """What the step said."""
        return [str(self.result.get('msg') or 'No reason was given.')]


class ActionModule(ActionBase):
    """One task on one host."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        self.validate_argument_spec(ARGUMENT_SPEC)
        self._task_vars = task_vars or {}
        self._settings = self._variables()
        self._done: dict[str, Any] = {'changed': False}
        try:
            self._sets = client_sets(self._settings['users'], self._settings)
        except ValueError as error:
            raise AnsibleActionFail(f'dws_client_users: {error}') from None
        try:
            if tries_first(self._settings, self._task.check_mode):
                self._try()
            self._deploy()
        except _Failed as failed:
            sets = {'sets': summary(self._done['sets'])} if 'sets' in self._done else {}
            return dict(result, **{**failed.result, **sets, 'changed': bool(self._done['changed'] or failed.result.get('changed'))})
        return dict(result, **self._done)

    def _variables(self) -> dict[str, Any]:
        """Return the role's variables without their prefix. One expression for each would be compiled for each host."""
        missing = [name for name in VARIABLES if f'dws_client_{name}' not in self._task_vars]
        if missing:
            raise AnsibleActionFail(f'gaussdb.dws_ssl.client_role is a part of role dws_client: there is no dws_client_{missing[0]} here.')
        values = self._templar.template({name: self._task_vars[f'dws_client_{name}'] for name in VARIABLES})
        left_out = self._task_vars.get('omit')     # what default(omit) leaves; newer ansible-core drops the key
        return {name: None if values.get(name) == left_out else values.get(name) for name in VARIABLES}

    def _try(self) -> None:
        """Where a set would change, put the new one beside the current one, ask the server with it, and remove it. Raise _Failed."""
        planned = self._certificates(self._sets, check_mode=True)
        if not any(one['changed'] for one in planned['sets']):
            return
        candidates = candidate_sets(self._sets)
        lines = []
        try:
            tried = self._certificates(candidates)
            lines += connection_failures(tried['sets'], self._ask(tried['sets']))
        except _Failed as failed:
            lines += failed.lines
        try:
            self._step(CERTIFICATES, {'sets': candidates, 'state': ABSENT})
        except _Failed as failed:
            lines += failed.lines
        if lines:
            raise _Failed({'failed': True, 'msg': _listed(UNTOUCHED, lines)})

    def _deploy(self) -> None:
        self._done = self._certificates(self._sets, state=self._settings['state'])
        if self._settings['state'] == ABSENT:     # a run that was cut short while it tried may have left them
            self._done['changed'] |= self._step(CERTIFICATES, {'sets': candidate_sets(self._sets), 'state': ABSENT})['changed']
        if makes_packages(self._settings):
            self._make_packages()
        if asks_server(self._settings, self._task_vars.get('ansible_skip_tags', ())):
            self._done['connections'] = self._ask(self._done['sets'])
            self._take_back()

    def _make_packages(self) -> None:
        if not self._done['changed']:     # a handler is for what changes on the host; Ansible looks at the task after its action
            self._task.notify = None
        packages = self._done['packages'] = []
        for one in self._sets:
            packages.append(self._step(PACKAGE, self._with_passphrase(package(one, self._settings))))
            self._done['changed'] |= packages[-1]['changed']

    def _take_back(self) -> None:
        """Take back what the server refuses. Raise _Failed where a set does not work."""
        results, connections = self._done['sets'], self._done['connections']
        lines = connection_failures(results, connections, self._task.check_mode)
        back = [] if self._task.check_mode or not lines else sets_to_take_back(self._sets, results, connections)
        if back:
            try:
                lines += taken_back(back, self._step(CERTIFICATES, {'sets': back})['sets'])
            except _Failed as failed:
                lines += failed.lines
        if lines:
            raise _Failed({'failed': True, 'msg': _listed(REFUSED, lines)})

    def _certificates(self, sets: Sequence[Mapping[str, Any]], check_mode: bool | None = None, **options: Any) -> dict[str, Any]:
        return self._step(CERTIFICATES, self._with_passphrase(dict(options, sets=sets)), check_mode)

    def _ask(self, results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [dict(NOT_ASKED) if result.get('skipped') else self._step(CONNECTION, question(one, result, self._settings))
                for one, result in zip(self._sets, results)]

    def _with_passphrase(self, arguments: dict[str, Any]) -> dict[str, Any]:
        passphrase = self._settings['key_passphrase']
        return dict(arguments, key_passphrase=str(passphrase)) if passphrase else arguments

    def _step(self, name: str, arguments: dict[str, Any], check_mode: bool | None = None) -> dict[str, Any]:
        """Run an action as a task of its own would, and return its result. Raise _Failed where it failed."""
        task = copy(self._task)     # its own copy() would copy the blocks, the role and the play around it, too
        task.args = arguments
        if check_mode is not None:
            task.check_mode = check_mode
        action = action_loader.get(
            name, task=task, connection=self._connection, play_context=self._play_context, loader=self._loader, templar=self._templar,
            shared_loader_obj=self._shared_loader_obj)
        try:
            result: dict[str, Any] = action.run(task_vars=self._task_vars)
        except AnsibleActionFail as error:
            raise _Failed({'failed': True, 'msg': str(error)}) from None
        if result.get('failed'):
            raise _Failed(result)
        return result


def _listed(what: str, lines: Sequence[str]) -> str:
    return '\n'.join([what, *(f'- {line}' for line in lines)])
