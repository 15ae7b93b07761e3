# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of another user's is readable at any moment of a deployment: watched at every step, and tried by a spy."""
from __future__ import annotations

import json
import multiprocessing
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import inotify_simple
import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import MEMBERS
from ansible_collections.gaussdb.dws_ssl.tests.faults.attacker import ENTRY, USER, Stage, contents, converge

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='needs root: there is nobody to hide from without it')

DEPLOYMENTS = 30
SPY = pwd.getpwnam('games')
EVENTS = inotify_simple.flags.CREATE | inotify_simple.flags.ATTRIB | inotify_simple.flags.MOVED_TO | inotify_simple.flags.MODIFY
FORK = multiprocessing.get_context('fork')


@pytest.fixture
def stage():
    """A stage on which nothing but the modes of sets and exports keeps the spy out, and a process without a umask."""
    one = Stage()
    old = os.umask(0)
    (one.shared / 'profile.d').mkdir(mode=0o755)
    yield one
    os.umask(old)
    one.close()


def exports_of(stage: Stage) -> list[dict[str, object]]:
    folder = stage.shared / 'profile.d' / 'dws_ssl'
    return [{'path': str(folder / f'{USER}.sh'), 'content': 'export PGSSLMODE=verify-ca\n', 'mode': 0o600, 'owner': USER},
            {'path': f'{folder}.sh', 'content': '. it\n', 'mode': 0o644, 'owner': 'root', 'group': 'root', 'serves': str(folder)}]


def deployments(stage: Stage) -> Iterator[dict[str, object]]:
    """Yield the answers of many deployments into the user's folder and into root's, with ways back and removals."""
    for number in range(DEPLOYMENTS):
        for dest in (stage.home / 'folder' / 'sslcert', stage.shared / 'sslcert'):
            exports = [dict(export, content=f'{export["content"]}# {number}\n') for export in exports_of(stage)]
            answer = converge(dest, contents(number), exports=exports)
            yield answer
            if number % 10 == 9:
                yield converge(dest, {}, state='absent', exports=exports)


def forbidden(stage: Stage, path: str, seen: os.stat_result) -> str | None:
    """Return what is wrong with something that lies below one of the watched folders at this moment, None if nothing is."""
    mode, root_or_user = stat.S_IMODE(seen.st_mode), seen.st_uid in (0, ENTRY.pw_uid)
    if stat.S_ISLNK(seen.st_mode):
        return None
    if path.startswith(str(stage.shared / 'profile.d')):
        is_users = path.endswith((f'/{USER}.sh', f'/.{USER}.sh.new'))
        widest = 0o600 if is_users else 0o755 if stat.S_ISDIR(seen.st_mode) else 0o644
        good = root_or_user if is_users else seen.st_uid == 0
    else:
        widest, good = 0o700 if stat.S_ISDIR(seen.st_mode) else 0o600, root_or_user
    return None if good and not mode & ~widest else f'{path}: mode {mode:04o}, user id {seen.st_uid}'


class Lookout:
    """Whoever looks at all that lies below some folders: what was seen of it that is forbidden, and how often it was looked at."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.found: set[str] = set()
        self.looks = self.events = 0
        self._notes = inotify_simple.INotify()
        self._folders: dict[int, str] = {}

    def add(self, folder: str) -> None:
        """Look at a folder from now on, and at what is in it."""
        try:
            self._folders[self._notes.add_watch(folder, EVENTS)] = folder
            names = os.listdir(folder)
        except OSError:     # gone already, or by now
            return
        for name in names:
            self._look(f'{folder}/{name}')

    def _look(self, path: str) -> None:
        try:
            seen = os.lstat(path)
        except OSError:
            return
        self.looks += 1
        wrong = forbidden(self.stage, path, seen)
        if wrong:
            self.found.add(wrong)
        if stat.S_ISDIR(seen.st_mode) and path not in self._folders.values():
            self.add(path)

    def look_at_events(self) -> None:
        """Look at what has changed since the last time."""
        for event in self._notes.read(timeout=0):
            self.events += 1
            if event.wd in self._folders and event.name:
                self._look(f'{self._folders[event.wd]}/{event.name}')

    def look_at_all(self) -> None:
        """Look at everything, whether it has changed or not."""
        for folder in list(self._folders.values()):
            try:
                names = os.listdir(folder)
            except OSError:
                self._folders = {wd: path for wd, path in self._folders.items() if path != folder}
                continue
            for name in names:
                self._look(f'{folder}/{name}')


def watch(stage: Stage, tell: Connection) -> None:
    """Until told to end: at every event, and all the time besides, look at what lies there; tell what was seen of both."""
    lookout = Lookout(stage)
    for folder in (stage.home, stage.shared, stage.shared / 'profile.d'):
        lookout.add(str(folder))
    lookout.found.clear()     # root's folders themselves are open to all, and stood there before
    tell.send('ready')
    while not tell.poll():
        lookout.look_at_events()
        lookout.look_at_all()
    known = {f'{stage.shared}/profile.d', f'{stage.shared}/profile.d/dws_ssl'}
    tell.send(json.dumps([lookout.looks, lookout.events, sorted(one for one in lookout.found if one.split(':')[0] not in known)]))


def spy(stage: Stage, tell: Connection) -> None:
    """Until told to end: as another user of the owner's own group, try to read whatever can be found or guessed."""
    os.setgroups([ENTRY.pw_gid])
    os.setresgid(SPY.pw_gid, SPY.pw_gid, SPY.pw_gid)
    os.setresuid(SPY.pw_uid, SPY.pw_uid, SPY.pw_uid)
    folders = [f'{parent}/{name}' for parent in (stage.home / 'folder', stage.shared)
               for name in ('sslcert', '.sslcert.new', *(f'.sslcert.{number}' for number in range(1, 12)))]
    guesses = [f'{folder}/{name}' for folder in folders for name in MEMBERS]
    guesses += [f'{stage.shared}/profile.d/dws_ssl/{name}' for name in (f'{USER}.sh', f'.{USER}.sh.new')]
    read: set[str] = set()
    tries = 0
    tell.send('ready')
    while not tell.poll():
        for path in [*guesses, *folders]:
            tries += 1
            try:
                os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
                read.add(path)
            except OSError:
                pass
    tell.send(json.dumps([tries, 0, sorted(read)]))


@contextmanager
def observer(function: object, stage: Stage) -> Iterator[list[object]]:
    """Run an observer in a process of its own while the block runs; its counts and what it found are there afterwards."""
    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=function, args=(stage, theirs), daemon=True)
    process.start()
    theirs.close()     # so that an observer that dies is an error here, and not waited for
    result: list[object] = []
    assert ours.recv() == 'ready'
    yield result
    ours.send('end')
    result += json.loads(ours.recv())
    process.join(30)


@pytest.mark.parametrize('access_list', [False, True], ids=['plain', 'default access list'])
def test_nobody_else_can_read_anything_at_any_moment(stage, record, access_list):
    """The folder is open to all, also by an access list that new files inherit: the modes alone keep the spy out."""
    folder = stage.home / 'folder'
    folder.mkdir(mode=0o755)
    os.chown(folder, ENTRY.pw_uid, ENTRY.pw_gid)
    if access_list:
        for path in (folder, stage.shared):
            subprocess.run(['setfacl', '-d', '-m', f'u:{SPY.pw_name}:rwx,g::rwx,o::rx', str(path)], check=True)
            subprocess.run(['setfacl', '-m', f'u:{SPY.pw_name}:rwx' if path == folder else f'u:{SPY.pw_name}:rx', str(path)], check=True)
    with observer(watch, stage) as watched, observer(spy, stage) as spied:
        answers = list(deployments(stage))
    assert all(answer['done'] and not answer['sets'][0]['problems'] for answer in answers)
    looks, events, wide = watched
    tries, _none, read = spied
    wide = [one for one in wide if not one.startswith(f'{folder}: ')]
    assert looks > 10 * DEPLOYMENTS and events > 10 * DEPLOYMENTS and tries > 1000
    record('looks and tries of others during deployments', looks + tries, looks + tries - len(wide) - len(read))
    assert not wide and not read


@pytest.mark.parametrize('parent', ['home', 'shared'])
def test_an_access_list_that_opens_a_deployed_file_is_closed_by_the_next_run(stage, record, parent):
    dest = getattr(stage, parent) / 'sslcert'
    converge(dest, contents(1))
    for path in (dest.resolve(), dest / 'client.key', dest / 'client.crt'):
        subprocess.run(['setfacl', '-m', f'u:{SPY.pw_name}:rwx', str(path)], check=True)
    assert stat.S_IMODE((dest / 'client.key').stat().st_mode) == 0o670
    stage.home.chmod(0o755)
    with observer(spy, stage) as _before:
        pass
    answer = converge(dest, contents(1))
    assert answer['changed'] and converge(dest, contents(1))['changed'] is False
    modes = {stat.S_IMODE(path.stat().st_mode) for path in dest.iterdir()}
    record('an access list on a deployed file', 1, modes == {0o600})
    assert modes == {0o600} and stat.S_IMODE(dest.resolve().stat().st_mode) == 0o700
    with observer(spy, stage) as spied:
        pass
    assert not spied[2]


def test_a_folder_made_by_hand_is_closed_when_it_becomes_the_set_before(stage, record):
    dest = stage.home / 'sslcert'
    dest.mkdir(mode=0o755)
    (dest / 'client.key').write_text('old')
    for path in (dest, dest / 'client.key'):
        os.chown(path, ENTRY.pw_uid, ENTRY.pw_gid)
    converge(dest, contents(1))
    kept = stage.home / '.sslcert.1'
    record('a folder made by hand with mode 0755', 1, stat.S_IMODE(kept.stat().st_mode) == 0o700)
    assert (kept / 'client.key').read_text() == 'old'
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_a_user_without_root_serves_itself_and_nobody_else(stage, record):
    """The run that nobody helps: as with ``become: false``."""
    def run(owner: str, dest: str, path: str) -> list[object]:
        exports = [{'path': path, 'content': 'export PGSSLMODE=verify-ca\n', 'mode': 0o600, 'owner': owner}]
        first = converge(Path(dest), contents(1), owner=owner, exports=exports)
        return [first, converge(Path(dest), contents(1), owner=owner, exports=exports)]
    user = find_owner(USER)
    own = run_as(user, run, USER, str(stage.home / 'sub' / 'sslcert'), str(stage.home / 'exports.sh'))
    assert own[0]['done'] and own[0]['changed'] and not own[1]['changed'] and not own[1]['sets'][0]['problems']
    for path in [stage.home / 'exports.sh', *(stage.home / 'sub' / 'sslcert').iterdir()]:
        assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (ENTRY.pw_uid, 0o600)
    refusals = [run_as(user, run, *arguments)[0] for arguments in (
        ('root', str(stage.home / 'other' / 'sslcert'), str(stage.home / 'other.sh')),
        (SPY.pw_name, str(stage.home / 'other' / 'sslcert'), str(stage.home / 'other.sh')),
        (USER, str(stage.closed / 'sslcert'), str(stage.home / 'other.sh')),
        (USER, str(stage.home / 'third' / 'sslcert'), str(stage.shared / 'profile.d' / 'other.sh')))]
    refused = [not answer['done'] or bool(answer['sets'][0]['problems']) for answer in refusals]
    record('a user without root who asks for more than its own', len(refused), sum(refused))
    assert all(refused) and not stage.losses(refusals)
    assert not list((stage.shared / 'profile.d').iterdir())
