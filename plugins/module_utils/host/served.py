# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that serve a folder, as a loader does: they stay as long as others have files there."""
import os
from typing import FrozenSet, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.decision import Work
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import Export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import KEEP, REMOVE


def decide_on_exports(works: List[Work]) -> None:
    """A file that serves a folder stays as long as the folder holds files of others than these works, which are leaving now."""
    leaving = frozenset(export.path for work in works for export, _seen, action in work.exports
                        if action == REMOVE and not export.serves)
    for work in works:
        work.exports = [(export, seen, KEEP if action == REMOVE and still_served(export, leaving) else action)
                        for export, seen, action in work.exports]


def still_served(export: Export, leaving: FrozenSet[str]) -> bool:
    """Return whether the folder that a file serves will hold files after those in ``leaving`` (paths) are gone."""
    if not export.serves:
        return False
    try:
        names = os.listdir(export.serves)
    except OSError:
        return False
    return any(os.path.join(export.serves, name) not in leaving for name in names if not name.startswith('.'))
