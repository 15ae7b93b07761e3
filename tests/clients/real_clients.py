# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients that connect with a set of files as one OS user, and what came of it."""
from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import DATABASE, SUPERUSER

HOST = '127.0.0.1'
CONNECT_SECONDS = '10'
SEEN = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
# Root hands the files to this user, who then connects; anybody else is that user.
OWNER = 'nobody' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


class Answer(NamedTuple):
    """What one connection came to. ``words`` are the client's own."""
    connects: bool
    encrypted: bool = False
    words: str = ''


class Trial(NamedTuple):
    """One connection to make: as which user, from which folder, with which variables."""
    variables: Mapping[str, str]
    folder: str
    user: str = OWNER


def as_user(name: str) -> dict[str, Any]:
    """Return the options of subprocess that start a program as that user."""
    if os.geteuid() != 0 or name == 'root':
        return {}
    entry = pwd.getpwnam(name)
    return {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}


def base_environment() -> dict[str, str]:
    """Return the variables of a client besides its own ones; nothing of the person's who runs the tests."""
    return {'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'LC_ALL': 'C', 'PGCONNECT_TIMEOUT': CONNECT_SECONDS}


class Psql:
    """psql, a process for each connection."""
    name = 'psql'
    family = 'libpq'

    def connect(self, port: int, trial: Trial) -> Answer:
        done = subprocess.run(
            ['psql', '--no-psqlrc', '--no-password', '--tuples-only', '--no-align', f'--host={HOST}', f'--port={port}',
             f'--username={SUPERUSER}', f'--dbname={DATABASE}', '--command', SEEN],
            env={**base_environment(), **trial.variables}, cwd=trial.folder, stdin=subprocess.DEVNULL, capture_output=True,
            encoding='utf-8', errors='replace', timeout=60, check=False, **as_user(trial.user))
        if done.returncode != 0:
            return Answer(False, words=said(done.stderr))
        return Answer(True, done.stdout.strip() == 't')

    def close(self) -> None:
        """Nothing stays behind."""


def said(words: str) -> str:
    """Return a client's message as it would be searched for: without address, port, and with "..." for a path."""
    words = words.strip().split('psql: error: ')[-1]
    words = re.sub(r'connection to server at "[^"]*"(?: \([^)]*\))?, port \d+ failed: ', '', words)
    return re.sub(r'"/[^"]*"', '"..."', words)
