# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rotation in waves: which hosts go first, how many at a time, and what makes a host unfit for it."""
import re
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import DIRECTORY_SHARED
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import listed

CANARIES = 1
WAVES = ('10%', '25%', '100%')
MAX_FAIL_PERCENTAGE = 0.0
NO_HOST = ['!all']

# Findings that elsewhere only warn: with one home for many hosts the first host of a rotation changes them all.
NOT_IN_WAVES = (DIRECTORY_SHARED.name,)

SETTINGS = ('canaries', 'waves', 'max_fail_percentage', 'limit', 'limited')


def rotation(pattern: str, found: Sequence[str], groups: Mapping[str, Sequence[str]],
             settings: Mapping[str, Any]) -> Dict[str, Any]:
    """Return ``{canaries, others, waves, max_fail_percentage}``: two host patterns, and what a play says as ``serial``.

    ``pattern`` names the hosts, ``found`` are those that it stands for, ``groups`` is the inventory as ``{group: hosts}``. Where the run
    has a ``limit``, it takes those of them that are ``limited``. Values of ``settings`` that are None or '' are left to the defaults.
    Raise ValueError with everything that is wrong, one line each.
    """
    given = {name: value for name, value in settings.items() if value not in (None, '')}
    problems = ['unknown setting: %s. Known: %s.' % (name, ', '.join(SETTINGS)) for name in sorted(given) if name not in SETTINGS]
    if 'limit' in given:
        found = [name for name in found if name in given.get('limited', ())]
        if any(str(term).startswith('@') for term in listed(given['limit'])):
            problems.append('--limit %s: a rotation cannot see which hosts a file names, and would go without canaries. Name the hosts '
                            'themselves.' % given['limit'])
    canaries = _canaries(given.get('canaries', CANARIES), found, groups, problems)
    waves = _waves(given.get('waves', WAVES), problems)
    share = _share(given.get('max_fail_percentage', MAX_FAIL_PERCENTAGE), problems)
    if problems:
        raise ValueError('\n'.join(problems))
    return {'canaries': canaries or NO_HOST, 'others': [pattern] + ['!' + name for name in canaries], 'waves': waves,
            'max_fail_percentage': share}


def _canaries(value: Any, found: Sequence[str], groups: Mapping[str, Sequence[str]], problems: List[str]) -> List[str]:
    """Return the hosts that go first: so many of those found, or those of the groups and hosts that are named."""
    if isinstance(value, bool) or re.match(r'^-?[0-9]+$', str(value).strip()):
        if isinstance(value, bool) or int(value) < 0:
            problems.append('dws_rotate_canaries: %s is neither a number of hosts nor a name.' % value)
            return []
        return list(found[:int(value)])
    named: List[str] = []
    for name in (str(one) for one in listed(value)):
        members = groups.get(name, [name] if name in groups.get('all', ()) else None)
        if members is None:
            problems.append('dws_rotate_canaries: %s is neither a group nor a host of the inventory.' % name)
        named += members or []
    canaries = [name for name in dict.fromkeys(named) if name in found]
    if named and not canaries and found:
        problems.append('dws_rotate_canaries: none of %s is among the hosts to rotate.' % ', '.join(named))
    return canaries


def _waves(value: Any, problems: List[str]) -> List[Any]:
    """Return the sizes of the waves; the last one holds for all that follow."""
    sizes: List[Any] = []
    for one in listed(value):
        text = str(one).strip()
        number = re.match(r'^([0-9]+)(%?)$', text)
        if not number or int(number.group(1)) == 0 or number.group(2) and int(number.group(1)) > 100:
            problems.append('dws_rotate_waves: %s is neither a number of hosts nor a share such as 25%%.' % text)
        else:
            sizes.append(text if number.group(2) else int(text))
    if not sizes and not problems:
        problems.append('dws_rotate_waves: the list is empty.')
    return sizes


def _share(value: Any, problems: List[str]) -> float:
    try:
        share = float(str(value).strip().rstrip('%'))
    except ValueError:
        share = -1.0
    if isinstance(value, bool) or not 0 <= share <= 100:
        problems.append('dws_rotate_max_fail_percentage: %s is not a share from 0 to 100.' % value)
    return share


def rotation_obstacles(planned: Mapping[str, Any], endpoint: Optional[str]) -> List[str]:
    """Return why a host cannot take part in a rotation, one line each, from what the module said in check mode."""
    if planned.get('unreachable'):
        return ['The host could not be reached: %s' % planned.get('msg', '')]
    lines = [] if endpoint else ['A rotation asks the server after each wave: set dws_client_endpoint to host:port of the cluster.']
    for one in planned.get('sets', ()):
        lines += ['%s, %s: %s [%s] %s' % (one['owner'], one['dest'], found['message'], found['rule'], found['remedy'])
                  for found in one['findings'] if found['rule'] in NOT_IN_WAVES and found['severity'] != ERROR and not found['waived']]
    return lines
