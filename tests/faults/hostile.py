# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds one reader with spoilt input for a while: whatever comes, it answers with what it read or with a finding that can be shown.

Usage: hostile.py READER SECONDS. Prints how many inputs were tried. The process has bounds that the kernel keeps: MEMORY for
all of it, and COMPUTING for each input; breaking one ends it. RESIDENT is looked at besides, since a reader may well catch that
there is no more memory, on a machine that has it.

What is spoilt: the set-ups of tests/unit/bundle_cases.py, conversations of real servers, and the files in ``seeds``, which bear
the name of a reader and of what is in them (base64 of zlib: most are long and repeat themselves).
"""
from __future__ import annotations

import base64
import json
import re
import resource
import signal
import ssl
import struct
import sys
import tempfile
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import probe_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding, as_dict, errors, sentence
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.passphrase_pair import checksum
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.connection import Question, judge
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import Broken
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.messages import Answered, Reader, ssl_answer
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.probe import probe
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.records import ServerFlight, asked_in_tls_1_3
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
MEMORY = 1536 * 2 ** 20     # bytes of address space; an archive may have 64 MiB, and a derivation as much again
RESIDENT = 256 * 2 ** 20    # bytes in memory at most; 60 MiB are there before any input
COMPUTING = 8               # seconds of a processor for one input; the costliest derivation that is tried takes about one
CHECKSUM = 4                # bytes at the end of a passphrase file
TIMEOUT = 0.2               # seconds that the prober waits for a server that says nothing more
LONGEST_FINDING = 4000      # characters; a subject may be a path of an archive

PEM = re.compile(rb'(-----BEGIN [A-Z0-9 ]+-----\r?\n)(.*?)(-----END [A-Z0-9 ]+-----)', re.DOTALL)

Edit = tuple[str, int, bytes]
Trial = Callable[[st.DataObject], None]
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


def resealed(data: bytes, edits: list[Edit]) -> bytes:
    """Return a passphrase file that is spoilt before its checksum, which is right again."""
    body = spoilt(data[:-CHECKSUM], edits)[:len(data) - CHECKSUM].ljust(len(data) - CHECKSUM, b'.')
    return body + checksum(body).to_bytes(CHECKSUM, 'little')


def seeds_of(reader: str) -> list[bytes]:
    """Return what the files in ``seeds`` hold for a reader."""
    return [zlib.decompress(base64.b64decode(path.read_bytes())) for path in sorted(SEEDS.glob(f'{reader}.*.b64'))]


def require_showable(findings: list[Finding]) -> None:
    """Raise AssertionError for a finding that a terminal would not show as one line of text."""
    for one in findings:
        text = sentence(one)
        assert len(text) <= LONGEST_FINDING, f'{one.rule}: {len(text)} characters'
        assert not any(unicodedata.category(character) in ('Cc', 'Cs', 'Cf') for character in text), ascii(text)
        json.dumps(as_dict(one)).encode('ascii')


def limit_computing() -> None:
    """Let the next input have its seconds: SIGPROF ends the process, also within OpenSSL."""
    signal.setitimer(signal.ITIMER_PROF, COMPUTING)


def require_little_memory() -> None:
    """Raise AssertionError where the process has ever had more in memory than it may."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert most <= RESIDENT, f'{most} bytes were in memory'


# ---- bundles

def set_ups() -> Iterator[Setup]:
    """Yield all set-ups that are a zip archive of a set."""
    for case in CASES.values():
        for half in (case.broken, case.mended):
            made = half()
            if made.write is None and 'read_file' not in made.options:
                yield made


def answers(setup: Setup) -> None:
    """Read and judge a set-up: there is something to deploy, or an error says why not."""
    limit_computing()
    with tempfile.TemporaryDirectory(dir='/dev/shm') as folder:
        reading = reading_of(setup, folder)
    findings = judged(reading, **setup.options)
    assert reading.contents or errors(findings), 'nothing to deploy, and nobody says why'
    require_showable(findings)


def of_member(reader: str) -> Trial:
    """Return the trial of one kind of member: one of the set-ups, or of the seeds, spoilt inside or outside."""
    known = [(setup, name, setup.members[name]) for setup in set_ups() for name in MEMBERS[reader] if name in setup.members]
    usual = next(setup for setup, _name, _content in known)
    seeds = [(usual, MEMBERS[reader][0], content) for content in seeds_of(reader)]
    for setup, name, content in seeds:
        answers(setup._replace(members=dict(setup.members, **{name: content})))
    known += seeds
    deeper = resealed if reader == 'passphrase-files' else spoilt_inside

    def attempt(data: st.DataObject) -> None:
        setup, name, content = data.draw(st.sampled_from(known))
        spoil = deeper if data.draw(st.booleans()) else spoilt
        answers(setup._replace(members=dict(setup.members, **{name: spoil(content, data.draw(EDITS))})))
    return attempt


def of_archive() -> Trial:
    """Return the trial of archives: their own structure is spoilt."""
    def attempt_bytes(content: bytes) -> None:
        answers(Setup({}, write=lambda folder: store(folder, content)))

    seeds = seeds_of('archive')
    for content in seeds:
        attempt_bytes(content)
    known = [bundles.zip_of(setup.members) for setup in set_ups()] + seeds

    def attempt(data: st.DataObject) -> None:
        attempt_bytes(spoilt(data.draw(st.sampled_from(known)), data.draw(EDITS)))
    return attempt


# ---- servers

REFUSAL = servers.error('28000', 'no pg_hba.conf entry for host', 'ClientAuthentication')


class Liar(servers.Peer):
    """A server's end that spoils what its script sends from the message ``after`` on, and then falls silent."""

    def __init__(self, peer: servers.Peer, after: int, edits: list[Edit]) -> None:
        super().__init__(peer.connection)
        self.after, self.edits = after, edits

    def send(self, data: bytes) -> None:
        self.after -= 1
        super().send(spoilt(data, self.edits) if self.after < 0 else data)


def of_server() -> Trial:
    """Return the trial of the whole prober: servers that talk TLS and PostgreSQL's protocol on loopback, and spoil it somewhere."""
    context = servers.server_context(bundles.server(bundles.root()))
    scripts = [servers.good(context), servers.good(context, reply=REFUSAL, clear_reply=REFUSAL), servers.says(b'N', REFUSAL),
               servers.says(b'S'), *(servers.says(seed) for seed in seeds_of('server'))]

    def attempt(data: st.DataObject) -> None:
        script, after, edits = data.draw(st.sampled_from(scripts)), data.draw(st.integers(0, 4)), data.draw(EDITS)
        with servers.Server(lambda peer: script(Liar(peer, after, edits))) as server:
            seen = probe({'host': '127.0.0.1', 'port': server.port, 'user': 'dbadmin', 'database': 'postgres', 'owner': None,
                          'timeout': TIMEOUT})
        require_showable(judge(probe_of(json.loads(json.dumps(seen))), Question('127.0.0.1', server.port, 'verify-ca', int(time.time()))))
    return attempt


def flight(newest: ssl.TLSVersion) -> tuple[bytes, bytes]:
    """Return what a real server and a real client send in one handshake, in which the server asks for a certificate."""
    authority = bundles.root()
    server = servers.server_context(bundles.server(authority), newest=newest)
    server.load_verify_locations(cadata=authority.pem.decode())
    server.verify_mode = ssl.CERT_OPTIONAL
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    to_server, to_client, said = ssl.MemoryBIO(), ssl.MemoryBIO(), [b'', b'']
    ends = [server.wrap_bio(to_server, to_client, server_side=True), client.wrap_bio(to_client, to_server)]
    halves = [(ends[1], to_server, 1), (ends[0], to_client, 0)] * 4
    for end, way, place in halves:
        before = way.pending
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
        sent = way.read()
        way.write(sent)
        said[place] += sent[before:]
    return said[0], said[1]


def of_wire() -> Trial:
    """Return the trial of the readers of bytes from the wire, in memory: messages of the protocol, and records of TLS."""
    conversations = [servers.AUTHENTICATION_OK, servers.WANTS_PASSWORD, REFUSAL, struct.pack('!ci', b'N', 9) + b'Mnote' + REFUSAL,
                     *(seed[1:] for seed in seeds_of('server')), *seeds_of('server')]
    flights = [said for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3) for said in flight(newest)]
    assert all(len(said) > 100 for said in flights)

    def read(content: bytes) -> None:
        run(content, Reader.reply)
        run(content[1:], lambda reader: ssl_answer(content[:1], lambda: reader.exactly(1)))

    def run(content: bytes, answer: Callable[[Reader], object]) -> None:
        pieces = iter([content[at:at + 1000] for at in range(0, len(content), 1000)])

        def more() -> bytes:
            try:
                return next(pieces)
            except StopIteration:
                raise Broken('closed', 'the end') from None
        try:
            answer(Reader(more))
        except (Broken, Answered):
            pass

    for content in conversations:
        read(content)

    def attempt(data: st.DataObject) -> None:
        content = spoilt(data.draw(st.sampled_from(conversations)), data.draw(EDITS))
        read(content)
        said = spoilt(data.draw(st.sampled_from(flights)), data.draw(EDITS))
        seen = ServerFlight()
        for at in range(0, len(said), 700):
            seen.feed(said[at:at + 700])
        assert sum(map(len, seen.chain or [])) <= len(said) and seen.asked in (None, False, True)
        asked_in_tls_1_3(said)
    return attempt


TRIALS: dict[str, Callable[[], Trial]] = {
    'archive': of_archive, **{name: (lambda name=name: of_member(name)) for name in MEMBERS}, 'wire': of_wire, 'server': of_server}


def main(reader: str, seconds: float) -> int:
    """Try inputs until the time is up, and return how many they were."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    attempt = TRIALS[reader]()
    require_little_memory()
    end = time.monotonic() + seconds
    tried = 0

    @settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck), print_blob=True,
              phases=(Phase.reuse, Phase.generate, Phase.shrink))
    @given(st.data())
    def batch(data: st.DataObject) -> None:
        nonlocal tried
        tried += 1
        limit_computing()
        attempt(data)

    while time.monotonic() < end:
        batch()
        require_little_memory()
    return tried


if __name__ == '__main__':
    print(main(sys.argv[1], float(sys.argv[2])))
