# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of clients, each with the cases of the corpus that show it; the rules of a case say what it leads to.

What only gsql shows stands in tests/unit/policy/test_gsql_facts.py, the messages in tests/unit/policy/test_rule_catalogue.py.
"""
from __future__ import annotations

# What the clients accept.
ACCEPTED = {
    'modes: of the key no bits for others unless it is the group\'s of root, of certificate and CA any': [
        'file-mode: client.key 0640', 'file-mode: client.key 0604', 'file-mode: client.key 0400', 'file-mode: client.key 0500',
        'file-mode: client.key 0700', 'file-mode: client.crt 0644', 'file-mode: cacert.pem 0644', "file-mode: root's client.key 0640",
        "file-mode: root's client.key 0640, root connects"],
    'an encrypted key': ['key-encrypted', 'passphrase-files-missing', 'passphrase-files-incomplete', 'format-key-encrypted'],
    'a key in DER': ['key-der'],
    'verify-full': ['sslmode-unsupported'],
    'require with a CA file verifies, but for JDBC': ['sslmode-unverified'],
    'require without a CA file verifies nothing': [
        'file-missing: require', 'set-unsearchable: unidirectional, require', 'file-unreadable: require', 'crl-without-ca: require'],
    'prefer ends in clear text whatever fails, without a word': [
        'sslmode-clear-text: prefer', 'certificate-expired and sslmode-clear-text', 'key-mismatch and sslmode-clear-text',
        'file-mode and sslmode-clear-text', 'file-missing and sslmode-clear-text', 'rotation-clear-text: prefer'],
    'a list without a CA is ignored': ['crl-without-ca', 'crl-without-ca: require'],
    'a file of mode 0600 serves one user': ['file-unreadable', 'file-unreadable: client.key', 'file-owner'],
    'passphrase files of a database user': ['passphrase-files-stray'],
    'links': ['file-link'],
    'characters and length of a path': [
        'path-characters', 'path-characters, mended: spaces, other signs and letters', 'path-too-long', 'path-too-long, mended'],
    'a relative path': ['path-not-absolute', 'path-not-absolute: over a link and back'],
    'a certificate that is not there is none': ['file-missing: client.crt', 'member-missing'],
    'a certificate without its key': ['file-missing: client.key', 'member-missing: client.key'],
    'an intermediate CA in the file of the client certificate': [
        'intermediate-not-sent', 'intermediate-not-sent, mended', 'intermediate-not-sent: in the CA file alone'],
    'another key, and a certificate in DER': ['key-mismatch', 'member-der: client.crt'],
    'kinds of keys': ['a key of the kind RSA 2048', 'a key of the kind Ed25519', 'certificate-curve: secp384r1 with TLS 1.3'],
    'lists: expired, DER, missing, of another CA, not for the direct issuer': [
        'crl-expired', 'crl-unreadable: DER', 'crl-missing', 'crl-other-issuer', 'crl-issuer-missing'],
    'the certificate ends soon, or is weak': ['certificate-expires-soon', 'certificate-weak-signature', 'certificate-weak-key'],
    'the folder and the CA file of another user': ['set-unsearchable', 'set-missing', 'ca-missing'],
}

# What experiments with psql showed of certificates, CAs, lists and the forms of files.
EXPERIMENTS = {
    'the CA of the client is not that of the server: it connects': ['certificate-not-issued'],
    'the file of a list that also holds a certificate': ['crl-holds-certificate', 'crl-holds-certificate: without a list of that CA'],
    'a list that is empty, DER, garbage or missing': [
        'crl-unreadable', 'crl-unreadable: empty', 'crl-unreadable: DER', 'crl-missing'],
    'a list that is expired, of another CA, or lacks that of the root': ['crl-expired', 'crl-other-issuer', 'crl-issuer-missing'],
    'a delta alone': ['crl-delta'],
    'a CA file with an intermediate CA or a pinned issued leaf alone': [
        'ca-anchors-nothing', "ca-anchors-nothing: the server's issued certificate as a pin"],
    'no overreach: a self-signed pin that is no CA, an expired extra CA, a root of version 1': [
        "certificate-not-issued: the server's own self-signed certificate as a pin", 'ca-expired: an extra CA',
        'a root of version 1'],
    'two CAs of one name without key identifiers': ['ca-same-name'],
    'extended key usage "any" alone, and a root with the wrong one': ['certificate-purpose', 'ca-purpose', 'ca-purpose: servers alone'],
    'key usage, path length, name constraints, unknown critical extension, wrong key identifier, secp256k1': [
        'certificate-key-usage', 'chain-path-length', 'chain-name-constraints', 'certificate-critical-extension',
        'ca-critical-extension', 'key-identifier-mismatch', 'certificate-curve'],
    'RSA 1024 and SHA-1': ['certificate-weak-key', 'certificate-weak-signature', 'ca-weak-key', 'ca-weak-signature'],
    'PEM with CR alone, a leading space, text before BEGIN, indentation': [
        'pem-malformed: CR alone', 'pem-malformed', 'pem-malformed: text before BEGIN on its line', 'pem-malformed: indentation'],
    'TRUSTED CERTIFICATE': ['pem-rewritten: TRUSTED CERTIFICATE'],
    'byte order mark, CRLF, bag attributes, EC PARAMETERS': [
        'pem-rewritten: byte order mark', 'pem-rewritten: CRLF', 'pem-rewritten: bag attributes',
        'pem-rewritten: EC PARAMETERS before the key'],
    'the root before the leaf, or another key first': ['key-mismatch: the root before the client', 'key-mismatch: another key first'],
    'a broken second block in the CA file': ['pem-malformed: a broken second block', 'certificate-unparsable: a second CA'],
    'a derivation that would run for ever, and a cipher that cryptography does not know': ['key-costly', 'key-unsupported'],
}
