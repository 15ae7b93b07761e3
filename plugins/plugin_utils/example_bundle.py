# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a CA, a server certificate and a client bundle for demos and tests."""
from __future__ import annotations

import datetime
import io
import ipaddress
import zipfile
from typing import NamedTuple, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CA_NAMES, CERTIFICATE, CIPHER, CRL, KEY, RAND
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import (
    ExtendedKeyUsageOID,
    NameOID,
    hashes,
    rsa,
    serialization,
    x509,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import passphrase_files

FOLDER = 'sslcert/'       # as in the archive of the console
# Where the files go, by the names under which the module returns them.
PATHS = {'bundle': 'dws_ssl_cert.zip', 'ca': 'server/' + CA_NAMES[0], 'server_certificate': 'server/server.crt',
         'server_key': 'server/server.key', 'crl': 'server/' + CRL}
RSA_BITS = 2048           # gsql warns below


class Example(NamedTuple):
    """Files by the path that they get below the folder; the client's are in the archive."""
    files: dict[str, bytes]


class Issuer(NamedTuple):
    """A CA that signs while the example is made, and is forgotten then."""
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def make_example(common_name: str, passphrase: bytes, server_names: Sequence[str], days: int) -> Example:
    """Return a bundle and a server's files that fit together. Raise ValueError for a passphrase over 15 bytes."""
    issuer = make_issuer('Example CA of gaussdb.dws_ssl', days)
    server, server_key = issue(issuer, server_names[0], days, ExtendedKeyUsageOID.SERVER_AUTH, server_names)
    client, client_key = issue(issuer, common_name, days, ExtendedKeyUsageOID.CLIENT_AUTH)
    cipher, rand = passphrase_files.encode(passphrase)
    ca = pem(issuer.certificate)
    members = {CERTIFICATE: pem(client), KEY: key_pem(client_key, passphrase), CIPHER: cipher, RAND: rand, CA_NAMES[0]: ca}
    return Example({
        PATHS['bundle']: archive({FOLDER + name: content for name, content in members.items()}),
        PATHS['ca']: ca, PATHS['server_certificate']: pem(server), PATHS['server_key']: key_pem(server_key),
        PATHS['crl']: revocation_list(issuer, days),
    })


def make_issuer(common_name: str, days: int) -> Issuer:
    """Return a self-signed CA."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    name = _name(common_name)
    builder = _builder(name, name, key, days).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False,
                          key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                          decipher_only=False)
    return Issuer(builder.add_extension(usage, critical=True).sign(key, hashes.SHA256()), key)


def issue(issuer: Issuer, common_name: str, days: int, purpose: x509.ObjectIdentifier,
          names: Sequence[str] = ()) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """Return a certificate of the CA and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    builder = _builder(_name(common_name), issuer.certificate.subject, key, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return builder.add_extension(authority, critical=False).sign(issuer.key, hashes.SHA256()), key


def revocation_list(issuer: Issuer, days: int) -> bytes:
    """Return an empty list of the CA, in PEM."""
    now = _now()
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(now).next_update(now + datetime.timedelta(days=days))
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return builder.add_extension(authority, critical=False).sign(issuer.key, hashes.SHA256()).public_bytes(
        serialization.Encoding.PEM)


def archive(members: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, 'w', zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return memory.getvalue()


def pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate in PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: rsa.RSAPrivateKey, passphrase: bytes | None = None) -> bytes:
    """Return a key in PEM (PKCS#8), encrypted where a passphrase is given."""
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, days: int) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.not_valid_before(_now()).not_valid_after(_now() + datetime.timedelta(days=days))


def _now() -> datetime.datetime:
    """A little in the past: the clocks of a controller and of its hosts differ by seconds."""
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
