# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is killed before each of its system calls that change the file system: in every process, at every call.

The state after a kill is the state between two changes, so this is also what a client sees at any moment of a run.
"""
from __future__ import annotations

import pytest

from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import Corner, do
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import SCENARIOS, Scenario
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import Point, points, run, run_with


def faults_of_state(corner: Corner, scenario: Scenario) -> list[str]:
    """Return what is wrong with what a client finds, whatever was done to the run."""
    found = []
    seen = corner.contents()
    if seen not in (scenario.before, scenario.after) and not (scenario.gap and seen is None):
        found.append(f'dest holds neither the set before nor the new one: {seen}')
    for path, names in corner.named().items():
        missing = [name for name in names if name not in (seen or {})]
        if missing and not (scenario.gap and seen is None):
            found.append(f'{path} names {missing}, which dest does not hold')
    return found + [f'others can read {path}' for path in corner.exposed()]


def healed(corner: Corner, scenario: Scenario, wanted: dict) -> list[str]:
    """Run the task again, as a person would; return what then is not as after a run that nothing happened to."""
    do(scenario.step(corner))
    seen = corner.tree()
    found = [f'after the next run {name} is {seen.get(name)} and should be {wanted.get(name)}'
             for name in sorted({*wanted, *seen}) if seen.get(name) != wanted.get(name) and name not in scenario.may_stay]
    if scenario.after is not None and not corner.usable():
        found.append('after the next run the user cannot read the set')
    if run(scenario.step(corner))['changed']:
        found.append('a third run changes something again')
    return found


def shown(failed: dict[Point, list[str]]) -> str:
    return '\n'.join([f'{len(failed)} points, the first of them:', *(
        f'{point.text[:200]} (process {point.process}, number {point.number})\n    ' + '\n    '.join(line[:300] for line in wrong[:4])
        for point, wrong in list(failed.items())[:6])])


def _killed(corner: Corner, scenario: Scenario, point: Point, wanted: dict) -> list[str]:
    answer, happened = run_with(scenario.step(corner), point, 'signal=SIGKILL', **scenario.options)
    found = [] if happened else ['the kill did not happen']
    if point.process == 0 and answer is not None:
        found.append('the killed run gave an answer')
    if point.process and not (answer and answer['sets'][0]['problems']):
        found.append(f'the child was killed, and the answer is {answer}')
    return found + faults_of_state(corner, scenario) + healed(corner, scenario, wanted)


@pytest.mark.parametrize('scenario', SCENARIOS, ids=lambda scenario: scenario.name.replace(' ', '-'))
def test_a_run_that_is_killed_leaves_one_whole_set_and_the_next_run_heals_it(scenario, make_corner, record, measure):
    corner = make_corner(scenario.roots)
    scenario.prepare(corner)
    saved = corner.save()
    found = points(scenario.step(corner), **scenario.options)
    assert corner.contents() == scenario.after
    wanted = corner.tree()
    failed = {}
    for point in found:
        corner.restore(saved)
        wrong = _killed(corner, scenario, point, wanted)
        if wrong:
            failed[point] = wrong
    record(f'killed at each change: {scenario.name}', len(found), len(found) - len(failed))
    assert not failed, shown(failed)
