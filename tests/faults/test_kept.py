# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to go goes, keys above all; and nothing goes that the collection did not make."""
from __future__ import annotations

import os

import pytest

from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import IDS, do, some_set
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import NEW, OLD, WITH_ALL
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import run

WORDS = ('first', 'second', 'third', 'fourth', 'fifth', 'sixth')


def given(path, content='mine\n', mode=0o644, owner=IDS.pw_uid):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    os.chown(path, owner, -1)


def keys_of(corner):
    """Return the words of the sets whose keys lie anywhere, under whatever name."""
    texts = [path.read_text() for path in corner.base.rglob('*') if path.is_file() and not path.is_symlink()]
    return {word for word in WORDS if any(f'client.key of {word}\n' in text for text in texts)}


@pytest.mark.parametrize('roots', [False, True])
@pytest.mark.parametrize('keep', [1, 2, 4])
def test_keys_of_sets_that_are_too_old_are_gone(keep, roots, make_corner, record):
    corner = make_corner(roots)
    good = []
    for number, word in enumerate(WORDS):
        do(corner.step(some_set(word, 'client.key.cipher', 'client.key.rand'), keep=keep))
        wanted = set(WORDS[max(0, number - keep):number + 1])
        good.append(keys_of(corner) == wanted and len(list(corner.dest.parent.glob('.sslcert.*'))) == len(wanted))
    last = corner.step(some_set(WORDS[-1], 'client.key.cipher', 'client.key.rand'), keep=1)     # nothing else is new
    good.append(do(last)['changed'] == (keep > 1) and keys_of(corner) == set(WORDS[-2:]) and not run(last)['changed'])
    record('keys of sets beyond "keep" are gone', len(good), sum(good))
    assert all(good), good


NEIGHBOURS = ('home/.bashrc', 'home/dws_ssl/notes', 'home/dws_ssl/sslcert2/client.key', 'home/dws_ssl/.sslcert.bak/client.key',
              'home/dws_ssl/.sslcert.1.orig', 'home/dws_ssl/client.key', 'home/.dws_ssl.sh.orig', 'home/dws_ssl.sh')


def user_folder(corner):
    corner.dest.parent.mkdir(mode=0o700)
    os.chown(corner.dest.parent, IDS.pw_uid, IDS.pw_gid)


def with_neighbours(corner):
    user_folder(corner)
    for name in NEIGHBOURS:
        given(corner.base / name)
    given(corner.profile / 'other.sh', owner=0)
    (corner.home / 'dws_ssl/latest').symlink_to('sslcert')


def with_another_user(corner):
    """Whose exports need the loader."""
    given(corner.profile / 'dws_ssl/daemon.sh', mode=0o600)
    given(corner.profile / 'dws_ssl.sh', 'loader\n', owner=0)


@pytest.mark.parametrize('prepare', [lambda corner: None, user_folder, with_neighbours, with_another_user],
                         ids=['nothing', 'an empty folder', 'neighbours', 'another user'])
def test_removal_leaves_everything_as_it_was_before_the_first_deployment(prepare, make_corner, record):
    """Folders that deployment and removal find empty and as the collection makes them are taken for the collection's own."""
    corner = make_corner()
    prepare(corner)
    before = corner.everything()
    if prepare is user_folder:
        del before['home/dws_ssl']
    for contents in (OLD, WITH_ALL, NEW):
        do(corner.step(contents))
    do(corner.removal())
    after = corner.everything()
    record('removal takes what the collection made and nothing else', 1, int(after == before))
    assert after == before and not run(corner.removal())['changed']


def test_removal_leaves_what_a_person_put_into_the_sets(make_corner, record):
    corner = make_corner()
    do(corner.step(OLD))
    given(corner.dest / 'notes')
    do(corner.step(WITH_ALL))
    given(corner.dest / 'more')
    answer = do(corner.removal())
    left = {name: fields[3] for name, fields in corner.everything().items() if fields[3] is not None}
    good = left == {'home/dws_ssl/.sslcert.1/notes': b'mine\n', 'home/dws_ssl/.sslcert.2/more': b'mine\n'}
    told = ' '.join(answer['sets'][0]['warnings'])
    record('removal takes what the collection made and nothing else', 1, int(good))
    assert good and all(f'.sslcert.{number} holds files that the collection did not put there' in told for number in (1, 2)), (left, told)


def test_removal_leaves_a_set_made_by_hand(make_corner, record):
    corner = make_corner()
    corner.by_hand(OLD)
    before = corner.everything()
    answer = do(corner.removal())
    good = corner.everything() == before and not answer['changed']
    record('removal takes what the collection made and nothing else', 1, int(good))
    assert good and 'made by hand' in str(answer['sets'][0]['warnings'])


def by_hand_with_everything(corner):
    """A folder as people have them: other files, of other users and modes, folders, links, a FIFO."""
    corner.by_hand(OLD)
    given(corner.dest / 'notes')
    given(corner.dest / '.hidden', mode=0o400)
    given(corner.dest / 'of root', mode=0o600, owner=0)
    given(corner.dest / 'old/2024/client.key', mode=0o600)
    for folder in (corner.dest / 'old', corner.dest / 'old/2024'):
        os.chown(folder, IDS.pw_uid, IDS.pw_gid)
    (corner.dest / 'server.crt').symlink_to('old/2024/server.crt')
    os.mkfifo(corner.dest / 'fifo')
    (corner.dest / 'client.crt').chmod(0o644)


@pytest.mark.parametrize('exchange', [True, False])
def test_a_take_over_loses_nothing(exchange, make_corner, record):
    """All of it is in the set before, as it was; and after rotations and a removal all but the members of the set is still there."""
    corner = make_corner()
    by_hand_with_everything(corner)

    def kept(name):
        return {path.split(f'{name}/', 1)[1]: fields for path, fields in corner.everything().items() if f'{name}/' in path}
    before = kept('home/dws_ssl/sslcert')
    answer = do(corner.step(NEW), exchange=exchange)
    good = [kept('home/dws_ssl/.sslcert.1') == before, corner.contents() == NEW, 'of root' in str(answer['sets'][0]['warnings'])]
    others = {name: fields for name, fields in before.items() if name not in OLD}
    for step in (corner.step(WITH_ALL), corner.step(OLD), corner.removal()):
        do(step)
        good.append(kept('home/dws_ssl/.sslcert.1') == others)
    record('a take-over loses nothing', len(good), sum(good))
    assert all(good), (good, before, corner.everything())
