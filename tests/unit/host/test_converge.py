# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writer alone, in one process: what it does where the system fails it, which a stand-in for one call plays."""
from __future__ import annotations

import errno
import hashlib
import os
import stat

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import apply, removal, renaming
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.apply import converge
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.removal import Site
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, PREVIOUS, DesiredSet, Ids
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation

OLD = {'client.crt': b'old certificate', 'client.key': b'old key', 'cacert.pem': b'ca'}
NEW = {**OLD, 'client.key': b'new key'}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Corner:
    """A folder of the tester's own, and the sets in it."""

    def __init__(self, path):
        self.path = path
        self.site = Site(os.open(path, os.O_RDONLY), 'sslcert', Ids(os.geteuid(), os.getegid()), None)

    def bring(self, contents, **changes):
        desired = DesiredSet('/x/sslcert', 'u', files={name: sha256(content) for name, content in contents.items()})._replace(**changes)
        return converge(self.site, desired, {sha256(content): content for content in contents.values()})

    def names(self):
        return sorted(os.listdir(self.path))

    def held(self):
        return {path.name: path.read_bytes() for path in (self.path / 'sslcert').iterdir()}


@pytest.fixture
def corner(tmp_path):
    made = Corner(tmp_path)
    yield made
    os.close(made.site.parent)


def failing(function, number, when=lambda *arguments: True):
    """Return the function, but with an error where ``when`` says so."""
    def instead(*arguments, **options):
        if when(*arguments):
            raise OSError(number, os.strerror(number))
        return function(*arguments, **options)
    return instead


def test_a_set_comes_stays_and_is_replaced(corner):
    assert corner.bring(OLD) == (True, []) and corner.bring(OLD) == (False, [])
    assert corner.bring(NEW) == (True, []) and corner.held() == NEW
    assert corner.names() == ['.sslcert.1', '.sslcert.2', 'sslcert']


def test_modes_are_mended_in_place(corner):
    corner.bring(OLD)
    (corner.path / 'sslcert/client.key').chmod(0o644)
    (corner.path / '.sslcert.1').chmod(0o755)
    assert corner.bring(OLD) == (True, [])
    assert [stat.S_IMODE((corner.path / name).stat().st_mode) for name in ('.sslcert.1', 'sslcert/client.key')] == [0o700, 0o600]


@pytest.mark.parametrize('call, when', [
    ('fsync', lambda *_: True), ('mkdir', lambda *_: True), ('symlink', lambda *_: True),
    ('rename', lambda old, new: new == 'sslcert'), ('rename', lambda old, new: new != 'sslcert')])
def test_whatever_fails_the_set_in_use_stays_and_nothing_half_made(corner, monkeypatch, call, when):
    corner.bring(OLD)
    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing(getattr(os, call), errno.ENOSPC, when))
        with pytest.raises(OSError):
            corner.bring(NEW)
    assert corner.held() == OLD and corner.names() == ['.sslcert.1', 'sslcert']
    assert corner.bring(NEW)[0] and corner.held() == NEW


def test_something_else_at_the_place_is_left(corner):
    (corner.path / 'sslcert').write_text('mine')
    with pytest.raises(Refused, match='dest-occupied'):
        corner.bring(OLD)
    assert corner.names() == ['sslcert'] and (corner.path / 'sslcert').read_text() == 'mine'


def test_a_content_that_is_not_what_was_asked_for_is_not_written(corner):
    desired = DesiredSet('/x/sslcert', 'u', files={name: sha256(content) for name, content in OLD.items()})
    with pytest.raises(Refused, match='host-busy'):
        converge(corner.site, desired, {sha256(content): b'something else' for content in OLD.values()})
    assert corner.names() == []


def by_hand(corner):
    (corner.path / 'sslcert').mkdir(mode=0o755)
    for name, content in {**OLD, 'notes.txt': b'mine'}.items():
        (corner.path / 'sslcert' / name).write_bytes(content)


@pytest.mark.parametrize('exchanges', [True, False])
def test_a_folder_made_by_hand_is_kept_and_closed(corner, monkeypatch, exchanges):
    by_hand(corner)
    if not exchanges:
        monkeypatch.setattr(apply, 'exchange', lambda *_: False)
    changed, warnings = corner.bring(NEW)
    assert changed and corner.held() == NEW and (corner.path / '.sslcert.1/notes.txt').read_bytes() == b'mine'
    assert stat.S_IMODE((corner.path / '.sslcert.1').stat().st_mode) == 0o700
    assert any('made by hand' in text for text in warnings) and any('other files' in text for text in warnings)
    assert any('for a moment there was no' in text for text in warnings) is not exchanges


@pytest.mark.parametrize('number, expected', [(errno.EBUSY, Refused), (errno.EIO, OSError)])
def test_a_folder_that_cannot_be_exchanged_stays_where_it_is(corner, monkeypatch, number, expected):
    by_hand(corner)
    monkeypatch.setattr(apply, 'exchange', failing(None, number))
    with pytest.raises(expected):
        corner.bring(NEW)
    assert corner.held() == {**OLD, 'notes.txt': b'mine'} and corner.names() == ['sslcert']


def test_a_folder_that_was_put_aside_comes_back_where_the_link_fails(corner, monkeypatch):
    by_hand(corner)
    monkeypatch.setattr(apply, 'exchange', lambda *_: False)
    monkeypatch.setattr(os, 'rename', failing(os.rename, errno.EIO, lambda old, new: (old, new) == ('.sslcert.new', 'sslcert')))
    with pytest.raises(OSError):
        corner.bring(NEW)
    assert corner.held() == {**OLD, 'notes.txt': b'mine'}


def test_the_way_back_needs_the_set_that_was_asked_for(corner):
    corner.bring(OLD)
    corner.bring(NEW)
    current = generation({name: sha256(content) for name, content in NEW.items()})
    with pytest.raises(Refused, match='previous-missing'):
        corner.bring({}, state=PREVIOUS, replaces=current, back_to='another')
    assert corner.held() == NEW


def test_a_removal_that_cannot_remove_a_key_fails(corner, monkeypatch):
    corner.bring(OLD)
    with monkeypatch.context() as patch:
        patch.setattr(os, 'unlink', failing(os.unlink, errno.EPERM, lambda name: name == 'client.key'))
        with pytest.raises(Refused, match='host-error') as raised:
            corner.bring({}, state=ABSENT)
    assert 'could not be emptied' in raised.value.detail
    assert corner.bring({}, state=ABSENT) == (True, []) and corner.names() == []


def test_what_somebody_put_beside_or_into_a_set_is_named_and_left(corner):
    corner.bring(OLD)
    (corner.path / 'sslcert/notes.txt').write_text('mine')
    (corner.path / '.sslcert.7').write_text('no folder')
    _changed, warnings = corner.bring({}, state=ABSENT)
    assert [text for text in warnings if 'holds files that the collection did not put there' in text]
    assert (corner.path / '.sslcert.1/notes.txt').read_text() == 'mine' and not (corner.path / '.sslcert.1/client.key').exists()


@pytest.mark.parametrize('number, words', [(errno.EPERM, 'could not be removed'), (errno.ENOTEMPTY, 'did not put there')])
def test_a_set_that_cannot_be_removed_is_a_warning(corner, monkeypatch, number, words):
    corner.bring(OLD)
    monkeypatch.setattr(os, 'rmdir', failing(os.rmdir, number))
    assert words in removal.remove_entry(corner.site, '.sslcert.1')[0]
    assert removal.remove_entry(corner.site, '.sslcert.9') == []


@pytest.mark.parametrize('number', [errno.EACCES, errno.ENOENT])
def test_a_folder_of_somebody_else_is_named(corner, monkeypatch, number):
    monkeypatch.setattr(os, 'open', failing(os.open, number))
    found = removal.remove_entry(corner.site, '.sslcert.1')
    assert [text.split(':')[0] for text in found] == (['.sslcert.1 could not be opened'] if number == errno.EACCES else [])
    if number == errno.EACCES:
        removal.close_to_others(corner.site.parent, '.sslcert.1')     # theirs to close


class TestNames:
    """Renames without renameat2."""

    @pytest.fixture(autouse=True)
    def old_library(self, monkeypatch):
        monkeypatch.setattr(renaming.ctypes, 'CDLL', lambda *_, **__: object())

    def test_an_exchange_is_not_to_be_had(self, corner):
        assert renaming.exchange(corner.site.parent, 'a', 'b') is False

    def test_a_name_that_is_taken_stays(self, corner):
        for name in ('a', 'b'):
            (corner.path / name).mkdir()
        with pytest.raises(FileExistsError):
            renaming.rename_to_free_name(corner.site.parent, 'a', 'b')
        renaming.rename_to_free_name(corner.site.parent, 'a', 'c')
        assert corner.names() == ['b', 'c']


def test_an_error_of_the_system_is_raised_and_an_unknown_call_is_not(corner):
    with pytest.raises(FileNotFoundError):
        renaming.exchange(corner.site.parent, 'a', 'b')
    with pytest.raises(FileExistsError):
        (corner.path / 'a').mkdir()
        (corner.path / 'b').mkdir()
        renaming.rename_to_free_name(corner.site.parent, 'a', 'b')
