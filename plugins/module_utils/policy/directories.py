# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets that would lie at one place, where each run would put one in the place of the other."""
import posixpath
from typing import List, Sequence, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import HOME_TOKEN, USER_TOKEN


def shared_directories(sets: Sequence[Tuple[str, str]]) -> List[Tuple[List[int], str]]:
    """Return ``(places in the list, directory)`` for each directory of several sets, given as ``(owner, dest)``.

    Below ``{home}`` users have directories of their own; which other path leads there, only the host could tell.
    """
    found: List[Tuple[str, str]] = []
    for owner, dest in sets:
        directory = posixpath.normpath(dest.replace(USER_TOKEN, owner)) if dest else ''
        found.append((owner if HOME_TOKEN in directory else '', directory))
    return [([place for place, one in enumerate(found) if one == shared], shared[1])
            for shared in sorted(set(found)) if shared[1] and found.count(shared) > 1]
