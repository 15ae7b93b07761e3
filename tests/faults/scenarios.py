# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that are stopped and failed at each of their steps."""
from __future__ import annotations

from typing import Any, Callable, NamedTuple

from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import Contents, Corner, do, some_set
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import Step

OLDEST, OLD, NEW = some_set('oldest'), some_set('old'), some_set('new')
WITH_LIST = some_set('listed', 'sslcrl-file.crl')
WITH_ALL = some_set('whole', 'sslcrl-file.crl', 'client.key.cipher', 'client.key.rand')


class Scenario(NamedTuple):
    """``prepare`` brings the corner into its first state; ``before`` and ``after`` are the sets that may be seen at ``dest``."""
    name: str
    before: Contents | None
    after: Contents | None
    prepare: Callable[[Corner], None]
    step: Callable[[Corner], Step]
    roots: bool = False
    options: dict[str, Any] = {}
    gap: bool = False       # for a moment there may be nothing at dest, and the run says so
    may_stay: tuple[str, ...] = ()      # an empty folder that nobody can tell from one of the user's own


def _deployed(*sets: Contents) -> Callable[[Corner], None]:
    def prepare(corner: Corner) -> None:
        for contents in sets:
            do(corner.step(contents))
    return prepare


def _by_hand(contents: Contents) -> Callable[[Corner], None]:
    return lambda corner: corner.by_hand(contents)


def _to(contents: Contents, **changes: Any) -> Callable[[Corner], Step]:
    return lambda corner: corner.step(contents, **changes)


def _back(current: Contents, before: Contents) -> Callable[[Corner], Step]:
    return lambda corner: corner.way_back(current, before)


def _after_a_way_back(corner: Corner) -> None:
    _deployed(OLD, NEW)(corner)
    do(corner.way_back(NEW, OLD))


SCENARIOS = (
    Scenario('first deployment', None, WITH_ALL, _deployed(), _to(WITH_ALL)),
    Scenario('rotation', OLD, NEW, _deployed(OLDEST, OLD), _to(NEW)),
    Scenario('rotation that gains files', OLD, WITH_ALL, _deployed(OLD), _to(WITH_ALL)),
    Scenario('rotation that loses files', WITH_ALL, NEW, _deployed(OLD, WITH_ALL), _to(NEW)),
    Scenario('rotation in a folder of root', OLD, WITH_LIST, _deployed(OLDEST, OLD), _to(WITH_LIST), roots=True),
    Scenario('take-over of a folder made by hand', OLD, WITH_LIST, _by_hand(OLD), _to(WITH_LIST)),
    Scenario('take-over without an exchange of names', OLD, NEW, _by_hand(OLD), _to(NEW), options={'exchange': False}, gap=True),
    Scenario('way back', NEW, OLD, _deployed(OLD, NEW), _back(NEW, OLD)),
    Scenario('way back that gains files', NEW, WITH_LIST, _deployed(WITH_LIST, NEW), _back(NEW, WITH_LIST)),
    Scenario('way back that loses files', WITH_LIST, OLD, _deployed(OLD, WITH_LIST), _back(WITH_LIST, OLD)),
    Scenario('rotation after a way back', OLD, WITH_LIST, _after_a_way_back, _to(WITH_LIST)),
    Scenario('removal', NEW, None, _deployed(OLD, NEW), lambda corner: corner.removal(), may_stay=('home/dws_ssl',)),
)
