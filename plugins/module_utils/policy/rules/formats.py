# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the files that other clients read than login shells of sh: service file, odbc.ini, properties and so on."""
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS, ERROR, JDBC, LIBPQ, WARNING, Rule)

DEPLOY_AGAIN = 'Run gaussdb.dws_ssl.client_certificates (or the role) for this user again.'

VALUE = Rule(
    'format-value', ERROR, ALL_CLIENTS, 'A format cannot carry a value',
    'The syntax of the file has no way to write it, or its readers cut it off: the client would read another value.',
    'Choose another directory, or leave the format out.', 'The syntax of the format: page "Which client reads what"')
FOREIGN = Rule(
    'format-foreign', ERROR, ALL_CLIENTS, 'Somebody else\'s file lies where a format\'s file should be',
    'A file whose first line does not say that this collection wrote it is never replaced: a person may keep entries in it.',
    'Move the file away and run the task again, or choose another directory.', 'One file has one owner')
MISSING = Rule(
    'format-missing', ERROR, ALL_CLIENTS, 'The file of a format is not there',
    'Clients that are pointed to it do not start, or connect as if nothing was configured: unverified, or in clear text.',
    DEPLOY_AGAIN, 'Page "Which client reads what"')
DRIFT = Rule(
    'format-drift', ERROR, ALL_CLIENTS, 'The file of a format differs from what it should be',
    'Clients use other files or another mode than the ones that were deployed.', DEPLOY_AGAIN, 'Page "Which client reads what"')
KEY_ENCRYPTED = Rule(
    'format-key-encrypted', WARNING, (LIBPQ,), 'A file for clients on the stock libpq names an encrypted key',
    'psql, psycopg and psqlODBC cannot open it: could not load private key file "...": processing error. Clients on the DWS flavour '
    'of libpq can.',
    'Give these clients a set of their own with decrypt_key: a second item of the user, with its own cluster and directory.',
    'Two families of client: gsql with passphrase files, and the rest')
STORE_WITHOUT_PASSPHRASE = Rule(
    'store-without-passphrase', ERROR, (JDBC,), 'A PKCS#12 store needs a passphrase',
    'Java opens no store without one: pgjdbc finds no certificate in it and the server refuses the connection.',
    'Give key_passphrase (role: dws_client_key_passphrase), or take the format jdbc.', 'RFC 7292; pgjdbc, sslkey')

RULES = (VALUE, FOREIGN, MISSING, DRIFT, KEY_ENCRYPTED, STORE_WITHOUT_PASSPHRASE)
