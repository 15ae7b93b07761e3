# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of formats beside a set, on a real file system: whose they are, and what the home does to them."""
from __future__ import annotations

import json

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import inspect
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import desired_sets, resolve_home
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Unfit, held
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.home import quoted_for_home
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import NONE, generation
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.conftest import digest

SET = {'client.crt': b'certificate\n', 'client.key': b'key\n', 'cacert.pem': b'ca\n'}
CURRENT = generation({name: digest(content) for name, content in SET.items()})
OURS = '# Written by gaussdb.dws_ssl\n[dws]\nsslmode=verify-ca\n'


def export(host, content: str = OURS) -> dict:
    return {'path': f'{host.dest}.pg_service.conf', 'content': content, 'mode': 0o600, 'owner': host.owner, 'format': 'service'}


def file_of(host):
    return host.folder / 'sslcert.pg_service.conf'


def rules(answer) -> list[str]:
    return [problem['rule'] for one in answer['sets'] for problem in one['problems']]


def test_a_file_is_written_once_kept_in_step_and_removed(host):
    assert host.send(SET, exports=[export(host)])['done'] and file_of(host).read_text() == OURS
    assert host.ask(SET, exports=[export(host)])['changed'] is False
    changed = OURS.replace('verify-ca', 'require')
    assert host.ask(SET, check_mode=True, exports=[export(host, changed)])['changed'] is True
    assert file_of(host).read_text() == OURS
    host.send(SET, exports=[export(host, changed)])
    assert file_of(host).read_text() == changed
    host.send({}, exports=[export(host)], state='absent')
    assert host.names() == []


@pytest.mark.parametrize('content', ['[mine]\nhost=a\n', '', '[mine]\n# Written by gaussdb.dws_ssl\n'], ids=['entries', 'empty', 'mark'])
def test_a_file_of_a_person_is_neither_replaced_nor_removed(host, content):
    file_of(host).write_text(content)
    refused = host.send(SET, exports=[export(host)])
    assert (refused['done'], rules(refused), host.names()) == (False, ['format-foreign'], ['sslcert.pg_service.conf'])
    removed = host.send({}, exports=[export(host)], state='absent')
    assert file_of(host).read_text() == content and rules(removed) == []
    assert 'not written by this collection' in removed['sets'][0]['warnings'][0]


@pytest.mark.parametrize('back_to, content', [(None, OURS), ('another', OURS), ('', OURS), (CURRENT, OURS.replace('verify-ca', 'require'))])
def test_a_file_follows_another_set_of_the_user_that_goes_back_where_its_own_set_is_as_it_was_shown(host, back_to, content):
    host.send(SET, exports=[export(host)])
    answer = host.send({}, exports=[export(host, OURS.replace('verify-ca', 'require'))], state='previous', replaces=NONE, back_to=back_to)
    assert (answer['done'], answer['changed'], file_of(host).read_text()) == (True, content != OURS, content)
    assert host.contents() == SET


def test_a_file_does_not_follow_into_a_place_where_nothing_is_deployed(host):
    answer = host.send({}, exports=[export(host)], state='previous', replaces=NONE, back_to='')
    assert (answer['changed'], host.names()) == (False, [])


def test_a_link_in_the_place_of_a_file_is_left(host):
    file_of(host).symlink_to('/etc/passwd')
    assert rules(host.send(SET, exports=[export(host)])) == ['format-foreign']
    assert file_of(host).is_symlink()


def test_the_diff_shows_lines_about_files_and_no_password(host):
    file_of(host).write_text(OURS + 'sslkey=/k\npassword=secret\nsslpassword=secret\n')
    answer = host.ask(SET, exports=[export(host)])
    assert answer['sets'][0]['exports'][0]['lines'] == ['sslmode=verify-ca', 'sslkey=/k']


def test_what_waits_for_the_home_is_quoted_when_it_is_known():
    value = held(FORMATS['environment'], '{home}/x')
    [one] = desired_sets([{'dest': '{home}/x', 'owner': 'u', 'exports': [
        {'path': '{home}/x.env', 'content': f'A={value}\n', 'mode': 0o600, 'owner': 'u', 'format': 'environment'}]}])
    assert resolve_home(one, '/home/u', quoted_for_home).exports[0].content == 'A=/home/u/x\n'
    assert resolve_home(one, '/home/J örg', quoted_for_home).exports[0].content == "A='/home/J örg/x'\n"
    with pytest.raises(Unfit, match='environment'):
        resolve_home(one, "/home/o'neill", quoted_for_home)


def test_a_home_that_a_format_cannot_carry_is_refused_before_anything_is_written(host, monkeypatch):
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import exports, looking
    seen = exports.find_owner(host.owner)
    monkeypatch.setattr(looking, 'find_owner', lambda *_names: seen._replace(home=str(host.folder) + "/o'neill"))
    (host.folder / "o'neill").mkdir()
    content = f'# gaussdb.dws_ssl\nA={held(FORMATS["environment"], "{home}/x")}\n'
    answer = host.send(SET, exports=[dict(export(host, content), format='environment')])
    assert (answer['done'], rules(answer)) == (False, ['format-value'])
    assert 'Choose another directory' in answer['sets'][0]['problems'][0]['detail']


def test_a_home_that_is_another_one_by_then_is_refused(host):
    answer = deploy(host.request(SET, home='/elsewhere'), None, False)
    assert (answer['done'], rules(answer)) == (False, ['host-busy'])


def test_inspection_reads_the_file_back(host):
    host.send(SET, exports=[export(host)])
    [one] = json.loads(json.dumps(inspect(host.request(SET, exports=[export(host)]))))['sets']
    assert one['exports'][0]['file'][0] == 'file' and one['exports'][0]['desired'] == OURS
