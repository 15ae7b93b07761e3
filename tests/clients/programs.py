# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients run by the user whose files they read: shells at login, psql, psycopg, isql, pgjdbc."""
from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require

QUESTION = 'select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()'
JAR = '/usr/share/java/postgresql.jar'
ODBC_DRIVERS = '/usr/lib/*/odbc/psqlodbcw.so'
JAVA_SOURCES = Path(__file__).parent / 'java'


def require_shell(name: str) -> None:
    """Leave the test out where the machine lacks a shell, before the test has written anything."""
    require(None if shutil.which(name) else f'{name} (a Debian package of that name)')


def odbc_driver() -> str:
    """Return the path of psqlODBC."""
    found = glob.glob(ODBC_DRIVERS)
    require(None if found and shutil.which('isql') else 'psqlODBC and isql (Debian packages odbc-postgresql, unixodbc)')
    return found[0]


def run_as_owner(command: list[str], environment: dict[str, str] | None = None, text: str = '') -> 'subprocess.CompletedProcess[str]':
    """Run a program as the user whose files they are, with no other variables than these."""
    if os.geteuid() == 0:
        command = ['runuser', '-u', OWNER, '--', *command]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False, cwd='/', env={
        'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8', 'PGCONNECT_TIMEOUT': '10',
        **(environment or {})})


def psql(connection: str, environment: dict[str, str] | None = None) -> 'subprocess.CompletedProcess[str]':
    """Ask the server what it sees of psql."""
    return run_as_owner(['psql', '--no-psqlrc', '--no-password', '-Atc', QUESTION, connection], environment)


def isql(connection: str, environment: dict[str, str]) -> 'subprocess.CompletedProcess[str]':
    """Ask the server what it sees of isql."""
    question = QUESTION.replace('ssl,', "case when ssl then 't' else 'f' end,", 1)     # a boolean is a number to ODBC
    return run_as_owner(['isql', '-k', connection, '-b', '-v', '-d|'], environment, question + '\n')


def psycopg(connection: str, environment: dict[str, str] | None = None) -> 'subprocess.CompletedProcess[str]':
    """Ask the server what it sees of psycopg. The package may lie where the owner cannot go, so the process changes user after it."""
    script = ('import os, pwd, sys, psycopg\n'
              'entry = pwd.getpwnam(sys.argv[2])\n'
              'if os.geteuid() == 0:\n'
              '    os.setgroups([]); os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)\n'
              '    os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)\n'
              f'ssl, name = psycopg.connect(sys.argv[1]).execute({QUESTION!r}).fetchone()\n'
              'print("t" if ssl else "f", name, sep="|")')
    return subprocess.run([sys.executable, '-c', script, connection, OWNER], capture_output=True, text=True, timeout=60, check=False,
                          cwd='/', env={'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', **(environment or {})})


def java(folder: Path, program: str, *arguments: str, as_owner: bool = True) -> 'subprocess.CompletedProcess[str]':
    """Compile a program of ``java/`` into a folder, where that was not done yet, and run it."""
    require(None if shutil.which('javac') else 'a JDK (Debian package default-jdk-headless)')
    require(None if os.path.exists(JAR) else 'pgjdbc (Debian package libpostgresql-jdbc-java)')
    if not (folder / f'{program}.class').exists():
        subprocess.run(['javac', '-d', str(folder), str(JAVA_SOURCES / f'{program}.java')], check=True, timeout=120)
    command = ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-cp', f'{folder}:{JAR}', program, *arguments]
    if as_owner:
        return run_as_owner(command)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def log_in(etc: Path, shell: str, command: str) -> 'subprocess.CompletedProcess[str]':
    """Run a command in a login shell of the owner, what it reads of root's replaced by what is below ``etc``.

    It is told to be a login shell as login(1) and sshd tell it, by a - before its name. A mount namespace of its own keeps this
    machine's /etc as it is.
    """
    places = [name for name in ('profile.d', 'csh/login.d', 'fish/conf.d', 'zsh/zprofile') if Path('/etc', name).exists()]
    mounts = [f'mount --bind {etc / name} /etc/{name}' for name in places if (etc / name).exists()]
    script = ' && '.join([*mounts, f"""exec runuser -u {OWNER} -- bash -c 'exec -a "-$1" "$1"' log_in "$1" """])
    return subprocess.run(['unshare', '-m', 'sh', '-c', script, 'log_in', shell], input=command + '\n', capture_output=True, text=True,
                          timeout=60, check=False, cwd='/', env={
                              'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/nonexistent', 'TERM': 'dumb', 'LC_ALL': 'C.UTF-8'})
