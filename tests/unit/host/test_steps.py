# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps between the look and the last export, one by one, where the system or another process is in the way."""
from __future__ import annotations

import base64
import errno
import fcntl
import json
import os
import pwd
import stat
import time
from contextlib import closing

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import export_files, inspection, lock, owner, walk, writing
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.folders import make_folders
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import set_number
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, about, fault_of_ours, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import Export, Ids
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_issuer, pem
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.test_converge import failing

ME = find_owner(pwd.getpwuid(os.geteuid()).pw_name)
OWN = Ids(ME.uid, ME.gid)


@pytest.fixture
def folder(tmp_path):
    """An open folder; its path is ``folder.path``."""
    class Open(int):
        path = tmp_path
    fd = os.open(tmp_path, os.O_RDONLY)
    yield Open(fd)
    os.close(fd)


class TestWriting:
    def test_a_file_is_written_by_one_rename(self, folder):
        export_files._write_file(folder, [], 'exports.sh', Export(str(folder.path / 'exports.sh'), 'content', 0o640, ME.name), OWN)
        file = folder.path / 'exports.sh'
        assert (file.read_text(), stat.S_IMODE(file.stat().st_mode), os.listdir(folder.path)) == ('content', 0o640, ['exports.sh'])
        export_files._remove_file(folder, [], 'exports.sh')
        export_files._remove_file(folder, [], 'exports.sh')
        export_files._remove_file(folder, ['nowhere'], 'exports.sh')
        assert os.listdir(folder.path) == []

    def test_one_that_cannot_be_written_leaves_nothing(self, folder, monkeypatch):
        monkeypatch.setattr(os, 'fsync', failing(os.fsync, errno.ENOSPC))
        with pytest.raises(OSError):
            export_files._write_file(folder, [], 'exports.sh', Export('/x', 'content', 0o600, ME.name), OWN)
        assert os.listdir(folder.path) == []

    @pytest.mark.parametrize('left', ['file', 'link', 'closed'])
    def test_what_an_earlier_run_left_is_removed_and_never_written_to(self, folder, monkeypatch, left):
        unfinished = folder.path / export_files.unfinished_export('exports.sh')
        precious = folder.path / 'precious'
        precious.write_text('mine')
        if left == 'link':
            unfinished.symlink_to(precious)
        else:
            unfinished.write_text('half')
        if left == 'closed':
            monkeypatch.setattr(os, 'open', failing(os.open, errno.EACCES, lambda name, flags, *_: flags == export_files.READING))
        export_files._write_file(folder, [], 'exports.sh', Export('/x', 'content', 0o600, ME.name), OWN)
        assert (folder.path / 'exports.sh').read_text() == 'content' and precious.read_text() == 'mine'
        export_files._remove_abandoned(folder, 'nothing')

    def test_a_file_that_another_run_took_meanwhile_is_made_again(self, folder, monkeypatch):
        answers = [False, True]
        seen_at = export_files._is_at
        monkeypatch.setattr(export_files, '_is_at', lambda *place: answers.pop(0) and seen_at(*place))
        monkeypatch.setattr(export_files, '_remove_abandoned', export_files._unlink)
        os.close(export_files._open_unfinished(folder, 'x'))
        assert answers == [] and not seen_at(folder, 'y', folder)

    def test_a_folder_goes_only_as_this_collection_makes_it(self, folder):
        for name, mode in (('ours', 0o700), ('open', 0o755), ('home', 0o700), ('full', 0o700)):
            (folder.path / name).mkdir()
            (folder.path / name).chmod(mode)
        (folder.path / 'full/file').touch()
        for name in ('ours', 'open', 'home', 'full', 'gone'):
            writing._rmdir(folder, [], name, ME.uid, str(folder.path / 'home'))
        writing._rmdir(folder, ['nowhere'], 'ours', ME.uid, '/nowhere')
        assert sorted(os.listdir(folder.path)) == ['full', 'home', 'open']
        (folder.path / 'open').chmod(0o700)
        writing._rmdir(folder, [], 'open', ME.uid, '/nowhere')
        assert sorted(os.listdir(folder.path)) == ['full', 'home']


class TestLock:
    def test_who_waits_too_long_is_told(self, folder, monkeypatch):
        held = lock.lock_folder(folder)
        monkeypatch.setattr(lock, 'LOCK_DEADLINE', 0.1)
        with pytest.raises(Refused, match='host-busy'):
            lock.lock_folder(folder)
        os.close(held)
        os.close(lock.lock_folder(folder))

    def test_a_file_system_without_locks_is_no_obstacle(self, folder, monkeypatch):
        monkeypatch.setattr(fcntl, 'flock', failing(fcntl.flock, errno.ENOLCK))
        os.close(lock.lock_folder(folder))

    def test_the_way_to_a_folder_is_looked_at_again(self, folder, monkeypatch):
        assert lock._leads_to(str(folder.path), folder) and not lock._leads_to(f'{folder.path}/gone', folder)
        monkeypatch.setattr(os, 'stat', failing(os.stat, errno.EACCES))
        assert lock._leads_to(str(folder.path), folder)

    def test_folders_that_are_removed_again_and_again_end_the_run(self, folder, monkeypatch):
        monkeypatch.setattr(lock, '_leads_to', lambda *_: False)
        monkeypatch.setattr(lock, '_lock_as', lambda *_: (None, False, None, None))
        with pytest.raises(Refused, match='host-busy'), lock.locked(ME, str(folder.path), 'sslcert', True):
            pytest.fail('the lock was not had')

    def test_a_descriptor_is_handed_over(self, folder):
        here, there = lock.socket.socketpair()
        with here, there:
            answer = lock._open_lock_look(there, folder, [], str(folder.path), 'sslcert', True)
            assert answer['there'] is True and answer['seen']['set'].kind == 'nothing'
            assert lock._open_lock_look(there, folder, ['nowhere'], str(folder.path), 'sslcert', False) is None
            assert here.recvmsg(1, 64)[1]

    @pytest.mark.parametrize('path, done', [('', 'written'), ('/gone', None)])
    def test_the_owner_goes_on_in_the_folder_that_the_path_leads_to_and_in_no_other(self, folder, path, done):
        here, there = lock.socket.socketpair()
        with here, there:
            answer = lock._open_lock_look(there, folder, [], f'{folder.path}{path}', 'sslcert', True, lambda _fd, _seen: 'written')
        assert (answer['there'], answer['done']) == (done is not None, done)

    def test_a_child_that_hands_nothing_over_is_an_error(self, folder, monkeypatch):
        monkeypatch.setattr(lock, 'run_as', lambda *_, **__: {'there': True, 'seen': None})
        with closing(walk.walk(str(folder.path))) as place, pytest.raises(Refused, match='host-error'):
            lock._lock_as(ME, place, str(folder.path), 'sslcert', True)


class TestWalk:
    def test_the_owner_goes_on_and_makes_what_is_missing(self, folder):
        os.close(walk.entered(folder, ['a', 'b']))
        assert stat.S_IMODE((folder.path / 'a/b').stat().st_mode) == 0o700
        assert walk.enter(folder, ['a', 'nowhere']) is None

    def test_a_folder_that_another_run_makes_at_this_moment_is_taken(self, folder, monkeypatch):
        def raced(name, mode, dir_fd):
            make(name, mode, dir_fd=dir_fd)
            raise FileExistsError
        make = os.mkdir
        monkeypatch.setattr(os, 'mkdir', raced)
        os.close(walk.entered(folder, ['a']))

    @pytest.mark.parametrize('number, words', [(errno.ENOTDIR, 'not a folder'), (errno.EACCES, 'cannot enter')])
    def test_the_folder_in_the_way_is_named_by_its_path(self, folder, monkeypatch, number, words):
        monkeypatch.setattr(os, 'open', failing(os.open, number))
        with pytest.raises(Refused, match='folder-unusable') as raised:
            walk.entered(folder, ['a'])
        assert raised.value.subject == f'{folder.path}/a' and words in raised.value.detail
        monkeypatch.setattr(os, 'readlink', failing(os.readlink, errno.ENOENT))
        assert walk._path_of(folder, 'a') == 'a'

    def test_without_root_all_of_the_way_is_the_owners(self, monkeypatch):
        monkeypatch.setattr(os, 'geteuid', lambda: 12345)
        with closing(walk.walk('/a/b')) as place:
            assert (place.rest, place.for_root) == (['a', 'b'], False)

    def test_root_stops_where_it_is_refused_and_follows_links_of_its_own(self, monkeypatch, tmp_path):
        monkeypatch.setattr(os, 'geteuid', lambda: 0)
        if tmp_path.stat().st_uid == 0:
            (tmp_path / 'link').symlink_to('/usr/bin')
            monkeypatch.setattr(walk, 'is_roots_alone', lambda _seen: True)
            with closing(walk.walk(f'{tmp_path}/link/nowhere/at/all')) as place:
                assert place.rest == ['nowhere', 'at', 'all'] and place.missing
        monkeypatch.setattr(os, 'stat', failing(os.stat, errno.EACCES))
        with closing(walk.walk('/usr')) as place:
            assert place.rest == ['usr'] and not place.missing


class TestOwner:
    @pytest.mark.parametrize('name, group, rule', [
        ('../x', None, 'user-unsuitable'), ('nosuchuser', None, 'user-missing'), (ME.name, 'nosuchgroup', 'group-missing')])
    def test_a_user_that_cannot_be_is_refused(self, name, group, rule):
        with pytest.raises(Refused, match=rule):
            find_owner(name, group)
        assert find_owner(ME.name, 'root').gid == 0

    def test_two_names_of_one_number_are_refused(self, monkeypatch):
        monkeypatch.setattr(pwd, 'getpwuid', lambda _uid: pwd.struct_passwd(('twin', 'x', 1, 1, '', '/', '/')))
        with pytest.raises(Refused, match='user-unsuitable'):
            find_owner(ME.name)

    def test_what_the_child_cannot_say_is_an_error_and_never_its_text(self):
        def break_down():
            raise ValueError('secret')
        with pytest.raises(Refused) as raised:
            run_as(ME, break_down)
        assert (raised.value.rule, raised.value.detail) == ('host-error', 'Internal error: ValueError.')
        with pytest.raises(Refused, match='host-error') as raised:
            run_as(ME, os.listdir, '/nowhere')
        assert (raised.value.subject, raised.value.detail) == ('/nowhere', 'No such file or directory.')

    def test_a_child_that_says_nothing_or_too_much_is_ended(self, monkeypatch):
        monkeypatch.undo()     # these two children do not end by themselves
        with pytest.raises(Refused, match='host-error'):
            run_as(ME, time.sleep, 30, deadline=0.1)
        monkeypatch.setattr(owner, 'LARGEST_ANSWER', 10)
        with pytest.raises(Refused, match='host-error'):
            run_as(ME, lambda: 'x' * 200000)

    def test_nobody_becomes_another_without_root(self, monkeypatch):
        monkeypatch.setattr(os, 'geteuid', lambda: 12345)
        monkeypatch.setattr(os, 'chdir', lambda _path: None)
        before = os.umask(0o077)
        try:
            with pytest.raises(Refused, match='become-needed'):
                owner.become(ME._replace(uid=54321))
        finally:
            os.umask(before)

    def test_root_that_can_be_taken_back_is_an_error(self, monkeypatch):
        monkeypatch.setattr(os, 'setuid', lambda _uid: None)
        with pytest.raises(Refused, match='host-error'):
            owner._prove_that_root_is_gone()
        monkeypatch.setattr(os, 'setuid', failing(os.setuid, errno.EPERM))
        owner._prove_that_root_is_gone()


class TestFolders:
    def test_they_appear_with_their_modes(self, folder):
        made = make_folders(walk.Place(os.dup(folder), ['a', 'b'], True, True), 0o700, ME.uid, ME.gid)
        os.close(made.fd)
        assert [stat.S_IMODE((folder.path / name).stat().st_mode) for name in ('a', 'a/b')] == [0o755, 0o700]

    def test_what_a_run_that_was_cut_short_left_is_finished(self, folder):
        (folder.path / '.a.new').mkdir()
        os.close(make_folders(walk.Place(os.dup(folder), ['a'], True, True), 0o700, ME.uid, ME.gid).fd)
        assert os.listdir(folder.path) == ['a']

    @pytest.mark.skipif(os.geteuid() != 0, reason='only root can give a folder away')
    def test_an_unfinished_one_of_somebody_else_is_refused(self, folder):
        (folder.path / '.a.new').mkdir()
        os.chown(folder.path / '.a.new', 12345, -1)
        with pytest.raises(Refused, match='folder-unsafe'):
            make_folders(walk.Place(os.dup(folder), ['a'], True, True), 0o700, ME.uid, ME.gid)

    def test_one_that_another_run_has_made_meanwhile_is_taken(self, folder, monkeypatch):
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import folders

        def raced(fd, _old, new):
            os.mkdir(new, 0o700, dir_fd=fd)
            raise FileExistsError(errno.EEXIST, '')
        monkeypatch.setattr(folders, 'rename_to_free_name', raced)
        os.close(make_folders(walk.Place(os.dup(folder), ['a'], True, True), 0o700, ME.uid, ME.gid).fd)
        assert os.listdir(folder.path) == ['a']
        monkeypatch.setattr(folders, 'rename_to_free_name', failing(None, errno.EIO))
        with pytest.raises(OSError):
            make_folders(walk.Place(os.dup(folder), ['b'], True, True), 0o700, ME.uid, ME.gid)
        assert os.listdir(folder.path) == ['a']


class TestInspection:
    def test_nothing_a_file_and_a_set(self, folder):
        assert inspection.inspect_from(folder, ['nowhere'], 'sslcert').keys() == {'file_system'}
        assert inspection.inspect_from(folder, [], 'sslcert')['kind'] == 'nothing'
        (folder.path / 'sslcert').mkdir()
        (folder.path / 'sslcert/cacert.pem').write_bytes(pem(make_issuer('Some CA', 30).certificate))
        found = inspection.inspect_from(folder, [], 'sslcert')
        assert found['kind'] == 'folder' and b'CERTIFICATE' in base64.b64decode(found['public']['cacert.pem'])

    @pytest.mark.parametrize('key, expected', [
        (b'-----BEGIN ENCRYPTED PRIVATE KEY-----\n', (True, None)),
        (b'-----BEGIN RSA PRIVATE KEY-----\nProc-Type:4,ENCRYPTED\n', (True, None)), (b'nothing', (False, None)), (None, (None, None))])
    def test_what_is_said_of_a_key(self, folder, monkeypatch, key, expected):
        monkeypatch.chdir(folder.path)
        (folder.path / 'sslcert').mkdir()
        (folder.path / 'sslcert/client.crt').write_bytes(pem(make_issuer('Some CA', 30).certificate))
        if key is None:
            (folder.path / 'sslcert/client.key').mkdir()
        else:
            (folder.path / 'sslcert/client.key').write_bytes(key)
        found = inspection.inspect_from(folder, [], 'sslcert')
        assert (found['key_encrypted'], found['key_fits']) == expected

    def test_a_pipe_in_place_of_the_certificate_is_not_waited_for(self, folder, monkeypatch):
        monkeypatch.chdir(folder.path)
        (folder.path / 'sslcert').mkdir()
        os.mkfifo(folder.path / 'sslcert/client.crt')
        (folder.path / 'sslcert/client.key').write_bytes(b'nothing')
        found = inspection.inspect_from(folder, [], 'sslcert')
        assert (found['key_encrypted'], found['key_fits']) == (False, None)

    @pytest.mark.skipif(os.geteuid() != 0, reason='only root has something to lose in the folder of somebody else')
    def test_root_does_not_look_where_somebody_else_leads(self, folder):
        os.chown(folder.path, 12345, -1)
        os.symlink('/root', folder.path / 'sslcert')
        [found] = inspection.inspect(json.dumps([{'dest': str(folder.path / 'sslcert'), 'owner': 'root', 'files': {}}]))['sets']
        assert ([one['rule'] for one in found['problems']], found['files']) == (['folder-unsafe'], {})

    def test_what_cannot_be_looked_at_is_a_problem(self, folder):
        request = [{'dest': str(folder.path / 'sslcert'), 'owner': name, 'files': {}, 'exports': [
            {'path': str(folder.path / 'exports.sh'), 'content': '', 'mode': 0o600, 'owner': 'nosuchuser'}]}
            for name in (ME.name, 'nosuchuser')]
        mine, other = inspection.inspect(json.dumps(request))['sets']
        assert [problem['rule'] for problem in mine['problems']] == ['user-missing'] and len(mine['exports']) == 1
        assert ([problem['rule'] for problem in other['problems']], other['exports']) == (['user-missing'], [])


@pytest.mark.parametrize('name, number', [
    ('.a.c.1', 1), ('.a.c.2147483648', 2147483648), ('.a.c.0', None), ('.a.c.01', None), ('.a.c.1\n', None), ('.a.c.', None),
    ('.abc.1', None), ('.a.c.12345678901', None), ('.a.c.\u0661', None), ('a.c.1', None), ('.a.c.new', None)])
def test_a_folder_of_a_set_is_told_by_its_whole_name(name, number):
    assert set_number('a.c', name) == number


def test_a_refusal_names_what_it_is_about():
    assert about(Refused('rule', '', 'detail'), '/a').subject == '/a'
    refusal = refused_by_system(OSError(errno.ENOSPC, 'No space left on device'), '/a')
    assert (refusal.rule, refusal.subject, refusal.detail) == ('host-error', '/a', 'No space left on device.')


def test_a_module_that_breaks_down_says_what_broke_and_nothing_that_it_held():
    said = fault_of_ours(ValueError('-----BEGIN PRIVATE KEY-----'))
    assert 'ValueError' in said and 'Please report it.' in said and 'PRIVATE' not in said
