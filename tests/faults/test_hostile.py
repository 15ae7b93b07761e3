# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile bundles and servers: each reader is fed for a few seconds here, and for hours by ``./dev faults --fuzz-minutes N``."""
from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.faults import hostile

COLLECTIONS = hostile.SEEDS.parents[5]
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(COLLECTIONS))
SECONDS = 5    # for each reader, in every run of the tests


@pytest.mark.parametrize('reader', hostile.TRIALS)
def test_a_reader_answers_whatever_it_is_fed(reader, record, pytestconfig, tmp_path):
    seconds = pytestconfig.getoption('--fuzz-minutes') * 60 / len(hostile.TRIALS) or SECONDS
    done = subprocess.run([sys.executable, hostile.__file__, reader, str(seconds)], capture_output=True, text=True, check=False,
                          cwd=tmp_path, env=ENVIRONMENT)
    record(f'hostile input for the reader: {reader}', *((int(done.stdout),) * 2 if done.returncode == 0 else (1, 0)))
    assert done.returncode == 0, f'it ended with {done.returncode}\n{done.stderr[-6000:]}'
    assert int(done.stdout) >= 50


@pytest.mark.parametrize('body, status, words', [
    ('bytes(hostile.MEMORY)', 1, 'MemoryError'),
    ('all(True for _ in iter(int, 1))', -signal.SIGPROF, ''),
], ids=['memory', 'computing'])
def test_who_takes_more_than_its_share_is_seen(body, status, words):
    greedy = ('from ansible_collections.gaussdb.dws_ssl.tests.faults import hostile\n'
              f'hostile.TRIALS["greedy"] = lambda: (lambda data: {body})\n'
              'hostile.COMPUTING = 1\n'
              'hostile.main("greedy", 5)\n')
    done = subprocess.run([sys.executable, '-c', greedy], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert (done.returncode, words in done.stderr) == (status, True)
