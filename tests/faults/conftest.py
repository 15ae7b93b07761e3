# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection under faults and attack, and the table of what it survived.

Every row of the table is a fault that was tried in this run. A test counts how often it tried and how often the collection
survived, hands both to ``record``, and then asserts that they are equal.
"""
from __future__ import annotations

from typing import Callable

import pytest

ROWS: dict[str, list[int]] = {}

Record = Callable[[str, int, int], None]


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not ROWS:
        return
    width = max(len(fault) for fault in ROWS)
    terminalreporter.section('faults')
    terminalreporter.write_line('%-*s  %6s  %8s' % (width, 'fault', 'tried', 'survived'))
    for fault, (tried, survived) in ROWS.items():
        terminalreporter.write_line('%-*s  %6d  %8d' % (width, fault, tried, survived),
                                    **({} if survived == tried else {'red': True}))
