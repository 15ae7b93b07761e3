# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user that is not on the host."""
import os
from contextlib import closing

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import Work
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, HOME_TOKEN
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import SWAP, Plan


def without_user(work: Work, refusal: Refused) -> None:
    """A user that is not there: an error, or nothing to do, or (removal) only root's files to remove."""
    if work.desired.state == ABSENT:
        work.warnings.append('%s: %s Only exports in folders of root are removed.' % (refusal.subject, refusal.detail))
        work.desired = work.desired._replace(exports=tuple(
            export._replace(owner='root') for export in work.desired.exports
            if HOME_TOKEN not in export.path and _lies_with_root(export.path)))
        return
    if work.desired.skip_missing_user:
        work.warnings.append('%s: %s It was skipped.' % (refusal.subject, refusal.detail))
        work.desired = work.desired._replace(exports=())
        return
    work.plan = Plan(SWAP, needs=tuple(work.desired.files.values()))
    raise refusal


def _lies_with_root(path: str) -> bool:
    with closing(walk(os.path.dirname(path))) as place:
        return place.for_root
