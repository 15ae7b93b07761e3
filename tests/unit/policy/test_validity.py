# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as a person reads them."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.validity import day


@pytest.mark.parametrize('moment, text', [(0, '1970-01-01 00:00 UTC'), (1764043920, '2025-11-25 04:12 UTC'), (2 ** 63, str(2 ** 63))])
def test_a_moment_is_a_date_or_the_number_that_is_none(moment, text):
    assert day(moment) == text
