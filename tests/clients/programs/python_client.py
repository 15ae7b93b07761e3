# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connects with psycopg or async-gaussdb as often as it is asked to: python_client.py DRIVER UID GID.

Imports come first, since the user need not be able to read them. A request is one line of ``name=value`` with US (0x1f) between
them: ``port``, ``folder`` and the client's variables. The answer is one line: ``yes`` or ``no``, whether the connection is
encrypted, and the client's words.
"""
from __future__ import annotations

import asyncio
import importlib
import os
import sys
from typing import Any

SEEN = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
SEPARATOR = '\x1f'
HOST, USER, DATABASE = '127.0.0.1', 'dbadmin', 'postgres'
SECONDS = 10


def with_psycopg(driver: Any, port: int) -> bool:
    with driver.connect(host=HOST, port=port, user=USER, dbname=DATABASE, connect_timeout=SECONDS) as connection:
        return bool(connection.execute(SEEN).fetchone()[0])


def with_async_gaussdb(driver: Any, port: int) -> bool:
    async def connect() -> bool:
        connection = await driver.connect(host=HOST, port=port, user=USER, database=DATABASE, timeout=SECONDS)
        try:
            return bool(await connection.fetchval(SEEN))
        finally:
            await connection.close()
    return asyncio.run(connect())


# Driver, and what its variables are called instead of PG...
DRIVERS = {'psycopg': (with_psycopg, 'PG'), 'async_gaussdb': (with_async_gaussdb, 'GAUSSDB')}


def answer(driver: Any, line: str, kept: dict[str, str]) -> tuple[str, str, str]:
    connect, prefix = DRIVERS[driver.__name__]
    wanted = dict(part.split('=', 1) for part in line.split(SEPARATOR))
    port, folder = int(wanted.pop('port')), wanted.pop('folder')
    os.environ.clear()
    os.environ.update(kept, **{prefix + name[2:]: value for name, value in wanted.items()})
    os.chdir(folder)
    try:
        return 'yes', 'yes' if connect(driver, port) else 'no', ''
    except Exception as error:
        return 'no', 'no', f'{type(error).__name__}: {error}'


def main() -> None:
    driver = importlib.import_module(sys.argv[1])
    'localhost'.encode('idna')     # the event loop imports this codec when it connects
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(*[int(sys.argv[3])] * 3)
        os.setresuid(*[int(sys.argv[2])] * 3)
    kept = {'PATH': os.environ['PATH'], 'HOME': '/dev/null', 'LC_ALL': 'C'}
    # OpenSSL asks standard input for a passphrase where there is no terminal
    requests = os.fdopen(os.dup(0), encoding='utf-8')
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for line in requests:
        connects, encrypted, words = answer(driver, line.rstrip('\n'), kept)
        # libpq's messages can hold bytes of freed memory
        printable = ''.join(letter if letter.isprintable() else ' ' for letter in words)
        print(connects, encrypted, printable, sep=SEPARATOR, flush=True)


if __name__ == '__main__':
    main()
