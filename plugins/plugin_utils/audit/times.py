# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in a report: text in ISO 8601, UTC, to the second."""
from __future__ import annotations

import re
from datetime import datetime, timezone

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.validity import DAY


_WRITTEN = re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z')


def seconds(timestamp: str) -> int:
    """Return seconds since the epoch. Raises ValueError for anything else than ``2026-11-25T00:00:00Z``."""
    if not _WRITTEN.fullmatch(timestamp):     # strptime takes 2026-1-5, which would not sort as text does
        raise ValueError(timestamp)
    return int(datetime.strptime(timestamp, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=timezone.utc).timestamp())


def is_timestamp(text: str) -> bool:
    """Return whether it is such a time."""
    try:
        seconds(text)
    except ValueError:
        return False
    return True


def days_left(not_after: str, time: str) -> int:
    """Return the whole days from ``time`` to an end of validity, negative where it is over."""
    return (seconds(not_after) - seconds(time)) // DAY


def today() -> str:
    """Return the beginning of this day, UTC."""
    return datetime.now(tz=timezone.utc).strftime('%Y-%m-%dT00:00:00Z')


def shown(timestamp: str) -> str:
    """Return a time as a person reads it; midnight stands for the day."""
    day, time = timestamp.rstrip('Z').split('T')
    return day if time == '00:00:00' else f'{day} {time[:5]} UTC'
