# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the role for one user with two clusters, and every client that its formats are for against a real server."""
from __future__ import annotations

import base64
import os
import re
import shutil
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import jdbc
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Unfit
from ansible_collections.gaussdb.dws_ssl.tests.clients import deployed_formats as asking
from ansible_collections.gaussdb.dws_ssl.tests.clients import programs
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployed_formats import LOADERS, PASSPHRASE, SEEN, Deployed
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import DATABASE
from ansible_collections.gaussdb.dws_ssl.tests.unit.formats.reading import HOSTILE
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from hypothesis import given, settings
from hypothesis import strategies as st

LOGIN_SHELLS = ('bash', 'dash', 'ksh93', 'zsh', 'tcsh', 'csh', 'fish')
PAGE = Path(__file__).parents[2] / 'docs/docsite/rst/clients.rst'


@pytest.fixture(scope='module')
def deployed(server):
    client = Client()
    one = Deployed(client, server)
    first = one.run()
    assert first.returncode == 0, first.stdout + first.stderr
    yield one
    shutil.rmtree(client.folder)


def test_files_are_closed_to_others_and_a_second_run_changes_nothing(deployed):
    before = deployed.state()
    assert {mode for name, (mode, _time) in before.items() if name not in LOADERS} == {'0o600'}
    assert {name for name in before if '/.' not in name and not name.startswith('.')} == {
        *LOADERS, *(f'profile.d/dws_ssl/{OWNER}.{suffix}' for suffix in ('sh', 'csh', 'fish')),
        *(f'sslcert.{suffix}' for suffix in ('env', 'jdbc.properties', 'pkcs12.properties')),
        *(f'with space/plain.{suffix}' for suffix in ('env', 'pg_service.conf', 'odbc.ini', 'jdbc.properties', 'pkcs12.properties'))}
    assert {path.owner() for path in deployed.client.home.rglob('*')} == {OWNER}
    assert {deployed.etc.joinpath(f'profile.d/dws_ssl/{OWNER}.{suffix}').owner() for suffix in ('sh', 'csh', 'fish')} == {OWNER}
    for arguments in ((), ('--check',)):
        again = deployed.run(*arguments)
        assert again.returncode == 0 and 'changed=0' in again.stdout, again.stdout
        assert deployed.state() == before


def test_the_passphrase_is_in_no_file_and_no_output(deployed):
    printed = deployed.run('--diff', '-vvv', dws_client_key_revision='2', dws_client_sslmode='require')
    assert PASSPHRASE not in printed.stdout + printed.stderr
    for path in [*deployed.client.home.rglob('*'), *deployed.etc.rglob('*')]:
        assert path.is_dir() or PASSPHRASE.encode() not in path.read_bytes()
    assert 'changed=1' in printed.stdout
    assert deployed.run().returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason='only root can log in as another user, below folders of its own')
@pytest.mark.parametrize('shell', LOGIN_SHELLS)
def test_a_login_shell_hands_the_variables_to_psql(deployed, shell):
    require(None if shutil.which(shell) else shell)
    # No zsh of Debian reads profile.d; the page on clients says what to add.
    (deployed.etc / 'zsh').mkdir(exist_ok=True)
    (deployed.etc / 'zsh/zprofile').write_text(re.findall('``(emulate .*)`` to ``/etc/zsh/zprofile``', PAGE.read_text())[0] + '\n')
    for connection in (f'host=127.0.0.1 port={deployed.server.port}', 'service=prod'):
        command = f'psql --no-psqlrc -Atc "{programs.QUESTION}" "{connection} user=dbadmin dbname={DATABASE}"'
        done = programs.log_in(deployed.etc, shell, command)
        assert done.stdout.splitlines(keepends=True)[-1:] == [SEEN], done     # tcsh first says that it has no terminal


@pytest.mark.parametrize('ask', asking.CLIENTS, ids=lambda one: one.__name__)
def test_each_client_connects_by_its_file(deployed, ask):
    done = ask(deployed)
    assert done.stdout == SEEN, done


def test_psycopg_connects_by_the_name_of_the_service(deployed):
    done = programs.psycopg(f'service=prod user=dbadmin dbname={DATABASE}', {'PGSERVICEFILE': deployed.beside('.pg_service.conf')})
    assert done.stdout == SEEN, done


def test_the_encrypted_set_of_the_same_user_is_a_service_of_its_own_that_psql_cannot_open(deployed):
    done = programs.psql(f'service=gsql host=127.0.0.1 port={deployed.server.port} user=dbadmin dbname={DATABASE}',
                         {'PGSERVICEFILE': deployed.beside('.pg_service.conf')})
    assert done.returncode != 0 and 'could not load private key file' in done.stderr
    assert sorted(path.name for path in deployed.client.dest.iterdir() if 'client.key' in path.name) == [
        'client.key', 'client.key.cipher', 'client.key.pk8', 'client.key.rand']


@pytest.mark.parametrize('name', ['jdbc', 'pkcs12'])
def test_pgjdbc_does_not_connect_with_another_passphrase(deployed, name):
    wrong = asking.with_properties(deployed, name, 'other')
    assert wrong.returncode != 0 and wrong.stdout == ''


def test_pgjdbc_opens_a_key_without_encryption_where_there_is_no_passphrase(deployed):
    changed = deployed.run(dws_client_formats=['jdbc'], dws_client_key_passphrase='')
    assert changed.returncode == 0 and 'without encryption, since key_passphrase is not given' in changed.stdout, changed.stdout
    try:
        done = asking.with_properties(deployed, 'jdbc', 'of no use')
        assert done.stdout == SEEN, done.stderr
    finally:
        assert deployed.run().returncode == 0


@pytest.mark.parametrize('with_bundle', [False, True])
def test_what_is_read_back_agrees_until_somebody_changes_it(deployed, with_bundle):
    given = {'with_bundle': deployed.variables()['dws_client_bundle']} if with_bundle else {}
    assert deployed.findings(**given) == []
    if with_bundle:
        return
    Path(deployed.beside('.pg_service.conf')).write_text('# gaussdb.dws_ssl\n[prod]\nsslmode=prefer\n')
    Path(deployed.beside('.env')).unlink()
    (deployed.plain / 'client.key.pk8').unlink()
    assert deployed.findings() == [('file-missing', 'client.key.pk8'), ('format-drift', deployed.beside('.pg_service.conf')),
                                   ('format-missing', deployed.beside('.env'))]
    assert deployed.run().returncode == 0 and deployed.findings() == []


@settings(max_examples=4, deadline=None)
@given(texts=st.lists(HOSTILE, min_size=40, max_size=80))
def test_java_reads_back_what_a_properties_file_says(deployed, texts):
    lines, wanted = [], []
    for text in texts:
        try:
            lines.append(f'{len(wanted)}={jdbc.quote(text)}')
            wanted.append(text)
        except Unfit:
            pass
    file = deployed.client.folder / 'texts.properties'
    file.write_bytes('\n'.join(lines).encode('ascii'))
    done = programs.java(deployed.client.folder, 'ReadBack', str(file), as_owner=False)
    assert [base64.b64decode(line).decode() for line in done.stdout.splitlines()] == wanted, done.stderr
