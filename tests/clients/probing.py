# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client's files, what psql does with them, and what connection_info says of them."""
from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Mapping, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask import ask
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.connection_report import report
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import DATABASE, SUPERUSER, PostgreSQL
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.asking import answer_of

SSLMODES = ('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full')
SEEN = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


class Seen(NamedTuple):
    """What psql did, and its words."""
    connects: bool
    encrypted: bool
    words: str = ''


def write_set(folder: Path, members: Mapping[str, bytes], mode: int = 0o600) -> Path:
    """Write a set of files into a folder of its own, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in members.items():
        path = folder / name
        path.write_bytes(content)
        path.chmod(mode)
    return folder


def environment(folder: Path, sslmode: str) -> dict[str, str]:
    """Return the variables that point to a set; a CA that is not there is pointed to all the same, as after a mistake."""
    found = {'PGSSLMODE': sslmode, 'PGSSLROOTCERT': str(folder / 'cacert.pem'), 'PGSSLCERT': str(folder / 'client.crt'),
             'PGSSLKEY': str(folder / 'client.key')}
    if (folder / 'sslcrl-file.crl').exists():
        found['PGSSLCRL'] = str(folder / 'sslcrl-file.crl')
    return found


def psql(server: PostgreSQL, folder: Path, sslmode: str, host: str = '127.0.0.1') -> Seen:
    """Connect with psql."""
    done = server.psql(SEEN, environment(folder, sslmode), host)
    if done.returncode != 0:
        return Seen(False, False, done.stderr.strip())
    return Seen(True, done.stdout.strip() == 't')


def connection_info(port: int, folder: Path | None, sslmode: str = 'verify-ca', host: str = '127.0.0.1', *,
                    owner: str | None = None, timeout: float = 10, python: str = sys.executable,
                    **options: Any) -> dict[str, Any]:
    """Return the results of gaussdb.dws_ssl.connection_info: both halves, without Ansible between them.

    ``python`` runs the host's half.
    """
    request = {'host': host, 'port': port, 'dest': folder and str(folder), 'owner': owner, 'user': SUPERUSER,
               'database': DATABASE, 'timeout': timeout, **options}
    if python == sys.executable:
        answer = json.loads(json.dumps(ask(json.dumps(request))))
    else:
        answer = answer_of(request, python)
    return report(answer, {'sslmode': sslmode, 'expiry_warning_days': 90, 'waive': []}, host, port, int(time.time()))


def rules(result: Mapping[str, Any]) -> dict[str, str]:
    """Return ``{rule: severity}`` of the findings."""
    return {one['rule']: one['severity'] for one in result['findings']}
