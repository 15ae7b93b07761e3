# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a format writes is what its readers read: every value, nothing else, and never a command."""
from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import names, service
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Client, Places, Unfit, held
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import path_faults
from ansible_collections.gaussdb.dws_ssl.tests.unit.formats.reading import (
    HOSTILE,
    SYSTEMD_READER,
    needed,
    odbc_library,
    read_by_libpq,
    read_by_shell,
    read_by_systemd,
    read_by_unixodbc,
    written,
)
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from hypothesis import assume, example, given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

SHELLS = {('sh', 'dash'): [], ('sh', 'bash'): ['--norc'], ('sh', 'ksh93'): [], ('sh', 'zsh'): ['-f'], ('csh', 'tcsh'): ['-f'],
          ('fish', 'fish'): ['--no-config']}


def client(directory: str, cluster: str = 'dws', **changes: object) -> Client:
    values = environment(directory, files=SetFiles(crl='sslcrl-file.crl'))
    return Client(cluster, directory, values)._replace(**changes)


@pytest.fixture(scope='module')
def folder():
    with tempfile.TemporaryDirectory(prefix='dws_ssl_formats_') as path:
        yield Path(path)


def test_names_and_table_agree():
    assert tuple(FORMATS) == names.FORMATS
    assert all(one.name == name for name, one in FORMATS.items())


@pytest.mark.parametrize('name, shell', SHELLS)
@given(text=HOSTILE)
@example(text="$(touch x)`touch x`!!'; touch x #\\'")
@example(text='{home} ! {home}')
def test_shells_read_back_what_was_written(name, shell, text, folder):
    require(needed(shell))
    one = client('/' + text, pointers={'PGSERVICEFILE': '/p ' + text})
    try:
        content = written(FORMATS[name], [one], '/home/u')
    except Unfit:
        assert path_faults('/' + text)     # no path that clients accept is refused
        return
    wanted = {key: value.replace('{home}', '/home/u') for key, value in FORMATS[name].entries(one).items()}
    assert read_by_shell([shell, *SHELLS[name, shell]], content, folder, name) == wanted


@given(text=HOSTILE)
@example(text='a b')
@example(text="'; touch x; '")
def test_systemd_and_sh_read_an_environment_file_alike(text, folder):
    require(None if os.access(SYSTEMD_READER, os.X_OK) else f'systemd ({SYSTEMD_READER})')
    one = client('/' + text)
    try:
        content = written(FORMATS['environment'], [one])
    except Unfit:
        assert path_faults('/' + text)
        return
    wanted = {key: value.replace('{home}', '/home/u') for key, value in one.environment.items()}
    assert read_by_shell(['dash'], content, folder, 'env') == wanted
    assume('$' not in text)     # environment.d replaces variables, EnvironmentFile= does not; paths have none
    assert read_by_systemd(content, folder) == wanted


@given(text=HOSTILE, home=st.sampled_from(['/home/u', '/home/J örg']))
@example(text='{home}/x', home='/home/J örg')
def test_libpq_reads_each_section_of_a_service_file(text, home, folder):
    clients = [client('/' + text), client('/other', 'b', endpoint=('dws.example.com', 8000))]
    try:
        content = written(FORMATS['service'], clients, home)
    except Unfit:
        assert path_faults('/' + text)
        return
    for one in clients:
        wanted = {key: value.replace('{home}', home) for key, value in FORMATS['service'].entries(one).items()}
        read = read_by_libpq(content, one.cluster, folder)
        assert {key: read[key] for key in wanted} == wanted


@given(text=HOSTILE)
@example(text="a' b\\' sslmode=disable")
def test_unixodbc_and_libpq_read_each_data_source(text, folder):
    require(None if odbc_library() else 'unixODBC (libodbcinst)')
    clients = [client('/' + text), client('/other', 'b', endpoint=('dws.example.com', 8000), odbc_driver='Other Driver')]
    try:
        content = written(FORMATS['odbc'], clients)
    except Unfit:
        assert path_faults('/' + text) or len(text.encode()) > 60
        return
    for one in clients:
        wanted = {key: value.replace('{home}', '/home/u') for key, value in FORMATS['odbc'].entries(one).items()}
        read = read_by_unixodbc(content, one.cluster, list(wanted), folder)
        assert read == wanted
        paths = {name: value.replace('{home}', '/home/u') for name, value in one.environment.items() if name != 'PGSSLMODE'}
        assert conninfo_to_dict(read['Pqopt']) == {name[2:].lower(): value for name, value in paths.items()}


def read_as_properties(content: str) -> dict[str, str]:
    """What java.util.Properties.load makes of lines that have one "=" before the value, but for the JDK itself (tests/clients)."""
    pairs = [line.split('=', 1) for line in content.splitlines() if line and line[0] != '#']
    read = {name: value[1:] if value.startswith('\\ ') else value for name, value in pairs}
    return {name: value.encode('ascii').decode('unicode_escape').encode('utf-16', 'surrogatepass').decode('utf-16')
            for name, value in read.items()}


@pytest.mark.parametrize('name, key', [('jdbc', 'client.key.pk8'), ('pkcs12', 'client.p12')])
@given(text=HOSTILE)
@example(text='\\u0041 é \U0001f600 ')
def test_java_reads_each_parameter(name, key, text):
    one = client('/' + text)
    try:
        content = written(FORMATS[name], [one], '/home/u')
    except Unfit:
        assert path_faults('/' + text)
        return
    wanted = {name[2:].lower(): value for name, value in one.environment.items() if name != 'PGSSLCRL'}
    wanted.update(ssl='true', sslkey=f'{one.dest}/{key}')
    assert read_as_properties(content) == {name: value.replace('{home}', '/home/u') for name, value in wanted.items()}


def test_java_properties_keep_a_space_in_front_and_know_no_key_in_one_way():
    assert FORMATS['jdbc'].quote(' a') == '\\ a'
    one = client('/d')._replace(environment=environment('/d', auth_mode='unidirectional'))
    assert FORMATS['jdbc'].entries(one) == {'ssl': 'true', 'sslmode': 'verify-ca', 'sslrootcert': '/d/cacert.pem'}
    assert [entry['path'] for name in ('jdbc', 'pkcs12') for entry in FORMATS[name].files(Places('/d/'))] == [
        '/d.jdbc.properties', '/d.pkcs12.properties']


def test_a_value_that_would_lose_its_spaces_is_refused():
    with pytest.raises(Unfit, match='spaces at the start or the end'):
        FORMATS['service'].quote('/a ')


@pytest.mark.parametrize('name', FORMATS)
@pytest.mark.parametrize('character', ['\n', '\r', '\0', '\x7f'])
def test_control_characters_are_refused_by_format_value_and_remedy(name, character):
    with pytest.raises(Unfit, match=f'Format {FORMATS[name].quote.__module__.split(".")[-1]} cannot carry .* Choose '):
        FORMATS[name].quote(f'/a{character}b')


def test_a_line_that_libpq_would_cut_is_refused(folder):
    longest = '/' + 'x' * (service.LONGEST - 1)
    read = read_by_libpq(f'[dws]\nsslrootcert={FORMATS["service"].quote(longest)}\n', 'dws', folder)
    assert read['sslrootcert'] == longest
    with pytest.raises(Unfit, match='Choose a shorter directory'):
        FORMATS['service'].quote(longest + 'x')


def test_a_line_that_unixodbc_would_cut_is_refused(folder):
    require(None if odbc_library() else 'unixODBC (libodbcinst)')
    longest = '/' + 'x' * 979
    assert read_by_unixodbc(f'[dws]\nServername = {FORMATS["odbc"].quote(longest)}\n', 'dws', ['Servername'], folder) == {
        'Servername': longest}
    with pytest.raises(Unfit, match='Choose a shorter directory'):
        FORMATS['odbc'].quote(longest + 'x')


def test_only_what_needs_the_home_waits_for_it():
    assert held(FORMATS['environment'], '/srv/a') == '/srv/a'
    assert '/srv' not in held(FORMATS['environment'], '{home}/a') and '\x02' in held(FORMATS['environment'], '{home}/a')
    assert held(FORMATS['csh'], '{home}/a') == "'{home}/a'"


@pytest.mark.parametrize('home, written_as', [('/home/u', '/home/u/client.crt'), ('/home/a b', "'/home/a b/client.crt'")])
def test_quotation_marks_in_an_environment_file_depend_on_the_home(home, written_as):
    content = written(FORMATS['environment'], [client('{home}')], home)
    assert f'PGSSLCERT={written_as}\n' in content


def test_a_home_that_a_format_cannot_carry_is_refused():
    with pytest.raises(Unfit, match='environment'):
        written(FORMATS['environment'], [client('{home}')], "/home/o'neill")
