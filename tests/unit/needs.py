# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test needs of the machine that it runs on."""
from __future__ import annotations

import os

import pytest


def require(missing: str | None) -> None:
    """Leave the test out, with the reason, where something is missing; fail under CI."""
    if missing and os.environ.get('CI') == 'true':
        pytest.fail(f'needed and not found: {missing}')
    if missing:
        pytest.skip(f'needs {missing}')
