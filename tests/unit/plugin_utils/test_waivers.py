# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in ``waive`` that no rule has."""
from __future__ import annotations

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import unknown_names


def test_the_name_of_every_rule_is_known():
    assert len(RULES) > 100 and unknown_names(RULES) == []


def test_each_unknown_name_is_told_once_with_what_was_meant():
    told = unknown_names(['key-decryptd', 'x\ny', 'key-decrypted', 'key-decryptd'])
    assert told == [
        'waive: no rule has the name "key-decryptd", so nothing is waived by it. Did you mean key-decrypted?',
        'waive: no rule has the name "x\\ny", so nothing is waived by it. A finding shows the name of its rule in square brackets.']
