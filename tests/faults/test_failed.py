# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each system call of a run that changes the file system fails once: for want of room where it needs room, else with EIO."""
from __future__ import annotations

import pytest

from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import Corner
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import SCENARIOS, Scenario
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import GROWING, Point
from ansible_collections.gaussdb.dws_ssl.tests.faults.trying import Trial, shown, try_all

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


def _failed(trial: Trial, point: Point) -> list[str]:
    error = error_for(point)
    answer, found = trial.disturb(point, f'error={error}')
    found += _faults_of_answer(answer, error, trial.corner, trial.scenario)
    if trial.scenario.gap and trial.corner.contents() is None:
        found.append('a run that was not killed left nothing at dest')
    return found + trial.faults()


@pytest.mark.parametrize('scenario', TRIED, ids=lambda scenario: scenario.name.replace(' ', '-'))
def test_a_call_that_fails_is_reported_and_leaves_one_whole_set(scenario, make_corner, record):
    tried = try_all(scenario, make_corner, _failed)
    failed = {point: wrong for point, wrong in tried.items() if wrong}
    for error, fault in (('ENOSPC', 'no space left, at each write'), ('EIO', 'input/output error, at each other change')):
        those = [point for point in tried if error_for(point) == error]
        record(f'{fault}: {scenario.name}', len(those), len([point for point in those if point not in failed]))
    assert not failed, shown(failed)
