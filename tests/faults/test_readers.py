# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that read a set while it is replaced again and again: one that resolves ``dest`` once, and one that does not."""
from __future__ import annotations

import os
import subprocess
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import DATABASE, SUPERUSER, PostgreSQL, what_is_missing
from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import IDS, do
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import NEW, OLD
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require

ROTATIONS = 1000
CONNECTIONS = 100       # of each kind
KEEP = 20               # sets: a client that has resolved dest has the time of so many rotations

NAMES = ('client.crt', 'client.key', 'cacert.pem')


def rotate(steps, number, until=None):
    """Deploy one set after the other, in a process of its own; return its number."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            count = 0
            while count < number and not (until and until.exists()):
                answer = deploy(steps[count % len(steps)].request, steps[count % len(steps)].contents, False)
                assert answer['done'] and answer['changed'] and not answer['sets'][0]['problems'], answer
                count += 1
            status = 0
        finally:
            os._exit(status)
    return pid


def _read(folder):
    """Return the words of the set that each file says it is of; None where a file is gone by now."""
    try:
        return [(Path(folder) / name).read_text().split()[-1] for name in NAMES]
    except FileNotFoundError:
        return None


def _kind(words):
    return 'of a set that went meanwhile' if words is None else 'of one set' if len(set(words)) == 1 else 'mixed'


def test_a_reader_that_resolves_dest_once_sees_one_set(make_corner, record, measure):
    corner = make_corner()
    steps = [corner.step(contents, exports=[]) for contents in (NEW, OLD)]
    do(steps[1])
    rotator = rotate(steps, ROTATIONS)
    once, by_path = Counter(), Counter()
    while True:
        pid, status = os.waitpid(rotator, os.WNOHANG)
        if pid:
            break
        once[_kind(_read(os.path.realpath(corner.dest)))] += 1
        by_path[_kind(_read(corner.dest))] += 1
    measure(f'reads during {ROTATIONS} rotations, dest resolved once', once)
    measure(f'reads during {ROTATIONS} rotations, by the paths', by_path)
    record(f'reads during {ROTATIONS} rotations, dest resolved once: never mixed', once.total(), once.total() - once['mixed'])
    assert status == 0 and once['of one set'] > ROTATIONS and not once['mixed']
    assert corner.contents() == OLD and len(list(corner.dest.parent.glob('.sslcert.*'))) == 2


# ---- real clients against a real server

@pytest.fixture(scope='module')
def server():
    require(what_is_missing())
    with PostgreSQL() as one:
        yield one


def _certificate(folder, name, *options):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30',
                    '-subj', f'/CN={name}', '-keyout', f'{name}.key', '-out', f'{name}.crt', *options],
                   cwd=folder, check=True, capture_output=True)
    return [(folder / f'{name}.{kind}').read_bytes() for kind in ('crt', 'key')]


@contextmanager
def rotating(corner, folder, server):
    """Two sets of one CA take turns at dest, as fast as the module goes, before a server that asks for certificates."""
    ca, _key = _certificate(folder, 'ca')
    issued = {name: _certificate(folder, name, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', 'basicConstraints=critical,CA:FALSE')
              for name in ('server', 'one', 'other')}
    server.start(certificate=issued['server'][0], key=issued['server'][1], ca=ca)
    sets = [{'client.crt': issued[name][0], 'client.key': issued[name][1], 'cacert.pem': ca} for name in ('one', 'other')]
    steps = [corner.step(contents, exports=[], keep=KEEP) for contents in sets]
    do(steps[1])
    stop = folder / 'stop'
    rotator = rotate(steps, 10**6, stop)
    try:
        yield
    finally:
        stop.touch()
        assert os.waitpid(rotator, 0)[1] == 0


ENCRYPTED, CLEAR, GONE = 'encrypted, with the certificate', 'in clear text', 'of a set that went meanwhile'


def _connect(server, folder, sslmode):
    """Return what came of a connection of the user's: one of the words above, or what psql complains of."""
    environment = {'PGSSLMODE': sslmode, 'PGSSLCERT': f'{folder}/client.crt', 'PGSSLKEY': f'{folder}/client.key',
                   'PGSSLROOTCERT': f'{folder}/cacert.pem'}
    done = subprocess.run(
        ['psql', '--no-psqlrc', '--no-password', '--tuples-only', '--no-align', '--host=127.0.0.1', f'--port={server.port}',
         f'--username={SUPERUSER}', f'--dbname={DATABASE}', '--command',
         "select case when client_dn is not null then 'encrypted, with the certificate' when ssl then 'encrypted, without the certificate' "
         "else 'in clear text' end from pg_stat_ssl where pid = pg_backend_pid()"],
        env={'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'LC_ALL': 'C', 'PGCONNECT_TIMEOUT': '20', **environment},
        user=IDS.pw_uid, group=IDS.pw_gid, extra_groups=[], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if not folder.exists():
        return GONE
    return done.stdout.strip() or done.stderr.strip().rsplit(': ', 1)[-1]


def test_psql_while_sets_are_replaced(make_corner, record, measure, server, tmp_path):
    """Under verify-ca a client in the middle of a change may fail; under prefer it may talk in clear text, which is a finding."""
    corner = make_corner()
    seen = {}
    with rotating(corner, tmp_path, server):
        for sslmode in ('verify-ca', 'prefer'):
            for way, find in (('dest resolved once', corner.dest.resolve), ('by the paths', lambda: corner.dest)):
                seen[sslmode, way] = Counter(_connect(server, find(), sslmode) for _number in range(CONNECTIONS))
    server.stop()
    for (sslmode, way), outcomes in seen.items():
        measure(f'psql during rotations, {sslmode}, {way}', outcomes)
    for sslmode in ('verify-ca', 'prefer'):
        good = sum(seen[sslmode, 'dest resolved once'][outcome] for outcome in (ENCRYPTED, GONE))
        record(f'psql during rotations, {sslmode}, dest resolved once: never a mixed pair', CONNECTIONS, good)
    clear = seen['verify-ca', 'by the paths'][CLEAR]
    record('psql during rotations, verify-ca, by the paths: never in clear text', CONNECTIONS, CONNECTIONS - clear)
    for sslmode in ('verify-ca', 'prefer'):
        outcomes = seen[sslmode, 'dest resolved once']
        assert outcomes[ENCRYPTED] and {*outcomes} <= {ENCRYPTED, GONE}, outcomes
    assert not clear
