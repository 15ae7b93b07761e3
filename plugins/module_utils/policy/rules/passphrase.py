# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the key's passphrase and the two files that hold it."""
from typing import Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Bundle, Purpose
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CIPHER, KEY
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    GSQL,
    INFO,
    WARNING,
    Finding,
    Rule,
    finding,
)

_FORMAT = 'openGauss client, layout of *.key.cipher and *.key.rand'

MISSING = Rule(
    'passphrase-files-missing', ERROR, (GSQL,), 'The private key is encrypted and nothing opens it',
    'gsql prompts for the passphrase; without a terminal it reads standard input, so a script can swallow its own '
    'input.',
    'Add client.key.cipher and client.key.rand, or give key_passphrase.',
    'openGauss libpq, search for passphrase files')
INCOMPLETE = Rule(
    'passphrase-files-incomplete', ERROR, (GSQL,), 'One of the two passphrase files is missing',
    'Neither file is of use without the other.',
    'Take both from the same bundle.', _FORMAT)
CORRUPT = Rule(
    'passphrase-files-corrupt', ERROR, (GSQL,), 'The passphrase files are damaged',
    'A file is short, its checksum is wrong, or the two are not of one pair. gsql cannot open the key.',
    'Take both from the same bundle; copy them as binary files.', _FORMAT)
MISMATCH = Rule(
    'passphrase-mismatch', ERROR, (GSQL,), 'The passphrase does not open the private key',
    'gsql says: bad decrypt.',
    'Take the key and its passphrase files from the same bundle, or give the right key_passphrase.',
    'OpenSSL, bad decrypt')
TOO_LONG = Rule(
    'passphrase-too-long', ERROR, (GSQL,), 'The passphrase is longer than passphrase files can hold',
    'They hold 15 bytes. At 16 the vendor\'s own writer makes files that do not open the key.',
    'Encrypt the key with a passphrase of 8 to 15 bytes.', _FORMAT)
REFUSED = Rule(
    'passphrase-refused', ERROR, (GSQL,), 'The passphrase breaks the vendor\'s rules',
    'The vendor\'s writer of passphrase files takes 8 to 15 characters of three of the four classes lower case, upper '
    'case, digits and others.',
    'Choose a passphrase by these rules; encrypt an encrypted key anew with it.', 'openGauss, gs_guc encrypt')
DEFAULT = Rule(
    'passphrase-default', WARNING, ALL_CLIENTS, 'The private key opens with the published default passphrase',
    'It works, and whoever gets hold of the file can use the key.',
    'Replace the default certificate.', 'Guide: "Using the default certificate may pose security risks"')
UNUSED = Rule(
    'passphrase-files-unused', INFO, (GSQL,), 'The set has passphrase files and a key without encryption',
    'They are not needed and not deployed.',
    'Remove them, or use the encrypted key that they belong to.', _FORMAT)

RULES = (MISSING, INCOMPLETE, CORRUPT, MISMATCH, TOO_LONG, REFUSED, DEFAULT, UNUSED)


def judge(bundle: Bundle, purpose: Purpose) -> Iterator[Finding]:
    """Yield what is worth knowing about the passphrase of a key that could be opened."""
    key = bundle.key
    if key is None:
        return
    if key.default_passphrase:
        yield finding(DEFAULT, KEY, 'It opens with the published default passphrase.')
    if not key.encrypted and CIPHER in bundle.members:
        yield finding(UNUSED, CIPHER, 'client.key is not encrypted, so this file is not deployed.')
