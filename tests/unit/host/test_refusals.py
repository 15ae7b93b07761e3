# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host refuses for the sake of folders on the way and of the user that the task runs as."""
from __future__ import annotations

import grp
import os
import pwd

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import writing
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.public_part import public_blocks_from
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.conftest import OTHER_USER, of_a_user, plain

SET = {'client.crt': b'certificate\n', 'client.key': b'key\n', 'cacert.pem': b'ca\n'}

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason='only root can play root and an unprivileged user')


def refusals(answer) -> list[tuple[str, str]]:
    return [(problem['rule'], problem['subject']) for one in answer['sets'] for problem in one['problems']]


def without_root(request: str) -> dict:
    """Ask the host as a user who is not root."""
    if os.geteuid() != 0:
        return plain(deploy(request, None, False))
    return run_as(find_owner(OTHER_USER), deploy, request, None, False)


def who_works() -> list[object]:
    return [os.getresuid(), os.getresgid(), sorted(os.getgroups())]


@needs_root
def test_the_process_has_the_ids_and_groups_of_the_user_and_no_others(monkeypatch):
    entry, wanted = pwd.getpwnam(OTHER_USER), grp.getgrnam('daemon').gr_gid
    monkeypatch.setattr(os, 'getgrouplist', lambda name, primary: {OTHER_USER: [primary, 54321]}[name])     # as in a directory service
    assert run_as(find_owner(OTHER_USER, 'daemon'), who_works) == [[entry.pw_uid] * 3, [wanted] * 3, sorted([wanted, entry.pw_gid, 54321])]


@of_a_user
def test_a_file_on_the_way_is_named(host):
    (host.folder / 'file').write_bytes(b'precious\n')
    answer = host.send(SET, dest=f'{host.folder}/file/below/sslcert')
    assert refusals(answer) == [('folder-unusable', f'{host.folder}/file')]
    assert host.names() == ['file'] and (host.folder / 'file').read_bytes() == b'precious\n'


@needs_root
@of_a_user
def test_a_folder_that_the_user_cannot_enter_is_named(host):
    closed = host.folder / 'closed'
    closed.mkdir(mode=0o700)
    answer = host.send(SET, dest=f'{closed}/sslcert')
    assert (refusals(answer), host.names()) == ([('folder-unusable', str(closed))], ['closed'])


def test_without_root_nobody_else_is_served(host):
    answer = without_root(host.request(SET, owner='root'))
    assert (refusals(answer), answer['done'], host.names()) == ([('become-needed', f'{host.dest} (root)')], False, [])


def test_without_root_no_exports_of_somebody_else_are_written(host):
    if os.geteuid() == 0 and host.owner == 'root':
        host.owner = OTHER_USER
    path = str(host.folder / 'loader.sh')
    answer = without_root(host.request(SET, exports=[{'path': path, 'content': '', 'mode': 0o644, 'owner': 'root'}]))
    assert ('become-needed', path) in refusals(answer) and host.names() == []


def test_a_set_that_is_gone_by_the_second_look_has_nothing_to_describe(tmp_path):
    """Another run, or the owner, may have been there between the two looks."""
    (tmp_path / 'a file').write_text('')
    way = [part for part in str(tmp_path).split('/') if part]
    fd = os.open('/', os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert public_blocks_from(fd, way, [('gone', ['client.crt']), ('a file', ['client.crt']), ('gone', [])]) == [{}, {}, {}]
        assert public_blocks_from(fd, [*way, 'gone'], [('gone', ['client.crt'])]) == [{}]
    finally:
        os.close(fd)


@needs_root
def test_a_path_that_cannot_be_looked_for_is_a_finding_also_without_the_user(host):
    export = {'path': f'/{"x" * 300}/exports.sh', 'content': '', 'mode': 0o600, 'owner': 'nosuchuser'}
    answer = host.ask({}, state='absent', owner='nosuchuser', exports=[export])
    assert (answer['done'], [rule for rule, _subject in refusals(answer)]) == (False, ['host-error'])


def test_a_user_that_becomes_another_one_between_two_looks_gets_nothing(host, monkeypatch):
    monkeypatch.setattr(writing, 'find_owner', lambda *names: find_owner(*names)._replace(gid=54321))
    answer = host.send(SET)
    assert [rule for rule, _subject in refusals(answer)] == ['host-busy'] and not host.dest.exists()
