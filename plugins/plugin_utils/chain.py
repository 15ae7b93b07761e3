# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chain from a client's certificate to the CA file, built in the order in which OpenSSL looks for issuers.

OpenSSL takes an issuer by its name and by the key identifiers; only then does it check signatures, and it does not go
back to try another one (X509_verify_cert, with trusted certificates first). So which certificate of two with one name
is used is a matter of the files' order.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import x509
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded, comparable, verified
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.name_constraints import excluded_names

LONGEST = 20    # certificates in a chain; OpenSSL's own limit is 100


class Chain(NamedTuple):
    """What was found above the client's certificate."""
    certificates: tuple[facts.Certificate, ...] = ()
    issued: bool | None = None
    exclusions: tuple[facts.Exclusion, ...] = ()
    misidentified: tuple[tuple[str, str], ...] = ()


def build(own: Sequence[Loaded], authorities: Sequence[Loaded], now: int) -> Chain:
    """Return the chain of ``own[0]`` through the rest of ``own`` and ``authorities``; an empty one without a
    certificate.

    ``now`` is in seconds since the epoch: of several CAs that fit, one that is valid then is taken.
    """
    if not own:
        return Chain()
    chain = [own[0]]
    trusted = {loaded.facts.fingerprint for loaded in authorities}
    issued = own[0].facts.fingerprint in trusted
    misidentified: list[tuple[str, str]] = []
    while not chain[-1].facts.self_issued and len(chain) < LONGEST:
        issuer = _issuer(chain[-1], authorities, now) or _issuer(chain[-1], own[1:], now)
        if issuer is None:
            misidentified.extend(_misidentified(chain[-1], tuple(authorities) + tuple(own[1:])))
        if issuer is None or issuer in chain or not _signed(chain[-1], issuer):
            break
        chain.append(issuer)
        issued = issued or issuer.facts.fingerprint in trusted
    return Chain(tuple(loaded.facts for loaded in chain), issued, tuple(excluded_names(chain)), tuple(misidentified))


def ambiguous(authorities: Sequence[Loaded], own: Sequence[Loaded]) -> tuple[str, ...]:
    """Return the subjects of CAs that share a name and have different keys, where nothing tells OpenSSL which one to
    take.

    Key identifiers tell them apart; they have to be in the CAs and in every certificate that is looked at.
    """
    found: list[str] = []
    for loaded in authorities:
        same = [other for other in authorities if other.name == loaded.name]
        below = [other for other in own if other.issuer_name == loaded.name]
        if len({other.facts.public_key for other in same}) > 1 and loaded.facts.subject not in found:
            if any(other.facts.subject_key_id is None for other in same) or any(
                    other.facts.authority_key_id is None for other in below):
                found.append(loaded.facts.subject)
    return tuple(found)


def identifies(issuer: Loaded, subject: Loaded) -> bool:
    """Return whether ``issuer`` can be the issuer of ``subject`` by name and key identifiers (X509_check_issued)."""
    if issuer.name != subject.issuer_name:
        return False
    above, own = subject.facts.authority_key_id, issuer.facts.subject_key_id
    if above is not None and own is not None and above != own:
        return False
    named = subject.authority_key
    if named is None or named.authority_cert_serial_number is None:
        return True
    if named.authority_cert_serial_number != issuer.certificate.serial_number:
        return False
    names = [one.value for one in named.authority_cert_issuer or () if isinstance(one, x509.DirectoryName)]
    return not names or comparable(names[0]) == issuer.issuer_name


def _issuer(subject: Loaded, candidates: Sequence[Loaded], now: int) -> Loaded | None:
    """Return the issuer that OpenSSL takes: the first that is valid now, else the one that ends last."""
    fitting = [one for one in candidates if one is not subject and identifies(one, subject)]
    for one in fitting:
        if one.facts.not_before <= now <= one.facts.not_after:
            return one
    return max(fitting, key=lambda one: one.facts.not_after) if fitting else None


def _signed(subject: Loaded, issuer: Loaded) -> bool:
    return verified(subject.certificate, subject.certificate.tbs_certificate_bytes, issuer)


def _misidentified(subject: Loaded, candidates: Sequence[Loaded]) -> list[tuple[str, str]]:
    """Return the CAs of the right name that signed ``subject`` and that the key identifiers rule out."""
    return [(subject.facts.subject, candidate.facts.subject) for candidate in candidates
            if candidate.name == subject.issuer_name and _signed(subject, candidate)]
