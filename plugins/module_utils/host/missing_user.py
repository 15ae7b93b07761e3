# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removal for a user that is not on the host."""
import os
from contextlib import closing

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import HOME_TOKEN, DesiredSet


def with_roots_exports(desired: DesiredSet) -> DesiredSet:
    """Return the set with those of its exports alone that lie in folders of root, as files of root."""
    return desired._replace(exports=tuple(export._replace(owner='root') for export in desired.exports
                                          if HOME_TOKEN not in export.path and _lies_with_root(export.path)))


def _lies_with_root(path: str) -> bool:
    with closing(walk(os.path.dirname(path))) as place:
        return place.for_root
