# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For each rule about bundles: one set-up that breaks it and one that is mended. Data for tests and for clients to try.

``CASES`` maps the name of a rule to its ``Case``. Both halves are made when they are asked for; the mended half has no
error of any rule.
"""
from __future__ import annotations

import base64
import io
import os
import warnings
import zipfile
from collections.abc import Callable
from typing import Any, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import passphrase_pair
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import Members
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

CRL = 'sslcrl-file.crl'


class Setup(NamedTuple):
    """One set with the options it is read with. ``write`` makes another source than a zip archive of the set."""
    members: Members
    options: dict[str, Any] = {}
    write: Callable[[str], str] | None = None

    def source(self, folder: str) -> str:
        """Write the bundle below ``folder`` and return its path."""
        if self.write is not None:
            return self.write(folder)
        return store(folder, bundles.zip_of(self.members))


class Case(NamedTuple):
    """A rule's two halves; ``subject`` is what the finding is about."""
    broken: Callable[[], Setup]
    mended: Callable[[], Setup]
    subject: str | None = None


def store(folder: str, content: bytes, name: str = 'dws_ssl_cert.zip') -> str:
    """Write one file and return its path."""
    path = os.path.join(folder, name)
    with open(path, 'wb') as stream:
        stream.write(content)
    return path


ROOT = bundles.root()
MINE = bundles.client(ROOT)
SEALED = bundles.good_set(ca=ROOT, own=MINE).members


def good(**options: Any) -> Setup:
    """A set with an encrypted key and its passphrase files."""
    return Setup(SEALED, options)


def plain(ca: bundles.Identity = ROOT, own: bundles.Identity | None = None, authorities: Any = (),
          **changed: bytes | None) -> Setup:
    """A set with a plain key, which every client reads; ``changed`` replaces members, None removes one (_ for .)."""
    own = own or (MINE if ca is ROOT else None)
    members = bundles.good_set(ca=ca, own=own, authorities=authorities, encrypted=False).members
    return Setup(with_members(members, **changed))


def with_members(members: Members, **changed: bytes | None) -> Members:
    """Return members with some replaced; ``client_crt`` stands for client.crt, ``crl`` for the revocation list."""
    names = {'crl': CRL, 'cipher': 'client.key.cipher', 'rand': 'client.key.rand'}
    changes = {names.get(name, name.replace('_', '.')): content for name, content in changed.items()}
    return {name: content for name, content in {**members, **changes}.items() if content is not None}


def sealed(**changed: bytes | None) -> Setup:
    """A set with an encrypted key, some members replaced."""
    return Setup(with_members(good().members, **changed))


def own(**options: Any) -> Setup:
    """A plain set whose client certificate is made with these options."""
    return plain(own=bundles.client(ROOT, **options))


def under(authority: bundles.Identity, **options: Any) -> Setup:
    """A plain set whose client certificate is below an intermediate CA that stands in both files."""
    own = bundles.client(authority, **options)
    return plain(own=own, client_crt=own.pem + authority.pem, authorities=[authority])


def listed(*lists: bytes) -> Setup:
    """A plain set with a revocation list."""
    return plain(crl=b''.join(lists))


def unidirectional(members: Members) -> Setup:
    return Setup(members, {'auth_mode': 'unidirectional'})


def archived(make: Callable[[], bytes], name: str = 'dws_ssl_cert.zip') -> Callable[[], Setup]:
    """A bundle of these bytes."""
    return lambda: Setup({}, {}, lambda folder: store(folder, make(), name))


def folded(change: Callable[[str], None]) -> Callable[[], Setup]:
    """A bundle that is a folder, changed after it was written; ``change`` is given the folder of the set."""
    def write(folder: str) -> str:
        bundles.write_folder(folder, good().members)
        change(os.path.join(folder, 'sslcert'))
        return folder
    return lambda: Setup({}, {}, write)


def zipped(*names: str, base: Members = SEALED, **members: bytes) -> bytes:
    """A zip archive of a set, the good one if no other is given, with more members of these names."""
    contents = {'sslcert/' + name: content for name, content in base.items()}
    return bundles.zip_of_names({**contents, **dict.fromkeys(names, b'x'), **members})


def flagged(flag: int) -> bytes:
    """A zip archive whose members all carry a general purpose flag."""
    data = bytearray(zipped())
    for mark, offset in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= flag & 0xFF
            data[at + offset + 1] |= flag >> 8
            at = data.find(mark, at + 4)
    return bytes(data)


def linked_member() -> bytes:
    """A zip archive in which client.key is a symbolic link."""
    information = zipfile.ZipInfo('sslcert/client.crt.link')
    information.external_attr = 0o120777 << 16
    return _with_entry(information, b'/etc/passwd')


def special_member() -> bytes:
    """A zip archive that claims a named pipe."""
    information = zipfile.ZipInfo('sslcert/pipe')
    information.external_attr = 0o010644 << 16
    return _with_entry(information, b'')


def _with_entry(information: zipfile.ZipInfo, content: bytes, base: Members = SEALED) -> bytes:
    stream = io.BytesIO(zipped(base=base))
    with zipfile.ZipFile(stream, 'a') as archive:
        archive.writestr(information, content)
    return stream.getvalue()


def duplicated() -> bytes:
    """A zip archive with client.crt twice."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return _with_entry(zipfile.ZipInfo('sslcert/client.crt'), b'another', plain().members)


def unfolding(size: int = 65 * 1024 * 1024) -> bytes:
    """A small zip archive with a member of zeros, whose headers understate its size."""
    return bundles.zip_of_names({'sslcert/readme.txt': bytes(size)})


def _pem_of(label: str, content: bytes) -> bytes:
    body = base64.encodebytes(content)
    return b'-----BEGIN %s-----\n%s-----END %s-----\n' % (label.encode(), body, label.encode())


def pbkdf2_key(rounds: int, salt: bytes = b'saltsalt', cipher: str = '60864801650304012a') -> bytes:
    """An encrypted key of no content whose derivation asks for so many rounds of PBKDF2."""
    return _encrypted('2a864886f70d01050c', bundles.element(0x04, salt) + bundles.integer(rounds), cipher)


def scrypt_key(cost: int, block_size: int = 8, parallelization: int = 1) -> bytes:
    """An encrypted key of no content whose derivation asks for so much of scrypt."""
    numbers = b''.join(bundles.integer(one) for one in (cost, block_size, parallelization))
    return _encrypted('2b06010401da47040b', bundles.element(0x04, b'saltsalt') + numbers, '60864801650304012a')


def _encrypted(derivation: str, parameters: bytes, cipher: str) -> bytes:
    """An EncryptedPrivateKeyInfo under PBES2 (RFC 8018); derivation and cipher are OIDs in hexadecimal."""
    function = bundles.element(0x30, _oid(derivation) + bundles.element(0x30, parameters))
    scheme = bundles.element(0x30, _oid(cipher) + bundles.element(0x04, bytes(16)))
    algorithm = bundles.element(0x30, _oid('2a864886f70d01050d') + bundles.element(0x30, function + scheme))
    return _pem_of('ENCRYPTED PRIVATE KEY', bundles.element(0x30, algorithm + bundles.element(0x04, bytes(64))))


def _oid(text: str) -> bytes:
    return bundles.element(0x06, bytes.fromhex(text))


def critical(oid: str = '1.2.3.4.5') -> list[tuple[x509.ExtensionType, bool]]:
    """A critical extension that nobody knows."""
    return [(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b'\x05\x00'), True)]


def constrained(domain: str) -> list[tuple[x509.ExtensionType, bool]]:
    """Name constraints that permit one domain."""
    return [(x509.NameConstraints([x509.DNSName(domain)], None), True)]


def delta() -> list[tuple[x509.ExtensionType, bool]]:
    return [(x509.DeltaCRLIndicator(1), True)]


OTHER = bundles.root('Other Root CA')
INTERMEDIATE = bundles.intermediate(ROOT)
UNUSABLE_POINT = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
WEAK_ROOT = bundles.root('RSA Root CA', own_key=bundles.key('RSA 2048', 'root'))
TWINS = [bundles.root('Twin CA', own_key=bundles.key('prime256v1', which), subject_id=named, authority_id=named)
         for named in (False, True) for which in ('first', 'second')]


def twins(first: bundles.Identity, second: bundles.Identity, named: bool) -> Setup:
    return plain(ca=first, own=bundles.client(first, subject_id=named, authority_id=named), authorities=[second])


def _trees(older: str, newer: str) -> bytes:
    """An archive with two sets: that of another CA, and the one that fits."""
    sets = {older: plain(ca=OTHER).members, newer: plain().members}
    return bundles.zip_of_names({folder + '/' + base: content for folder, members in sets.items()
                                 for base, content in members.items()})


def _too_long() -> Members:
    """Passphrase files whose block has no room for padding, as at 16 bytes in the vendor's own writer."""
    random, salt, iv = bytes(range(16)), bytes(range(16, 32)), bytes(range(32, 48))
    encryptor = Cipher(algorithms.AES(passphrase_pair._derive(random, salt)), modes.CBC(iv)).encryptor()
    body = encryptor.update(b'Secret@123456789') + b'\x00' + salt + b'\x00' + iv + b'\x00\x00'
    return {'client.key.cipher': passphrase_pair._sealed(body),
            'client.key.rand': passphrase_pair._sealed(random + bytes(4))}


def _broken_certificate() -> bytes:
    return _pem_of('CERTIFICATE', b'\x30\x03\x02\x01\x05')


def _below_weak_root(**options: Any) -> Setup:
    below = bundles.intermediate(WEAK_ROOT, **options)
    return plain(ca=WEAK_ROOT, own=bundles.client(below), authorities=[below])


CASES: dict[str, Case] = {
    # the archive or folder
    'bundle-missing': Case(lambda: Setup({}, {}, lambda folder: folder + '/nothing.zip'), plain),
    'bundle-unreadable': Case(lambda: Setup({}, {'read_file': None}, lambda folder: store(folder, zipped())), plain),
    'bundle-not-archive': Case(archived(lambda: b'this is no archive'), plain),
    'archive-damaged': Case(archived(lambda: zipped()[:-200]), plain),
    'archive-encrypted': Case(archived(lambda: flagged(1)), plain),
    'archive-compression': Case(archived(lambda: bundles.zip_of(plain().members, compression=zipfile.ZIP_BZIP2)), plain),
    'archive-too-large': Case(archived(unfolding), archived(lambda: zipped(**{'sslcert/readme.txt': bytes(2 ** 20)}))),
    'archive-too-many-members': Case(
        archived(lambda: zipped(*('doc/%d' % number for number in range(10000)))),
        archived(lambda: zipped(*('doc/%d' % number for number in range(9000))))),
    'member-outside': Case(archived(lambda: zipped('../client.crt')), archived(lambda: zipped('doc/client.crt.txt'))),
    'member-link': Case(archived(linked_member), archived(zipped)),
    'member-not-regular': Case(archived(special_member), archived(zipped)),
    'member-duplicate': Case(archived(duplicated), archived(zipped)),
    'member-too-large': Case(lambda: plain(crl=bytes(2 ** 20 + 1)), lambda: listed(bundles.crl(ROOT))),
    'member-vaulted': Case(lambda: plain(client_key=b'$ANSIBLE_VAULT;1.1;AES256\n6162'), plain),
    # the files of a set
    'ca-missing': Case(lambda: plain(cacert_pem=None), plain),
    'ca-ambiguous': Case(lambda: plain(certca_pem=OTHER.pem), lambda: plain(certca_pem=ROOT.pem)),
    'tree-ambiguous': Case(
        archived(lambda: _trees('one', 'two')), archived(lambda: _trees('v1/sslcert', 'v2/sslcert'))),
    'tree-unknown': Case(lambda: Setup(plain().members, {'tree': 'v3'}), lambda: Setup(plain().members, {'tree': 'sslcert'})),
    'tree-chosen': Case(archived(lambda: _trees('v1/sslcert', 'v2/sslcert')), plain, 'v2/sslcert'),
    'member-missing': Case(lambda: plain(client_crt=None), plain, 'client.crt'),
    'member-empty': Case(lambda: plain(cacert_pem=b''), plain, 'cacert.pem'),
    'member-der': Case(lambda: plain(cacert_pem=ROOT.der), plain, 'cacert.pem'),
    'pem-malformed': Case(lambda: plain(cacert_pem=b' ' + ROOT.pem), plain, 'cacert.pem'),
    'pem-rewritten': Case(lambda: plain(cacert_pem=b'The root CA:\r\n' + ROOT.pem), plain, 'cacert.pem'),
    'private-key-beside': Case(lambda: plain(cacert_pem=ROOT.pem + bundles.plain_pem(ROOT.key)), plain, 'cacert.pem'),
    'passphrase-files-stray': Case(
        lambda: Setup({**good().members, 'dbadmin.key.cipher': b'old', 'dbadmin.key.rand': b'old'}), good,
        'dbadmin.key.cipher'),
    # the client's certificate
    'certificate-unparsable': Case(lambda: plain(client_crt=_broken_certificate()), plain, 'client.crt'),
    'certificate-expired': Case(lambda: own(days=(-400, -1)), own, 'client.crt'),
    'certificate-not-yet-valid': Case(lambda: own(days=(1, 400)), own, 'client.crt'),
    'certificate-expires-soon': Case(lambda: own(days=(-1, 89.5)), lambda: own(days=(-1, 90.5)), 'client.crt'),
    'certificate-weak-key': Case(lambda: own(own_key=bundles.key('RSA 1024')),
                                 lambda: own(own_key=bundles.key('RSA 2048')), 'client.crt'),
    'certificate-weak-signature': Case(
        lambda: plain(ca=WEAK_ROOT, own=bundles.client(WEAK_ROOT, digest='sha1')),
        lambda: plain(ca=WEAK_ROOT, own=bundles.client(WEAK_ROOT)), 'client.crt'),
    'certificate-curve': Case(lambda: own(own_key=bundles.key('secp256k1')),
                              lambda: own(own_key=bundles.key('prime256v1')), 'client.crt'),
    'certificate-purpose': Case(lambda: own(purposes=(bundles.ANY,)), lambda: own(purposes=None), 'client.crt'),
    'certificate-key-usage': Case(lambda: own(allowed=('key_encipherment',)), lambda: own(allowed=None), 'client.crt'),
    'certificate-critical-extension': Case(
        lambda: own(extra=critical()), lambda: own(extra=[(critical()[0][0], False)]), 'client.crt'),
    # its chain
    'certificate-not-issued': Case(lambda: plain(own=bundles.client(OTHER)), plain, 'client.crt'),
    'key-identifier-mismatch': Case(lambda: own(authority_id=bytes(20)), lambda: own(authority_id=False), 'client.crt'),
    'chain-path-length': Case(
        lambda: _short_chain(0), lambda: _short_chain(1), 'client.crt'),
    'chain-name-constraints': Case(
        lambda: _constrained_chain('db.example.org'), lambda: _constrained_chain('db.example.com'), 'client.crt'),
    'intermediate-not-sent': Case(
        lambda: plain(own=bundles.client(INTERMEDIATE), client_crt=bundles.client(INTERMEDIATE).pem + INTERMEDIATE.pem),
        lambda: under(INTERMEDIATE), 'client.crt'),
    # the CA file
    'ca-anchors-nothing': Case(lambda: plain(ca=INTERMEDIATE), plain, 'cacert.pem'),
    'ca-expired': Case(lambda: plain(ca=bundles.root(days=(-9, -1))), plain, 'cacert.pem'),
    'ca-not-yet-valid': Case(lambda: plain(ca=bundles.root(days=(1, 9))), plain, 'cacert.pem'),
    'ca-expires-soon': Case(lambda: plain(ca=bundles.root(days=(-1, 89.5))), plain, 'cacert.pem'),
    'ca-purpose': Case(lambda: plain(ca=bundles.root(purposes=(bundles.ANY,))),
                       lambda: plain(ca=bundles.root(purposes=(bundles.CLIENT, bundles.SERVER))), 'cacert.pem'),
    'ca-invalid': Case(lambda: plain(ca=bundles.root(allowed=(bundles.SIGNING,))),
                       lambda: plain(ca=bundles.root(allowed=None)), 'cacert.pem'),
    'ca-critical-extension': Case(lambda: plain(ca=bundles.root(extra=critical())), plain, 'cacert.pem'),
    'ca-weak-key': Case(lambda: plain(ca=bundles.root(own_key=bundles.key('RSA 1024', 'root'))),
                        lambda: plain(ca=WEAK_ROOT), 'cacert.pem'),
    'ca-weak-signature': Case(
        lambda: _below_weak_root(digest='sha1'), _below_weak_root, 'cacert.pem'),
    'ca-same-name': Case(
        lambda: twins(TWINS[0], TWINS[1], False), lambda: twins(TWINS[2], TWINS[3], True), 'cacert.pem'),
    # the key
    'key-mismatch': Case(lambda: plain(client_key=bundles.plain_pem(bundles.key('prime256v1', 'another'))), plain,
                         'client.key'),
    'key-der': Case(lambda: plain(client_key=bundles.key('prime256v1', 'CN=dbadmin').private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())), plain,
        'client.key'),
    'key-unparsable': Case(lambda: plain(client_key=_pem_of('PRIVATE KEY', b'\x30\x00')), plain, 'client.key'),
    'key-unsupported': Case(lambda: sealed(client_key=pbkdf2_key(2048, cipher='2a811ccf55016802')), good, 'client.key'),
    'key-costly': Case(lambda: sealed(client_key=pbkdf2_key(2 ** 31)), good, 'client.key'),
    'key-not-opened': Case(
        lambda: Setup(sealed(cipher=None, rand=None).members, {'decrypt_key': True}),
        lambda: Setup(sealed(cipher=None, rand=None).members,
                      {'decrypt_key': True, 'key_passphrase': bundles.PASSPHRASE}), 'client.key'),
    'key-decrypted': Case(lambda: good(decrypt_key=True), plain, 'client.key'),
    'key-encrypted': Case(good, plain, 'client.key'),
    # its passphrase
    'passphrase-files-missing': Case(
        lambda: sealed(cipher=None, rand=None),
        lambda: Setup(sealed(cipher=None, rand=None).members, {'key_passphrase': bundles.PASSPHRASE}), 'client.key'),
    'passphrase-files-incomplete': Case(lambda: sealed(rand=None), good, 'client.key.rand'),
    'passphrase-files-corrupt': Case(lambda: sealed(rand=bytes(24)), good, 'client.key.cipher'),
    'passphrase-mismatch': Case(lambda: Setup({**good().members, **bundles.pair_of('Another@123')}), good,
                                'client.key.cipher'),
    'passphrase-too-long': Case(lambda: Setup({**good().members, **_too_long()}), good, 'client.key.cipher'),
    'passphrase-refused': Case(
        lambda: Setup(plain().members, {'key_passphrase': 'secret'}),
        lambda: Setup(plain().members, {'key_passphrase': bundles.PASSPHRASE}), 'key_passphrase'),
    'passphrase-default': Case(
        lambda: sealed(client_key=bundles.encrypted_pem(bundles.key('prime256v1', 'CN=dbadmin'),
                                                        bundles.DEFAULT_PASSPHRASE),
                       cipher=bundles.DEFAULT_PAIR[0], rand=bundles.DEFAULT_PAIR[1]), good, 'client.key'),
    'passphrase-files-unused': Case(
        lambda: Setup({**plain().members, **bundles.pair_of()}), plain, 'client.key.cipher'),
    # the revocation list
    'crl-unreadable': Case(lambda: listed(b'no list'), lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-missing': Case(lambda: Setup(plain().members, {'crl': 'other.crl'}),
                        lambda: Setup({**plain().members, 'other.crl': bundles.crl(ROOT)}, {'crl': 'other.crl'}),
                        'other.crl'),
    'crl-without-ca': Case(lambda: Setup(plain(cacert_pem=None, crl=bundles.crl(ROOT)).members, {'crl': CRL}),
                           lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-holds-certificate': Case(
        lambda: listed(bundles.crl(ROOT), bundles.crl(OTHER), OTHER.pem), lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-delta': Case(
        lambda: listed(bundles.crl(ROOT, [], extra=delta(), number=2)), lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-other-issuer': Case(lambda: listed(bundles.crl(OTHER)), lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-issuer-missing': Case(
        lambda: Setup({**under(INTERMEDIATE).members, CRL: bundles.crl(ROOT)}),
        lambda: Setup({**under(INTERMEDIATE).members, CRL: bundles.crl(ROOT) + bundles.crl(INTERMEDIATE)}), CRL),
    'crl-signature': Case(
        lambda: listed(bundles.crl(OTHER, issuer_name=ROOT.certificate.subject, authority_id=False)),
        lambda: listed(bundles.crl(ROOT, authority_id=False)), CRL),
    'crl-sign-usage': Case(lambda: _listing_root((bundles.ISSUING,)),
                           lambda: _listing_root((bundles.ISSUING, bundles.LISTING)), CRL),
    'crl-unusable': Case(lambda: listed(bundles.crl(ROOT, extra=[(UNUSABLE_POINT, True)])),
                         lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-expired': Case(lambda: listed(bundles.crl(ROOT, days=(-9, -1))), lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-not-yet-valid': Case(lambda: listed(bundles.crl(ROOT, days=(1, 30))), lambda: listed(bundles.crl(ROOT)), CRL),
    'crl-expires-soon': Case(lambda: listed(bundles.crl(ROOT, days=(-1, 6.5))),
                             lambda: listed(bundles.crl(ROOT, days=(-1, 7.5))), CRL),
    'crl-revokes-client': Case(lambda: _revoked(True), lambda: _revoked(False), CRL),
    'crl-revokes-ca': Case(
        lambda: Setup({**under(INTERMEDIATE).members, CRL: bundles.crl(
            ROOT, [bundles.REVOKED_SERVER, INTERMEDIATE.certificate.serial_number]) + bundles.crl(INTERMEDIATE)}),
        lambda: Setup({**under(INTERMEDIATE).members, CRL: bundles.crl(
            ROOT, [bundles.REVOKED_SERVER, 7]) + bundles.crl(INTERMEDIATE)}), CRL),
    'crl-not-for-jdbc': Case(lambda: listed(bundles.crl(ROOT)), plain, CRL),
}


def _short_chain(length: int) -> Setup:
    top = bundles.root(path_length=length)
    below = bundles.intermediate(top)
    return plain(ca=top, own=bundles.client(below), authorities=[below])


def _constrained_chain(host: str) -> Setup:
    top = bundles.root(extra=constrained('example.com'))
    return plain(ca=top, own=bundles.client(top, alternatives=[x509.DNSName(host)]))


def _listing_root(allowed: tuple[str, ...]) -> Setup:
    top = bundles.root(allowed=allowed)
    return Setup({**plain(ca=top).members, CRL: bundles.crl(top)})


def _revoked(client: bool) -> Setup:
    mine = bundles.client(ROOT)
    serial = mine.certificate.serial_number
    return plain(own=mine, crl=bundles.crl(ROOT, [bundles.REVOKED_SERVER, serial if client else serial + 1]))
