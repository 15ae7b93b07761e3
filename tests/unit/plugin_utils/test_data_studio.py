# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive for a person: written once, recognized, and never mistaken for somebody else's file."""
from __future__ import annotations

import os
import stat
import zipfile

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.data_studio import LARGEST, Foreign, archive, identities_at, is_current, write

MEMBERS = {'client.crt': b'certificate', 'client.key.pk8': b'key', 'README.html': b'page'}
IDENTITIES = {'client.crt': 'c', 'client.key.pk8': 'k', 'README.html': 'r'}


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / 'made' / 'u-dws.zip')


def test_what_is_written_is_recognized_and_closed_to_others(path):
    assert identities_at(path) is None and not is_current(path, IDENTITIES)
    write(path, archive(MEMBERS, IDENTITIES), IDENTITIES)
    assert is_current(path, IDENTITIES) and identities_at(path) == IDENTITIES
    assert [stat.S_IMODE(os.stat(place).st_mode) for place in (os.path.dirname(path), path)] == [0o700, 0o600]
    with zipfile.ZipFile(path) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == MEMBERS


def test_one_that_is_current_is_not_written_again(path):
    write(path, archive(MEMBERS, IDENTITIES), IDENTITIES)
    before = os.stat(path)
    write(path, b'not looked at', IDENTITIES)
    assert (os.stat(path).st_ino, os.stat(path).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    os.chmod(path, 0o644)
    write(path, archive(MEMBERS, IDENTITIES), IDENTITIES)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and os.listdir(os.path.dirname(path)) == ['u-dws.zip']


def test_a_member_that_was_changed_has_no_identity(path):
    write(path, archive(MEMBERS, IDENTITIES), IDENTITIES)
    with zipfile.ZipFile(path) as opened:
        comment = opened.comment
    with zipfile.ZipFile(path, 'w') as changed:
        for name, content in dict(MEMBERS, **{'client.crt': b'another', 'more': b''}).items():
            changed.writestr(name, content)
        changed.comment = comment
    assert identities_at(path) == dict(IDENTITIES, **{'client.crt': '', 'more': ''})


def foreign_zip(path, comment):
    with zipfile.ZipFile(path, 'w') as opened:
        opened.writestr('client.crt', b'')
        opened.comment = comment


@pytest.mark.parametrize('make', [
    lambda path: open(path, 'wb').close(), os.mkdir, lambda path: os.symlink('/etc/passwd', path), os.mkfifo,
    lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), LARGEST + 1), lambda path: foreign_zip(path, b''),
    lambda path: foreign_zip(path, b'[]'), lambda path: foreign_zip(path, b'{"made by": "somebody", "members": {}}')],
    ids=['empty', 'folder', 'link', 'fifo', 'large', 'no comment', 'another comment', 'another maker'])
def test_what_somebody_else_made_is_foreign_and_stays(path, make):
    os.mkdir(os.path.dirname(path))
    make(path)
    before = os.lstat(path)
    with pytest.raises(Foreign):
        write(path, archive(MEMBERS, IDENTITIES), IDENTITIES)
    assert os.lstat(path).st_ino == before.st_ino and os.listdir(os.path.dirname(path)) == ['u-dws.zip']


def test_nothing_half_written_stays(path, monkeypatch):
    def full(_file):
        raise OSError('no space left')
    monkeypatch.setattr(os, 'fsync', full)
    with pytest.raises(OSError):
        write(path, archive(MEMBERS, IDENTITIES), IDENTITIES)
    assert os.listdir(os.path.dirname(path)) == []
