# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a format's file, and of a further form of the key, as they lie on a host."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed, DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import FILE, FOLDER, LINK, NOTHING, SeenFile
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.deployed import judge_deployed

GOOD = SeenFile(FILE, 0o600, 1000, 1000, 'a' * 64)
FILES = dict.fromkeys(('client.crt', 'client.key', 'cacert.pem', 'client.key.pk8'), GOOD)


def judged(file=GOOD, agrees=True, files=None):
    seen = Deployed('/d', 'bidirectional', 1000, LINK, SeenFile(FOLDER, 0o700, 1000, 1000), FILES if files is None else files, exports=(
        DeployedExport('/d.env', 1000, 0o600, file, None, agrees, 'environment'),), key_forms=('client.key.pk8',))
    return [(one.rule, one.severity, one.subject) for one in judge_deployed(seen)]


def test_a_good_one_is_nothing_to_speak_of():
    assert judged() == []


@pytest.mark.parametrize('file, agrees, found', [
    (SeenFile(NOTHING), False, [('format-missing', 'error')]), (GOOD, False, [('format-drift', 'error')]),
    (GOOD._replace(uid=0), True, [('format-drift', 'error')]), (GOOD._replace(mode=0o644), True, [('exports-mode', 'warning')])])
def test_a_file_that_is_missing_or_changed(file, agrees, found):
    assert [(rule, severity) for rule, severity, _subject in judged(file, agrees)] == found


@pytest.mark.parametrize('state, found', [
    (None, [('file-missing', 'error')]), (GOOD._replace(mode=0o640), [('file-mode', 'error')]),
    (GOOD._replace(mode=0o400), [('file-mode', 'warning')])])
def test_a_further_form_of_the_key(state, found):
    files = {name: seen for name, seen in dict(FILES, **{'client.key.pk8': state}).items() if seen}
    assert [(rule, severity) for rule, severity, subject in judged(files=files) if subject == 'client.key.pk8'] == found
