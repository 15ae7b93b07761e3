# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that writes is told what the host answered a moment ago, and sees under the lock whether that is still so."""
from __future__ import annotations

import base64
import json
import os
import pwd

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import folders, writing
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import find_owner
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.asking import asked, looked
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.conftest import OTHER_USER, digest, of_a_user, plain

OLD = {'client.crt': b'old certificate\n', 'client.key': b'old key\n', 'cacert.pem': b'ca\n'}
NEW = dict(OLD, **{'client.crt': b'new certificate\n', 'client.key': b'new key\n'})


def contents(*files):
    return base64.b64encode(json.dumps({digest(content): base64.b64encode(content).decode() for content in files}).encode()).decode()


def sets_of(answer):
    return plain(answer)['sets']


@pytest.fixture
def forks(monkeypatch):
    """A list that grows with each process that is started."""
    fork, seen = os.fork, []
    monkeypatch.setattr(os, 'fork', lambda: (seen.append(1), fork())[1])
    return seen


@of_a_user
def test_a_user_needs_one_process_where_nobody_came_in_between(host, forks):
    for files in (OLD, NEW):
        request = asked(host.request(files))
        del forks[:]
        assert deploy(request, contents(*files.values()), False)['done']
        assert (len(forks), host.contents()) == (1, files)


def test_a_set_that_another_run_wrote_is_replaced_and_kept(host):
    request = asked(host.request(NEW))
    host.send(OLD)
    answer = deploy(request, contents(*NEW.values()), False)
    [one] = sets_of(answer)
    assert (answer['done'], one['changed'], host.contents()) == (True, True, NEW)
    assert host.names() == ['.sslcert.1', '.sslcert.2', 'sslcert']
    # What the report says was replaced is what was there under the lock.
    assert one['seen']['files']['client.crt'][-1] == digest(OLD['client.crt']) and not one['look_was_given']


def test_what_another_run_did_already_is_no_change(host):
    request = asked(host.request(NEW))
    host.send(NEW)
    answer = deploy(request, contents(*NEW.values()), False)
    assert (answer['done'], answer['changed'], host.names()) == (True, False, ['.sslcert.1', 'sslcert'])


def test_where_other_contents_are_lacking_by_then_nothing_is_done_and_the_answer_says_what(host):
    host.send(OLD)
    (host.dest / 'client.crt').chmod(0o644)
    request = asked(host.request(OLD))
    (host.dest / 'client.crt').write_bytes(b'1')
    answer = deploy(request, None, False)
    [one] = sets_of(answer)
    assert (answer['done'], one['needs'], one['problems']) == (False, [digest(OLD['client.crt'])], [])
    assert (host.dest / 'client.crt').read_bytes() == b'1' and host.names() == ['.sslcert.1', 'sslcert']


def test_a_later_set_that_lacks_other_contents_is_refused_and_the_earlier_one_stays(host):
    one, other = (json.loads(host.request(OLD, dest=f'{host.dest}{number}'))[0] for number in (1, 2))
    deploy(asked(json.dumps([other])), contents(*OLD.values()), False)
    (host.folder / 'sslcert2/client.crt').chmod(0o644)
    request = asked(json.dumps([dict(one, files={'cacert.pem': digest(OLD['cacert.pem'])}), other]))
    (host.folder / 'sslcert2/client.crt').write_bytes(b'1')
    answer = deploy(request, contents(OLD['cacert.pem']), False)
    first, second = sets_of(answer)
    assert (first['changed'], first['problems'], (host.folder / 'sslcert1/cacert.pem').exists()) == (True, [], True)
    assert [problem['rule'] for problem in second['problems']] == ['host-busy']
    assert (answer['done'], answer['changed'], second['changed']) == (True, True, False)
    assert (host.folder / 'sslcert2/client.crt').read_bytes() == b'1'


def test_exports_that_went_in_between_are_written_again(host):
    loader = {'path': str(host.folder / 'loader.sh'), 'content': 'load\n', 'mode': 0o644, 'owner': host.owner}
    host.send(OLD, exports=[loader])
    request = asked(host.request(NEW, exports=[loader]))
    os.unlink(host.folder / 'loader.sh')
    assert deploy(request, contents(*NEW.values()), False)['done']
    assert (host.folder / 'loader.sh').read_text() == 'load\n'


def test_a_file_that_somebody_wrote_in_between_stays_and_is_told_of(host):
    export = {'path': str(host.folder / 'pg.env'), 'content': '# gaussdb.dws_ssl\n', 'mode': 0o600, 'owner': host.owner,
              'format': 'environment'}
    request = asked(host.request(OLD, exports=[export]))
    (host.folder / 'pg.env').write_text('mine\n')
    answer = deploy(request, contents(*OLD.values()), False)
    [one] = sets_of(answer)
    assert ([problem['rule'] for problem in one['problems']], answer['done']) == (['format-foreign'], False)
    assert (host.folder / 'pg.env').read_text() == 'mine\n' and host.names() == ['pg.env']


@pytest.mark.parametrize('changed', [{'home': '/elsewhere'}, {'gid': 54321}])
def test_a_user_that_became_another_one_gets_nothing(host, monkeypatch, changed):
    request = asked(host.request(OLD))
    monkeypatch.setattr(writing, 'find_owner', lambda *names: find_owner(*names)._replace(**changed))
    [one] = sets_of(deploy(request, contents(*OLD.values()), False))
    assert [problem['rule'] for problem in one['problems']] == ['host-busy'] and host.names() == []
    assert not one['changed']


def test_what_goes_with_a_removal_is_for_the_host_to_see(host):
    host.send(OLD)
    sets = [{'dest': str(host.dest), 'owner': host.owner, 'state': state} for state in ('absent', 'present')]
    assert ['look' in one for one in json.loads(asked(json.dumps(sets)))] == [False, True]


def test_what_is_only_for_a_report_does_not_go_back_to_the_host_and_is_in_the_report(host):
    public = b'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    export = {'path': str(host.folder / 'exports.sh'), 'content': 'export PGSSLMODE=require PGPASSWORD=word\n', 'mode': 0o600,
              'owner': host.owner}
    host.send(dict(OLD, **{'client.crt': public}), exports=[export])
    request = host.request(NEW, exports=[dict(export, content='export PGSSLMODE=require\n')])
    looks = looked(request)
    for seen in ('PGPASSWORD=...', base64.b64encode(public).decode()):
        assert seen in json.dumps(looks) and seen not in asked(request)
    [one] = host.send(NEW, exports=[export])['sets']
    assert (one['look_was_given'], base64.b64decode(one['public']['client.crt'])) == (host.owner != 'root', public)
    assert one['exports'][0]['lines'] == ['export PGSSLMODE=require PGPASSWORD=...']


@of_a_user
@pytest.mark.skipif(os.geteuid() != 0, reason='only root has something to lose in the folder of somebody else')
@pytest.mark.parametrize('moment', ['before the way is walked', 'when root makes the folder'])
def test_root_writes_nothing_where_somebody_else_made_the_folder_in_between(host, monkeypatch, moment):
    os.chmod(host.folder, 0o1777)
    os.chown(host.folder, 0, 0)
    dest = host.folder / 'made/sslcert'
    request = asked(host.request(OLD, dest=str(dest), owner='root'))
    theirs = pwd.getpwnam(OTHER_USER)

    def made(*_arguments):
        dest.parent.mkdir(mode=0o755)
        os.chown(dest.parent, theirs.pw_uid, theirs.pw_gid)

    if moment == 'when root makes the folder':
        make = folders.rename_to_free_name
        monkeypatch.setattr(folders, 'rename_to_free_name', lambda *names: (made(), make(*names)))
    else:
        made()
    [one] = sets_of(deploy(request, contents(*OLD.values()), False))
    assert [problem['rule'] for problem in one['problems']] == ['folder-unsafe'] and list(dest.parent.iterdir()) == []


def test_sets_that_leave_go_beside_sets_that_change(host):
    stays, leaves = ({'dest': f'{host.dest}{number}', 'owner': host.owner} for number in (1, 2))
    for one in (stays, leaves):
        host.send(OLD, dest=one['dest'])
    files = {name: digest(content) for name, content in NEW.items()}
    request = asked(json.dumps([dict(leaves, state='absent'), dict(stays, files=files)]))
    answer = deploy(request, contents(*NEW.values()), False)
    assert [(one['changed'], one['look_was_given'], one['problems']) for one in sets_of(answer)] == [
        (True, False, []), (True, host.owner != 'root', [])]     # in a folder of its own root looks again when it has the lock
    assert (host.folder / 'sslcert1/client.key').read_bytes() == NEW['client.key'] and not (host.folder / 'sslcert2').exists()
