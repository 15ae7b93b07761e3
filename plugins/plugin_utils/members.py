# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public members of a set, read as OpenSSL reads such files: certificates, CA certificates, revocation lists."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts, files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import certificates, der, pem, revocation
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded


class _Kind(NamedTuple):
    """What a file holds: the PEM labels that OpenSSL takes, the canonical one, and how problems speak of it."""
    labels: tuple[str, ...]
    label: str
    rule: str
    noun: str


_CERTIFICATES = _Kind(('CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'), 'CERTIFICATE',
                      'certificate-unparsable', 'certificate')
_LISTS = _Kind(('X509 CRL',), 'X509 CRL', 'crl-unreadable', 'revocation list')


class Member(NamedTuple):
    """One file of a set: where it comes from, what it is deployed as, and what was seen on the way."""
    name: str
    target: str = ''
    content: bytes = b''                   # canonical; empty where something is wrong with it
    problems: tuple[Problem, ...] = ()
    rewritten: str = ''                    # why the content is not the file's own bytes; '' where it is
    holds_key: bool = False


def certificates_of(name: str, data: bytes) -> tuple[tuple[Loaded, ...], Member]:
    """Return the certificates of a file in its order, and the file."""
    blocks, member = _selected(name, name, data, _CERTIFICATES)
    loaded: list[Loaded] = []
    problems: list[Problem] = []
    for place, block in enumerate(blocks, 1):
        try:
            loaded.append(certificates.load(block.der))
        except certificates.CertificateDamaged:
            problems.append(Problem('certificate-unparsable', name, 'Certificate %d of the file is damaged.' % place))
    return tuple(loaded), _with(member, problems)


def revocation_lists_of(name: str, data: bytes, authorities: Sequence[Loaded],
                        client: Loaded | None) -> tuple[tuple[facts.RevocationList, ...], Member]:
    """Return the revocation lists of a file in its order, and the file, which is deployed as ``sslcrl-file.crl``."""
    blocks, member = _selected(name, files.CRL, data, _LISTS)
    loaded: list[facts.RevocationList] = []
    problems: list[Problem] = []
    for place, block in enumerate(blocks, 1):
        try:
            loaded.append(revocation.load(block.der, authorities, client))
        except revocation.ListDamaged:
            problems.append(Problem('crl-unreadable', name, 'List %d of the file is damaged.' % place))
    return tuple(loaded), _with(member, problems)


def anchors_beside_lists(data: bytes, authorities: Sequence[Loaded]) -> tuple[int, int]:
    """Return how many certificates the file of a list holds that the CA file does not, and how many of them have a list there."""
    known = {loaded.facts.fingerprint for loaded in authorities}
    blocks = pem.read(data).blocks
    extra = []
    for block in blocks:
        if block.label in _CERTIFICATES.labels:
            try:
                extra.append(certificates.load(_without_trust(block)))
            except certificates.CertificateDamaged:
                continue
    extra = [loaded for loaded in extra if loaded.facts.fingerprint not in known]
    lists, _member = revocation_lists_of('', data, extra, None)
    covered = {fingerprint for one in lists for fingerprint in one.signed_by}
    return len(extra), sum(loaded.facts.fingerprint in covered for loaded in extra)


def not_pem(name: str, data: bytes, noun: str) -> Problem:
    """Return the problem of a file in which no PEM block was found."""
    if not data.strip():
        return Problem('member-empty', name, 'The file is empty.')
    if _is_der(data):
        return Problem('member-der', name, 'The file is DER where PEM is due.')
    return Problem('pem-malformed', name, 'No %s was found in it: %s.' % (noun, pem.why_none(data)))


def _is_der(data: bytes) -> bool:
    try:
        return der.first(data).tag == der.SEQUENCE
    except der.DerError:
        return False


def _selected(name: str, target: str, data: bytes, kind: _Kind) -> tuple[tuple[pem.Block, ...], Member]:
    """Return the blocks of the wanted kind in canonical form, and the file."""
    text = pem.read(data)
    blocks = tuple(block for block in text.blocks if block.label in kind.labels)
    problems = _problems(name, data, text, blocks, kind)
    plain = tuple(pem.Block(kind.label, '', _without_trust(block)) for block in blocks if not block.header)
    content = pem.canonical(plain)
    return plain, Member(
        name, target, b'' if problems else content, tuple(problems),
        '' if problems or content == data else _difference(text.blocks, blocks),
        holds_key=any(block.label.endswith('PRIVATE KEY') for block in text.blocks))


def _problems(name: str, data: bytes, text: pem.Text, blocks: tuple[pem.Block, ...], kind: _Kind) -> list[Problem]:
    found = [Problem('pem-malformed', name, 'A %s stands under header lines.' % kind.noun)
             for block in blocks if block.header]
    if text.fault is not None:
        found.append(Problem('pem-malformed', name, 'Line %d: %s.' % (text.fault.line, text.fault.reason)))
    elif not text.blocks:
        found.append(not_pem(name, data, kind.noun))
    elif not blocks:
        found.append(Problem(kind.rule, name, 'The file holds no %s.' % kind.noun))
    return [problem._replace(rule=kind.rule) for problem in found] if kind is _LISTS else found


def _without_trust(block: pem.Block) -> bytes:
    """Return a block's DER without the trust settings that follow the certificate in OpenSSL's own format."""
    if block.label != 'TRUSTED CERTIFICATE':
        return block.der
    try:
        return der.first(block.der).whole
    except der.DerError:
        return block.der


def _difference(all_blocks: tuple[pem.Block, ...], blocks: tuple[pem.Block, ...]) -> str:
    """Return, as a part of a sentence, what the canonical form leaves out of a file."""
    if any(block.label == 'TRUSTED CERTIFICATE' for block in blocks):
        return 'OpenSSL\'s trust settings are left out'
    if len(all_blocks) != len(blocks):
        return 'blocks of another kind are left out'
    return pem.NOT_CANONICAL


def _with(member: Member, problems: list[Problem]) -> Member:
    if not problems:
        return member
    return member._replace(problems=member.problems + tuple(problems), content=b'')
