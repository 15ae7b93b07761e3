# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When what a fleet uses ceases to be valid: month by month, and certificate by certificate."""
from __future__ import annotations

from collections import Counter
from typing import Iterable, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import AUTHORITY, End, HostRecord, SetRecord
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.times import days_left

EXPIRED, BEYOND = 'expired', 'beyond'
MONTHS = 24    # how far the time line reaches, this month included


class Period(NamedTuple):
    """One bar of the time line: how many sets have their first end in it, and how many of them end within the days of warning.

    ``name`` is a month (2026-11), ``EXPIRED`` or ``BEYOND``.
    """
    name: str
    sets: int
    soon: int


class SharedEnd(NamedTuple):
    """One certificate or list, in how many sets it lies, and on which hosts."""
    end: End
    days_left: int
    sets: int
    hosts: tuple[str, ...]


def first_end(one: SetRecord) -> End | None:
    """Return the end at which a set stops to work, None where nothing in it has one.

    Of several CA certificates the last one counts: as long as one is valid, the others need not be. Those above the client's certificate
    all count, as they do in rule ca-expired.
    """
    authorities = [end for end in one.ends if end.kind == AUTHORITY]
    others = [end for end in one.ends if end.kind != AUTHORITY]
    last = [max(authorities, key=lambda end: end.not_after)] if authorities else []
    return min([*others, *last], key=lambda end: end.not_after, default=None)


def time_line(sets: Iterable[SetRecord], time: str, expiry_warning_days: int) -> list[Period]:
    """Return the bars from what is expired to what ends beyond the last month, empty months included."""
    names = (EXPIRED, *_months(time), BEYOND)
    all_of, soon = Counter[str](), Counter[str]()
    for end in filter(None, map(first_end, sets)):
        days, month = days_left(end.not_after, time), end.not_after[:7]
        name = EXPIRED if days < 0 else month if month in names else BEYOND
        all_of[name] += 1
        soon[name] += 0 <= days < expiry_warning_days
    return [Period(name, all_of[name], soon[name]) for name in names]


def _months(time: str) -> list[str]:
    first = int(time[:4]) * 12 + int(time[5:7]) - 1
    return [f'{number // 12:04d}-{number % 12 + 1:02d}' for number in range(first, first + MONTHS)]


def shared_ends(records: Iterable[HostRecord], time: str) -> list[SharedEnd]:
    """Return each certificate and list once, the first to end first, and of those of one time what most sets have.

    The rest of the order is that of the hosts.
    """
    places: dict[End, list[str]] = {}
    for record in records:
        for one in record.sets:
            for end in dict.fromkeys(one.ends):
                places.setdefault(end, []).append(record.host)
    return [SharedEnd(end, days_left(end.not_after, time), len(hosts), tuple(dict.fromkeys(hosts)))
            for end, hosts in sorted(places.items(), key=lambda pair: (pair[0].not_after, -len(pair[1])))]
