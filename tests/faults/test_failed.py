# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each system call of a run that changes the file system fails once: for want of room where it needs room, else with EIO."""
from __future__ import annotations

import pytest

from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import Corner
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import SCENARIOS, Scenario
from ansible_collections.gaussdb.dws_ssl.tests.faults.test_stopped import faults_of_state, healed, shown
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import GROWING, Point, points, run_with

TRIED = [scenario for scenario in SCENARIOS if scenario.name in (
    'first deployment', 'rotation that gains files', 'rotation that loses files', 'rotation in a folder of root',
    'take-over of a folder made by hand', 'take-over without an exchange of names', 'way back that gains files', 'removal')]
WORDS = {'ENOSPC': 'No space left on device', 'EIO': 'Input/output error'}


def error_for(point: Point) -> str:
    return 'ENOSPC' if point.call in GROWING else 'EIO'


def _faults_of_answer(answer: dict | None, error: str, corner: Corner, scenario: Scenario) -> list[str]:
    """A run that could not do something says what and where, in the host's own words, or it has done everything that matters."""
    if answer is None or 'crashed' in answer:
        return [f'no answer: {answer}']
    [seen] = answer['sets']
    if not seen['problems']:
        whole = corner.contents() == scenario.after
        return [] if whole else ['no problem was reported, and dest does not hold what it should']
    found = [f'the problem does not say {WORDS[error]}: {problem}' for problem in seen['problems'] if WORDS[error] not in problem['detail']]
    return found + [f'the problem does not say where: {problem}' for problem in seen['problems']
                    if str(corner.base) not in problem['subject']]


def _failed(corner: Corner, scenario: Scenario, point: Point, wanted: dict) -> list[str]:
    error = error_for(point)
    answer, happened = run_with(scenario.step(corner), point, f'error={error}', **scenario.options)
    found = [] if happened else ['the failure did not happen']
    found += _faults_of_answer(answer, error, corner, scenario) + faults_of_state(corner, scenario)
    if scenario.gap and corner.contents() is None:
        found.append('a run that was not killed left nothing at dest')
    return found + healed(corner, scenario, wanted)


@pytest.mark.parametrize('scenario', TRIED, ids=lambda scenario: scenario.name.replace(' ', '-'))
def test_a_call_that_fails_is_reported_and_leaves_one_whole_set(scenario, make_corner, record):
    corner = make_corner(scenario.roots)
    scenario.prepare(corner)
    saved = corner.save()
    found = points(scenario.step(corner), **scenario.options)
    wanted = corner.tree()
    failed = {}
    for point in found:
        corner.restore(saved)
        wrong = _failed(corner, scenario, point, wanted)
        if wrong:
            failed[point] = wrong
    for error, fault in (('ENOSPC', 'no space left, at each write'), ('EIO', 'input/output error, at each other change')):
        tried = [point for point in found if error_for(point) == error]
        record(f'{fault}: {scenario.name}', len(tried), len([point for point in tried if point not in failed]))
    assert not failed, shown(failed)
