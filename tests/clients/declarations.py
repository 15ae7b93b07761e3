# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client will show for each rule, said before any client is run.

A finding speaks of the families of clients that it names, and of no other. An error is seen as a client that fails, anything
else as one that works: what is otherwise stands in ``SHOWS``. Rules for which no client is tried stand in ``UNTRIED``, each with
the reason and what tries it instead. gsql cannot be had: what is known of it is held against the rules in
tests/unit/policy/test_gsql_facts.py.
"""
from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CA_NAMES, CERTIFICATE, KEY
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR, Finding
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import audit, connection, formats, host

WORKS, FAILS, UNPROTECTED = 'works', 'fails', 'unprotected'

ON_LIBPQ = ('psql', 'psycopg', 'psqlODBC')


def delta_is_refused() -> bool:
    """Return whether the OpenSSL of this machine refuses a delta in place of a list.

    Of Debian 12, 3.0.22 does and 3.0.19 takes it for a list.
    """
    said = subprocess.run(['openssl', 'version'], capture_output=True, text=True, check=True, timeout=20).stdout
    found = re.match(r'OpenSSL (\d+)\.(\d+)\.(\d+)', said)
    if found is None:
        raise ValueError(f'openssl version says {said!r}')
    return tuple(int(number) for number in found.groups()) >= (3, 0, 22)


# By rule: what every client of the finding shows, where the finding has the severity of its rule.
SHOWS = {
    'key-encrypted': FAILS,             # information about clients that the set is not for
    'sslmode-clear-text': UNPROTECTED,  # a warning about a mode that was asked for by name
    # without the variables a client is in the mode prefer, or in whatever the exports say
    'exports-missing': UNPROTECTED,
    'exports-drift': UNPROTECTED,
    'exports-owner': UNPROTECTED,
    'loader-missing': UNPROTECTED,
    'format-drift': UNPROTECTED,
    'format-key-encrypted': FAILS,
    'rotation-clear-text': UNPROTECTED,
    'sslmode-unverified': UNPROTECTED,  # of JDBC alone
    'crl-not-for-jdbc': UNPROTECTED,
    'crl-unreadable': UNPROTECTED,
    'crl-missing': UNPROTECTED,
    'crl-without-ca': UNPROTECTED,
    'crl-delta': FAILS if delta_is_refused() else UNPROTECTED,
    'crl-holds-certificate': UNPROTECTED,
}

# By rule and client: where one client of a family differs.
SHOWS_OF = {
    ('file-mode', 'pgjdbc'): WORKS,     # no Java client looks at modes; others could read the key
    ('crl-delta', 'psycopg'): FAILS,    # it has an OpenSSL of its own, which refuses a delta
    # async-gaussdb reads files and variables with Python, and leaves only TLS to OpenSSL
    ('key-der', 'async-gaussdb'): FAILS,
    ('crl-unreadable', 'async-gaussdb'): FAILS,
    ('crl-missing', 'async-gaussdb'): FAILS,
    ('crl-without-ca', 'async-gaussdb'): FAILS,     # it needs the CA file with require too
    ('path-too-long', 'async-gaussdb'): WORKS,
    ('path-colon', 'async-gaussdb'): WORKS,
    ('file-mode', 'async-gaussdb'): WORKS,
    ('sslmode-unknown', 'async-gaussdb'): WORKS,    # it takes verify_ca for verify-ca
}


class Elsewhere(NamedTuple):
    """Why no client is tried with a rule, and the files or folders of which one tries it."""
    reason: str
    tests: tuple[str, ...]


_LIMIT = Elsewhere('a limit or caution of the collection; clients given the same files by hand see nothing of it',
                   ('tests/unit/bundle_cases.py',))
_HOST = Elsewhere('the host refuses the task and nothing is deployed', ('tests/unit/host', 'tests/integration/targets', 'tests/faults'))
_AUDIT = Elsewhere('nothing is known of the host, its clients included', ('tests/unit/plugin_utils/audit',))
_SHARED = Elsewhere('it is about other hosts than the one whose clients are tried', ('tests/unit/policy', 'tests/unit/plugin_utils'))
_CONNECTION = Elsewhere('a judgement of connection_info about a server, which has tests with servers of its own',
                        ('tests/clients/test_connection_info.py', 'tests/unit/wire/test_hostile_servers.py'))

UNTRIED = {
    **dict.fromkeys(('archive-compression', 'archive-too-large', 'archive-too-many-members', 'member-outside', 'member-link',
                     'member-not-regular', 'member-too-large'), _LIMIT),
    **{rule.name: _HOST for rule in (*host.RULES, formats.FOREIGN) if rule.severity == ERROR},
    host.DIRECTORY_SHARED.name: _SHARED,
    **{rule.name: _AUDIT for rule in audit.RULES},
    **{rule.name: _CONNECTION for rule in connection.RULES},
}


def goes_without_ca(finding: Finding, client: str) -> bool:
    """Return whether a client with require connects in spite of what is wrong with the CA file, and verifies no server then.

    libpq takes a file that is not there for none, and fails where it cannot read one; pgjdbc never reads it.
    """
    if client in ON_LIBPQ:
        return finding.rule == 'ca-missing' or finding.rule == 'file-missing' and finding.subject in CA_NAMES
    return client == 'pgjdbc' and (finding.rule == 'ca-missing' or finding.subject in CA_NAMES)


def shown(finding: Finding, family: str, client: str) -> str:
    """Return what a client of a family shows for one finding."""
    if (finding.rule, client) in SHOWS_OF:
        return SHOWS_OF[finding.rule, client]
    if family not in finding.clients:
        return WORKS
    if finding.rule in SHOWS and finding.severity == RULES[finding.rule].severity:
        return SHOWS[finding.rule]
    return FAILS if finding.severity == ERROR else WORKS


def verdict(findings: Iterable[Finding], family: str, client: str) -> str:
    """Return what a client of a family shows for a set with these findings.

    Where the mode may be clear text, clients on libpq fall back to it whatever fails. The others verify no server then, and fail
    where the server does not take their own certificate.
    """
    effects = [(shown(one, family, client), one) for one in findings]
    failing = [one for kind, one in effects if kind == FAILS]
    unprotected = any(kind == UNPROTECTED for kind, _one in effects)
    if any(one.rule == 'sslmode-unverified' for _kind, one in effects):
        unprotected = unprotected or any(goes_without_ca(one, client) for one in failing)
        failing = [one for one in failing if not goes_without_ca(one, client)]
    if any(one.rule == 'sslmode-clear-text' for _kind, one in effects):
        failing = [] if client in ON_LIBPQ else [one for one in failing if one.subject in (CERTIFICATE, KEY)]
    if failing:
        return FAILS
    return UNPROTECTED if unprotected else WORKS
