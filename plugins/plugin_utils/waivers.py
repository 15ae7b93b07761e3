# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in an option ``waive`` that no rule has: a finding that somebody means to waive is then not waived."""
from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Iterable

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted

if TYPE_CHECKING:
    from ansible.utils.display import Display


def unknown_names(names: Iterable[str]) -> list[str]:
    """Return a sentence for each name that no rule has, each once."""
    sentences = []
    for name in dict.fromkeys(name for name in names if name not in RULES):
        near = difflib.get_close_matches(name, RULES, n=1)
        advice = f'Did you mean {near[0]}?' if near else 'A finding shows the name of its rule in square brackets.'
        sentences.append(f'waive: no rule has the name {quoted(name)}, so nothing is waived by it. {advice}')
    return sentences


def warn_of_unknown_names(display: Display, names: Iterable[str]) -> None:
    """Warn of them; Ansible prints one and the same warning once a run."""
    for text in unknown_names(names):
        display.warning(text)
