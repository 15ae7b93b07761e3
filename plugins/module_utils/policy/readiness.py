# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a fleet ready for require_ssl: who would be cut off by it, and who connects without verification today."""
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple


def readiness(connections: Sequence[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Return a row for each connection: ``{host, owner, sslmode, endpoint, cut_off, unverified, clear_text}``.

    A connection is what connection_info returned, with ``host`` added. ``cut_off`` is whether the client connects today and
    would not with require_ssl turned on; ``unverified`` whether it connects without a verified server today, and ``clear_text``
    without encryption. ``None`` where it could not be seen.
    """
    return [_row(connection) for connection in connections]


def _row(connection: Mapping[str, Any]) -> Dict[str, Any]:
    sslmode = connection.get('sslmode')
    today = (connection.get('outcomes') or {}).get(sslmode) or {}
    later = (connection.get('outcomes_with_require_ssl') or {}).get(sslmode) or {}
    connects = today.get('connects')
    return {
        'host': connection.get('host', ''), 'owner': connection.get('owner'), 'endpoint': connection.get('endpoint'),
        'sslmode': sslmode, 'connects': connects,
        'cut_off': _both(connects, _no(later.get('connects'))),
        'clear_text': _both(connects, _no(today.get('encrypted'))),
        'unverified': _both(connects, _no(today.get('server_checked'))),
    }


def _no(value: Optional[bool]) -> Optional[bool]:
    return None if value is None else not value


def _both(one: Optional[bool], other: Optional[bool]) -> Optional[bool]:
    """Return one and other, None where the answer depends on what is not known."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def table(rows: Sequence[Mapping[str, Any]]) -> List[str]:
    """Return the rows as the lines of a table for a terminal, those who would be cut off first."""
    words: Dict[Optional[bool], str] = {True: 'yes', False: 'no', None: '?'}
    cells: List[Tuple[str, ...]] = [('host', 'user', 'sslmode', 'connects', 'cut off', 'clear text', 'unverified')]
    ordered = sorted(rows, key=lambda row: (row['cut_off'] is not True, row['unverified'] is not True, str(row['host'])))
    for row in ordered:
        marks = tuple(words[row[name]] for name in ('connects', 'cut_off', 'clear_text', 'unverified'))
        cells.append((str(row['host']), str(row['owner'] or ''), str(row['sslmode'] or '')) + marks)
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    return ['  '.join(word.ljust(width) for word, width in zip(line, widths)).rstrip() for line in cells]
