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
    taken_back,
    tries_first,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import client_sets
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.verification import (
    candidate_sets,
    connection_failures,
    sets_to_take_back,
)
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_role import ARGUMENT_SPEC

CERTIFICATES = 'gaussdb.dws_ssl.client_certificates'
CONNECTION = 'gaussdb.dws_ssl.connection_info'
PACKAGE = 'gaussdb.dws_ssl.data_studio_package'

UNTOUCHED = 'A new set does not work. The current sets were left as they are.'
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


class ActionModule(ActionBase):
    """One task on one host."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        self.validate_argument_spec(ARGUMENT_SPEC)
        self._task_vars = task_vars or {}
        self._settings = self._variables()
        try:
            self._sets = client_sets(self._settings['users'], self._settings)
        except ValueError as error:
            raise AnsibleActionFail(f'dws_client_users: {error}') from None
        try:
            if tries_first(self._settings, self._task.check_mode):
                self._try()
            return dict(result, **self._deploy())
        except _Failed as failed:
            return dict(result, **failed.result)

    def _variables(self) -> dict[str, Any]:
        """Return the role's variables without their prefix. One expression for each would be compiled for each host."""
        missing = [name for name in VARIABLES if f'dws_client_{name}' not in self._task_vars]
        if missing:
            raise AnsibleActionFail(f'gaussdb.dws_ssl.client_role is a part of role dws_client: there is no dws_client_{missing[0]} here.')
        values: dict[str, Any] = self._templar.template({name: self._task_vars[f'dws_client_{name}'] for name in VARIABLES})
        return values

    def _try(self) -> None:
        """Where a set would change, put the new one beside the current one, ask the server with it, and remove it. Raise _Failed."""
        planned = self._certificates(self._sets, check_mode=True)
        if not any(one['changed'] for one in planned['sets']):
            return
        candidates = candidate_sets(self._sets)
        try:
            tried = self._certificates(candidates)
            connections = self._ask(tried['sets'])
        finally:
            self._step(CERTIFICATES, {'sets': candidates, 'state': ABSENT})
        failures = connection_failures(tried['sets'], connections)
        if failures:
            raise _Failed({'failed': True, 'changed': False, 'msg': _listed(UNTOUCHED, failures)})

    def _deploy(self) -> dict[str, Any]:
        deployed = self._certificates(self._sets, state=self._settings['state'])
        result = dict(deployed)
        if makes_packages(self._settings):
            result['packages'] = [self._step(PACKAGE, self._with_passphrase(package(one, self._settings))) for one in self._sets]
            result['changed'] = any(one['changed'] for one in (deployed, *result['packages']))
        if asks_server(self._settings, self._task_vars.get('ansible_skip_tags', ())):
            result['connections'] = self._ask(deployed['sets'])
            self._take_back(result)
        return result

    def _take_back(self, result: Mapping[str, Any]) -> None:
        """Take back what the server refuses. Raise _Failed where a set does not work."""
        failures = connection_failures(result['sets'], result['connections'], self._task.check_mode)
        if not failures:
            return
        back = [] if self._task.check_mode else sets_to_take_back(self._sets, result['sets'], result['connections'])
        if back:
            self._step(CERTIFICATES, {'sets': back})
        raise _Failed({'failed': True, 'changed': result['changed'], 'msg': _listed(REFUSED, [*failures, *taken_back(back)])})

    def _certificates(self, sets: Sequence[Mapping[str, Any]], check_mode: bool | None = None, **options: Any) -> dict[str, Any]:
        return self._step(CERTIFICATES, self._with_passphrase(dict(options, sets=sets)), check_mode)

    def _ask(self, results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self._step(CONNECTION, question(one, result, self._settings)) for one, result in zip(self._sets, results)]

    def _with_passphrase(self, arguments: dict[str, Any]) -> dict[str, Any]:
        passphrase = self._settings['key_passphrase']
        return dict(arguments, key_passphrase=str(passphrase)) if passphrase else arguments

    def _step(self, name: str, arguments: dict[str, Any], check_mode: bool | None = None) -> dict[str, Any]:
        """Run an action as a task of its own would, and return its result. Raise _Failed where it failed."""
        task = copy(self._task)     # its own copy() would copy the blocks, the role and the play around it, too
        task.args = arguments
        if check_mode is not None:
            task.check_mode = check_mode
        action = self._shared_loader_obj.action_loader.get(
            name, task=task, connection=self._connection, play_context=self._play_context, loader=self._loader, templar=self._templar,
            shared_loader_obj=self._shared_loader_obj)
        result: dict[str, Any] = action.run(task_vars=self._task_vars)
        if result.get('failed'):
            raise _Failed(result)
        return result


def _listed(what: str, lines: Sequence[str]) -> str:
    return '\n'.join([what, *(f'- {line}' for line in lines)])
