# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs for one user of one host at the same time, and a run whose lock another process keeps."""
from __future__ import annotations

import fcntl
import os
import shutil
import signal
import time

import pytest

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import lock, writing
from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import IDS, do
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import NEW, OLD, WITH_ALL, WITH_LIST
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import Run, Strace, run

ROUNDS = 8


def problems(answers):
    return [one for answer in answers for seen in (answer or {'sets': [{'problems': ['no answer']}]})['sets'] for one in seen['problems']]


def at_once(steps):
    """Let runs go at the same moment; return their answers."""
    runs = [Run(step) for step in steps]
    for one in runs:
        one.go()
    return [one.end() for one in runs]


def faults(corner, answers, possible):
    """After any number of runs: no errors, one of the sets that were asked for, and the exports that belong to it."""
    seen = corner.contents()
    found = [f'a problem: {one}' for one in problems(answers)] + [f'a crash: {answer}' for answer in answers if 'crashed' in (answer or {})]
    if seen not in possible:
        return [*found, f'dest holds {seen}']
    for export in corner.exports(seen):
        if open(export['path']).read() != export['content']:
            found.append(f'{export["path"]} belongs to another set')
    left = [path.name for path in corner.base.rglob('*.new')]
    if run(corner.step(seen))['changed'] or left or not corner.usable():
        found.append(f'the next run has something to do, or left {left}')
    return found


@pytest.mark.parametrize('kind', ['first deployments', 'rotations', 'take-overs', 'deployment and removal', 'in a folder of root'])
def test_runs_at_the_same_time(kind, make_corner, record):
    failed = []
    for number in range(ROUNDS):
        corner = make_corner(roots=kind == 'in a folder of root')
        sets = [WITH_LIST, NEW, WITH_ALL] if number % 2 else [WITH_ALL, WITH_LIST, NEW]
        if kind == 'take-overs':
            corner.by_hand(OLD)
        elif kind != 'first deployments':
            do(corner.step(OLD))
        steps = [corner.step(contents) for contents in sets]
        if kind == 'deployment and removal':
            steps, sets = [steps[0], corner.removal(), steps[0], corner.removal()], [sets[0], None]
        answers = at_once(steps)
        if kind == 'deployment and removal' and corner.contents() is None:
            found = [str(one) for one in problems(answers)] + [name for name in corner.tree() if name.endswith(('.key', '.sh', '.new'))]
        else:
            found = faults(corner, answers, sets)
        failed += [f'{number}: {one}' for one in found][:1]
    record(f'runs at the same time: {kind}', ROUNDS, ROUNDS - len(failed))
    assert not failed, '\n'.join(failed)


def test_runs_for_two_users_that_share_a_loader(make_corner, record):
    """Both write the loader in root's folder; neither may put half a file of the other's in its place."""
    failed = []
    for number in range(ROUNDS):
        corner = make_corner(roots=True)
        other = corner.dest.with_name('other')
        steps = [corner.step(OLD), corner.step(NEW, dest=str(other), owner='daemon', exports=corner.exports(OLD)[1:2])]
        answers = at_once(steps)
        loader = (corner.profile / 'dws_ssl.sh').read_text()
        if problems(answers) or loader != corner.exports(OLD)[1]['content'] or list(corner.profile.rglob('.*')):
            failed.append(f'{number}: {problems(answers)} {loader!r}')
    record('runs at the same time: two users, one loader', ROUNDS, ROUNDS - len(failed))
    assert not failed, '\n'.join(failed)


def test_a_lock_that_another_process_keeps(make_corner, record, monkeypatch):
    """The run waits for it, and says so in the end; the deadline is shortened here, the wait is not taken as a measure."""
    monkeypatch.setattr(lock, 'LOCK_DEADLINE', 0.5)
    corner = make_corner()
    do(corner.step(OLD))
    fd = os.open(corner.dest.parent, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    answer = run(corner.step(NEW))
    [problem] = problems([answer])
    good = [problem['rule'] == 'host-busy' and problem['subject'].startswith(str(corner.dest)), corner.contents() == OLD]
    os.close(fd)
    do(corner.step(NEW))
    good.append(corner.contents() == NEW)
    record('a lock that another process keeps', len(good), sum(good))
    assert all(good), problem


def test_a_removal_that_found_no_folder_leaves_the_one_that_a_deployment_has_just_made(make_corner, record, monkeypatch):
    corner = make_corner()
    do(corner.step(OLD))
    shutil.rmtree(corner.dest.parent)       # the exports are left to remove
    look_again, held = writing._look_again, []

    def begun(*arguments):
        look_again(*arguments)
        if not held:
            corner.dest.parent.mkdir(mode=0o700)
            os.chown(corner.dest.parent, IDS.pw_uid, IDS.pw_gid)
            held.append(os.open(corner.dest.parent, os.O_RDONLY))
            fcntl.flock(held[0], fcntl.LOCK_EX)

    monkeypatch.setattr(lock, 'LOCK_DEADLINE', 0.5)
    monkeypatch.setattr(writing, '_look_again', begun)
    answer = run(corner.removal())
    good = [one['rule'] for one in problems([answer])] == ['host-busy'] and corner.dest.parent.exists()
    record('a removal meets a deployment that has just begun', 1, int(good))
    assert good, answer


def test_a_removal_takes_the_exports_of_a_deployment_that_came_between_its_look_and_its_lock(make_corner, record, monkeypatch):
    corner = make_corner()
    do(corner.step(OLD, exports=[]))
    locked = writing.locked

    def late(*arguments):
        monkeypatch.undo()
        do(corner.step(NEW))
        return locked(*arguments)

    monkeypatch.setattr(writing, 'locked', late)
    do(corner.removal())
    left = sorted(corner.everything())
    record('a removal meets a deployment that has just begun', 1, int(left == ['home', 'profile.d']))
    assert left == ['home', 'profile.d']


def killed_with_a_child_at_work(corner, overtaken):
    """Kill the main process of a run while its child has the lock and is about to write, or writes; return the run and a tracer.

    The first child takes the lock, looks and writes. Where another run was there after the task's look it only looks, and the fourth
    writes: the main process has looked at public files and exports in between.
    """
    one = Run(corner.step(WITH_LIST), held=4 if overtaken else 1)
    if overtaken:
        do(corner.step(NEW))
    one.go()
    tracer = Strace(one.child(), '-e', 'trace=fsync', '-e', 'inject=fsync:delay_enter=20000')      # slower by 20 ms a call
    if not overtaken:     # the main process has to be there when the descriptor with the lock is handed over
        one.go_child()
        deadline = time.monotonic() + 10
        while not (corner.dest.parent / '.sslcert.new').exists():
            assert time.monotonic() < deadline, 'the child does not write'
            time.sleep(0.001)
    os.kill(one.pid, signal.SIGKILL)
    return one, tracer


def test_the_next_run_waits_for_the_child_of_a_killed_one(make_corner, record):
    """What the child still does comes before the next run, never after it."""
    failed = []
    for number in range(ROUNDS):
        corner = make_corner()
        do(corner.step(OLD))
        killed, tracer = killed_with_a_child_at_work(corner, overtaken=bool(number % 2))
        following = Run(corner.step(WITH_ALL))
        following.go()
        time.sleep(0.01)
        if number % 2:
            killed.go_child()
        answer = following.end()
        assert killed.end() is None, 'it was not killed in time'
        assert 'fsync(' in tracer.end()['calls']
        failed += [f'{number}: {one}' for one in faults(corner, [answer], [WITH_ALL])]
    record('a run after a killed one whose child still works', ROUNDS, ROUNDS - len(failed))
    assert not failed, '\n'.join(failed)
