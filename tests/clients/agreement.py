# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries every case of the corpus with real clients and holds what they do against what the policy says.

A client *works* where it connects, its connection is encrypted, an impostor (a server of another CA) is refused and, where the
set has a revocation list, a revoked server too. It *fails* where it does not connect. It is *unprotected* where it connects and
one of the other three does not hold.
"""
from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import PAIR_DUE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CA_NAMES, CRL, KEY, SetFiles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding, errors
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.environment import judge_environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import RECOMMENDED_SSLMODE
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import Reading, with_fresh_pair
from ansible_collections.gaussdb.dws_ssl.tests.clients import placed
from ansible_collections.gaussdb.dws_ssl.tests.clients.cases import Case, Peer
from ansible_collections.gaussdb.dws_ssl.tests.clients.declarations import FAILS, UNPROTECTED, WORKS, verdict
from ansible_collections.gaussdb.dws_ssl.tests.clients.placed import Place
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import PostgreSQL
from ansible_collections.gaussdb.dws_ssl.tests.clients.real_clients import OWNER, Answer, Trial
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import judged, reading_of
from cryptography import x509

# A server takes TLS from clients whose certificate it verified, and clear text from anybody, so that lost protection shows.
_HBA = ('hostssl all all 127.0.0.1/32 trust clientcert=verify-ca', 'hostnossl all all 127.0.0.1/32 trust')
_HBA_UNASKED = ('host all all 127.0.0.1/32 trust',)


class Prepared(NamedTuple):
    """A case whose files lie in a folder, with the policy's findings about it."""
    case: Case
    trial: Trial
    findings: tuple[Finding, ...]


class Observed(NamedTuple):
    """What a client did; ``words`` are its message where it fails, and what is lost where it is unprotected."""
    kind: str
    words: str = ''


class Row(NamedTuple):
    """One case: what was found, and what each client did, by ``(name, family)``."""
    name: str
    rules: tuple[str, ...]
    sslmode: str
    findings: tuple[Finding, ...]
    shows: Mapping[str, str]
    observed: dict[tuple[str, str], Observed]

    def agrees(self) -> bool:
        """Return whether all rules that the case is about were found, and every client does what they lead to."""
        return not self.unfound() and not self.disagreeing()

    def unfound(self) -> list[str]:
        return sorted(set(self.rules) - {one.rule for one in self.findings})

    def disagreeing(self) -> list[str]:
        """Return the names of the clients that do something else than the policy says."""
        return [name for (name, family), seen in self.observed.items()
                if seen.kind != self.shows.get(name, verdict(self.findings, family, name))]

    def without(self, rule: str) -> Row:
        """Return the row as it were without a rule."""
        return self._replace(findings=tuple(one for one in self.findings if one.rule != rule))


class Table(NamedTuple):
    """All rows, with the names of the clients in the order of the columns."""
    clients: tuple[str, ...]
    rows: tuple[Row, ...]

    def without(self, rule: str) -> tuple[Row, ...]:
        """Return the rows as they were without a rule, over the same observations."""
        return tuple(row.without(rule) for row in self.rows)

    def messages(self, client: str) -> dict[str, list[str]]:
        """Return, by rule, what a client says or loses in the cases that are about this rule alone, each once."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            for (name, _family), seen in row.observed.items():
                said = f'{seen.kind}: {" ".join(seen.words.split())}'
                if seen.kind == UNPROTECTED and row.sslmode != RECOMMENDED_SSLMODE:
                    said += f', with sslmode {row.sslmode}'
                if name == client and len(row.rules) == 1 and seen.kind != WORKS and said not in found.get(row.rules[0], []):
                    found.setdefault(row.rules[0], []).append(said)
        return found

    def text(self) -> str:
        """Return the table for a person: what each client did, marked where the policy says something else."""
        width = max(len(row.name) for row in self.rows) + 2
        lines = ['case'.ljust(width) + ''.join(name.ljust(14) for name in self.clients) + 'policy']
        for row in self.rows:
            disagreeing = row.disagreeing()
            seen = {name: observed.kind + (' (!)' if name in disagreeing else '') for (name, _family), observed in row.observed.items()}
            lines.append(row.name.ljust(width) + ''.join(seen.get(name, '-').ljust(14) for name in self.clients) + (
                'agrees' if row.agrees() else 'DISAGREES' + ''.join(f', {rule} was not found' for rule in row.unfound())))
            lines += [f'    {name}: {row.observed[name, family].words}' for name, family in row.observed if name in disagreeing]
        agreeing = sum(row.agrees() for row in self.rows)
        lines.append(f'{len(self.rows)} cases, {agreeing} agree, {len(self.rows) - agreeing} disagree')
        return '\n'.join(line.rstrip() for line in lines)


def prepare(case: Case, top: Path) -> Prepared:
    """Judge a case and lay its files out as a person would have them: deployed, or by hand where the policy refuses it."""
    folder = top / ''.join(letter if letter.isalnum() else '_' for letter in case.name)
    reading = reading_of(case.setup, folder / 'source')
    findings = judged(reading, **case.setup.options)
    dest = folder / 'sslcert'
    members = _by_hand(case, reading, folder) if errors(findings) else _deployed(case, reading)
    _write(dest, _for_jdbc(members))
    crl = case.setup.options.get('crl') if errors(findings) else None
    files = SetFiles(([name for name in CA_NAMES if name in members] or CA_NAMES)[0], crl or (CRL if CRL in members else None))
    auth_mode = case.setup.options.get('auth_mode', 'bidirectional')
    place = Place(dest, environment(str(dest), auth_mode, case.sslmode, files), folder, OWNER, auth_mode)
    if case.change is not None:
        place = case.change(place)
        findings += placed.judge(place)
    findings += judge_environment(place.variables)
    return Prepared(case, Trial(place.variables, str(place.folder), place.user), tuple(findings))


def _deployed(case: Case, reading: Reading) -> dict[str, bytes]:
    passphrase = case.setup.options.get('key_passphrase')
    return with_fresh_pair(reading.contents, passphrase) if reading.facts.pair == PAIR_DUE and passphrase else reading.contents


def _by_hand(case: Case, reading: Reading, folder: Path) -> dict[str, bytes]:
    """Return the files of a set that a person took from the bundle: all that can be unpacked, the last one of a name."""
    if case.setup.write is None:
        return {} if 'tree' in case.setup.options and not reading.facts.tree else case.setup.members
    if 'read_file' in case.setup.options:
        return {}
    first = reading.facts.trees[:1] or ('sslcert',)
    try:
        with zipfile.ZipFile(reading.facts.source) as archive:
            return {os.path.basename(name): archive.read(name) for name in archive.namelist()
                    if os.path.dirname(name) == first[0]}
    except (OSError, zipfile.BadZipFile, RuntimeError):
        return {}


def _for_jdbc(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members with the key as JDBC wants it beside it; one that is not plain PEM is given to JDBC as it is."""
    if KEY not in members:
        return members
    done = subprocess.run(['openssl', 'pkcs8', '-topk8', '-nocrypt', '-outform', 'DER', '-passin', 'pass:'], input=members[KEY],
                          capture_output=True, timeout=60, check=False)
    return {**members, KEY + '.pk8': done.stdout if done.returncode == 0 else members[KEY]}


def _write(dest: Path, members: dict[str, bytes]) -> None:
    dest.mkdir(parents=True)
    for name, content in members.items():
        (dest / name).write_bytes(content)
        (dest / name).chmod(0o600)
    for path in (dest.parent, dest, *dest.iterdir()):
        if os.geteuid() == 0:
            shutil.chown(path, OWNER, pwd.getpwnam(OWNER).pw_gid)


_Pair = tuple[Prepared, Any]


def _key(pair: _Pair) -> tuple[str, str]:
    return pair[0].case.name, pair[1].name


class Run:
    """The server and the clients of one run over a corpus."""

    def __init__(self, server: PostgreSQL, clients: Sequence[Any], top: Path) -> None:
        self.server, self.clients, self.top = server, clients, top
        self._shape: tuple[Any, ...] | None = None

    def table(self, cases: Sequence[Case]) -> Table:
        """Return the table of agreement for the cases."""
        prepared, seen = self.observe(cases)
        return Table(tuple(client.name for client in self.clients), tuple(
            Row(one.case.name, one.case.rules, one.case.sslmode, one.findings, one.case.shows, {
                (client.name, client.family): seen[one.case.name, client.name] for client in self.clients
                if (one.case.name, client.name) in seen}) for one in prepared))

    def observe(self, cases: Sequence[Case]) -> tuple[list[Prepared], dict[tuple[str, str], Observed]]:
        """Return the cases as they were laid out, and for each case and client what it did."""
        prepared = [prepare(case, self.top) for case in cases]
        pairs = [(one, client) for one in prepared for client in self.clients
                 if client.takes(one.trial) and client.family in one.case.families]
        own = self._ask(pairs, lambda one: one.case.peer)
        connected = [pair for pair in pairs if own[_key(pair)].encrypted]
        fooled = self._ask(connected, lambda one: one.case.impostor)
        listed = [pair for pair in connected if 'PGSSLCRL' in pair[0].trial.variables]
        revoked = self._ask(listed, lambda one: one.case.peer, bundles.REVOKED_SERVER)
        return prepared, {key: _observed(own[key], fooled.get(key), revoked.get(key)) for key in own}

    def _ask(self, pairs: Sequence[_Pair], peer_of: Callable[[Prepared], Peer],
             serial: int | None = None) -> dict[tuple[str, str], Answer]:
        """Connect with each client of ``pairs`` to the server of its case; the server changes as seldom as it can."""
        found = {}
        for peer, group in itertools.groupby(sorted(pairs, key=lambda pair: _order(peer_of(pair[0]))), lambda pair: peer_of(pair[0])):
            self._serve(peer, serial)
            for pair in group:
                found[_key(pair)] = pair[1].connect(self.server.port, pair[0].trial)
        return found

    def _serve(self, peer: Peer, serial: int | None) -> None:
        own = peer.own or bundles.server(peer.issuer, serial=serial, alternatives=(x509.DNSName(peer.name),))
        files = {'certificate': own.pem + b''.join(one.pem for one in peer.chain), 'key': bundles.plain_pem(own.key),
                 'ca': b''.join(one.pem for one in peer.trusted) or None, 'hba': _HBA if peer.trusted else _HBA_UNASKED}
        shape = (bool(peer.trusted), peer.crl, peer.newest_tls)
        if shape == self._shape:
            self.server.change(**files)
            return
        self._shape = None
        self.server.start(**files, crl=peer.crl or None, newest_tls=peer.newest_tls)
        self._shape = shape


def _order(peer: Peer) -> tuple[Any, ...]:
    return (bool(peer.trusted), peer.crl, peer.newest_tls, peer.name, (peer.own or peer.issuer).pem,
            [one.pem for one in peer.trusted + peer.chain])


def _observed(own: Answer, fooled: Answer | None, revoked: Answer | None) -> Observed:
    if not own.connects:
        return Observed(FAILS, own.words)
    lost = [what for what, lost in (
        ('in clear text', not own.encrypted), ('an impostor is accepted', fooled is not None and fooled.connects),
        ('a revoked server is accepted', revoked is not None and revoked.connects)) if lost]
    return Observed(UNPROTECTED, ', '.join(lost)) if lost else Observed(WORKS)


def new_folder() -> Path:
    """Return a new folder that the owner of the files can enter."""
    top = Path(tempfile.mkdtemp(prefix='dws_ssl_agreement_'))
    top.chmod(0o755)
    return top
