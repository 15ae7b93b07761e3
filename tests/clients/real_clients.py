# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients that connect with a set of files as one OS user, and what came of it."""
from __future__ import annotations

import glob
import os
import pwd
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import JDBC, LIBPQ
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import DATABASE, SUPERUSER

PROGRAMS = Path(__file__).parent / 'programs'
ODBC_DRIVER = '/usr/lib/*/odbc/psqlodbcw.so'
JDBC_DRIVER = '/usr/share/java/postgresql.jar'
SEPARATOR = '\x1f'    # between the fields of a line
HOST = '127.0.0.1'
CONNECT_SECONDS = '10'
ANSWER_SECONDS = 60
SEEN = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
# Root hands the files to this user, who then connects; anybody else is that user.
OWNER = 'nobody' if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def what_is_missing() -> str | None:
    """Return what this machine lacks for the clients besides psql, None where it has all."""
    for program, package in (('isql', 'unixodbc'), ('java', 'default-jdk-headless'), ('javac', 'default-jdk-headless')):
        if shutil.which(program) is None:
            return f'{program} (Debian package {package})'
    if not glob.glob(ODBC_DRIVER):
        return 'psqlODBC (Debian package odbc-postgresql)'
    return None if os.path.exists(JDBC_DRIVER) else 'pgjdbc (Debian package libpostgresql-jdbc-java)'


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
    return {'PATH': os.environ['PATH'], 'HOME': '/dev/null', 'LC_ALL': 'C', 'PGCONNECT_TIMEOUT': CONNECT_SECONDS}


class Client:
    """One client. ``family`` is the word of findings for clients of its kind."""
    name = ''
    family = LIBPQ

    def takes(self, trial: Trial) -> bool:
        """Return whether the client can be tried so."""
        return trial.user == OWNER

    def connect(self, port: int, trial: Trial) -> Answer:
        """Connect once."""
        raise NotImplementedError

    def close(self) -> None:
        """End what was started."""


class Psql(Client):
    """psql, a process for each connection."""
    name = 'psql'

    def takes(self, trial: Trial) -> bool:
        return True

    def connect(self, port: int, trial: Trial) -> Answer:
        done = run(['psql', '--no-psqlrc', '--no-password', '--tuples-only', '--no-align', f'--host={HOST}', f'--port={port}',
                    f'--username={SUPERUSER}', f'--dbname={DATABASE}', '--command', SEEN], trial)
        if done.returncode != 0:
            return Answer(False, words=said(done.stderr))
        return Answer(True, done.stdout.strip() == 't')


def psql_version() -> str:
    """Return psql's name and major version, which its words depend on."""
    done = subprocess.run(['psql', '--version'], capture_output=True, text=True, timeout=60, check=True)
    return 'psql ' + done.stdout.split()[2].split('.')[0]


class Odbc(Client):
    """psqlODBC by way of isql, a process for each connection. The mode is the driver's own setting, the files are libpq's."""
    name = 'psqlODBC'

    def takes(self, trial: Trial) -> bool:
        return super().takes(trial) and 'PGSERVICE' not in trial.variables     # its files are those of the format odbc

    def connect(self, port: int, trial: Trial) -> Answer:
        settings = {'Driver': 'PostgreSQL Unicode', 'Servername': HOST, 'Port': str(port), 'Database': DATABASE,
                    'Username': SUPERUSER, 'SSLmode': trial.variables.get('PGSSLMODE', 'prefer')}
        done = run(['isql', '-v', '-b', '-k', ';'.join(f'{name}={value}' for name, value in settings.items())], trial,
                   SEEN.replace('SELECT ssl', "SELECT 'encrypted=' || ssl") + '\n')
        if done.returncode != 0:
            return Answer(False, words=said(done.stdout + done.stderr))
        return Answer(True, 'encrypted=true' in done.stdout)


def run(command: list[str], trial: Trial, standard_input: str = '') -> subprocess.CompletedProcess[str]:
    """Run a client as the user, from the folder and with the variables of a trial, without a terminal."""
    return subprocess.run(
        command, env={**base_environment(), **trial.variables}, cwd=trial.folder, input=standard_input, capture_output=True,
        encoding='utf-8', errors='replace', timeout=60, check=False, **as_user(trial.user))


class _Served(Client):
    """A client in one process for all connections, which is asked line by line (``programs/``)."""

    def __init__(self, command: list[str], **options: Any) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, encoding='utf-8', errors='replace',
                                         env=base_environment(), **options)

    def ask(self, request: Mapping[str, str]) -> Answer:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(SEPARATOR.join(f'{name}={value}' for name, value in request.items()) + '\n')
        self._process.stdin.flush()
        ready, _writable, _exceptional = select.select([self._process.stdout], [], [], ANSWER_SECONDS)
        line = self._process.stdout.readline() if ready else ''
        if not line:
            self._process.kill()
            raise RuntimeError(f'{self.name} ended with status {self._process.wait()} after {dict(request)}')
        connects, encrypted, words = line.rstrip('\n').split(SEPARATOR, 2)
        return Answer(connects == 'yes', encrypted == 'yes', said(words))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class _Python(_Served):
    module = ''

    def __init__(self) -> None:
        entry = pwd.getpwnam(OWNER)
        super().__init__([sys.executable, str(PROGRAMS / 'python_client.py'), self.module, str(entry.pw_uid), str(entry.pw_gid)])

    def connect(self, port: int, trial: Trial) -> Answer:
        return self.ask({'port': str(port), 'folder': trial.folder, **trial.variables})


class Psycopg(_Python):
    """psycopg with the libpq that its binary package brings."""
    name = module = 'psycopg'


class AsyncGaussdb(_Python):
    """async-gaussdb, which has no libpq: it is asyncpg's code for GaussDB, with Python's ssl and protocol 3.51."""
    name, module = 'async-gaussdb', 'async_gaussdb'

    def takes(self, trial: Trial) -> bool:
        return super().takes(trial) and 'PGSERVICE' not in trial.variables     # it knows no service files


class Pgjdbc(_Served):
    """pgjdbc in one Java machine. It wants the key as PKCS#8 DER, which is made beside each client.key."""
    name = 'pgjdbc'
    family = JDBC

    def __init__(self, folder: Path) -> None:
        subprocess.run(['javac', '-d', str(folder), str(PROGRAMS / 'Connect.java')], check=True, timeout=120)
        for path in folder.iterdir():
            path.chmod(0o644)
        super().__init__(['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', f'{folder}:{JDBC_DRIVER}', 'Connect'],
                         **as_user(OWNER))

    def connect(self, port: int, trial: Trial) -> Answer:
        names = {'PGSSLMODE': 'sslmode', 'PGSSLCERT': 'sslcert', 'PGSSLKEY': 'sslkey', 'PGSSLROOTCERT': 'sslrootcert'}
        properties = {names[name]: value for name, value in trial.variables.items() if name in names}
        if properties.get('sslkey', '').endswith('/client.key'):
            properties['sslkey'] += '.pk8'
        return self.ask({'port': str(port), 'user': SUPERUSER, 'connectTimeout': CONNECT_SECONDS, 'loginTimeout': CONNECT_SECONDS,
                         **properties})


def said(words: str) -> str:
    """Return a client's message as it would be searched for: without address, port, and with "..." for a path."""
    words = words.strip().split('psql: error: ')[-1]
    words = re.sub(r'connection to server at "[^"]*"(?: \([^)]*\))?, port \d+ failed: ', '', words)
    words = re.sub(r'(?s)SSL engine ".*?":', 'SSL engine "...":', words)    # libpq prints memory that it has freed
    words = re.sub(r'"/[^"]*"', '"..."', words)
    # where the key cannot be opened, what psql 15 prints for a reason is memory too
    return re.sub(r'(?s)(private key file "\.\.\."): (?![a-z][a-z ]{6,}$).*', r'\1:', words)
