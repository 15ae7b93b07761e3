# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-ups that real clients are tried with: each rule broken and mended, rules in pairs, and what must not be overdone.

What a case is about stands in its name: ``RULE`` is broken, ``RULE, mended`` is not, ``RULE: ...`` is one more way to break
it, and ``A and B`` breaks two. ``Case.rules`` names the rules that have to be found. The server of a case is a ``Peer``; without
one of its own a case gets a server whose certificate, and whose clients', the CA of the set has issued.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import archive
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundle_cases, bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import CRL, INTERMEDIATE, OTHER, ROOT, Setup, plain
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import Identity, Members

TLS_1_2 = 'TLSv1.2'    # the newest that gsql speaks


class Peer(NamedTuple):
    """A server: who issued its certificate, and which clients it takes. Without ``trusted`` it asks no client for a certificate."""
    issuer: Identity = ROOT
    trusted: tuple[Identity, ...] = ()
    chain: tuple[Identity, ...] = ()      # CAs that the server sends besides
    crl: bytes = b''                      # its own revocation list
    name: str = 'localhost'
    newest_tls: str = TLS_1_2


class Case(NamedTuple):
    """One set-up. ``place`` is for what lies on the host otherwise than deployed (``placed.py``)."""
    name: str
    rules: tuple[str, ...]
    setup: Setup
    peer: Peer
    impostor: Peer = Peer(OTHER)
    sslmode: str = 'verify-ca'
    place: Any = None


def identities(pem: bytes) -> tuple[Identity, ...]:
    """Return the identities behind the certificates of a PEM file, those of them that were made for tests."""
    end = b'-----END CERTIFICATE-----\n'
    blocks = [block[block.find(b'-----BEGIN CERTIFICATE-----'):] + end for block in pem.split(end)[:-1]]
    return tuple(found for found in map(bundles.identity_of, blocks) if found is not None)


def usual_peer(setup: Setup) -> Peer:
    """Return a server of the CA in the set's CA file, which takes clients of all CAs there; of the root where it has none."""
    known = identities(setup.members.get('cacert.pem', b'')) or (ROOT, INTERMEDIATE)
    return Peer(known[0], known)


def _case(name: str, rules: tuple[str, ...], setup: Setup, **options: Any) -> Case:
    return Case(name, rules, setup, options.pop('peer', None) or usual_peer(setup), **options)


# Servers other than the usual one, by the rule whose case needs it.
_PEERS: dict[str, Callable[[Setup], Peer]] = {
    # the server's CA is the other one of two candidates
    'ca-ambiguous': lambda setup: Peer(*identities(setup.members['certca.pem']), (ROOT,)),
    # it trusts another CA for clients than the one that it was issued by
    'certificate-not-issued': lambda setup: Peer(ROOT, (ROOT, OTHER)),
    # it does not have the intermediate CA
    'intermediate-not-sent': lambda setup: Peer(ROOT, (ROOT,)),
    'ca-anchors-nothing': lambda setup: Peer(INTERMEDIATE, (ROOT, INTERMEDIATE), (INTERMEDIATE,)),
    'tree-ambiguous': lambda setup: Peer(ROOT, (ROOT,)),
    'tree-chosen': lambda setup: Peer(ROOT, (ROOT,)),
    # the second of two CAs of one name has issued its certificate
    'ca-same-name': lambda setup: Peer(identities(setup.members['cacert.pem'])[1], identities(setup.members['cacert.pem'])),
    # its own name is one that the CA allows
    'chain-name-constraints': lambda setup: usual_peer(setup)._replace(name='db.example.com'),
    'crl-revokes-client': lambda setup: Peer(ROOT, (ROOT,), crl=setup.members[CRL]),
    'crl-revokes-ca': lambda setup: Peer(INTERMEDIATE, (ROOT, INTERMEDIATE), (INTERMEDIATE,)),
    'crl-issuer-missing': lambda setup: Peer(INTERMEDIATE, (ROOT, INTERMEDIATE), (INTERMEDIATE,)),
}

# Limits and cautions of the collection itself. A client that is given the same files by hand sees nothing of them.
OWN_RULES = ('archive-compression', 'archive-too-large', 'archive-too-many-members', 'member-outside', 'member-link',
             'member-not-regular', 'member-too-large')


def bundle_rules() -> Iterator[Case]:
    """Yield the broken and the mended case of every rule about bundles; mended ones that are equal come once."""
    seen: list[tuple[Members, dict[str, Any]]] = []
    for rule, case in bundle_cases.CASES.items():
        if rule in OWN_RULES:
            continue
        broken, mended = case.broken(), case.mended()
        peer = _PEERS.get(rule, usual_peer)
        yield _case(rule, (rule,), broken, peer=peer(broken))
        if mended.write is None and (mended.members, mended.options) not in seen:
            seen.append((mended.members, mended.options))
            yield _case(rule + ', mended', (), mended, peer=peer(mended))


def corpus() -> list[Case]:
    """Return every case, each name once."""
    found = [*bundle_rules()]
    assert len({case.name for case in found}) == len(found)
    return found


ARCHIVE_RULES = tuple(rule.name for rule in archive.RULES)
__all__ = ['plain']
