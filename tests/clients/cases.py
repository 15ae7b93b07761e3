# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case is that real clients are tried with."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import JDBC, LIBPQ
from ansible_collections.gaussdb.dws_ssl.tests.clients.placed import Change
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import INTERMEDIATE, OTHER, ROOT, Setup
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import Identity

TLS_1_2 = 'TLSv1.2'    # the newest that gsql speaks


class Peer(NamedTuple):
    """A server: who issued its certificate, and which clients it takes. Without ``trusted`` it asks no client for a certificate."""
    issuer: Identity = ROOT
    trusted: tuple[Identity, ...] = ()
    chain: tuple[Identity, ...] = ()      # CAs that the server sends besides
    crl: bytes = b''                      # its own revocation list
    name: str = 'localhost'
    own: Identity | None = None           # its certificate, where it is a certain one
    newest_tls: str = TLS_1_2


class Case(NamedTuple):
    """One set-up. ``change`` is the mistake on the host (``placed.py``), for a set that is sound or not."""
    name: str
    rules: tuple[str, ...]
    setup: Setup
    peer: Peer
    impostor: Peer = Peer(OTHER)
    sslmode: str = 'verify-ca'
    change: Change | None = None
    families: tuple[str, ...] = (LIBPQ, JDBC)     # whose clients are tried
    shows: Mapping[str, str] = {}                 # by client: what it shows in this case alone, against its family's verdict


def identities(pem: bytes) -> tuple[Identity, ...]:
    """Return the identities behind the certificates of a PEM file, those of them that were made for tests."""
    end = b'-----END CERTIFICATE-----\n'
    blocks = [block[block.find(b'-----BEGIN CERTIFICATE-----'):] + end for block in pem.split(end)[:-1]]
    return tuple(found for found in map(bundles.identity_of, blocks) if found is not None)


def usual_peer(setup: Setup) -> Peer:
    """Return a server of the CA in the set's CA file, which takes clients of all CAs there; of the root where it has none."""
    known = identities(setup.members.get('cacert.pem', b'')) or (ROOT, INTERMEDIATE)
    return Peer(known[0], known)


def case_of(name: str, rules: tuple[str, ...], setup: Setup, **options: Any) -> Case:
    return Case(name, rules, setup, options.pop('peer', None) or usual_peer(setup), **options)
