# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the private key."""
from typing import Iterable, Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import PAIR_DUE, Bundle, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import KEY
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    GSQL,
    INFO,
    JDBC,
    LIBPQ,
    Finding,
    Rule,
    finding,
)

MISMATCH = Rule(
    'key-mismatch', ERROR, ALL_CLIENTS, 'The private key does not belong to the client certificate',
    'Clients refuse to start the handshake: key values mismatch. The first certificate of client.crt counts, so a file '
    'with the CA first fails in the same way; of several keys in client.key the first one counts.',
    'Take certificate and key from the same bundle; put the client\'s certificate first in client.crt.',
    'OpenSSL, X509_check_private_key')
DER = Rule(
    'key-der', ERROR, (GSQL,), 'The private key is DER where PEM is due',
    'gsql fails. psql 15 reads such a key, and JDBC wants it, as client.key.pk8.',
    'Convert it: openssl pkey -inform DER -in client.key -out client.key.pem', 'openGauss libpq; RFC 7468')
UNPARSABLE = Rule(
    'key-unparsable', ERROR, ALL_CLIENTS, 'The private key cannot be read',
    'psql says: could not load private key file "...": unsupported.',
    'Take the file from its source again; see what it holds with: openssl pkey -in client.key -noout -text_pub',
    'RFC 5958')
UNSUPPORTED = Rule(
    'key-unsupported', ERROR, ALL_CLIENTS, 'The private key is of a kind, or under a protection, that is not supported',
    'Some clients open such a key and others do not, and this collection cannot prove that it fits the certificate. It '
    'says nothing about the passphrase.',
    'Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in client.key -out client.key.new', 'RFC 8018; OpenSSL 3')
COSTLY = Rule(
    'key-costly', ERROR, ALL_CLIENTS, 'Opening the private key takes too much time or memory',
    'Its derivation asks for more than 2,000,000 rounds of PBKDF2 or 64 MiB of scrypt. A client would wait for it at '
    'every connection, or for ever.',
    'Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in client.key -out client.key.new',
    'RFC 8018, section 4.2; RFC 7914')
NOT_OPENED = Rule(
    'key-not-opened', ERROR, ALL_CLIENTS, 'The private key cannot be deployed without its encryption',
    'decrypt_key was asked for, and neither the passphrase files nor key_passphrase open the key.',
    'Give key_passphrase, or the passphrase files that belong to the key.', 'Option decrypt_key')
DECRYPTED = Rule(
    'key-decrypted', INFO, ALL_CLIENTS, 'The private key is deployed without its encryption',
    'decrypt_key was asked for, or client.key.pk8 without key_passphrase: every client reads the key, and its file mode alone '
    'protects it.',
    'Leave decrypt_key off where gsql is the only client; give key_passphrase with format jdbc.',
    'Two families of client: gsql with passphrase files, and the rest')
ENCRYPTED = Rule(
    'key-encrypted', INFO, (LIBPQ, JDBC), 'The private key is encrypted in a way that gsql alone can open',
    'psql and other clients on the stock libpq have no variable for the passphrase and do not know passphrase files. '
    'Without a terminal they say: could not load private key file "...": processing error. JDBC needs PKCS#8 DER.',
    'Use decrypt_key for clients on libpq, and format jdbc for Java.', 'PostgreSQL, libpq, sslpassword; openGauss libpq')

RULES = (MISMATCH, DER, UNPARSABLE, UNSUPPORTED, COSTLY, NOT_OPENED, DECRYPTED, ENCRYPTED)


def serves_gsql_alone(findings: Iterable[Finding]) -> bool:
    """Return whether the findings about a set say that its key is encrypted in a way that gsql alone can open."""
    return any(found.rule == ENCRYPTED.name for found in findings)


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is wrong with, or worth knowing about, the key that could be read."""
    key = bundle.key
    if key is None:
        return
    if key.public_key is not None and bundle.certificates and key.public_key != bundle.certificates[0].public_key:
        later = ' A later certificate of client.crt belongs to it.' if key.matching_later_certificate else ''
        yield finding(MISMATCH, KEY, 'It does not belong to the first certificate of client.crt.' + later)
    if key.encrypted and purpose.decrypt_key:
        yield finding(DECRYPTED, KEY, 'It is deployed without its encryption, as decrypt_key asks.')
    elif key.encrypted:
        yield finding(ENCRYPTED, KEY, 'It is encrypted (%s): gsql opens it, stock libpq and JDBC do not.' % (
            key.encryption))
    elif bundle.pair == PAIR_DUE:
        yield finding(ENCRYPTED, KEY, 'It is deployed encrypted with key_passphrase: gsql opens it, stock libpq and JDBC do not.')
