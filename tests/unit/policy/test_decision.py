# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look cannot be. That controller and host decide alike is seen in every test of tests/unit/host, before it asks."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.decision import decide
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import DesiredSet, Export, Ids, Look, LookedExport

DESIRED = DesiredSet('/d', 'u', exports=(Export('/e', 'x', 0o600, 'u'),))


def test_a_host_that_saw_nothing_of_a_file_says_why():
    problem = {'rule': 'folder-unsafe', 'subject': '/e', 'detail': 'This.'}
    assert decide(DESIRED, Look('/d', '/h', Ids(1, 1), exports=[LookedExport(problem=problem)])).problems == [problem]
    with pytest.raises(ValueError, match='says why'):
        decide(DESIRED, Look('/d', '/h', Ids(1, 1), exports=[LookedExport()]))
