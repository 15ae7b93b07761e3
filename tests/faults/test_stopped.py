# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run is killed before each of its system calls that change the file system: in every process, at every call.

The state after a kill is the state between two changes, so this is also what a client sees at any moment of a run.
"""
from __future__ import annotations

import pytest

from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import SCENARIOS
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import Point
from ansible_collections.gaussdb.dws_ssl.tests.faults.trying import Trial, shown, try_all


def _killed(trial: Trial, point: Point) -> list[str]:
    answer, found = trial.disturb(point, 'signal=SIGKILL')
    if point.process == 0 and answer is not None:
        found.append('the killed run gave an answer')
    if point.process and not (answer and answer['sets'][0]['problems']):
        found.append(f'the child was killed, and the answer is {answer}')
    return found + trial.faults()


@pytest.mark.parametrize('scenario', SCENARIOS, ids=lambda scenario: scenario.name.replace(' ', '-'))
def test_a_run_that_is_killed_leaves_one_whole_set_and_the_next_run_heals_it(scenario, make_corner, record):
    tried = try_all(scenario, make_corner, _killed)
    failed = {point: wrong for point, wrong in tried.items() if wrong}
    record(f'killed at each change: {scenario.name}', len(tried), len(tried) - len(failed))
    assert not failed, shown(failed)
