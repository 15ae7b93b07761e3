# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plays tasks of client_certificates for these tests."""
from __future__ import annotations

import shutil
from typing import Iterator

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.stage import Play


@pytest.fixture
def play() -> Iterator[Play]:
    """What plays tasks in a folder of the test's own."""
    one = Play()
    yield one
    shutil.rmtree(one.folder)
