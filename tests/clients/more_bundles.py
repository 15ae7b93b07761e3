# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles that rules must judge neither too strictly nor too mildly: what experiments with psql have shown to matter."""
from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from ansible_collections.gaussdb.dws_ssl.tests.clients.cases import Case, Peer, case_of
from ansible_collections.gaussdb.dws_ssl.tests.clients.declarations import WORKS
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import (
    CRL, INTERMEDIATE, OTHER, ROOT, Setup, critical, listed, own, plain, unidirectional)
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import Identity
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

MINE = plain().members['client.crt']
KEY = plain().members['client.key']


def _broken(rule: str, how: str, setup: Setup, *more: str, **options: Any) -> Case:
    return case_of(f'{rule}: {how}', (rule, *more), setup, **options)


def _sound(name: str, setup: Setup, **options: Any) -> Case:
    return case_of(name, (), setup, **options)


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _files()
    yield from _authorities()
    yield from _one_sided()
    yield from _lists()
    yield from _kinds_of_keys()


def _files() -> Iterator[Case]:
    malformed = {
        'CR alone': ROOT.pem.replace(b'\n', b'\r'), 'indentation': b'  ' + ROOT.pem.replace(b'\n', b'\n  '),
        'text before BEGIN on its line': b'CA: ' + ROOT.pem,
        'a broken second block': ROOT.pem + ROOT.pem[:200] + b'!' + ROOT.pem[201:]}
    for how, content in malformed.items():
        shows = {'pgjdbc': WORKS} if how == 'CR alone' else {}    # a line end to Java
        yield _broken('pem-malformed', how, plain(cacert_pem=content), peer=Peer(ROOT, (ROOT,)), shows=shows)
    yield _broken('pem-malformed', 'client.crt', plain(client_crt=b' ' + MINE))
    yield _broken('pem-malformed', 'client.key', plain(client_key=b' ' + KEY))
    yield _broken('certificate-unparsable', 'a second CA', plain(cacert_pem=ROOT.pem + _block(b'\x30\x03\x02\x01\x05')),
                  peer=Peer(ROOT, (ROOT,)))
    rewritten = {
        'byte order mark': b'\xef\xbb\xbf' + ROOT.pem, 'CRLF': ROOT.pem.replace(b'\n', b'\r\n'),
        'bag attributes': b'Bag Attributes\n    friendlyName: root\n' + ROOT.pem,
        'TRUSTED CERTIFICATE': ROOT.pem.replace(b'CERTIFICATE', b'TRUSTED CERTIFICATE')}
    for how, content in rewritten.items():
        yield _broken('pem-rewritten', how, plain(cacert_pem=content), peer=Peer(ROOT, (ROOT,)))
    parameters = b'-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    yield _broken('pem-rewritten', 'EC PARAMETERS before the key', plain(client_key=parameters + KEY))
    yield _broken('key-mismatch', 'the root before the client', plain(client_crt=ROOT.pem + MINE))
    another = bundles.plain_pem(bundles.key('prime256v1', 'another'))
    yield _broken('key-mismatch', 'another key first', plain(client_key=another + KEY))
    yield _broken('member-missing', 'client.key', plain(client_key=None))
    yield _broken('member-empty', 'client.crt', plain(client_crt=b''))
    yield _broken('member-der', 'client.crt', plain(client_crt=base64.b64decode(b''.join(MINE.split(b'\n')[1:-2]))))


def _block(content: bytes) -> bytes:
    return b'-----BEGIN CERTIFICATE-----\n' + base64.encodebytes(content) + b'-----END CERTIFICATE-----\n'


def _authorities() -> Iterator[Case]:
    pin = bundles.issue('localhost', purposes=(bundles.SERVER,), authority=False)
    leaf = bundles.server(ROOT)
    yield _broken('certificate-not-issued', "the server's own self-signed certificate as a pin", plain(cacert_pem=pin.pem),
                  peer=Peer(pin, (ROOT,), own=pin))
    yield _broken('ca-anchors-nothing', "the server's issued certificate as a pin", plain(cacert_pem=leaf.pem),
                  peer=Peer(ROOT, (ROOT,), own=leaf))
    old = bundles.root('Old Root CA', days=(-400, -1))
    yield _broken('ca-expired', 'an extra CA', plain(authorities=[old]))
    yield _sound('a root of version 1', plain(ca=version_1_root()))
    yield _broken('ca-purpose', 'an extra CA', plain(authorities=[bundles.root('Extra Root CA', purposes=(bundles.ANY,))]))
    wrong = bundles.root('Server Root CA', purposes=(bundles.SERVER,))
    yield _broken('ca-purpose', 'servers alone', plain(ca=wrong))
    yield _broken('ca-invalid', 'CA:FALSE', plain(ca=bundles.root('No CA', authority=False, allowed=None)))
    yield _broken('intermediate-not-sent', 'in the CA file alone', plain(own=bundles.client(INTERMEDIATE), authorities=[INTERMEDIATE]))


def version_1_root() -> Identity:
    """Return a root of version 1. cryptography makes version 3 alone: its version is taken out, and it is signed again."""
    made = bundles.issue('Old Style Root CA', own_key=bundles.key('prime256v1', 'root of version 1'), subject_id=False, authority_id=False)
    signed = made.certificate.tbs_certificate_bytes
    content = signed[2 + (signed[1] & 0x7f if signed[1] & 0x80 else 0):].replace(_VERSION_3, b'', 1)
    signed = _der(_SEQUENCE, content)
    signature = _der(_BIT_STRING, b'\0' + bundles.key('prime256v1', 'root of version 1').sign(signed, ec.ECDSA(hashes.SHA256())))
    whole = x509.load_der_x509_certificate(_der(_SEQUENCE, signed + _ECDSA_WITH_SHA256 + signature))
    assert whole.version is x509.Version.v1
    return bundles.remembered(made._replace(certificate=whole))


_SEQUENCE, _BIT_STRING = 0x30, 0x03
_VERSION_3 = bytes.fromhex('a003020102')
_ECDSA_WITH_SHA256 = bytes.fromhex('300a06082a8648ce3d040302')


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, 'big') + content


def _one_sided() -> Iterator[Case]:
    """Yield sets without a client certificate: then nothing but the client itself looks at the CA."""
    def only(ca: Identity) -> dict[str, Any]:
        return {'setup': unidirectional({'cacert.pem': ca.pem}), 'peer': Peer(ca)}
    yield _sound('unidirectional', **only(ROOT))
    faults: dict[str, dict[str, Any]] = {
        'ca-expired': {'days': (-9, -1)}, 'ca-not-yet-valid': {'days': (1, 9)}, 'ca-purpose': {'purposes': (bundles.ANY,)},
        'ca-invalid': {'allowed': (bundles.SIGNING,)}, 'ca-critical-extension': {'extra': critical()}}
    for rule, options in faults.items():
        yield _broken(rule, 'unidirectional', **only(bundles.root('One-sided Root CA', **options)))
    yield _sound('unidirectional: a CA for servers alone', **only(bundles.root('Server Root CA', purposes=(bundles.SERVER,))))


def _lists() -> Iterator[Case]:
    yield _broken('crl-unreadable', 'empty', listed(b''))
    yield _broken('crl-unreadable', 'DER', listed(base64.b64decode(b''.join(bundles.crl(ROOT).split(b'\n')[1:-2]))))
    yield _broken('crl-holds-certificate', 'without a list of that CA', listed(bundles.crl(ROOT), OTHER.pem))
    yield _sound('a list whose file holds the CA of the CA file too', listed(bundles.crl(ROOT), ROOT.pem))
    yield _sound('a list of the root and one of a CA that nobody knows', listed(bundles.crl(ROOT), bundles.crl(OTHER)))
    yield _broken('crl-without-ca', 'require', Setup(
        plain(cacert_pem=None, crl=bundles.crl(ROOT)).members, {'crl': CRL}), 'ca-missing', sslmode='require')


def _kinds_of_keys() -> Iterator[Case]:
    for kind in ('secp384r1', 'secp521r1'):
        setup = own(own_key=bundles.key(kind))
        yield _broken('certificate-curve', f'{kind} with TLS 1.3', setup, peer=Peer(ROOT, (ROOT,), newest_tls=''))
    for kind in ('RSA 2048', 'Ed25519'):
        yield _sound(f'a key of the kind {kind}', own(own_key=bundles.key(kind)))
