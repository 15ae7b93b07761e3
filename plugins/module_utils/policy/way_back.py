# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Going back to the set before: what has to happen for it, and which exports follow."""
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import DesiredSet, SeenSet
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import GO_BACK, KEEP, WENT_BACK, Plan, identities, loses


def plan_way_back(desired: DesiredSet, seen: SeenSet) -> Plan:
    """Go back only from the generation that was named, so that a second run does not go forth again.

    A run that was cut short after it went back is told by the set that it came from: that one lies above the current one.
    """
    current = generation(identities(seen.files))
    if seen.current is None or current != desired.replaces:
        went = seen.after and generation(identities(seen.after)) == desired.replaces and desired.back_to in (None, current)
        return Plan(WENT_BACK if went else KEEP)
    return Plan(GO_BACK, loses_files=loses(identities(seen.files), identities(seen.before)))


def exports_follow(desired: DesiredSet, seen: SeenSet, plan: Plan) -> bool:
    """Return whether exports follow a set of the user that is, or was, gone back to; else they are another task's business."""
    current = generation(identities(seen.files))
    return plan.action == GO_BACK or bool(current and desired.back_to == current)
