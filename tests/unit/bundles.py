# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes bundles for tests, good ones and ones with a chosen fault. Needs cryptography; touches nothing but given paths.

A set is a dict of base names and contents. ``good_set()`` is one that every rule passes; tests change one thing of it.
"""
import datetime
import functools
import hashlib
import io
import os
import time
import zipfile
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import passphrase_files
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = int(time.time())    # real time, so that real clients agree with what is judged
DAY = 86400               # seconds
PASSPHRASE = 'Secret@123'
DEFAULT_PASSPHRASE = 'Gauss@MppDB'
EXAMPLE_PASSPHRASE = 'Chang3it@test'

# Pairs made by the vendor's own encoder and by a second implementation (their passphrases are the two above).
VENDOR_PAIR = (
    bytes.fromhex('95fdf25b70dbecd5c4fbbe02c0411e3508838cd10bb5fe2acacd7bc4920580b571cd6836463e26586ec7e4e7e2245f12'
                  '64da00002f1fd4bd'),
    bytes.fromhex('5dcef75d7700e32cc819dbff14ed06a07068657251f312f0'))
DEFAULT_PAIR = (
    bytes.fromhex('0bde99af0a52ebd22d45bce4e20491c900101112131415161718191a1b1c1d1e1f00202122232425262728292a2b2c2d'
                  '2e2f000067d1932d'),
    bytes.fromhex('000102030405060708090a0b0c0d0e0f0000000055ce1a75'))

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
ANY = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
SIGNING, ISSUING, LISTING = 'digital_signature', 'key_cert_sign', 'crl_sign'
# Serial number of a server that every revocation list lists unless it is made with other numbers.
REVOKED_SERVER = 0x5eed

Members = dict[str, bytes]


@functools.lru_cache(maxsize=None)
def example(dbuser: str, number: int = 0) -> bytes:
    """Return the archive of an example as playbook ``demo`` makes one, of RSA keys; another ``number`` is another bundle."""
    return make_example(dbuser, EXAMPLE_PASSPHRASE.encode(), ['localhost'], 200).files['dws_ssl_cert.zip']


class Identity(NamedTuple):
    """A certificate and the key that belongs to it."""
    certificate: x509.Certificate
    key: object

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


@functools.lru_cache(maxsize=None)
def key(kind: str = 'prime256v1', which: str = ''):
    """Return a private key; the same one for the same arguments, so that tests stay fast.

    ``which`` tells keys apart.
    """
    if kind.startswith('RSA'):
        return rsa.generate_private_key(65537, int(kind.split()[1]))
    if kind == 'Ed25519':
        return ed25519.Ed25519PrivateKey.generate()
    if kind == 'Ed448':
        return ed448.Ed448PrivateKey.generate()
    curves = {'prime256v1': ec.SECP256R1, 'secp384r1': ec.SECP384R1, 'secp521r1': ec.SECP521R1,
              'secp256k1': ec.SECP256K1, 'secp224r1': ec.SECP224R1, 'brainpoolP256r1': ec.BrainpoolP256R1,
              'prime192v1': ec.SECP192R1}
    return ec.generate_private_key(curves[kind]())


def name(common: str, organization: str | None = None) -> x509.Name:
    """Return a distinguished name."""
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name(parts + [x509.NameAttribute(NameOID.COMMON_NAME, common)])


def moment(days: float) -> datetime.datetime:
    """Return the time that is so many days from now."""
    return datetime.datetime.fromtimestamp(NOW + days * DAY, datetime.timezone.utc).replace(tzinfo=None)


def usage(*allowed: str) -> x509.KeyUsage:
    """Return a key usage extension."""
    names = ('digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement',
             'key_cert_sign', 'crl_sign', 'encipher_only', 'decipher_only')
    return x509.KeyUsage(**{one: one in allowed for one in names})


def issue(subject: 'str | x509.Name', issuer: Identity | None = None, own_key=None, *,
          days: tuple[float, float] = (-1, 400), authority: bool | None = None, path_length: int | None = None,
          allowed: Sequence[str] | None = None,
          purposes: Iterable[ObjectIdentifier] | None = None, extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
          subject_id: 'bool | bytes' = True, authority_id: 'bool | bytes' = True, serial: int | None = None,
          alternatives: Sequence[x509.GeneralName] = (), digest: str = 'sha256') -> Identity:
    """Return a certificate for ``subject``, signed by ``issuer`` or by itself, with exactly the extensions asked for.

    ``days`` are start and end from now; ``subject_id`` and ``authority_id`` are False for none, True for the right one.
    """
    subject = name(subject) if isinstance(subject, str) else subject
    own_key = own_key or key('prime256v1', subject.rfc4514_string())
    issuer_key = issuer.key if issuer else own_key
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(issuer.certificate.subject if issuer else subject)
               .public_key(own_key.public_key()).serial_number(serial or x509.random_serial_number())
               .not_valid_before(moment(days[0])).not_valid_after(moment(days[1])))
    for value, critical in _extensions(authority, path_length, allowed, purposes, alternatives):
        builder = builder.add_extension(value, critical)
    for value, critical in _identifiers(own_key, issuer_key, subject_id, authority_id):
        builder = builder.add_extension(value, critical)
    for value, critical in extra:
        builder = builder.add_extension(value, critical)
    certificate = builder.sign(issuer_key, _algorithm(issuer_key))
    return remembered(Identity(_resigned(certificate, issuer_key, digest) if digest in _OLD else certificate, own_key))


_MADE: dict[bytes, Identity] = {}


def remembered(made: Identity) -> Identity:
    """Let ``identity_of`` find the identity."""
    _MADE[made.pem] = made
    return made


def identity_of(pem: bytes) -> Identity | None:
    """Return the identity whose certificate was made here and has this PEM form."""
    return _MADE.get(pem)


def _extensions(authority, path_length, allowed, purposes, alternatives):
    if authority is not None:
        yield x509.BasicConstraints(authority, path_length), True
    if allowed is not None:
        yield usage(*allowed), True
    if purposes is not None:
        yield x509.ExtendedKeyUsage(list(purposes)), False
    if alternatives:
        yield x509.SubjectAlternativeName(list(alternatives)), False


def _identifiers(own_key, issuer_key, subject_id, authority_id):
    if subject_id:
        right = x509.SubjectKeyIdentifier.from_public_key(own_key.public_key())
        yield (x509.SubjectKeyIdentifier(subject_id) if isinstance(subject_id, bytes) else right), False
    if authority_id:
        right = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        given = isinstance(authority_id, bytes)
        yield (x509.AuthorityKeyIdentifier(authority_id, None, None) if given else right), False


def _algorithm(signing_key):
    return None if isinstance(signing_key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)) else hashes.SHA256()


# Last byte of the object identifiers sha1WithRSAEncryption and md5WithRSAEncryption (RFC 8017, appendix C).
_OLD = {'sha1': (b'\x05', hashes.SHA1()), 'md5': (b'\x04', hashes.MD5())}
_RSA_SIGNATURE = bytes.fromhex('06092a864886f70d0101')


def _resigned(certificate: x509.Certificate, signing_key, digest: str) -> x509.Certificate:
    """Return the certificate signed again with a digest that cryptography no longer signs with. RSA issuers alone."""
    last, algorithm = _OLD[digest]
    body = certificate.tbs_certificate_bytes.replace(_RSA_SIGNATURE + b'\x0b', _RSA_SIGNATURE + last)
    signature = signing_key.sign(body, padding.PKCS1v15(), algorithm)
    identifier = element(0x30, _RSA_SIGNATURE + last + b'\x05\x00')
    return x509.load_der_x509_certificate(element(0x30, body + identifier + element(0x03, b'\x00' + signature)))


def element(tag: int, content: bytes) -> bytes:
    """Return a DER element."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes(
        (size.bit_length() + 7) // 8, 'big')
    return bytes([tag]) + length + content


def integer(value: int) -> bytes:
    """Return a non-negative DER INTEGER."""
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, 'big'))


def root(subject: str = 'Test Root CA', **options) -> Identity:
    """Return a self-signed CA that every rule passes."""
    return issue(subject, **{'authority': True, 'allowed': (ISSUING, LISTING), 'days': (-1, 4000), **options})


def intermediate(issuer: Identity, subject: str = 'Test Intermediate CA', **options) -> Identity:
    """Return a CA below ``issuer`` that every rule passes."""
    return issue(subject, issuer, **{'authority': True, 'allowed': (ISSUING, LISTING), 'days': (-1, 4000), **options})


def client(issuer: Identity, subject: str = 'dbadmin', **options) -> Identity:
    """Return a client's certificate that every rule passes."""
    return issue(subject, issuer, **{'authority': False, 'allowed': (SIGNING,), 'purposes': (CLIENT,), **options})


def server(issuer: Identity, subject: str = 'localhost', **options) -> Identity:
    """Return a server's certificate that every client accepts."""
    return issue(subject, issuer, **{
        'authority': False, 'allowed': (SIGNING, 'key_encipherment'), 'purposes': (SERVER,),
        'alternatives': (x509.DNSName('localhost'),), **options})


def plain_pem(private_key) -> bytes:
    """Return a key as PKCS#8 PEM without encryption."""
    return private_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption())


def encrypted_pem(private_key, passphrase: str = PASSPHRASE, form: str = 'PKCS8') -> bytes:
    """Return a key as encrypted PEM; ``form`` is PKCS8 or TraditionalOpenSSL."""
    return private_key.private_bytes(serialization.Encoding.PEM, getattr(serialization.PrivateFormat, form),
                                     serialization.BestAvailableEncryption(passphrase.encode()))


def crl(issuer: Identity, revoked: Sequence[int] = (REVOKED_SERVER,), *, days: tuple[float, float | None] = (-1, 30),
        extra: Sequence[tuple[x509.ExtensionType, bool]] = (), issuer_name: x509.Name | None = None,
        number: int = 1, authority_id: bool = True) -> bytes:
    """Return a revocation list as PEM; ``revoked`` are serial numbers."""
    builder = (x509.CertificateRevocationListBuilder().issuer_name(issuer_name or issuer.certificate.subject)
               .last_update(moment(days[0])).next_update(moment(days[1]))
               .add_extension(x509.CRLNumber(number), False))
    if authority_id:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(identifier, False)
    for serial in revoked:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(serial)
                                                  .revocation_date(moment(-1)).build())
    for value, critical in extra:
        builder = builder.add_extension(value, critical)
    return builder.sign(issuer.key, _algorithm(issuer.key)).public_bytes(serialization.Encoding.PEM)


def pair_of(passphrase: str = PASSPHRASE) -> Members:
    """Return the passphrase files of a passphrase of up to 15 bytes."""
    cipher, rand = passphrase_files.encode(passphrase.encode())
    return {'client.key.cipher': cipher, 'client.key.rand': rand}


class Set(NamedTuple):
    """A set and the identities behind it."""
    members: Members
    root: Identity
    client: Identity


def good_set(*, ca: Identity | None = None, own: Identity | None = None, encrypted: bool = True,
             ca_name: str = 'cacert.pem', authorities: Sequence[Identity] = (), **members: bytes) -> Set:
    """Return a set that passes; ``authorities`` come after the root in the CA file."""
    ca = ca or root()
    own = own or client(ca)
    found = {'client.crt': own.pem, ca_name: b''.join(one.pem for one in [ca] + list(authorities))}
    found['client.key'] = encrypted_pem(own.key) if encrypted else plain_pem(own.key)
    found.update(pair_of() if encrypted else {})
    return Set(found, ca, own)


def zip_of(members: Members, folder: str = 'sslcert', **options) -> bytes:
    """Return a zip archive of one set."""
    names = {base: folder + '/' + base if folder else base for base in members}
    return zip_of_names({names[base]: content for base, content in members.items()}, **options)


def zip_of_names(contents: Members, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of whole names and contents."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, 'w', compression) as archive:
        for whole, content in contents.items():
            archive.writestr(whole, content)
    return stream.getvalue()


def write_folder(top: str, members: Members, folder: str = 'sslcert') -> str:
    """Write a set as a folder below ``top`` and return ``top``."""
    os.makedirs(os.path.join(top, folder), exist_ok=True)
    for base, content in members.items():
        with open(os.path.join(top, folder, base), 'wb') as stream:
            stream.write(content)
    return str(top)


def fingerprint(identity: Identity) -> str:
    """Return the SHA-256 of a certificate."""
    return hashlib.sha256(identity.der).hexdigest()


def listed(*parts: bytes) -> bytes:
    """Return PEM blocks as one file."""
    return b''.join(parts)
