# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds one reader with spoilt input for a while: whatever comes, it answers with a finding or with what it read.

Usage: hostile.py READER SECONDS. Prints how many inputs were tried. The process has bounds that the kernel keeps: MEMORY for
all of it, and COMPUTING for each input; whoever breaks one ends it.

What is spoilt: the set-ups of tests/unit/bundle_cases.py, conversations of a server, and the files in ``seeds``, which are
base64 and bear the name of a reader and of what is in them.
"""
from __future__ import annotations

import base64
import re
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import errors
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.connection import Question, judge
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import probe_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.probe import probe
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import CASES, Setup, store
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import judged, reading_of
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire import servers
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

SEEDS = Path(__file__).parent / 'seeds'
MEMBERS = {
    'certificate': ('client.crt', 'cacert.pem'),
    'key': ('client.key',),
    'revocation-list': ('sslcrl-file.crl',),
    'passphrase-files': ('client.key.cipher', 'client.key.rand'),
}
READERS = ('archive', *MEMBERS, 'server')
MEMORY = 1536 * 2 ** 20     # bytes of address space; an archive may have 64 MiB, and a derivation as much again
COMPUTING = 30              # seconds of a processor for one input; the costliest derivation that is tried takes about one
TIMEOUT = 0.3               # seconds that the reader waits for a server that says nothing more

PEM = re.compile(rb'(-----BEGIN [A-Z0-9 ]+-----\r?\n)(.*?)(-----END [A-Z0-9 ]+-----)', re.DOTALL)

Edit = tuple[str, int, bytes]
EDITS = st.lists(st.tuples(st.sampled_from(['replace', 'insert', 'remove', 'repeat', 'cut']), st.integers(0, 2 ** 20 - 1),
                           st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from([b'\0', b'\xff' * 4, b'\x80', b'\n', b'-']))),
                 min_size=1, max_size=5)


def spoilt(data: bytes, edits: list[Edit]) -> bytes:
    """Return ``data`` after some edits. The places are taken from its length, so that each edit hits."""
    for what, where, some in edits:
        at = where % (len(data) + 1)
        if what == 'replace':
            data = data[:at] + some + data[at + len(some):]
        elif what == 'insert':
            data = data[:at] + some + data[at:]
        elif what == 'remove':
            data = data[:at] + data[at + len(some):]
        elif what == 'repeat':
            data = data[:at] + data[at:at + 64] * (1 + some[0] % 16) + data[at:]
        elif what == 'cut':
            data = data[:at]
    return data


def spoilt_inside(data: bytes, edits: list[Edit]) -> bytes:
    """Return PEM whose first block holds spoilt DER, so that not only the reader of base64 is tried."""
    block = PEM.search(data)
    if block is None:
        return spoilt(data, edits)
    try:
        inside = base64.b64decode(block.group(2))
    except ValueError:
        return spoilt(data, edits)
    return data[:block.start(2)] + base64.encodebytes(spoilt(inside, edits)) + data[block.end(2):]


def seeds_of(reader: str) -> list[bytes]:
    """Return what the files in ``seeds`` hold for a reader."""
    return [base64.b64decode(path.read_bytes()) for path in sorted(SEEDS.glob(f'{reader}.*.b64'))]


def set_ups() -> Iterator[Setup]:
    """Yield all set-ups that are a zip archive of a set."""
    for case in CASES.values():
        for half in (case.broken, case.mended):
            made = half()
            if made.write is None and 'read_file' not in made.options:
                yield made


def answers(setup: Setup) -> None:
    """Read and judge a set-up: there is something to deploy, or an error says why not."""
    with tempfile.TemporaryDirectory(dir='/dev/shm') as folder:
        reading = reading_of(setup, folder)
    assert reading.contents or errors(judged(reading, **setup.options))


def of_member(reader: str) -> Callable[[st.DataObject], None]:
    """Return the trial of one kind of member: one of the set-ups, or of the seeds, spoilt inside or outside."""
    known = [(setup, name, setup.members[name]) for setup in set_ups() for name in MEMBERS[reader] if name in setup.members]
    usual = next(setup for setup, _name, _content in known)
    known += [(usual, MEMBERS[reader][0], content) for content in seeds_of(reader)]
    for setup, name, content in known:
        answers(setup._replace(members=dict(setup.members, **{name: content})))

    def attempt(data: st.DataObject) -> None:
        setup, name, content = data.draw(st.sampled_from(known))
        spoil = spoilt_inside if data.draw(st.booleans()) else spoilt
        answers(setup._replace(members=dict(setup.members, **{name: spoil(content, data.draw(EDITS))})))
    return attempt


def of_archive() -> Callable[[st.DataObject], None]:
    """Return the trial of archives: their own structure is spoilt."""
    known = [bundles.zip_of(setup.members) for setup in set_ups()] + seeds_of('archive')

    def attempt_bytes(content: bytes) -> None:
        answers(Setup({}, write=lambda folder: store(folder, content)))

    for content in known:
        attempt_bytes(content)

    def attempt(data: st.DataObject) -> None:
        attempt_bytes(spoilt(data.draw(st.sampled_from(known)), data.draw(EDITS)))
    return attempt


class Liar(servers.Peer):
    """A server's end that spoils what its script sends from the message ``after`` on, and then falls silent."""

    def __init__(self, peer: servers.Peer, after: int, edits: list[Edit]) -> None:
        super().__init__(peer.connection)
        self.after, self.edits = after, edits

    def send(self, data: bytes) -> None:
        self.after -= 1
        super().send(spoilt(data, self.edits) if self.after < 0 else data)


def of_server() -> Callable[[st.DataObject], None]:
    """Return the trial of the reader of connections: servers that talk TLS and PostgreSQL's protocol, and spoil it somewhere."""
    authority = bundles.root()
    context = servers.server_context(bundles.server(authority))
    refusal = servers.error('28000', 'no pg_hba.conf entry for host', 'ClientAuthentication')
    scripts = [servers.good(context), servers.good(context, reply=refusal, clear_reply=refusal), servers.says(b'N', refusal),
               servers.says(b'S'), *(servers.says(seed) for seed in seeds_of('server'))]

    def attempt(data: st.DataObject) -> None:
        script, after, edits = data.draw(st.sampled_from(scripts)), data.draw(st.integers(0, 4)), data.draw(EDITS)
        with servers.Server(lambda peer: script(Liar(peer, after, edits))) as server:
            seen = probe({'host': '127.0.0.1', 'port': server.port, 'user': 'dbadmin', 'database': 'postgres', 'owner': None,
                          'timeout': TIMEOUT})
        judge(probe_of(seen), Question('127.0.0.1', server.port, 'verify-ca', int(time.time())))
    return attempt


def trial(reader: str) -> Callable[[st.DataObject], None]:
    """Return the function that tries one input of a reader, drawn from ``data``."""
    return of_archive() if reader == 'archive' else of_server() if reader == 'server' else of_member(reader)


def main(reader: str, seconds: float) -> int:
    """Try inputs until the time is up, and return how many they were."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    end = time.monotonic() + seconds
    signal.setitimer(signal.ITIMER_PROF, COMPUTING * 4)     # for the seeds themselves, all in a row
    attempt = trial(reader)
    tried = 0

    @settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck), print_blob=True,
              phases=(Phase.reuse, Phase.generate, Phase.shrink))
    @given(st.data())
    def batch(data: st.DataObject) -> None:
        nonlocal tried
        tried += 1
        signal.setitimer(signal.ITIMER_PROF, COMPUTING)     # SIGPROF ends the process, also within OpenSSL
        attempt(data)

    while time.monotonic() < end:
        batch()
    return tried


if __name__ == '__main__':
    print(main(sys.argv[1], float(sys.argv[2])))
