# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's half of connection_info under the Python of the tests, or under another one in a process of its own."""
from __future__ import annotations

import glob
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import Probe, probe_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.connection import Question, judge
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.probe import probe

COLLECTIONS = Path(__file__).parents[3] / '.cache'
PROGRAM = ('import json, sys; from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask import ask; '
           'print(json.dumps(ask(sys.stdin.read())))')


def oldest_python() -> str | None:
    """Return a Python 3.6 that was seen running, None where there is none. Shims that do not run are passed over."""
    homes = [os.environ.get('PYENV_ROOT'), *(os.path.join(home, '.pyenv') for home in (
        os.environ.get('HOME_OF_USER'), os.path.expanduser('~')) if home)]
    candidates = ['python3.6', *(path for home in homes if home for path in glob.glob(f'{home}/versions/3.6.*/bin/python3.6'))]
    for candidate in candidates:
        try:
            done = subprocess.run([candidate, '-c', 'import sys; print(sys.version_info[:2])'], capture_output=True, text=True,
                                  check=False)
        except OSError:
            continue
        if done.stdout.strip() == '(3, 6)':
            return candidate
    return None


def answer_of(request: Mapping[str, Any], python: str = sys.executable) -> dict[str, Any]:
    """Return what the host answers, as the controller gets it. Under this Python nobody becomes another user: the servers of
    tests have threads, and a process with threads had better not fork."""
    if python == sys.executable:
        return json.loads(json.dumps({'seen': probe(request), 'problems': []}))
    text = json.dumps(request)
    done = subprocess.run([python, '-B', '-c', PROGRAM], input=text, capture_output=True, text=True, check=False,
                          env={'PATH': os.environ['PATH'], 'PYTHONPATH': str(COLLECTIONS)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Seen:
    """A probe of a port of loopback, its findings and how long it took (seconds)."""

    def __init__(self, port: int, timeout: float = 5, python: str = sys.executable, **request: Any) -> None:
        start = time.monotonic()
        answer = answer_of(dict({'host': '127.0.0.1', 'port': port, 'user': 'dbadmin', 'database': 'postgres', 'owner': None,
                                 'timeout': timeout}, **request), python)
        self.seconds = time.monotonic() - start
        assert answer['problems'] == [], answer
        self.size = len(json.dumps(answer))
        self.probe: Probe = probe_of(answer['seen'])
        self.findings: list[Finding] = judge(self.probe, Question('127.0.0.1', port, 'verify-ca', int(time.time())))

    @property
    def rules(self) -> set[str]:
        return {one.rule for one in self.findings}
