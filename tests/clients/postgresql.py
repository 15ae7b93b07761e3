# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real PostgreSQL server on loopback, in place of GaussDB(DWS), with TLS as a test wants it.

require_ssl on is a pg_hba.conf with nothing but ``hostssl`` lines; off has ``host`` lines.
"""
from __future__ import annotations

import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Mapping, Sequence

SUPERUSER = 'dbadmin'          # of the database
DATABASE = 'postgres'
START_SECONDS = 30

PLACES = ('/usr/lib/postgresql/*/bin/postgres', '/usr/pgsql-*/bin/postgres', '/usr/local/bin/postgres', '/usr/bin/postgres')
PROGRAMS = ('postgres', 'initdb', 'pg_isready')

# Lines of pg_hba.conf.
ANY = ('host all all 127.0.0.1/32 trust', 'host all all ::1/128 trust')
TLS_ONLY = ('hostssl all all 127.0.0.1/32 trust', 'hostssl all all ::1/128 trust')
CERTIFICATE = ('hostssl all all 127.0.0.1/32 trust clientcert=verify-ca', 'hostssl all all ::1/128 trust clientcert=verify-ca')


def binaries() -> str | None:
    """Return the folder of the newest PostgreSQL server of this machine, None where there is none."""
    places = [(_version(path), os.path.dirname(path)) for pattern in PLACES for path in glob.glob(pattern)]
    whole = [place for place in places if all(os.access(f'{place[1]}/{name}', os.X_OK) for name in PROGRAMS)]
    return max(whole)[1] if whole else None


def _version(path: str) -> int:
    """Return the major version that stands in the path, 0 for a place without one."""
    found = re.search(r'postgresql/([0-9]+)/|pgsql-([0-9]+)/', path)
    return int(found.group(1) or found.group(2)) if found else 0


def user() -> str | None:
    """Return the OS user that runs the server: root must not. None where root finds no user postgres."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    try:
        return pwd.getpwnam('postgres').pw_name
    except KeyError:
        return None


def what_is_missing() -> str | None:
    """Return what this machine lacks for a server and psql, None where it has all."""
    if binaries() is None:
        return 'a PostgreSQL server (Debian package postgresql)'
    if user() is None:
        return 'the user postgres to run a PostgreSQL server as'
    return None if shutil.which('psql') else 'psql (Debian package postgresql-client)'


class PostgreSQL:
    """One cluster in a folder of its own, started and stopped as often as a test likes.

    ``with PostgreSQL() as server: server.start(certificate=..., key=..., ca=...); server.psql(...)``
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_postgresql_'))
        self.addresses = ['127.0.0.1', '::1'] if _has_ipv6() else ['127.0.0.1']
        self._process: subprocess.Popen[bytes] | None = None
        self._give(self.folder)
        self._run('initdb', '--pgdata', self._path('data'), '--username', SUPERUSER, '--auth', 'trust', '--no-sync',
                  '--encoding', 'UTF8', '--locale', 'C')

    def __enter__(self) -> 'PostgreSQL':
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self, *, ssl: bool = True, hba: Sequence[str] = ANY, certificate: bytes = b'', key: bytes = b'',
              ca: bytes | None = None, crl: bytes | None = None, oldest_tls: str = 'TLSv1.2', newest_tls: str = '',
              settings: Mapping[str, str] | None = None) -> None:
        """Start the server, or start it again with other settings. ``ca`` makes it ask for client certificates.

        Certificate, key, CA and revocation list are PEM; ``settings`` are further lines of postgresql.conf.
        """
        self.stop()
        files = {'server.crt': certificate, 'server.key': key, 'ca.pem': ca or b'', 'ca.crl': crl or b''}
        for name, content in files.items():
            self._write(name, content)
        self.set_hba(hba)
        wanted = {
            'listen_addresses': ','.join(self.addresses), 'port': str(self.port),
            'unix_socket_directories': str(self.folder), 'hba_file': self._path('pg_hba.conf'), 'fsync': 'off',
            'ssl': 'on' if ssl else 'off', 'ssl_min_protocol_version': oldest_tls, 'ssl_max_protocol_version': newest_tls,
            'ssl_cert_file': self._path('server.crt'), 'ssl_key_file': self._path('server.key'),
            'ssl_ca_file': self._path('ca.pem') if ca else '', 'ssl_crl_file': self._path('ca.crl') if crl else '',
            'shared_buffers': '1MB', 'max_connections': '20', 'lc_messages': 'C'}
        wanted.update(settings or {})
        options = [word for name, value in wanted.items() for word in ('-c', f'{name}={value}')]
        with open(self.folder / 'log', 'ab') as log:
            self._process = subprocess.Popen(
                [f'{binaries()}/postgres', '-D', self._path('data'), *options], cwd='/', stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, env={'PATH': os.environ['PATH'], 'LC_ALL': 'C'}, **_as_user())
        self._wait()

    def change(self, *, certificate: bytes, key: bytes, ca: bytes | None, hba: Sequence[str]) -> None:
        """Give a running server other files. Whether it asks clients for certificates stays as it was started."""
        for name, content in {'server.crt': certificate, 'server.key': key, 'ca.pem': ca or b''}.items():
            self._write(name, content)
        self.set_hba(hba)
        before = len(self.log())
        self.reload()
        if 'was not reloaded' in self.log()[before:]:
            raise RuntimeError(f'PostgreSQL does not take the files:\n{self.log()[before:]}')

    def set_hba(self, lines: Sequence[str]) -> None:
        """Write pg_hba.conf, without making a running server read it (``reload``)."""
        self._write('pg_hba.conf', ''.join(f'{line}\n' for line in lines).encode())

    def reload(self) -> None:
        """Let a running server read its files again."""
        assert self._process is not None
        before = self.log().count('reloading configuration files')
        self._process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + START_SECONDS
        while self.log().count('reloading configuration files') == before and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server at once, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def log(self) -> str:
        """Return what the server wrote."""
        return (self.folder / 'log').read_text(errors='replace')

    def psql(self, sql: str, environment: Mapping[str, str], host: str = '127.0.0.1') -> 'subprocess.CompletedProcess[str]':
        """Run psql with no other variables than these, without a terminal."""
        return subprocess.run(
            ['psql', '--no-psqlrc', '--no-password', '--tuples-only', '--no-align', f'--host={host}', f'--port={self.port}',
             f'--username={SUPERUSER}', f'--dbname={DATABASE}', '--command', sql],
            env={'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'LC_ALL': 'C', 'PGCONNECT_TIMEOUT': '10', **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            ready = subprocess.run([f'{binaries()}/pg_isready', '-q', '-h', '127.0.0.1', '-p', str(self.port)], check=False)
            if ready.returncode == 0:
                return
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f'PostgreSQL did not start:\n{self.log()[-3000:]}')

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        self._give(path)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, user(), pwd.getpwnam(str(user())).pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([f'{binaries()}/{program}', *arguments], cwd='/', capture_output=True, text=True, check=False,
                              **_as_user())
        if done.returncode != 0:
            raise RuntimeError(f'{program} failed:\n{done.stdout}{done.stderr}')


def _as_user() -> dict[str, Any]:
    """Return the options of subprocess that start a program as the server's user."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(str(user()))
    return {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return int(one.getsockname()[1])


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(('::1', 0))
        return True
    except OSError:
        return False
