# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action of client_certificates with the host's own code in this process, on real folders."""
from __future__ import annotations

import json
import os
import pwd
import tempfile
from pathlib import Path
from typing import Any, Callable, NamedTuple
from unittest import mock

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.gaussdb.dws_ssl.plugins.action.client_certificates import LOOKS, ActionModule
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.looking import look_at
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import example

ME = pwd.getpwuid(os.geteuid()).pw_name


class Stage(ActionModule):
    """The action. ``between`` are called one after the other, each before a run of the module that writes."""

    ran: list[str]
    between: list[Callable[[], object]]
    answer: dict[str, Any] | None

    def _execute_module(self, module_name, module_args, task_vars):
        self.ran.append(module_name)
        if module_name == LOOKS:
            return self.answer or json.loads(json.dumps(look_at(module_args['request'])))
        if self.between:
            self.between.pop(0)()
        return json.loads(json.dumps(deploy(module_args['request'], module_args.get('contents'), self._task.check_mode)))


class Played(NamedTuple):
    """What a task gave: its result, the modules that ran on the host, and what a person was warned of."""
    result: dict[str, Any]
    ran: list[str]
    warned: list[str]


class Play:
    """Plays tasks. ``folder`` is the tester's alone and has two bundles in it; ``dest`` is where a set lies that does not say where."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_stage_'))
        self.dest = self.folder / 'sslcert'
        for number, name in enumerate(('one', 'two')):
            (self.folder / f'{name}.zip').write_bytes(example(ME, number))

    def __call__(self, *between: Callable[[], object], answer: dict[str, Any] | None = None, check_mode: bool = False,
                 **options: object) -> Played:
        """Play a task. ``answer`` is what the module that looks answers, in place of its own answer."""
        task, context, loader = Task(), PlayContext(), DataLoader()
        task.action, task.check_mode, task.diff = 'gaussdb.dws_ssl.client_certificates', check_mode, True
        task.args = {'src': str(self.folder / 'one.zip'), 'dest': str(self.dest), 'owner': ME, **options}
        stage = Stage(task=task, connection=connection_loader.get('local', context), play_context=context, loader=loader,
                      templar=Templar(loader=loader, variables={}), shared_loader_obj=None)
        stage.ran, stage.between, stage.answer = [], list(between), answer
        with mock.patch.object(stage, '_display') as display:
            result = stage.run(task_vars={})
        return Played(result, stage.ran, [call.args[0] for call in display.warning.call_args_list])
