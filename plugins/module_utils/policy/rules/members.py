# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about which files a set has and whether they are PEM."""
from typing import Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    GSQL,
    INFO,
    NATIVE,
    WARNING,
    Finding,
    Rule,
    finding,
)

CA_MISSING = Rule(
    'ca-missing', ERROR, ALL_CLIENTS, 'The bundle has no CA file',
    'Without the CA file no client can verify the server: psql says root certificate file "..." does not exist.',
    'Add cacert.pem (or certca.pem) beside the client certificate.', 'Guide, Table 2, PGSSLROOTCERT')
CA_AMBIGUOUS = Rule(
    'ca-ambiguous', ERROR, ALL_CLIENTS, 'The set has both cacert.pem and certca.pem, and they differ',
    'The guide uses both names for the same file. With different content it is not clear which one the server fits.',
    'Remove the one that the server does not use.', 'Guide, Table 2, PGSSLROOTCERT')
TREE_AMBIGUOUS = Rule(
    'tree-ambiguous', ERROR, ALL_CLIENTS, 'The bundle has several sets and none is clearly the newest',
    'Only the CA of the right set matches the server.',
    'Name one of them with the option tree.', 'Field report on clusters of version 9.1: v1/sslcert and v2/sslcert')
TREE_UNKNOWN = Rule(
    'tree-unknown', ERROR, ALL_CLIENTS, 'The named set is not in the bundle',
    'The option tree names a folder that holds a CA file, by its whole path or by its version part.',
    'Name one of the sets that the message lists.',
    'Field report on clusters of version 9.1: v1/sslcert and v2/sslcert')
TREE_CHOSEN = Rule(
    'tree-chosen', INFO, ALL_CLIENTS, 'The set with the highest version was taken',
    'Newer clusters ship the sets v1 and v2; the CA of v2 alone matches their server.',
    'Name another one with the option tree where the cluster is older.',
    'Field report on clusters of version 9.1: v1/sslcert and v2/sslcert')
MEMBER_MISSING = Rule(
    'member-missing', ERROR, ALL_CLIENTS, 'The set lacks the client certificate or its private key',
    'Without its certificate a client sends none, without a word, and a server that asks for it refuses the client: '
    '"connection requires a valid client certificate". Without its key psql says: certificate present, but not private '
    'key file "...".',
    'Add the file, or use the unidirectional mode, which needs the CA file alone.', 'Guide, Table 1')
MEMBER_EMPTY = Rule(
    'member-empty', ERROR, ALL_CLIENTS, 'A file of the set is empty',
    'Clients cannot read an empty file: could not read root certificate file "...": no certificate or crl found, or '
    'could not read certificate file "...": no start line.',
    'Take the file from its source again.', 'Client behaviour')
MEMBER_DER = Rule(
    'member-der', ERROR, NATIVE, 'A certificate file of the set is DER where PEM is due',
    'Clients say: could not read certificate file "...": no start line, or could not read root certificate file "...": '
    'no certificate or crl found.',
    'Convert it: openssl x509 -inform DER -in FILE -out FILE.pem', 'RFC 7468; openGauss libpq')
PEM_MALFORMED = Rule(
    'pem-malformed', ERROR, ALL_CLIENTS, 'A file of the set is not PEM that OpenSSL reads',
    'OpenSSL wants BEGIN and END at the start of their lines and nothing behind them, lines that end with LF or CRLF, '
    'and sound base64. One broken block makes the whole file fail: could not read root certificate file "...", or '
    'certificate file "...": no start line, bad end line, not proc type, or bad base64 decode; could not load private '
    'key file "...": unsupported.',
    'Write the file anew: openssl x509 (or pkey, crl) -in FILE -out FILE', 'RFC 7468; OpenSSL, PEM_read_bio')
PEM_REWRITTEN = Rule(
    'pem-rewritten', INFO, ALL_CLIENTS, 'A file is deployed in canonical PEM',
    'Text around the blocks, CRLF, a byte order mark, bag attributes and OpenSSL\'s own "TRUSTED CERTIFICATE" are read '
    'by some clients alone. The deployed file holds the same certificates or key in the form that all of them read.',
    'Compare deployed files by fingerprint, not by the digest of the bundle\'s file.', 'RFC 7468')
PRIVATE_KEY_BESIDE = Rule(
    'private-key-beside', WARNING, ALL_CLIENTS, 'A certificate file also holds a private key',
    'Certificate files are handed around as public. The key in it is not deployed. JDBC cannot read a CA file with a key in it.',
    'Remove the key from the file; where it is the key of a CA, treat that CA as compromised.', 'RFC 7468')
STRAY_PAIR = Rule(
    'passphrase-files-stray', WARNING, (GSQL,), 'The set holds passphrase files of another name',
    'gsql looks for <dbuser>.key.cipher before client.key.cipher, and takes it even where its rand file is missing. A '
    'stale one hides a good pair. Those files are not deployed.',
    'Remove them from the bundle, or rename the pair to client.key.cipher and client.key.rand where it is the right '
    'one.',
    'openGauss libpq, search for passphrase files')

RULES = (CA_MISSING, CA_AMBIGUOUS, TREE_AMBIGUOUS, TREE_UNKNOWN, TREE_CHOSEN, MEMBER_MISSING, MEMBER_EMPTY, MEMBER_DER,
         PEM_MALFORMED, PEM_REWRITTEN, PRIVATE_KEY_BESIDE, STRAY_PAIR)


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is worth knowing about the files of the chosen set."""
    if bundle.tree is not None and len(bundle.trees) > 1:
        yield finding(TREE_CHOSEN, bundle.tree, 'This set was taken; the bundle also holds %s.' % ', '.join(
            quoted(tree) for tree in bundle.trees if tree != bundle.tree))
    for name in bundle.keys_beside:
        yield finding(PRIVATE_KEY_BESIDE, name, 'The file also holds a private key, which is not deployed.')
    for name in bundle.strays:
        yield finding(STRAY_PAIR, name, 'This passphrase file is not that of client.key and is not deployed.')
    for rewritten in bundle.rewritten:
        yield finding(PEM_REWRITTEN, rewritten.member, 'It is deployed in canonical PEM: %s.' % rewritten.reason)
