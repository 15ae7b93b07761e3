# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection under faults and attack, and the table of what it survived.

Every row of the table is a fault that was tried in this run. A test counts how often it tried and how often the collection
survived, hands both to ``record``, and then asserts that they are equal.
"""
from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Callable

import pytest

from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require

ROWS: dict[str, list[int]] = {}
MEASURED: dict[str, dict[str, int]] = {}

Record = Callable[[str, int, int], None]
Measure = Callable[[str, 'dict[str, int]'], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption('--fuzz-minutes', type=float, default=0, metavar='MINUTES',
                     help='feed the readers with hostile input for so long, all of them together, and do nothing else')


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Who asks for minutes of hostile input wants nothing else."""
    if config.getoption('--fuzz-minutes'):
        wanted = [item for item in items if item.path.name == 'test_hostile.py']
        config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
        items[:] = wanted


def _record(fault: str, tried: int, survived: int) -> None:
    row = ROWS.setdefault(fault, [0, 0])
    row[0] += tried
    row[1] += survived


@pytest.fixture(scope='session')
def record() -> Record:
    """``record(fault, tried, survived)`` puts a row into the table; rows of the same fault add up.

    ``fault`` is a phrase for a person, the other two are counts.
    """
    return _record


@pytest.fixture(scope='session')
def measure() -> Measure:
    """``measure(what, counts)`` puts a row below the table: how often each outcome was seen where none is promised."""
    return MEASURED.__setitem__


@pytest.fixture(scope='session', autouse=True)
def root_alone() -> None:
    """Only root can become another user, mount file systems and trace what it started."""
    require('root' if os.geteuid() != 0 else None if shutil.which('strace') else 'strace (Debian package strace)')


@pytest.fixture
def make_corner(tmp_path_factory: pytest.TempPathFactory):
    """Make corners of hosts (see corner.py) in memory, where a thousand runs cost no disk."""
    from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import Corner
    made = []

    def make(roots: bool = False) -> Corner:
        base = Path(tempfile.mkdtemp(prefix='dws_ssl_faults_', dir='/dev/shm'))
        base.chmod(0o755)
        made.append(base)
        return Corner(base, roots)

    yield make
    for base in made:
        for folder in (base, base.with_name(f'{base.name}_saved')):
            shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not ROWS:
        return
    width = max(len(fault) for fault in [*ROWS, *MEASURED])
    terminalreporter.section('faults')
    terminalreporter.write_line('%-*s  %7s  %8s' % (width, 'fault', 'tried', 'survived'))
    for fault, (tried, survived) in ROWS.items():
        terminalreporter.write_line('%-*s  %7d  %8d' % (width, fault, tried, survived), **({} if survived == tried else {'red': True}))
    if MEASURED:
        terminalreporter.write_line('')
        terminalreporter.write_line('%-*s  %7s  %s' % (width, 'measured: nothing is promised here', 'tried', 'outcome'))
    for what, counts in MEASURED.items():
        outcomes = ', '.join(f'{count} {outcome}' for outcome, count in counts.items())
        terminalreporter.write_line('%-*s  %7d  %s' % (width, what, sum(counts.values()), outcomes))
