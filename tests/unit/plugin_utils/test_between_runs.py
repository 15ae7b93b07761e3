# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task between its look at a host and what it does there, with the host's own code in this process: somebody else comes in between."""
from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.action import client_certificates
from ansible_collections.gaussdb.dws_ssl.plugins.action.client_certificates import DEPLOYS, LOOKS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import looking, writing
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import find_owner
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.stage import ME, Stage


def test_a_host_that_complies_is_looked_at_and_no_more(play):
    assert [play().ran, play().ran] == [[LOOKS, DEPLOYS], [LOOKS]]


def test_what_a_host_lacks_by_then_is_sent_after_all(play):
    play()
    (play.dest / 'client.crt').chmod(0o644)     # a mode alone needs no content
    found, ran, _warned = play(lambda: os.unlink(play.dest))
    assert (found['changed'], found.get('failed'), ran) == (True, None, [LOOKS, DEPLOYS, DEPLOYS])
    assert {stat.S_IMODE(path.stat().st_mode) for path in play.dest.iterdir() if path.name != '.manifest.json'} == {0o600}
    assert play().result['changed'] is False


def test_a_host_that_never_stays_as_it_was_seen_fails_and_is_left_as_it_is(play):
    play()
    (play.dest / 'client.crt').chmod(0o644)
    found, ran, _warned = play(lambda: (play.dest / 'client.crt').write_bytes(b'1'), lambda: (play.dest / 'cacert.pem').write_bytes(b'2'))
    assert found['failed'] and 'run the task again' in found['msg'] and ran == [LOOKS, DEPLOYS, DEPLOYS]
    assert (play.dest / 'client.crt').read_bytes() == b'1'


@pytest.mark.parametrize('sets', [
    [None], [[1]], [['/d', '/h', [0, 0], [], '', {}, {}, [], []]], [['/d', '/h', [0, 0], 'x' * 11, '', {}, {}, [], []]]])
def test_what_no_module_of_ours_answers_ends_the_task_with_a_sentence(play, sets):
    found, ran, _warned = play(answer={'sets': sets})
    assert found['failed'] and 'cannot be used' in found['msg'] and ran == [LOOKS]


def test_a_bundle_is_judged_and_read_once_for_all_who_get_it(play, monkeypatch):
    judge, read, calls = client_certificates.verdict, client_certificates.unchanged, []
    monkeypatch.setattr(client_certificates, 'verdict', lambda *given: (calls.append('verdict'), judge(*given))[1])
    monkeypatch.setattr(client_certificates, 'unchanged', lambda *given: (calls.append('read'), read(*given))[1])
    sets = [{'dest': f'{play.dest}{number}', 'owner': ME, 'key_revision': revision} for number, revision in enumerate(('', '', '1'))]
    found, _ran, _warned = play(dest=None, owner=None, sets=sets)
    assert found['changed'] and calls == ['verdict', 'verdict', 'read', 'read']
    assert len({one['generation'] for one in found['sets']}) == 1     # nothing is made for these hosts, so no revision matters


def test_what_waits_for_the_home_is_quoted_also_where_another_set_leaves(play, monkeypatch):
    home = play.dest.parent
    for module in (looking, writing):
        monkeypatch.setattr(module, 'find_owner', lambda name, group=None: find_owner(name, group)._replace(home=str(home)))
    one = {'dest': '{home}/one', 'owner': ME, 'exports': [{'path': '{home}/one.env', 'format': 'environment'}]}
    other = {'dest': '{home}/two', 'owner': ME, 'cluster': 'two'}
    play(dest=None, owner=None, sets=[one, other])
    written = (home / 'one.env').read_text()
    assert f'PGSSLCERT={home}/one/client.crt' in written.replace('"', '')
    found, ran, _warned = play(dest=None, owner=None, sets=[one, dict(other, state='absent')])
    assert ([entry['changed'] for entry in found['sets']], ran) == ([False, True], [LOOKS, DEPLOYS])
    assert (home / 'one.env').read_text() == written and not (home / 'two').exists()


def test_a_strange_home_in_the_answer_of_the_module_that_writes_ends_the_task_with_a_sentence(play, monkeypatch):
    seen = {'home': 1, 'problems': [], 'needs': [], 'action': 'swap', 'seen': {'files': {}}, 'look_was_given': False}
    answers = [{'changed': True, 'done': False, 'sets': [seen]}]
    export = {'path': f'{play.dest}.env', 'format': 'environment'}
    real = Stage._execute_module
    monkeypatch.setattr(Stage, '_execute_module', lambda self, module_name, **given: (
        self.ran.append(module_name), answers.pop())[1] if module_name == DEPLOYS else real(self, module_name, **given))
    found, ran, _warned = play(exports=[export])
    assert found['failed'] and "cannot be used: AttributeError. Nothing" in found['msg'] and ran == [LOOKS, DEPLOYS]


def test_an_answer_of_another_kind_after_the_writing_does_not_say_that_nothing_was_changed(play, monkeypatch):
    real = Stage._execute_module
    monkeypatch.setattr(Stage, '_execute_module', lambda self, module_name, **given: (
        {'sets': [{}]} if module_name == DEPLOYS else real(self, module_name, **given)))
    found, _ran, _warned = play()
    assert found['failed'] and 'cannot be used: KeyError. It may have been changed' in found['msg']
