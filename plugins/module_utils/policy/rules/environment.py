# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the PGSSL variables: the guide's Table 2, and what makes a client ignore a value without a word."""
from typing import Dict, Iterator, List, Set, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import ENGINE_SEPARATOR, path_values
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS, ERROR, GSQL, INFO, JDBC, LIBPQ, NATIVE, WARNING, Finding, Rule, finding)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import IGNORED_LENGTH, path_faults
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import SSLMODES, UNSUPPORTED_SSLMODES

PATH_NOT_ABSOLUTE = Rule(
    'path-not-absolute', ERROR, NATIVE, 'A variable does not hold an absolute path',
    'A relative path is taken from whatever folder the client is started in; for a bare file name gsql looks for the '
    'passphrase files in the root folder. A path with ".." means another folder as soon as a link is on the way.',
    'Give the absolute path, without "..".',
    'Guide, Table 2: "The absolute path of the files must be specified"')
PATH_CHARACTERS = Rule(
    'path-characters', ERROR, (GSQL,), 'A path holds characters that make the client ignore the variable',
    'gsql ignores the value without a message: no client certificate is sent, or the server is not verified, or a revoked '
    'server is accepted.',
    'Choose a directory without any of ; ` \\ \' " > < $ & | ! and without control characters.',
    'openGauss libpq, check of environment values')
PATH_TOO_LONG = Rule(
    'path-too-long', ERROR, NATIVE, 'A path is so long that the client ignores or cuts it',
    'gsql ignores a value of %d bytes and more without a message; psql cuts it there and says that the file does not exist, or '
    'sends no client certificate without a word.' % IGNORED_LENGTH,
    'Choose a shorter directory.',
    'openGauss libpq, check of environment values; PostgreSQL libpq, MAXPGPATH')
PATH_COLON = Rule(
    'path-colon', ERROR, (LIBPQ,), 'The path of the private key has a colon, which stands for an OpenSSL engine',
    'psql takes what is before the colon for the name of an engine: could not load SSL engine "...". gsql takes the path as it is, '
    'and a set whose key is encrypted is for gsql alone.',
    'Choose a directory without a colon.',
    'PostgreSQL, libpq, sslkey')
SSLMODE_UNKNOWN = Rule(
    'sslmode-unknown', ERROR, ALL_CLIENTS, 'PGSSLMODE has a value that no client knows',
    'psql refuses to connect with an unknown sslmode.',
    'Use one of %s; verify-ca is the recommended one.' % ', '.join(SSLMODES),
    'Guide, Table 2')
SSLMODE_UNSUPPORTED = Rule(
    'sslmode-unsupported', ERROR, ALL_CLIENTS, 'GaussDB(DWS) does not support verify-full',
    'The server certificates of GaussDB(DWS) do not carry the name that clients connect to.',
    'Use verify-ca.',
    'Guide, Table 2: "verify-full: GaussDB(DWS) does not support this mode"')
SSLMODE_CLEAR_TEXT = Rule(
    'sslmode-clear-text', WARNING, ALL_CLIENTS, 'The sslmode allows a connection in clear text',
    'disable never encrypts; allow encrypts only where the server insists; with prefer gsql and psql fall back to clear text when '
    'TLS fails for any reason, a wrong file mode included, with exit status 0 and no message; JDBC verifies no server with it.',
    'Use verify-ca, unless the guide\'s cure for "ssl SYSCALL error" is needed.',
    'Guide, Tables 2 and 3; psql and openGauss libpq')
SSLMODE_UNVERIFIED = Rule(
    'sslmode-unverified', INFO, (JDBC,), 'The sslmode require does not verify the server with every client',
    'gsql and psql verify under require where the CA file is there, and connect unverified where it is not; JDBC never verifies '
    'under require.',
    'Use verify-ca.',
    'Guide, Table 2; client behaviour')

RULES = (PATH_NOT_ABSOLUTE, PATH_CHARACTERS, PATH_TOO_LONG, PATH_COLON, SSLMODE_UNKNOWN, SSLMODE_UNSUPPORTED,
         SSLMODE_CLEAR_TEXT, SSLMODE_UNVERIFIED)

CLEAR_TEXT_SSLMODES = ('disable', 'allow', 'prefer')


_BY_NAME = {rule.name: rule for rule in RULES}


def judge_path(subject: str, path: str) -> Iterator[Finding]:
    """Yield what is wrong with one path, whatever variable or option it stands in."""
    for rule, message in path_faults(path):
        yield finding(_BY_NAME[rule], subject, message)


def judge_sslmode(sslmode: str) -> Iterator[Finding]:
    """Yield what is wrong with, or worth knowing about, a value of PGSSLMODE."""
    if sslmode in UNSUPPORTED_SSLMODES:
        yield finding(SSLMODE_UNSUPPORTED, 'PGSSLMODE', 'GaussDB(DWS) does not support %s.' % sslmode)
    elif sslmode not in SSLMODES:
        yield finding(SSLMODE_UNKNOWN, 'PGSSLMODE', '%s is not an sslmode.' % quoted(sslmode))
    elif sslmode in CLEAR_TEXT_SSLMODES:
        yield finding(SSLMODE_CLEAR_TEXT, 'PGSSLMODE', 'With %s a connection can be in clear text without a message.' % sslmode)
    elif sslmode == 'require':
        yield finding(SSLMODE_UNVERIFIED, 'PGSSLMODE', 'With require not every client verifies the server.')


def judge_environment(variables: Dict[str, str]) -> List[Finding]:
    """Return the findings about a client's variables, paths that share their fault once by the folder they share."""
    found: List[Finding] = []
    seen: Set[Tuple[str, Tuple[str, ...]]] = set()
    for name, path in path_values(variables):
        for one in judge_path(name, path):
            key = (one.rule, _folder(path))
            if key not in seen:
                seen.add(key)
                found.append(one)
    if ENGINE_SEPARATOR in variables.get('PGSSLKEY', ''):
        found.append(finding(PATH_COLON, 'PGSSLKEY', '%s holds a colon.' % quoted(variables['PGSSLKEY'])))
    if 'PGSSLMODE' in variables:
        found.extend(judge_sslmode(variables['PGSSLMODE']))
    return found


def _folder(path: str) -> Tuple[str, ...]:
    return tuple(path.split('/')[:-1])
