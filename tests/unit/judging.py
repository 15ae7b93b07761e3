# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and judges a set-up of tests, as the action plugin does."""
from __future__ import annotations

import os
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.judge import judge_bundle
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import read_plain
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import Reading, read_bundle
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import Setup
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import NOW


def refuse(path: str) -> bytes:
    """Stand for a vaulted file without a password."""
    raise AnsibleError('Decryption failed on %s' % path)


def reading_of(setup: Setup, folder: Any) -> Reading:
    """Write a set-up below ``folder`` and read it."""
    options = dict(setup.options)
    read_file = refuse if 'read_file' in options else read_plain
    options.pop('read_file', None)
    os.makedirs(str(folder), exist_ok=True)
    return read_bundle(setup.source(str(folder)), Options(**options), read_file, NOW)


def judged(reading: Reading, **options: Any) -> list[Finding]:
    """Judge a reading at the time that the set-ups were made for."""
    return judge_bundle(reading.facts, options.get('auth_mode', 'bidirectional'), NOW,
                        decrypt_key=options.get('decrypt_key', False))


def findings_of(setup: Setup, folder: Any) -> list[Finding]:
    """Write, read and judge a set-up."""
    return judged(reading_of(setup, folder), **setup.options)
