# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of formats as the role's templates write them, read back by the real shells and parsers of this machine."""
from __future__ import annotations

import ctypes.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Client, Format, held, with_home
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.shipped_templates import shipped
from hypothesis import strategies as st

SYSTEMD_READER = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'

Values = dict[str, str]

# Anything at all; what shells make something of comes often.
HOSTILE = st.text(st.one_of(st.sampled_from(' \'"\\$`!;&|<>()[]{}#=~*?%^,:@é§\u202e'),
                            st.characters(exclude_categories=['Cs'], exclude_characters='\0')), max_size=24)


def written(one: Format, clients: list[Client], home: str = '/home/u') -> str:
    """Return the file of a format for the sets of one user, the first of them the set's own. Raise Unfit."""
    sections = {client.cluster: {name: held(one, value) for name, value in one.entries(client).items()} for client in clients}
    content = shipped(one.template, {'owner': 'u', 'entries': sections[clients[0].cluster], 'sections': sections})
    return with_home(one, content, home).replace('{home}', home)


def needed(*programs: str) -> str | None:
    """Return what is missing of some programs, None where all are there."""
    missing = [program for program in programs if not shutil.which(program)]
    return ' and '.join(missing) or None


def variables_of(command: list[str], folder: Path) -> Values:
    """Return the PG and ODBC variables that a command leaves in the environment: its last word is run by env."""
    done = subprocess.run(command, capture_output=True, timeout=30, check=False, cwd='/', env={
        'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(folder), 'LC_ALL': 'C.UTF-8'})
    assert (done.returncode, done.stderr) == (0, b''), done
    return dict(entry.split('=', 1) for entry in done.stdout.decode().split('\0') if entry.startswith(('PG', 'ODBC')))


def read_by_shell(shell: list[str], content: str, folder: Path, suffix: str) -> Values:
    """Return the variables after a shell has read the file: what the dot or source of that shell does."""
    file = folder / f'read.{suffix}'
    file.write_text(content)
    word = 'source' if suffix in ('csh', 'fish') else '.'
    before = 'set -a; ' if suffix == 'env' else ''
    return variables_of([*shell, '-c', f"{before}{word} '{file}'; /usr/bin/env -0"], folder)


def read_by_systemd(content: str, folder: Path) -> Values:
    """Return the variables as systemd's reader of environment files gives them; it prints them for a shell."""
    config = folder / 'config/environment.d'
    config.mkdir(parents=True, exist_ok=True)
    (config / 'dws.conf').write_text(content)
    done = subprocess.run([SYSTEMD_READER], capture_output=True, timeout=30, check=True, env={
        'HOME': str(folder), 'XDG_CONFIG_HOME': str(folder / 'config'), 'PATH': '/usr/bin'})
    return read_by_shell(['dash'], done.stdout.decode(), folder, 'env')


def read_by_libpq(content: str, service: str, folder: Path) -> Values:
    """Return the connection parameters that libpq takes from a service file."""
    file = folder / 'service.conf'
    file.write_text(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PGSERVICEFILE', str(file))
        patch.setenv('PGSERVICE', service)
        return {one.keyword.decode(): one.val.decode() for one in psycopg.pq.Conninfo.get_defaults() if one.val is not None}


def odbc_library() -> str | None:
    """Return the name of unixODBC's reader of odbc.ini, None where there is none."""
    return ctypes.util.find_library('odbcinst')


def read_by_unixodbc(content: str, source: str, names: list[str], folder: Path) -> Values:
    """Return entries of a data source as the driver gets them. unixODBC keeps what it has read, so each time a fresh process asks."""
    file = folder / 'odbc.ini'
    file.write_text(content)
    script = ('import ctypes, json, sys\n'
              'library, found, place = ctypes.CDLL(sys.argv[1]), {}, ctypes.create_string_buffer(8192)\n'
              'for name in sys.argv[3:]:\n'
              '    library.SQLGetPrivateProfileString(sys.argv[2].encode(), name.encode(), b"", place, 8192, b"odbc.ini")\n'
              '    found[name] = place.value.decode()\n'
              'print(json.dumps(found))')
    done = subprocess.run([sys.executable, '-c', script, str(odbc_library()), source, *names], capture_output=True, timeout=30,
                          check=True, env={'ODBCINI': str(file), 'HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8'})
    return dict(json.loads(done.stdout))
