# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's one task where steps fail one after the other, as real ones do not on demand. tests/clients plays it with real ones."""
from __future__ import annotations

from typing import NamedTuple
from unittest import mock

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import action_loader, connection_loader, filter_loader
from ansible.template import Templar
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.role import VARIABLES

# The plugin loads what its workers need, which only Ansible finds.
with mock.patch.object(filter_loader, 'get'), mock.patch.object(action_loader, 'get'):
    from ansible_collections.gaussdb.dws_ssl.plugins.action.client_role import CERTIFICATES, CONNECTION, PACKAGE, ActionModule

NEW = {'owner': 'u', 'dest': '/home/u/sslcert', 'changed': True, 'generation': 'new', 'previous': 'old', 'replaced': 'old',
       'findings': [], 'environment': {'PGSSLMODE': 'verify-ca'}, 'files': {}}
DEPLOYED = {'changed': True, 'sets': [NEW]}
KEPT = {'changed': False, 'sets': [dict(NEW, changed=False, replaced=None)]}
WORKS, REFUSED = ({'set_works': works, 'findings': []} for works in (True, False))


class Step(NamedTuple):
    """A step that was run: whose action, with which arguments, in check mode or not."""
    name: str
    args: dict
    check_mode: bool


class Steps:
    """In place of Ansible's loader of actions: hands out steps with the answers of the test, the next one of each name."""

    def __init__(self, answers: dict[str, list]) -> None:
        self._answers, self.taken = answers, []

    def get(self, name, task, **_context):
        def run(task_vars):
            self.taken.append(Step(name, task.args, task.check_mode))
            answer = self._answers[name].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return mock.Mock(run=run)


def play(answers, check_mode=False, **variables):
    """Run the task. Return its result, the steps that were taken, and the task."""
    given = {'users': ['u'], 'bundle': 'b.zip', 'directory': '{home}/sslcert', 'state': 'present', 'verify': 'after', 'formats': ['sh'],
             'endpoint': 'h:1', **variables}
    task, context, loader = Task(), PlayContext(), DataLoader()
    task.action, task.args, task.check_mode, task.notify = 'gaussdb.dws_ssl.client_role', {}, check_mode, ['restart']
    steps = Steps(answers)
    role = ActionModule(task=task, connection=connection_loader.get('local', context), play_context=context, loader=loader,
                        templar=Templar(loader=loader, variables={}), shared_loader_obj=None)
    task_vars = {'omit': '__left_out__', **{f'dws_client_{name}': given.get(name) for name in VARIABLES}}
    with mock.patch.object(action_loader, 'get', steps.get):
        return role.run(task_vars=task_vars), steps.taken, task


def failed(msg):
    return {'failed': True, 'msg': msg}


def test_a_candidate_that_does_not_work_and_does_not_go_away_is_told_of_both():
    result, taken, _task = play({CERTIFICATES: [DEPLOYED, DEPLOYED, failed('It stays.')], CONNECTION: [REFUSED]}, verify='first')
    assert result['msg'].splitlines()[0].endswith('left as they are.')
    assert 'could not be seen' in result['msg'] and 'It stays.' in result['msg']
    assert (result['failed'], result['changed'], [step.check_mode for step in taken]) == (True, False, [True, False, False, False])
    assert taken[-1].args['state'] == 'absent' and taken[-1].args['sets'][0]['dest'].endswith('.candidate')


def test_a_candidate_that_cannot_be_made_is_removed_and_told():
    result, taken, _task = play({CERTIFICATES: [DEPLOYED, AnsibleActionFail('No room.'), KEPT]}, verify='first')
    assert 'No room.' in result['msg'] and [step.name for step in taken] == [CERTIFICATES] * 3


def test_a_set_that_is_refused_and_cannot_be_taken_back_is_told_of_both():
    result, _taken, _task = play({CERTIFICATES: [DEPLOYED, failed('No way back.')], CONNECTION: [REFUSED]})
    assert 'could not be seen' in result['msg'] and 'No way back.' in result['msg'] and 'again' not in result['msg']
    assert result['changed'] and result['sets'] == [{name: value for name, value in NEW.items() if name not in ('environment', 'files')}]


@pytest.mark.parametrize('fault', [failed('No package.'), AnsibleActionFail('No package.')])
def test_a_later_step_that_fails_does_not_hide_what_was_changed(fault):
    result, taken, task = play({CERTIFICATES: [DEPLOYED], PACKAGE: [fault]}, data_studio_dir='/out', formats='sh,data_studio')
    assert (result['failed'], result['msg'], result['changed'], result['sets'][0]['generation']) == (True, 'No package.', True, 'new')
    assert task.notify == ['restart'] and CONNECTION not in [step.name for step in taken]


@pytest.mark.parametrize('deployed, notified', [(DEPLOYED, ['restart']), (KEPT, None)])
def test_a_package_alone_notifies_nobody(deployed, notified):
    answers = {CERTIFICATES: [dict(deployed)], PACKAGE: [{'changed': True}], CONNECTION: [WORKS]}
    result, _taken, task = play(answers, data_studio_dir='/out', formats='sh,data_studio')
    assert (result['changed'], task.notify, result['packages'], result['connections']) == (True, notified, [{'changed': True}], [WORKS])


def test_a_passphrase_goes_to_the_steps_that_need_it_and_stays_out_of_the_task():
    answers = {CERTIFICATES: [DEPLOYED, DEPLOYED, KEPT, DEPLOYED], PACKAGE: [{'changed': True}], CONNECTION: [WORKS, WORKS]}
    result, taken, task = play(answers, verify='first', key_passphrase='secret', data_studio_dir='/out', formats='sh,data_studio')
    assert 'failed' not in result and 'secret' not in repr(result) and task.args == {}
    assert ['secret' in repr(step.args) for step in taken] == [True, True, False, False, True, True, False]


@pytest.mark.parametrize('left', [True, False])
def test_a_removal_takes_what_a_run_that_was_cut_short_left_beside_the_set(left):
    result, taken, _task = play({CERTIFICATES: [dict(KEPT), dict(KEPT, changed=left)]}, state='absent')
    assert (result['changed'], len(result['sets'])) == (left, 1)
    assert [one['dest'] for one in taken[1].args['sets']] == ['{home}/sslcert.candidate']


def test_nobody_is_asked_for_a_user_who_was_passed_over():
    there, missing = dict(NEW, skipped=False), dict(NEW, owner='v', dest='/home/v/sslcert', changed=False, replaced=None, skipped=True)
    deployed = {'changed': True, 'sets': [there, missing]}
    answers = {CERTIFICATES: [deployed, deployed, KEPT, deployed], CONNECTION: [WORKS, WORKS]}
    result, taken, _task = play(answers, verify='first', users=['u', 'v'], missing_user='skip')
    assert 'failed' not in result and [step.args['owner'] for step in taken if step.name == CONNECTION] == ['u', 'u']
    assert [one.get('skipped') for one in result['connections']] == [None, True]


def test_a_variable_that_is_left_out_is_as_one_that_is_not_given():
    result, taken, _task = play({CERTIFICATES: [KEPT]}, endpoint='__left_out__')
    assert 'failed' not in result and len(taken) == 1
