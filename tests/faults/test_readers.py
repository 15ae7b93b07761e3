# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that read a set while it is replaced again and again: one that resolves ``dest`` once, and one that does not."""
from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import DATABASE, SUPERUSER, PostgreSQL, what_is_missing
from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import IDS, do
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import NEW, OLD

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


def test_a_reader_that_resolves_dest_once_sees_one_set(make_corner, record, measure):
    corner = make_corner()
    steps = [corner.step(contents, exports=[]) for contents in (NEW, OLD)]
    do(steps[1])
    rotator = rotate(steps, ROTATIONS)
    reads, mixed, gone, mixed_by_path = 0, 0, 0, 0
    while os.waitpid(rotator, os.WNOHANG) == (0, 0):
        words = _read(os.path.realpath(corner.dest))
        reads, gone, mixed = reads + 1, gone + (words is None), mixed + (words is not None and len(set(words)) != 1)
        words = _read(corner.dest)
        mixed_by_path += words is None or len(set(words)) != 1
    measure(f'{ROTATIONS} rotations: {reads} reads of a resolved dest, {mixed} mixed, {gone} of a set that was removed meanwhile; '
            f'of {reads} reads by the paths {mixed_by_path} mixed.')
    record(f'reads of a resolved dest during {ROTATIONS} rotations', reads, reads - mixed)
    assert reads > ROTATIONS and not mixed
    assert corner.contents() == OLD and len(list(corner.dest.parent.glob('.sslcert.*'))) == 2


# ---- real clients against a real server

@pytest.fixture(scope='module')
def server():
    missing = what_is_missing()
    if missing and os.environ.get('CI') == 'true':
        pytest.fail(f'needed and not found: {missing}')
    if missing:
        pytest.skip(f'needs {missing}')
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


def _connect(server, folder, sslmode):
    """Return what psql saw as the user: t for TLS, f for clear text, or the last line of its error."""
    environment = {'PGSSLMODE': sslmode, 'PGSSLCERT': f'{folder}/client.crt', 'PGSSLKEY': f'{folder}/client.key',
                   'PGSSLROOTCERT': f'{folder}/cacert.pem'}
    done = subprocess.run(
        ['psql', '--no-psqlrc', '--no-password', '--tuples-only', '--no-align', '--host=127.0.0.1', f'--port={server.port}',
         f'--username={SUPERUSER}', f'--dbname={DATABASE}', '--command',
         "select ssl and client_dn is not null from pg_stat_ssl where pid = pg_backend_pid()"],
        env={'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'LC_ALL': 'C', 'PGCONNECT_TIMEOUT': '20', **environment},
        user=IDS.pw_uid, group=IDS.pw_gid, extra_groups=[], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_psql_while_sets_are_replaced(make_corner, record, measure, server, tmp_path):
    """Under verify-ca a client in the middle of a change may fail; under prefer it may talk in clear text, which is a finding."""
    corner = make_corner()
    seen = {}
    with rotating(corner, tmp_path, server):
        time.sleep(0.1)
        for sslmode in ('verify-ca', 'prefer'):
            for way in ('resolved once', 'by the paths'):
                seen[sslmode, way] = [_connect(server, os.path.realpath(corner.dest) if way == 'resolved once' else corner.dest, sslmode)
                                      for _number in range(CONNECTIONS)]
    server.stop()
    for (sslmode, way), outcomes in seen.items():
        failed = [outcome for outcome in outcomes if outcome not in ('t', 'f')]
        measure(f'psql, {sslmode}, dest {way}: of {len(outcomes)} connections {outcomes.count("t")} encrypted with the certificate, '
                f'{outcomes.count("f")} in clear text, {len(failed)} failed{": " + failed[0][:90] if failed else ""}')
    for sslmode in ('verify-ca', 'prefer'):
        record(f'psql during rotations, dest resolved once, {sslmode}', CONNECTIONS, seen[sslmode, 'resolved once'].count('t'))
    record('psql during rotations, by the paths, verify-ca: never in clear text', CONNECTIONS,
           CONNECTIONS - seen['verify-ca', 'by the paths'].count('f'))
    assert seen['verify-ca', 'resolved once'] == seen['prefer', 'resolved once'] == ['t'] * CONNECTIONS
    assert 'f' not in seen['verify-ca', 'by the paths']
