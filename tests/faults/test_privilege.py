# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root works in a folder of an attacker's. Whatever lies or moves there, root writes, changes and reads nothing elsewhere."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import apply, exports
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import inspect
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import Place
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import MADE, MANIFEST, MEMBERS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask import ask
from ansible_collections.gaussdb.dws_ssl.tests.faults.attacker import ENTRY, USER, Stage, contents, converge, exchange, meanwhile

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='needs root: an unprivileged run has nothing to be taken')

# Deployments under each of the attacks that move; root without its child loses some of six of nearly every one.
ROUNDS = int(os.environ.get('ATTACK_ROUNDS', '4'))


@pytest.fixture
def stage():
    one = Stage()
    yield one
    one.close()


def look(dest: Path) -> list[object]:
    """Read the set back as the two modules that only look do it."""
    asked = {'endpoint': '127.0.0.1:1', 'host': '127.0.0.1', 'port': 1, 'owner': USER, 'dest': str(dest), 'timeout': 3, 'user': 'u',
             'database': 'd', 'sslmode': 'verify-ca'}
    return [inspect(json.dumps([{'dest': str(dest), 'owner': USER}])), ask(json.dumps(asked))]


def whole_life(dest: Path, version: int, listed: list[dict[str, object]]) -> list[object]:
    """Deploy, look, deploy another set, go back, remove: everything that root can be asked to do."""
    first = converge(dest, contents(version), exports=listed)
    answers: list[object] = [first, *look(dest), converge(dest, contents(version + 1), exports=listed)]
    answers.append(converge(dest, {}, state='previous', replaces='0' * 16))
    answers.append(converge(dest, {}, state='absent', exports=listed))
    return answers


def exports_in(folder: Path) -> list[dict[str, object]]:
    return [{'path': str(folder / 'exports.sh'), 'content': 'export PGSSLMODE=verify-ca\n', 'mode': 0o600, 'owner': USER}]


# ---- what lies there before root comes -----------------------------------------------------------------------------

Plant = Callable[[Stage, Path], None]


def link_to(prize: str) -> Plant:
    def plant(stage: Stage, path: Path) -> None:
        target = getattr(stage, prize)
        path.symlink_to(target if path.suffix in ('', '.new', '.1', '.2') else target / path.name.removeprefix('.'))
    return plant


def hard_link(stage: Stage, path: Path) -> None:
    """As on a kernel that lets users make hard links to files of others (fs.protected_hardlinks=0)."""
    name = path.name.removeprefix('.').removesuffix('.new')
    os.link(stage.closed / (name if name in os.listdir(stage.closed) else 'client.key'), path)


def fifo(_stage: Stage, path: Path) -> None:
    os.mkfifo(path, 0o666)


def endless(_stage: Stage, path: Path) -> None:
    """A file of one TiB that takes no room."""
    with open(path, 'wb') as file:
        file.truncate(2 ** 40)


def folder_of_links(stage: Stage, path: Path) -> None:
    path.mkdir()
    for name in MEMBERS:
        (path / name).symlink_to(stage.open / name)


def loop(_stage: Stage, path: Path) -> None:
    path.symlink_to(path)


PLANTS = {'a link to a closed folder': link_to('closed'), 'a link to an open folder': link_to('open'), 'a hard link': hard_link,
          'a FIFO': fifo, 'an endless file': endless, 'a folder of links': folder_of_links, 'a link to itself': loop}
SPOTS = ('sslcert', '.sslcert.new', '.sslcert.1', '.sslcert.2', 'exports.sh', '.exports.sh.new')


@pytest.mark.parametrize('plant', PLANTS.values(), ids=PLANTS)
def test_what_is_planted_before_the_run_gains_nothing(stage, record, plant):
    tried = survived = 0
    for spot in (*SPOTS, *(f'sslcert/{name}' for name in (*MEMBERS, MANIFEST)), ''):
        folder = stage.home / f'with{tried}'
        path = folder / spot if spot else folder
        path.parent.mkdir(parents=True, exist_ok=True)
        plant(stage, path)
        for made in (folder, *([] if folder.is_symlink() else folder.rglob('*'))):
            if made.lstat().st_ino not in stage.inodes:
                of_user(made)
        answers = whole_life(folder / 'sslcert', 1, exports_in(folder))
        tried += 1
        losses = stage.losses(answers)
        assert not losses, spot
        survived += not losses
    record('planted before the run: links, hard links, FIFOs, endless files', tried, survived)


def test_a_folder_with_more_files_than_an_answer_can_name_is_refused_in_bounded_memory(stage, record):
    dest = stage.home / 'sslcert'
    dest.mkdir()
    for number in range(20000):
        (dest / f'{number:0200d}').touch()
    os.chown(dest, ENTRY.pw_uid, ENTRY.pw_gid)
    answer = converge(dest, contents(1))
    assert [problem['rule'] for problem in answer['sets'][0]['problems']] == ['host-error']
    record('a folder of 20000 foreign files', 1, not answer['done'])


# ---- what moves while root works -----------------------------------------------------------------------------------

def swapped(one: Path, other: Path) -> Callable[[], None]:
    """Return an action that lets two names change places."""
    names = (str(one), str(other))
    return lambda: exchange(*names)


def of_user(path: Path) -> Path:
    os.chown(path, ENTRY.pw_uid, ENTRY.pw_gid, follow_symlinks=False)
    return path


def linked(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return of_user(path)


@pytest.mark.parametrize('prize', ['closed', 'open'])
@pytest.mark.parametrize('spot', ['', *SPOTS, 'sslcert/client.key', '.sslcert.new/client.key'])
def test_what_is_swapped_during_the_run_gains_nothing(stage, record, spot, prize):
    """The attacker lets the name that root is about to use and a link to the prize change places, without a pause."""
    folder = of_user_folder(stage.home / 'folder')
    target = getattr(stage, prize)
    path = folder / spot if spot else folder
    is_file = path.suffix in ('.sh', '.key') or path.name == '.exports.sh.new'
    trap = linked(stage.home / 'trap', target / (path.name.removeprefix('.').removesuffix('.new') if is_file else ''))
    survived = 0
    for number in range(ROUNDS):
        with meanwhile(swapped(path, trap)):
            answers = whole_life(folder / 'sslcert', number, exports_in(folder))
        survived += not stage.losses(answers)
    record('swapped for a link during the run', ROUNDS, survived)
    assert survived == ROUNDS


def of_user_folder(path: Path) -> Path:
    path.mkdir()
    return of_user(path)


def test_traps_put_where_root_makes_things_gain_nothing(stage, record):
    """The attacker makes links under every name that is about to be made, as fast as root removes them."""
    folder = of_user_folder(stage.home / 'folder')
    names = [folder / name for name in SPOTS]

    def action() -> None:
        for path in names:
            try:
                os.symlink(stage.open, path)
            except FileExistsError:
                pass
    survived = 0
    for number in range(ROUNDS):
        with meanwhile(action):
            answers = whole_life(folder / 'sslcert', number, exports_in(folder))
        survived += not stage.losses(answers)
    record('links made as fast as they are removed', ROUNDS, survived)
    assert survived == ROUNDS


def test_a_set_in_a_folder_of_roots_own_is_read_by_nobody_but_its_owner(stage, record, monkeypatch):
    """There root swaps the sets, and the set itself is the user's: a hard link there must not be read by root.

    A manifest of the attacker's says that the file is the one that is wanted, so that it is copied into the next set. The
    link comes at the worst moment, between the look at the file and the copy.
    """
    dest = stage.shared / 'sslcert'
    made = {'client.key': MADE + 'one', 'client.key.cipher': MADE + 'two', 'client.key.rand': MADE + 'three'}
    files = {name: content for name, content in contents(1).items() if name not in made}
    converge(dest, contents(1))
    folder = dest.resolve()
    for name in made:
        (folder / name).write_text('mine')
    digest = hashlib.sha256(b'mine').hexdigest()
    (folder / MANIFEST).write_text(json.dumps({name: [digest, identity] for name, identity in made.items()}))
    of_user(folder / MANIFEST)
    os.link(stage.closed / 'client.key', folder / 'trap')
    read_current = apply._read_current

    def late(parent: int, base: str, name: str) -> str:
        if name == 'client.key':
            exchange(str(folder / name), str(folder / 'trap'))
        return read_current(parent, base, name)
    monkeypatch.setattr(apply, '_read_current', late)
    answer = converge(dest, dict(files, **{'cacert.pem': b'another version'}), made)
    assert (folder / 'client.key').stat().st_ino in stage.inodes     # the link was there when the file was read
    losses = stage.losses([answer, *look(dest)])
    record('a hard link put into a set that lies in root\'s folder', 1, not losses)
    assert not losses


@pytest.mark.parametrize('state', ['present', 'absent'])
def test_a_folder_that_was_missing_and_is_made_by_an_attacker_is_not_entered_by_root(stage, record, monkeypatch, state):
    """In a folder like /tmp anybody may make what root did not find. Here it is there right after root has looked."""
    stage.shared.chmod(0o1777)
    path = stage.shared / 'profile' / 'exports.sh'
    if state == 'absent':     # a folder of the attacker's own, which is gone when root comes back to remove the file
        of_user_folder(path.parent)
        path.touch()
    walk = exports.walk
    walks = []

    def slow(folder: str) -> Place:
        walks.append(folder)
        late = len(walks) == (1 if state == 'present' else 2)
        if late and state == 'absent':
            shutil.rmtree(path.parent)
        place = walk(folder)
        if late:
            linked(path.parent, stage.closed)
        return place
    monkeypatch.setattr(exports, 'walk', slow)
    files = contents(1) if state == 'present' else {}
    answer = converge(stage.home / 'sslcert', files, state=state, exports=exports_in(path.parent))
    losses = stage.losses(answer)
    record('a link made where root found nothing', 1, not losses)
    assert path.parent.is_symlink() and not losses


def test_a_folder_that_root_is_about_to_make_is_not_taken_over_from_an_attacker(stage, record):
    """In a folder like /tmp the name under which root prepares a folder can be taken, with files of the attacker's in it."""
    stage.shared.chmod(0o1777)
    path = stage.shared / 'profile' / 'loader.sh'
    taken = of_user_folder(stage.shared / '.profile.new')
    (taken / 'loader.sh').write_text('echo mine')
    exports = [{'path': str(path), 'content': '. it', 'mode': 0o644, 'owner': 'root', 'group': 'root'}]
    answer = converge(stage.home / 'sslcert', contents(1), exports=exports)
    safe = not path.parent.exists() and taken.stat().st_uid == ENTRY.pw_uid
    record('the name of a folder to be made taken by an attacker', 1, safe)
    assert safe and [problem['rule'] for problem in answer['sets'][0]['problems']] == ['folder-unsafe']
