# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for whoever needs bundles, and the settings of property tests."""
from __future__ import annotations

import os

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import Setup
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import judged, reading_of
from hypothesis import HealthCheck, settings

# Time per example says nothing on a busy machine. HYPOTHESIS_EXAMPLES=5000 looks longer.
settings.register_profile('units', deadline=None, max_examples=int(os.environ.get('HYPOTHESIS_EXAMPLES', '60')),
                          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
settings.load_profile('units')


@pytest.fixture
def read(tmp_path):
    """A function from a set-up to its ``Reading``."""
    def reader(setup: Setup):
        return reading_of(setup, tmp_path)
    return reader


@pytest.fixture
def rules(tmp_path):
    """A function from a set-up to ``{rule: severity}`` of its findings, the gravest of each rule."""
    def reader(setup: Setup):
        found = judged(reading_of(setup, tmp_path), **setup.options)
        return {one.rule: one.severity for one in reversed(found)}
    return reader
