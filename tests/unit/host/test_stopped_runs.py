# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that the system, another run or another person stops: what it wrote is changed, and nothing else."""
from __future__ import annotations

import base64
import errno
import fcntl
import json
import os

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import lock, looking, writing
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import unfinished_export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.asking import asked
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.conftest import digest, of_a_user, plain
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.test_converge import failing

OLD = {'client.crt': b'old certificate\n', 'client.key': b'old key\n', 'cacert.pem': b'ca\n'}
NEW = dict(OLD, **{'cacert.pem': b'other\n'})


def run(request, files=None):
    """Return the answer to a request that a look came before."""
    sent = {digest(content): base64.b64encode(content).decode() for content in (files or OLD).values()}
    return plain(deploy(request, base64.b64encode(json.dumps(sent).encode()).decode(), False))


def export_of(host, name='1.sh', **more):
    return dict({'path': str(host.folder / name), 'content': 'x\n', 'mode': 0o600, 'owner': host.owner}, **more)


def sets_of(host, *exports):
    """Return one request for as many sets as there are lists of exports."""
    wanted = [json.loads(host.request(OLD, dest=f'{host.dest}{number}', exports=own))[0] for number, own in enumerate(exports)]
    return json.dumps(wanted)


@pytest.mark.parametrize('fails, seen', [
    (None, (True, ['write'])), ('link', (False, ['keep'])), ('the exports', (True, ['keep'])),
    ('the second exports', (True, ['write', 'keep']))])
def test_the_system(host, monkeypatch, fails, seen):
    exports = [export_of(host, f'{number}.sh') for number in (1, 2)]
    exports = exports if 'second' in str(fails) else exports[:1]
    request = asked(host.request(OLD, exports=exports))
    if fails == 'link':
        monkeypatch.setattr(os, 'symlink', failing(os.symlink, errno.ENOSPC))
    elif fails:
        unfinished = unfinished_export(f'{len(exports)}.sh')
        monkeypatch.setattr(os, 'open', failing(os.open, errno.ENOSPC, lambda name, *_: name == unfinished))
    answer = run(request)
    [one] = answer['sets']
    assert (host.dest.exists(), [entry['action'] for entry in one['exports']]) == seen
    assert one['changed'] == answer['changed'] == host.dest.exists() and bool(one['problems']) == bool(fails)


@of_a_user
def test_the_system_for_good(host, monkeypatch):
    """Nothing can be seen any more: it is said what was planned for the set that was begun."""
    request, fork, calls = asked(host.request(OLD, exports=[export_of(host)])), os.fork, []
    monkeypatch.setattr(os, 'fork', lambda: (calls.append(1), failing(fork, errno.EAGAIN, lambda: len(calls) > 1)())[1])
    [one] = run(request)['sets']
    assert (host.dest.exists(), one['changed'], one['action'], one['exports'][0]['action']) == (True, True, 'swap', 'keep')
    assert one['problems'] and len(calls) == 3


@of_a_user
def test_a_process_that_breaks_down_when_it_has_written(host, monkeypatch):
    request, converge = asked(host.request(OLD)), writing.converge
    monkeypatch.setattr(writing, 'converge', lambda *given: [][converge(*given)[0]])
    answer = run(request)
    assert (host.dest.exists(), answer['changed'], [one['rule'] for one in answer['sets'][0]['problems']]) == (True, True, ['host-error'])


def test_a_leftover_that_was_cleared_away_is_no_new_set(host, monkeypatch):
    host.send(OLD)
    (host.folder / '.sslcert.new').mkdir(mode=0o700)
    os.chown(host.folder / '.sslcert.new', os.stat(host.dest).st_uid, -1)
    request = asked(host.request(NEW))
    monkeypatch.setattr(os, 'symlink', failing(os.symlink, errno.ENOSPC))
    answer = run(request, NEW)
    assert (answer['changed'], host.names()) == (False, ['.sslcert.1', 'sslcert']) and answer['sets'][0]['problems']


def test_another_run_that_keeps_the_lock(host, monkeypatch):
    request = asked(host.request(OLD))
    host.send(OLD)     # what it does is not this run's
    monkeypatch.setattr(lock, 'LOCK_DEADLINE', 0.0)
    folder = os.open(host.folder, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    answer = run(request)
    os.close(folder)
    assert (answer['changed'], [one['rule'] for one in answer['sets'][0]['problems']]) == (False, ['host-busy'])


def test_another_run_after_which_this_one_is_refused(host, monkeypatch):
    request = asked(host.request(OLD))
    host.send(OLD)

    def refuse(*_arguments):
        raise Refused('folder-unsafe', '', 'Somebody else can write there.')
    monkeypatch.setattr(writing, '_look_again', refuse)
    answer = run(request)
    assert (answer['changed'], [one['rule'] for one in answer['sets'][0]['problems']]) == (False, ['folder-unsafe'])


def test_a_user_who_is_gone_by_then(host, monkeypatch):
    host.send(OLD)
    request = asked(host.request(NEW))

    def gone(name, group=None):
        raise Refused('user-missing', name, 'The user does not exist on this host.')
    for module in (writing, looking):
        monkeypatch.setattr(module, 'find_owner', gone)
    answer = run(request, NEW)
    assert (answer['changed'], [one['rule'] for one in answer['sets'][0]['problems']]) == (False, ['user-missing'])


def test_a_loader_is_a_change_of_the_set_that_wrote_it(host, monkeypatch):
    loader = export_of(host, 'load.sh')
    request = asked(sets_of(host, [loader], [loader]))
    monkeypatch.setattr(os, 'symlink', failing(os.symlink, errno.ENOSPC, lambda target, *_: target.startswith('.sslcert1')))
    first, second = run(request)['sets']
    assert (first['changed'], second['changed'], bool(second['problems'])) == (True, False, True)


def test_somebody_else_before_the_first_set_is_written(host):
    """A file of a format may name all sets of a user, so none is written where one cannot be."""
    foreign = export_of(host, '2.env', content='# gaussdb.dws_ssl\n', format='environment')
    request = asked(sets_of(host, [], [foreign]))
    (host.folder / '2.env').write_text('mine\n')
    answer = run(request)
    assert (answer['done'], host.names()) == (False, ['2.env'])
    assert [[problem['rule'] for problem in one['problems']] for one in answer['sets']] == [[], ['format-foreign']]


def test_exports_stay_where_a_set_that_also_gains_files_cannot_be_written(host, monkeypatch):
    wanted = {'client.crt': b'c', 'cacert.pem': b'ca'}
    host.send({'client.crt': b'c', 'certca.pem': b'ca'}, exports=[export_of(host)])
    request = asked(host.request(wanted, exports=[export_of(host, content='y')]))
    monkeypatch.setattr(os, 'symlink', failing(os.symlink, errno.ENOSPC))
    answer = run(request, wanted)
    assert answer['sets'][0]['problems'] and (host.folder / '1.sh').read_text() == 'x\n'


@pytest.mark.skipif(os.geteuid() != 0, reason='only root has a folder for the exports of others')
def test_a_loader_stays_where_somebody_came_in_between(host, monkeypatch):
    os.chown(host.folder, 0, 0)
    (host.folder / 'dws_ssl').mkdir()
    (host.folder / 'load.sh').write_text('x\n')
    loader = export_of(host, 'load.sh', mode=0o644, owner='root', serves=str(host.folder / 'dws_ssl'))
    wanted = [{'dest': '/home/no-such-1/sslcert', 'owner': 'no-such-1', 'state': 'absent', 'exports': [loader]}]
    remove = writing.remove_export
    monkeypatch.setattr(writing, 'remove_export', lambda export: ((host.folder / 'dws_ssl/other.sh').write_text(''), remove(export))[1])
    answer = plain(deploy(json.dumps(wanted), None, False))
    assert (answer['changed'], answer['done'], host.names()) == (False, True, ['dws_ssl', 'load.sh'])


@pytest.mark.skipif(os.geteuid() != 0, reason='only root has a folder for the exports of others')
def test_a_loader_that_went_with_one_missing_user_is_no_change_of_the_next(host):
    loader = {'path': str(host.folder / 'load.sh'), 'content': 'x\n', 'mode': 0o644, 'owner': 'root'}
    os.chown(host.folder, 0, 0)
    (host.folder / 'load.sh').write_text('x\n')
    wanted = [{'dest': f'/home/{name}/sslcert', 'owner': name, 'state': 'absent', 'exports': [loader]}
              for name in ('no-such-1', 'no-such-2')]
    answer = plain(deploy(json.dumps(wanted), None, False))
    assert [one['changed'] for one in answer['sets']] == [True, False] and host.names() == []


@pytest.mark.skipif(os.geteuid() != 0, reason='only root has a folder for the exports of others')
def test_loaders_go_after_all_files_that_they_serve_in_whatever_order_they_come(host):
    os.chown(host.folder, 0, 0)
    served = host.folder / 'dws_ssl'
    files = [export_of(host, f'dws_ssl/user.{kind}') for kind in ('sh', 'csh')]
    loaders = [export_of(host, f'load.{kind}', owner='root', mode=0o644, serves=str(served)) for kind in ('sh', 'csh')]
    exports = [files[0], loaders[0], files[1], loaders[1]]
    host.send(OLD, exports=exports)
    assert len(list(host.folder.rglob('*sh'))) == 4
    answer = host.ask({}, exports=exports, state='absent')
    assert (answer['changed'], host.names()) == (True, [])
