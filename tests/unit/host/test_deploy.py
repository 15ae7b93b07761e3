# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets and exports on a real file system."""
from __future__ import annotations

import base64
import errno
import hashlib
import importlib
import json
import os
import pwd
import stat
import sys

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import made_identity
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.conftest import digest, of_a_user
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.test_converge import failing

OLD = {'client.crt': b'old certificate\n', 'client.key': b'old key\n', 'cacert.pem': b'ca\n'}
NEW = dict(OLD, **{'client.crt': b'new certificate\n', 'client.key': b'new key\n'})
LIST = dict(OLD, **{'sslcrl-file.crl': b'list\n'})

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason='only root can play root and an unprivileged user')


def only(answer):
    [one] = answer['sets']
    return one


def test_a_fresh_host_says_what_it_needs_and_writes_nothing(host):
    answer = host.ask(OLD)
    assert (answer['changed'], answer['done'], len(only(answer)['needs'])) == (True, False, 3)
    assert host.names() == []


def test_a_set_lies_as_the_guide_asks(host):
    assert host.send(OLD)['done']
    assert host.contents() == OLD
    assert (host.names(), os.readlink(host.dest)) == (['.sslcert.1', 'sslcert'], '.sslcert.1')
    for path in host.dest.iterdir():
        seen = path.lstat()
        assert (stat.S_ISREG(seen.st_mode), stat.S_IMODE(seen.st_mode), seen.st_uid) == (True, 0o600, pwd.getpwnam(host.owner).pw_uid)
    assert stat.S_IMODE((host.folder / '.sslcert.1').stat().st_mode) == 0o700
    assert host.dest.lstat().st_uid == pwd.getpwnam(host.owner).pw_uid


def test_a_second_run_changes_nothing(host):
    host.send(OLD)
    before = [(path, path.lstat().st_mtime_ns) for path in sorted(host.folder.rglob('*'))]
    answer = host.ask(OLD)
    assert (answer['changed'], only(answer)['needs'], only(answer)['action']) == (False, [], 'keep')
    assert before == [(path, path.lstat().st_mtime_ns) for path in sorted(host.folder.rglob('*'))]


def test_a_host_that_complies_does_not_load_what_only_others_need(host, monkeypatch):
    """A host compiles what it loads on every run."""
    host.send(OLD)
    package = deploy.__module__.rpartition('.host.')[0]
    rare = [f'{package}.{name}' for name in (
        'host.writing', 'host.public_part', 'host.missing_user', 'host.served', 'policy.way_back', 'policy.escape', 'policy.environment')]
    for name in rare:
        importlib.import_module(name)
        monkeypatch.delitem(sys.modules, name)
    assert host.ask(OLD)['done']
    assert [name for name in rare if name in sys.modules] == []
    host.ask(NEW)     # now there is something to describe
    assert [name for name in rare if name in sys.modules] == [f'{package}.host.public_part']


@pytest.mark.parametrize('umask', [0o000, 0o077])
def test_the_umask_of_the_task_does_not_matter(host, umask):
    before = os.umask(umask)
    try:
        host.send(OLD)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in host.dest.iterdir()} == {0o600}


def test_check_mode_tells_and_writes_nothing(host):
    assert host.ask(OLD, check_mode=True)['changed'] is True
    host.send(OLD)
    assert host.ask(OLD, check_mode=True)['changed'] is False
    assert host.ask(NEW, check_mode=True)['changed'] is True
    assert host.ask(OLD, check_mode=True, state='absent')['changed'] is True
    assert host.contents() == OLD


def test_the_set_before_is_kept_and_older_ones_go(host):
    for contents in (OLD, NEW, LIST):
        host.send(contents)
    assert host.names() == ['.sslcert.2', '.sslcert.3', 'sslcert']
    assert (host.contents(), (host.folder / '.sslcert.2/client.key').read_bytes()) == (LIST, b'new key\n')


def test_an_older_set_that_cannot_go_is_no_change_of_each_run(host, monkeypatch):
    host.send(OLD)
    host.send(NEW)
    with monkeypatch.context() as patch:
        patch.setattr(os, 'unlink', failing(os.unlink, errno.EPERM, lambda name: name == 'client.key'))
        assert host.send(LIST)['changed']
        answer = host.ask(LIST)
    assert 'could not be emptied' in only(answer)['warnings'][0]
    assert (answer['changed'], only(answer)['changed']) == (False, False)


def test_what_the_host_holds_is_not_needed_again(host):
    host.send(OLD)
    answer = host.ask(dict(OLD, **{'client.crt': b'new certificate\n'}))
    assert len(only(answer)['needs']) == 1
    assert host.ask({name: OLD[name] for name in ('cacert.pem',)})['done']      # loses files: needs nothing
    assert host.contents() == {'cacert.pem': b'ca\n'}


@pytest.mark.parametrize('mode', [0o644, 0o400, 0o000, 0o777])
def test_a_wrong_mode_is_mended_in_place(host, mode):
    host.send(OLD)
    (host.dest / 'client.key').chmod(mode)
    expected = 'swap' if mode == 0 and host.owner != 'root' else 'mend'     # what its owner cannot read has to be sent
    answer = host.send(OLD)
    assert (only(answer)['action'], answer['changed'], host.contents()) == (expected, True, OLD)
    assert stat.S_IMODE((host.dest / 'client.key').stat().st_mode) == 0o600
    assert host.ask(OLD)['changed'] is False


def test_a_link_instead_of_a_file_is_replaced_and_its_target_left(host):
    host.send(OLD)
    elsewhere = host.folder / 'elsewhere'
    (host.dest / 'client.key').rename(elsewhere)
    (host.dest / 'client.key').symlink_to(elsewhere)
    assert len(only(host.ask(OLD))['needs']) == 1
    host.send(OLD)
    assert (host.dest / 'client.key').lstat().st_mode & 0o170000 == stat.S_IFREG
    assert elsewhere.read_bytes() == b'old key\n'


@needs_root
def test_a_file_of_another_owner_is_replaced(host):
    host.send(OLD)
    os.chown(host.dest / 'client.crt', 1, 1)
    host.send(OLD)
    assert (host.dest / 'client.crt').stat().st_uid == pwd.getpwnam(host.owner).pw_uid


def hand_made(host, contents):
    host.dest.mkdir()
    for name, content in contents.items():
        (host.dest / name).write_bytes(content)
        (host.dest / name).chmod(0o600)
    if os.geteuid() == 0:
        entry = pwd.getpwnam(host.owner)
        for path in [host.dest, *host.dest.iterdir()]:
            os.chown(path, entry.pw_uid, entry.pw_gid)


def test_a_folder_made_by_hand_is_taken_over_with_nothing_lost(host):
    hand_made(host, dict(OLD, notes=b'mine\n'))
    answer = host.ask(OLD)      # all contents are there already: nothing has to be sent
    assert answer['done'] and 'made by hand' in ''.join(only(answer)['warnings'])
    assert host.contents() == OLD
    assert (host.folder / '.sslcert.1/notes').read_bytes() == b'mine\n'
    host.send(NEW)
    host.send(LIST)             # the taken over folder is too old now: its keys go, the other file stays
    assert sorted(path.name for path in (host.folder / '.sslcert.1').iterdir()) == ['notes']


def test_without_an_exchange_of_names_the_gap_is_reported(host, monkeypatch):
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import apply
    monkeypatch.setattr(apply, 'exchange', lambda *names: False)     # as on file systems without RENAME_EXCHANGE
    hand_made(host, OLD)
    assert 'cannot exchange' in ''.join(only(host.send(NEW))['warnings'])
    assert (host.contents(), (host.folder / '.sslcert.1/client.key').read_bytes()) == (NEW, b'old key\n')


def test_a_foreign_link_is_replaced_and_its_target_left(host):
    hand_made(host, OLD)
    host.dest.rename(host.folder / 'target')
    host.dest.symlink_to('target')
    assert host.ask(OLD)['done']
    assert os.readlink(host.dest) == '.sslcert.1'
    assert (host.folder / 'target/client.key').read_bytes() == b'old key\n'


def test_a_file_at_dest_is_refused(host):
    host.dest.write_bytes(b'precious\n')
    answer = host.send(OLD)
    assert ([problem['rule'] for problem in only(answer)['problems']], answer['done']) == (['dest-occupied'], False)
    assert host.dest.read_bytes() == b'precious\n'


def give(host, *paths):
    if os.geteuid() == 0:
        entry = pwd.getpwnam(host.owner)
        for path in paths:
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def test_what_a_run_that_was_cut_short_left_is_cleared_away(host):
    host.send(OLD)
    unfinished = host.folder / '.sslcert.new'
    unfinished.mkdir()
    (unfinished / 'client.key').write_bytes(b'half a k')
    stray = host.folder / '.sslcert.9'
    stray.symlink_to('.sslcert.1')
    give(host, unfinished, unfinished / 'client.key', stray)
    host.send(NEW)
    assert (host.names(), host.contents()) == (['.sslcert.1', '.sslcert.2', 'sslcert'], NEW)


def test_a_finished_set_that_was_never_used_is_adopted(host):
    host.send(OLD)
    host.send(NEW)
    host.dest.unlink()
    host.dest.symlink_to('.sslcert.1')     # as if the run had ended before the last rename
    give(host, host.dest)
    inode = (host.folder / '.sslcert.2').stat().st_ino
    assert host.send(NEW)['changed']
    assert (os.readlink(host.dest), (host.folder / '.sslcert.2').stat().st_ino) == ('.sslcert.2', inode)


def test_removal_removes_what_was_made_and_nothing_else(host):
    host.send(OLD)
    host.send(NEW)
    (host.folder / 'other').write_bytes(b'mine\n')
    answer = host.ask({}, state='absent')
    assert (answer['changed'], answer['done'], host.names()) == (True, True, ['other'])
    assert host.ask({}, state='absent')['changed'] is False


def test_removal_leaves_a_folder_made_by_hand(host):
    hand_made(host, OLD)
    answer = host.ask({}, state='absent')
    assert (answer['changed'], host.contents()) == (False, OLD)
    assert 'made by hand' in ''.join(only(answer)['warnings'])


def exports(host, folder, content='export A=b\n'):
    return [{'path': str(folder / 'dws_ssl/user.sh'), 'content': content, 'mode': 0o600, 'owner': host.owner},
            {'path': str(folder / 'dws_ssl.sh'), 'content': 'loader\n', 'mode': 0o644, 'owner': host.owner,
             'serves': str(folder / 'dws_ssl')}]


def test_exports_are_written_compared_and_removed(host):
    folder = host.folder
    wanted = exports(host, folder)
    assert host.send(OLD, exports=wanted)['changed']
    assert ((folder / 'dws_ssl/user.sh').read_text(), stat.S_IMODE((folder / 'dws_ssl.sh').stat().st_mode)) == ('export A=b\n', 0o644)
    assert host.ask(OLD, exports=wanted)['changed'] is False
    (folder / 'dws_ssl/user.sh').chmod(0o644)
    assert [one['action'] for one in only(host.ask(OLD, exports=wanted))['exports']] == ['write', 'keep']
    assert stat.S_IMODE((folder / 'dws_ssl/user.sh').stat().st_mode) == 0o600
    assert host.ask({}, exports=wanted, state='absent')['changed']
    assert not list(folder.rglob('*.sh'))


def test_a_loader_stays_while_it_serves_somebody(host):
    folder = host.folder
    host.send(OLD, exports=exports(host, folder))
    other = folder / 'dws_ssl/other.sh'
    other.write_text('export C=d\n')
    give(host, other)
    host.ask({}, exports=exports(host, folder), state='absent')
    assert [path.name for path in (folder / 'dws_ssl').iterdir()] == ['other.sh']
    assert (folder / 'dws_ssl.sh').exists()
    assert host.ask({}, exports=exports(host, folder), state='absent')['changed'] is False


def test_the_last_of_those_who_leave_takes_the_loader_and_its_folder(host):
    requests = []
    for name in ('one', 'two'):
        wanted = [dict(one, path=one['path'].replace('user.sh', name + '.sh')) for one in exports(host, host.folder)]
        wanted[0]['serves'] = None
        requests += json.loads(host.request({}, dest=str(host.folder / name), exports=wanted, state='absent'))
        host.send(OLD, dest=str(host.folder / name), exports=wanted)
    assert deploy(json.dumps(requests), None, False)['changed']
    there = {path.name for path in host.folder.iterdir()}
    assert there - {'dws_ssl'} == set()
    assert not list(host.folder.rglob('*.sh')) and (host.owner != 'root' or there == set())
    assert deploy(json.dumps(requests), None, False)['changed'] is False


def test_only_the_variables_of_a_drifted_exports_file_are_shown(host):
    wanted = exports(host, host.folder, 'export PGSSLMODE=verify-ca\n')
    host.send(OLD, exports=wanted)
    (host.folder / 'dws_ssl/user.sh').write_text('export PGPASSWORD=secret\nexport PGSSLMODE=prefer\n')
    [drifted, _loader] = only(host.ask(OLD, check_mode=True, exports=wanted))['exports']
    assert drifted['lines'] == ['export PGSSLMODE=prefer']


def test_a_missing_user_is_changed_in_check_mode_and_refused_in_a_real_run(host):
    missing = {'owner': 'no-such-user', 'dest': '{home}/sslcert'}
    answer = host.ask(OLD, check_mode=True, **missing)
    assert (answer['changed'], [one['rule'] for one in only(answer)['problems']]) == (True, ['user-missing'])
    answer = host.send(OLD, **missing)
    assert (answer['done'], only(answer)['problems'][0]['detail']) == (False, 'The user does not exist on this host.')
    answer = host.send(OLD, skip_missing_user=True, **missing)
    assert (answer['changed'], only(answer)['problems'], len(only(answer)['warnings'])) == (False, [], 1)


@pytest.mark.parametrize('changes, rule', [
    ({'owner': '-rf'}, 'user-unsuitable'), ({'owner': 'a/b'}, 'user-unsuitable'), ({'group': 'no-such-group'}, 'group-missing'),
    ({'dest': 'relative'}, 'path-not-absolute'), ({'dest': '/a/$b'}, 'path-characters')])
def test_refusals_name_their_rule_and_write_nothing(host, changes, rule):
    answer = host.send(OLD, **changes)
    assert ([problem['rule'] for problem in only(answer)['problems']], answer['done'], host.names()) == ([rule], False, [])


@needs_root
def test_a_problem_of_one_set_stops_all_of_them(host):
    request = json.loads(host.request({})) + [{'dest': '/x', 'owner': 'no-such-user'}, {'dest': 'y', 'owner': 'root'}]
    answer = deploy(json.dumps(request), None, False)
    assert [[problem['rule'] for problem in one['problems']] for one in answer['sets']] == [
        [], ['user-missing'], ['path-not-absolute']]
    assert host.names() == []


@needs_root
def test_root_does_not_work_below_a_folder_of_somebody_else(host):
    if host.owner == 'root':
        os.chown(host.folder, 65534, 65534)
        answer = host.send(OLD)
        assert ([problem['rule'] for problem in only(answer)['problems']], host.names()) == (['folder-unsafe'], [])
    else:
        loader = [{'path': str(host.folder / 'loader.sh'), 'content': '', 'mode': 0o644, 'owner': 'root'}]
        answer = host.send(OLD, exports=loader)
        assert ([problem['rule'] for problem in only(answer)['problems']], host.names()) == (['folder-unsafe'], [])


@needs_root
@of_a_user
def test_a_hard_link_to_a_file_of_root_is_not_read(host):
    secret = host.folder.parent / 'root-only'
    secret.write_bytes(b'-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n')
    secret.chmod(0o600)
    host.send(OLD)
    (host.dest / 'cacert.pem').unlink()
    os.link(secret, host.dest / 'cacert.pem')
    one = only(host.ask(OLD, check_mode=True))
    assert (one['seen']['files']['cacert.pem'][4], one['public']) == (None, {'cacert.pem': ''})


@needs_root
def test_missing_folders_are_made_for_the_owner(host):
    os.chown(host.folder, 0, 0)
    host.dest = host.folder / 'a' / 'b' / 'sslcert'
    host.send(OLD)
    uid = pwd.getpwnam(host.owner).pw_uid
    assert [(path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) for path in (host.folder / 'a', host.folder / 'a/b')] == [
        (0, 0o755), (uid, 0o700)]
    assert host.contents() == OLD


def test_a_fifo_in_the_set_blocks_nothing(host):
    host.send(OLD)
    (host.dest / 'client.key').unlink()
    os.mkfifo(host.dest / 'client.key')
    assert host.send(OLD)['done']
    assert host.contents() == OLD


def test_private_keys_in_a_public_file_never_leave_the_host(host):
    host.send(OLD)
    block = b'-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n'
    (host.dest / 'client.crt').write_bytes(b'-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----\n' + block)
    assert base64.b64decode(only(host.ask(OLD, check_mode=True))['public']['client.crt']) == block


def made(host, revision='', **contents):
    """A set whose key and passphrase files are made for this host, as the action asks for it."""
    names = ('client.key', 'client.key.cipher', 'client.key.rand')
    files = {name: made_identity(name, 'source', revision) for name in names}
    request = json.dumps([{'dest': str(host.dest), 'owner': host.owner, 'files': files}])
    sent = {files[name]: base64.b64encode(contents[name[11:] or 'key']).decode() for name in names} if contents else None
    return only(json.loads(json.dumps(deploy(request, sent and base64.b64encode(json.dumps(sent).encode()).decode(), False))))


def test_files_that_are_made_once_stay_until_their_revision_changes(host):
    assert len(made(host)['needs']) == 3
    made(host, key=b'k1', cipher=b'c1', rand=b'r1')
    assert made(host)['changed'] is False
    made(host, key=b'k2', cipher=b'c2', rand=b'r2')     # what was sent by mistake is not taken
    assert (host.dest / 'client.key').read_bytes() == b'k1'
    assert len(made(host, revision='2')['needs']) == 3
    made(host, revision='2', key=b'k3', cipher=b'c3', rand=b'r3')
    assert ((host.dest / 'client.key.rand').read_bytes(), made(host, revision='2')['changed']) == (b'r3', False)


@pytest.mark.parametrize('identity', ['the wanted one', 'made:' + '0' * 64, {}, None, 1])
def test_the_manifest_is_the_users_and_says_nothing_of_what_a_bundle_holds(host, identity):
    host.send(OLD)
    evil = b'another CA'
    (host.dest / 'cacert.pem').write_bytes(evil)
    said = digest(OLD['cacert.pem']) if identity == 'the wanted one' else identity
    (host.dest / '.manifest.json').write_text(json.dumps({'cacert.pem': [digest(evil), said]}))
    give(host, host.dest / '.manifest.json')
    assert only(host.ask(OLD, check_mode=True))['needs'] == [digest(OLD['cacert.pem'])]
    host.send(OLD)
    assert host.contents() == OLD


@pytest.mark.parametrize('spoil', [
    b'{"client.key.rand": ["x", {}]}', b'nonsense', b'[]', b'{"client.key": 1}', b'{"client.key": ["a"]}', b'\xff'])
def test_a_made_file_that_drifted_or_lost_its_manifest_is_made_again(host, spoil):
    made(host, key=b'k1', cipher=b'c1', rand=b'r1')
    (host.dest / 'client.key.rand').write_bytes(b'other')
    assert len(made(host)['needs']) == 3
    made(host, key=b'k2', cipher=b'c2', rand=b'r2')
    assert (host.dest / 'client.key').read_bytes() == b'k2'
    (host.dest / '.manifest.json').write_bytes(spoil)
    assert len(made(host)['needs']) == 3


def test_removal_takes_the_manifest_too(host):
    made(host, key=b'k1', cipher=b'c1', rand=b'r1')
    host.ask({}, state='absent')
    assert host.names() == []


def go_back(host, replaces, back_to=None, **changes):
    request = json.dumps([dict({'dest': str(host.dest), 'owner': host.owner, 'state': 'previous', 'replaces': replaces,
                                'back_to': back_to}, **changes)])
    return json.loads(json.dumps(deploy(request, None, False)))


def name_of(contents):
    return generation({name: hashlib.sha256(content).hexdigest() for name, content in contents.items()})


def test_going_back_is_asked_for_confirmed_and_not_undone_by_a_second_run(host):
    host.send(OLD)
    host.send(LIST)
    asked = go_back(host, name_of(LIST))
    assert (asked['changed'], asked['done'], sorted(only(asked)['before'])) == (True, False, sorted(OLD))
    assert go_back(host, name_of(LIST), name_of(OLD))['done']
    assert (host.contents(), os.readlink(host.dest)) == (OLD, '.sslcert.1')
    again = go_back(host, name_of(LIST), name_of(OLD))
    assert (again['changed'], host.contents()) == (False, OLD)


def test_nothing_is_gone_back_from_but_the_named_generation(host):
    host.send(OLD)
    host.send(NEW)
    assert go_back(host, name_of(OLD), name_of(OLD))['changed'] is False
    assert host.contents() == NEW


def test_without_a_set_before_going_back_is_refused(host):
    host.send(OLD)
    answer = go_back(host, name_of(OLD), name_of(NEW))
    assert ([problem['rule'] for problem in only(answer)['problems']], answer['done']) == (['previous-missing'], False)


def test_a_folder_without_certificates_is_no_set_before(host):
    host.dest.mkdir()
    give(host, host.dest)
    host.send(OLD)
    assert host.names() == ['.sslcert.1', '.sslcert.2', 'sslcert']
    for back_to in (None, ''):
        answer = go_back(host, name_of(OLD), back_to)
        assert [problem['rule'] for problem in only(answer)['problems']] == ['previous-missing']
    assert host.contents() == OLD


def test_a_set_before_that_is_not_the_one_that_was_shown_is_refused(host):
    host.send(OLD)
    host.send(NEW)
    answer = go_back(host, name_of(NEW), name_of(LIST))
    assert [problem['rule'] for problem in only(answer)['problems']] == ['previous-missing']
    assert host.contents() == NEW


def test_after_going_back_a_new_set_has_the_right_one_before_it(host):
    host.send(OLD)
    host.send(NEW)
    go_back(host, name_of(NEW), name_of(OLD))
    host.send(LIST)
    assert go_back(host, name_of(LIST), name_of(OLD))['done']
    assert host.contents() == OLD


def test_removal_takes_the_folder_that_was_made_for_the_sets_once_it_is_empty(host):
    above = host.folder
    host.dest = above / 'dws_ssl' / 'sslcert'
    host.send(OLD)
    (above / 'dws_ssl/notes').write_text('mine')
    give(host, above / 'dws_ssl/notes')
    host.ask({}, state='absent')
    assert os.listdir(above / 'dws_ssl') == ['notes']
    (above / 'dws_ssl/notes').unlink()
    host.send(OLD)
    host.ask({}, state='absent')
    assert host.names() == []


def test_a_run_for_many_users_keeps_no_descriptor_open(host):
    files = {'cacert.pem': b'ca'}
    exports = [{'path': str(host.folder / 'exports.sh'), 'content': 'x', 'mode': 0o600, 'owner': host.owner}]
    before = os.listdir('/proc/self/fd')
    host.send(files, exports=exports)
    host.ask(files, exports=exports)
    host.send({}, exports=exports, state='absent')
    host.send({}, owner='no-such-user', exports=exports, state='absent')
    assert os.listdir('/proc/self/fd') == before
