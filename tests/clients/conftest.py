# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server for tests of clients, one for all of them: each test starts it with the settings that it wants."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import PostgreSQL, what_is_missing

from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.conftest import python

__all__ = ['python', 'server']


@pytest.fixture(scope='session')
def server():
    """A PostgreSQL that is not started yet. Left out, with the reason, where this machine has none; a failure under CI."""
    require(what_is_missing())
    with PostgreSQL() as one:
        yield one
