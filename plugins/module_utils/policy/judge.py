# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From facts to findings."""
from typing import List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import UNIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import BUNDLE_RULES, RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import PAIR_DUE, Bundle, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    GSQL,
    INFO,
    Finding,
    finding,
    ordered,
)


def judge_bundle(bundle: Bundle, auth_mode: str, now: int, expiry_warning_days: int = 90,
                 decrypt_key: bool = False) -> List[Finding]:
    """Return every finding about one bundle, errors first and otherwise in the order of ``catalogue.BUNDLE_RULES``.

    ``now`` is in seconds since the epoch, UTC. The same facts give the same list.
    """
    purpose = Purpose(now, auth_mode, expiry_warning_days, decrypt_key)
    found = [finding(RULES[problem.rule], problem.subject, problem.detail) for problem in bundle.problems]
    for rules in BUNDLE_RULES:
        found.extend(rules.judge(bundle, purpose))
    readable = [_for_readers(one, bundle, purpose) for one in found]
    return ordered(one._replace(subject=escaped(one.subject)) for one in readable)     # subjects that are safe to print


def _for_readers(one: Finding, bundle: Bundle, purpose: Purpose) -> Finding:
    """Return a finding that speaks of clients which cannot read the set at all as information.

    A set with an encrypted key serves gsql alone (rule key-encrypted); what psql would refuse besides must not stop it.
    """
    sealed = bundle.key is not None and (bundle.key.encrypted and not purpose.decrypt_key or bundle.pair == PAIR_DUE)
    gsql_alone = sealed and purpose.auth_mode != UNIDIRECTIONAL
    return one._replace(severity=INFO) if gsql_alone and GSQL not in one.clients else one
