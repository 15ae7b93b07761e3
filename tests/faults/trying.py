# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fault after the other, at every point of a run, each time from the same first state."""
from __future__ import annotations

import multiprocessing
import os
from typing import Any, Callable

from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import Contents, Corner, do
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import SCENARIOS, Scenario
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import Point, points, run, run_with

# Each process has a corner of its own. Points mostly wait for other processes to start and end.
PROCESSES = max(2, os.cpu_count() or 2)


class Trial:
    """A scenario that was prepared, and run once to the end: ``points`` are all that can be disturbed in it."""

    def __init__(self, corner: Corner, scenario: Scenario) -> None:
        self.corner, self.scenario = corner, scenario
        scenario.prepare(corner)
        self._saved = corner.save()
        self.points = points(scenario.step(corner), **scenario.options)
        self._wanted = corner.tree()
        assert corner.contents() == scenario.after
        assert scenario.after is None or corner.usable()
        self._seen: dict[frozenset[Any], list[str]] = {}

    def disturb(self, point: Point, fault: str) -> tuple[dict[str, Any] | None, list[str]]:
        """Run from the first state on with a fault at a point; return the answer, and what is wrong if the fault did not happen."""
        self.corner.restore(self._saved)
        answer, happened = run_with(self.scenario.step(self.corner), point, f'{fault}', **self.scenario.options)
        return answer, [] if happened else [f'{fault} did not happen']

    def faults(self) -> list[str]:
        """Return what is wrong now, and what is still wrong after the next run. From a state that was seen before it does the same."""
        state = frozenset(self.corner.everything().items())
        if state not in self._seen:
            self._seen[state] = faults_of_state(self.corner, self.scenario.before, self.scenario.after, self.scenario.gap) + self._healed()
        return self._seen[state]

    def _healed(self) -> list[str]:
        """Run the task again, as a person would; return what then is not as after a run that nothing happened to."""
        do(self.scenario.step(self.corner))
        seen = self.corner.tree()
        found = [f'after the next run {name} is {seen.get(name)} and should be {self._wanted.get(name)}'
                 for name in sorted({*self._wanted, *seen})
                 if seen.get(name) != self._wanted.get(name) and name not in self.scenario.may_stay]
        if run(self.scenario.step(self.corner))['changed']:
            found.append('a third run changes something again')
        return found


def faults_of_state(corner: Corner, before: Contents | None, after: Contents | None, gap: bool = False) -> list[str]:
    """Return what is wrong with what a client finds, whatever was done to the run; with ``gap`` there may be nothing."""
    found = []
    seen = corner.contents()
    if seen not in (before, after) and not (gap and seen is None):
        found.append(f'dest holds neither the set before nor the new one: {seen}')
    for path, names in corner.named().items():
        missing = [name for name in names if name not in (seen or {})]
        if missing and not (gap and seen is None):
            found.append(f'{path} names {missing}, which dest does not hold')
    return found + [f'others can read {path}' for path in corner.exposed()]


Try = Callable[[Trial, Point], 'list[str]']


def try_all(scenario: Scenario, make_corner: Callable[[bool], Corner], try_one: Try) -> dict[Point, list[str]]:
    """Return what ``try_one`` finds wrong at each point of a scenario."""
    tasks = [(make_corner(scenario.roots), SCENARIOS.index(scenario), try_one, part) for part in range(PROCESSES)]
    with multiprocessing.get_context('fork').Pool(PROCESSES) as pool:
        parts = pool.map(_try_part, tasks, chunksize=1)
    found = {point: wrong for part in parts for point, wrong in part}
    assert len(found) == len({point[:3] for point in found}), 'the runs of the processes do not have the same points'
    return found


def _try_part(task: tuple[Corner, int, Try, int]) -> list[tuple[Point, list[str]]]:
    corner, number, try_one, part = task
    trial = Trial(corner, SCENARIOS[number])
    return [(point, try_one(trial, point)) for point in trial.points[part::PROCESSES]]


def shown(failed: dict[Point, list[str]]) -> str:
    return '\n'.join([f'{len(failed)} points, the first of them:', *(
        f'{point.text[:200]} (process {point.process}, number {point.number})\n    ' + '\n    '.join(line[:300] for line in wrong[:4])
        for point, wrong in list(failed.items())[:6])])
