# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The public members of a set, read as OpenSSL reads such files: certificates, CA certificates, revocation lists."""
from typing import List, NamedTuple, Optional, Sequence, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts, files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import certificates, der, pem, revocation
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded

CERTIFICATE_LABELS = ('CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE')
LIST_LABELS = ('X509 CRL',)


class Member(NamedTuple):
    """One file of a set: where it comes from, what it is deployed as, and what was seen on the way."""
    name: str
    target: str = ''
    content: bytes = b''                   # canonical; empty where something is wrong with it
    problems: Tuple[Problem, ...] = ()
    rewritten: str = ''                    # why the content is not the file's own bytes; '' where it is
    holds_key: bool = False
    foreign: int = 0                       # certificates in the file of a list


def certificates_of(name: str, data: bytes) -> Tuple[Tuple[Loaded, ...], Member]:
    """Return the certificates of a file in its order, and the file."""
    blocks, member = _selected(name, name, data, CERTIFICATE_LABELS, 'CERTIFICATE', 'certificate-unparsable', 'certificate')
    loaded, problems = [], []  # type: Tuple[List[Loaded], List[Problem]]
    for place, block in enumerate(blocks, 1):
        try:
            loaded.append(certificates.load(block.der))
        except certificates.CertificateDamaged:
            problems.append(Problem('certificate-unparsable', name, 'Certificate %d of the file is damaged.' % place))
    return tuple(loaded), _with(member, problems)


def revocation_lists_of(name: str, data: bytes, authorities: Sequence[Loaded],
                        client: Optional[Loaded]) -> Tuple[Tuple[facts.RevocationList, ...], Member]:
    """Return the revocation lists of a file in its order, and the file, which is deployed as ``sslcrl-file.crl``."""
    blocks, member = _selected(name, files.CRL, data, LIST_LABELS, 'X509 CRL', 'crl-unreadable', 'revocation list')
    loaded, problems = [], []  # type: Tuple[List[facts.RevocationList], List[Problem]]
    for place, block in enumerate(blocks, 1):
        try:
            loaded.append(revocation.load(block.der, authorities, client))
        except revocation.ListDamaged:
            problems.append(Problem('crl-unreadable', name, 'List %d of the file is damaged.' % place))
    return tuple(loaded), _with(member, problems)


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


def _selected(name: str, target: str, data: bytes, labels: Tuple[str, ...], label: str, rule: str,
              noun: str) -> Tuple[Tuple[pem.Block, ...], Member]:
    """Return the blocks of the wanted kind in canonical form, and the file."""
    text = pem.read(data)
    blocks = tuple(block for block in text.blocks if block.label in labels)
    member = Member(name, target, holds_key=any(block.label.endswith('PRIVATE KEY') for block in text.blocks),
                    foreign=sum(block.label in CERTIFICATE_LABELS for block in text.blocks))
    problems = []
    if text.fault is not None:
        problems.append(Problem('pem-malformed', name, 'Line %d: %s.' % (text.fault.line, text.fault.reason)))
    elif not text.blocks:
        problems.append(not_pem(name, data, noun))
    elif not blocks:
        problems.append(Problem(rule, name, 'The file holds no %s.' % noun))
    problems.extend(Problem('pem-malformed', name, 'A %s stands under header lines.' % noun)
                    for block in blocks if block.header)
    if rule == 'crl-unreadable':
        problems = [problem._replace(rule=rule) for problem in problems]
    plain = tuple(pem.Block(label, '', _without_trust(block)) for block in blocks if not block.header)
    content = pem.canonical(plain)
    return plain, member._replace(content=b'' if problems else content, problems=tuple(problems),
                                  rewritten='' if problems or content == data else _difference(text.blocks, blocks, label))


def _without_trust(block: pem.Block) -> bytes:
    """Return a block's DER without the trust settings that follow the certificate in OpenSSL's own format."""
    if block.label != 'TRUSTED CERTIFICATE':
        return block.der
    try:
        return der.first(block.der).whole
    except der.DerError:
        return block.der


def _difference(all_blocks: Tuple[pem.Block, ...], blocks: Tuple[pem.Block, ...], label: str) -> str:
    """Return, as a part of a sentence, what the canonical form leaves out of a file."""
    if any(block.label == 'TRUSTED CERTIFICATE' for block in blocks):
        return 'OpenSSL\'s trust settings are left out'
    if len(all_blocks) != len(blocks):
        return 'blocks of another kind are left out'
    return 'text, line ends or line lengths differ from the canonical form'


def _with(member: Member, problems: List[Problem]) -> Member:
    if not problems:
        return member
    return member._replace(problems=member.problems + tuple(problems), content=b'')
