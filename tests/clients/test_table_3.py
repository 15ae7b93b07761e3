# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Table 3 with a real psql and a real PostgreSQL, beside the filter and beside connection_info.

How the columns are compared. A result is "no" (no connection), "clear", "encrypted" or "verified".

psql
    pg_stat_ssl says whether the connection is encrypted. "verified" is seen by letting psql connect, with the same files and
    mode, to an impostor: the same server with a certificate of another CA. Whoever sets TLS up with the impostor too does
    not verify. PostgreSQL stands in for GaussDB(DWS): require_ssl on is a pg_hba.conf of ``hostssl`` lines alone; with ssl
    off the guide says that require_ssl is not valid, so both rows have ``host`` lines.
Table 3
    the filter connection_outcome.
connection_info
    its prediction for that mode, made once for each server.

The table's column is about the mode. gsql and psql verify below verify-ca too, when they can read a CA file, so the 20 rows
run with the files that the mode needs: the CA file for verify-ca and verify-full alone. A second table has the CA file in
every mode; there psql is compared with ``server_checked`` of connection_info. The filter refuses verify-full, as the guide
does; "no" stands for that.
"""
from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.gaussdb.dws_ssl.plugins.filter.connection_outcome import connection_outcome
from ansible_collections.gaussdb.dws_ssl.tests.clients import postgresql
from ansible_collections.gaussdb.dws_ssl.tests.clients.probing import SSLMODES, connection_info, psql, write_set
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles

SERVERS = [('on', 'on'), ('on', 'off'), ('off', 'on'), ('off', 'off')]


def word(connects, encrypted, verified):
    """Return a result in one word."""
    if not connects:
        return 'no'
    return 'verified' if verified else 'encrypted' if encrypted else 'clear'


def filter_word(ssl, require_ssl, sslmode):
    try:
        row = connection_outcome({'ssl': ssl, 'require_ssl': require_ssl, 'sslmode': sslmode})
    except AnsibleFilterError:
        return 'no'
    return word(row['connects'], row['encrypted'], row['verified'])


class Bench:
    """One CA, a server of it, an impostor, and the two sets of files."""

    def __init__(self, server, folder):
        self.server = server
        self.ca = bundles.root()
        self.own = bundles.server(self.ca)
        self.impostor = bundles.server(bundles.root('Another CA'))
        client = bundles.client(self.ca)
        files = {'client.crt': client.pem, 'client.key': bundles.plain_pem(client.key)}
        self.bare = write_set(folder / 'bare', files)
        self.whole = write_set(folder / 'whole', dict(files, **{'cacert.pem': self.ca.pem}))

    def start(self, identity, ssl, require_ssl):
        hba = postgresql.TLS_ONLY if (ssl, require_ssl) == ('on', 'on') else postgresql.ANY
        self.server.start(ssl=ssl == 'on', hba=hba, certificate=identity.pem, key=bundles.plain_pem(identity.key),
                          ca=self.ca.pem)

    def runs(self):
        """Return every run of psql: ``(row, files, sslmode)``; with a CA file everywhere, and without below verify-ca."""
        found = [(self.whole, sslmode) for sslmode in SSLMODES]
        return found + [(self.bare, sslmode) for sslmode in SSLMODES if not sslmode.startswith('verify')]

    def measure(self, ssl, require_ssl):
        """Return ``{(files, sslmode): (word of psql, word of connection_info, word of server_checked)}``."""
        fooled = {}
        if ssl == 'on':
            self.start(self.impostor, ssl, require_ssl)
            fooled = {run: psql(self.server, *run).encrypted for run in self.runs()}
        self.start(self.own, ssl, require_ssl)
        infos = {files: connection_info(self.server.port, files) for files in (self.bare, self.whole)}
        found = {}
        for run in self.runs():
            seen = psql(self.server, *run)
            expected = infos[run[0]]['outcomes'][run[1]]
            found[run] = (word(seen.connects, seen.encrypted, seen.encrypted and not fooled[run]),
                          word(expected['connects'], expected['encrypted'], expected['verified']),
                          word(expected['connects'], expected['encrypted'], expected['server_checked']))
        return found


@pytest.fixture(scope='module')
def rows(server, tmp_path_factory):
    """Return both tables as ``(ssl, sslmode, require_ssl, psql, Table 3, connection_info)``."""
    bench = Bench(server, tmp_path_factory.mktemp('table_3'))
    by_mode, with_ca = [], []
    for ssl, require_ssl in SERVERS:
        found = bench.measure(ssl, require_ssl)
        for sslmode in SSLMODES:
            files = bench.whole if sslmode.startswith('verify') else bench.bare
            table = filter_word(ssl, require_ssl, sslmode)
            by_mode.append((ssl, sslmode, require_ssl, found[files, sslmode][0], table, found[files, sslmode][1]))
            seen, _mode, checked = found[bench.whole, sslmode]
            with_ca.append((ssl, sslmode, require_ssl, seen, table, checked))
    return by_mode, with_ca


def printed(capsys, title, rows):
    with capsys.disabled():
        print(f'\n\n{title}\n{"ssl":4} {"sslmode":12} {"require_ssl":12} {"psql":10} {"Table 3":10} connection_info')
        for ssl, sslmode, require_ssl, *words in rows:
            print(f'{ssl:4} {sslmode:12} {require_ssl:12} {words[0]:10} {words[1]:10} {words[2]}')


def test_psql_and_table_3_and_connection_info_agree(rows, capsys):
    by_mode, _with_ca = rows
    printed(capsys, 'Each sslmode with the files that it needs', by_mode)
    assert len([row for row in by_mode if row[1] != 'verify-full']) == 20
    assert [row for row in by_mode if len(set(row[3:])) != 1] == []


def test_psql_and_connection_info_agree_where_the_ca_file_can_be_read(rows, capsys):
    """Table 3's column is about the mode; encryption and success have to agree with it all the same."""
    _by_mode, with_ca = rows
    printed(capsys, 'Each sslmode with the CA file: psql verifies wherever it encrypts', with_ca)
    assert [row for row in with_ca if row[3] != row[5]] == []
    assert [row for row in with_ca if row[4].replace('encrypted', 'verified') != row[3]] == []


def test_verify_full_with_the_right_name(server, tmp_path):
    """psql connects then; GaussDB(DWS) supports the mode with no name, which the filter and the findings say."""
    bench = Bench(server, tmp_path)
    bench.start(bench.own, 'on', 'off')
    info = connection_info(server.port, bench.whole, 'verify-full', 'localhost')
    assert psql(server, bench.whole, 'verify-full', 'localhost')[:2] == (True, True)
    assert info['outcome']['connects'] and info['outcome']['verified']
    assert 'sslmode-unsupported' in {one['rule'] for one in info['findings']}
