# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role does about the server's word on its sets: which are taken back, which fail the host, and why."""
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import PREVIOUS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import NONE

# Beside dest, for a set that is tried before it becomes the current one.
CANDIDATE = '.candidate'


# In place of what connection_info returns, for a user who is missing and was passed over.
NOT_ASKED = {'skipped': True}


def candidate_sets(sets: Sequence[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Return the sets as candidates: in a place of their own beside ``dest``, and without exports."""
    return [dict(one, dest=str(one['dest']).rstrip('/') + CANDIDATE, exports=[]) for one in sets]


def sets_to_take_back(sets: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]],
                      connections: Optional[Sequence[Mapping[str, Any]]] = None) -> List[Dict[str, Any]]:
    """Return, as a task for the module, the new sets that the server refuses and that have a set before them.

    The other sets of their users are in it, too, and stay: files that name all sets of a user are made from all of them.
    ``sets`` are what was asked for, ``results`` what the module returned and ``connections`` what connection_info returned,
    in one order. Where the server could not be asked (``set_works`` is None) the new set stays: it may be the right one. Without
    ``connections`` all new sets are taken back. A set that stayed, with other modes or exports, is not a new one.
    """
    if connections is None:
        connections = [{'set_works': False}] * len(results)
    back = [connection.get('set_works') is False and result.get('replaced') not in (None, result['generation'])
            for result, connection in zip(results, connections)]
    owners = {one['owner'] for one, goes in zip(sets, back) if goes}
    return [dict(one, state=PREVIOUS, replaces=result['generation'] if goes else NONE)
            for one, result, goes in zip(sets, results, back) if one['owner'] in owners]


def connection_failures(results: Sequence[Mapping[str, Any]], connections: Sequence[Mapping[str, Any]],
                        check_mode: bool = False) -> List[str]:
    """Return a line for each set that was not seen to work, with the findings that say why.

    In check mode the current sets were tried; where there is none yet, nothing can be said, and neither is of a user who was passed over.
    """
    lines = []
    for result, connection in zip(results, connections):
        nothing_there = connection.get('skipped') or check_mode and result.get('first')
        if connection.get('set_works') is not True and not nothing_there:
            reasons = ['%s [%s] %s' % (found['message'], found['rule'], found['remedy'])
                       for found in connection.get('findings', ()) if found['severity'] == ERROR and not found['waived']]
            lines.append('%s, %s: %s' % (result['owner'], result['dest'], ' '.join(reasons) or _UNSEEN))
    return lines


_UNSEEN = 'It could not be seen whether the server accepts this set.'
