# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From facts to findings."""
from typing import List, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import UNIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import BUNDLE_RULES, finding_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding, for_gsql_alone, ordered
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.key import serves_gsql_alone


def judge_bundle(bundle: Bundle, auth_mode: str, now: int, expiry_warning_days: int = 90,
                 decrypt_key: bool = False, key_forms: Sequence[str] = ()) -> List[Finding]:
    """Return every finding about one bundle, errors first and otherwise in the order of ``catalogue.BUNDLE_RULES``.

    ``now`` is in seconds since the epoch, UTC. ``key_forms`` are those that clients get beside client.key. The same facts give the same
    list.
    """
    purpose = Purpose(now, auth_mode, expiry_warning_days, decrypt_key)
    found = [finding_of(problem) for problem in bundle.problems]
    for rules in BUNDLE_RULES:
        found.extend(rules.judge(bundle, purpose))
    if serves_gsql_alone(found) and auth_mode != UNIDIRECTIONAL:
        found = for_gsql_alone(found, key_forms)
    return ordered(one._replace(subject=escaped(one.subject)) for one in found)     # subjects that are safe to print
