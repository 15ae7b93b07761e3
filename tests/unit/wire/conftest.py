# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pythons that the host's half runs under."""
from __future__ import annotations

import sys

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.asking import oldest_python


@pytest.fixture(params=['this Python', 'Python 3.6'])
def python(request):
    """This Python, and the oldest one that a managed host may have. Left out where there is none; a failure under CI."""
    if request.param == 'this Python':
        return sys.executable
    found = oldest_python()
    require(None if found else 'a Python 3.6')
    return found
