# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's files as the live check opens them; that clients agree is in tests/clients."""
from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import LARGEST
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask import ask
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.client_files import Files, Paths, locate
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example

NAMES = ('client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem')


@pytest.fixture(scope='module')
def example():
    files = make_example('dbadmin', b'Chang3it@test', ['localhost'], 200).files
    with zipfile.ZipFile(io.BytesIO(files['dws_ssl_cert.zip'])) as opened:
        members = {os.path.basename(name): opened.read(name) for name in opened.namelist()}
    return dict(members, **{'sslcrl-file.crl': files['server/sslcrl-file.crl']})


@pytest.fixture
def folder(example, tmp_path):
    """A set as it is deployed, with a list."""
    for name, content in example.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def seen(folder, user='dbadmin', **paths):
    return Files(locate({'dest': str(folder), **paths}), user).seen


def test_a_good_set_is_opened_with_the_passphrase_of_its_files(folder):
    found = seen(folder)
    assert (found.certificate, found.ca) == (f'{folder}/client.crt', f'{folder}/cacert.pem')
    assert (found.crl_used, found.key_encrypted, found.faults, len(found.authorities)) == (True, True, (), 1)
    context = Files(locate({'dest': str(folder)}), 'dbadmin').verifying()
    assert context.cert_store_stats()['x509_ca'] == 1 and context.verify_mode.name == 'CERT_REQUIRED'


def test_variables_of_their_own_come_before_the_set(folder):
    assert locate({}) == Paths()
    found = locate({'dest': str(folder), 'sslcert': '/a/own.crt', 'sslrootcert': '/a/ca', 'sslcrl': '/a/list'})
    assert found == Paths('/a/own.crt', '/a/client.key', '/a/ca', '/a/list')
    assert seen(folder, sslcert='/nowhere/own.crt').certificate is None


def test_without_a_ca_nothing_is_verified_and_a_list_is_not_looked_at(folder):
    (folder / 'cacert.pem').unlink()
    found = seen(folder)
    assert (found.ca, found.crl_used, found.authorities) == (None, False, ())


def fault_of(folder, user='dbadmin'):
    [fault] = seen(folder, user).faults
    return Path(fault.path).name, fault.detail


@pytest.mark.parametrize('break_it, name, words', [
    (lambda folder: (folder / 'client.key').unlink(), 'client.key', 'not the private key'),
    (lambda folder: (folder / 'client.key').write_bytes(b'-----BEGIN PRIVATE KEY-----\n'), 'client.key', 'cannot be loaded'),
    (lambda folder: (folder / 'client.key.rand').unlink(), 'client.key.rand', 'passphrase file is missing'),
    (lambda folder: (folder / 'client.key.rand').write_bytes(b'x'), 'client.key.cipher', 'the private key is encrypted, and'),
    (lambda folder: [(folder / name).unlink() for name in NAMES[2:4]], 'client.key.cipher', 'there are no passphrase files'),
    (lambda folder: ((folder / 'client.key.cipher').rename(folder / 'x'), (folder / 'client.key.cipher').symlink_to(folder / 'x')),
     'client.key.cipher', 'is a link'),
    (lambda folder: ((folder / 'client.crt').unlink(), (folder / 'client.crt').mkdir()), 'client.crt', 'not a regular file'),
    (lambda folder: os.truncate(folder / 'client.crt', LARGEST + 1), 'client.crt', 'more than any such file'),
    (lambda folder: (folder / 'cacert.pem').write_bytes(b'nothing'), 'cacert.pem', 'the CA file cannot be loaded')])
def test_what_a_client_refuses_is_a_fault_with_its_path(folder, break_it, name, words):
    break_it(folder)
    found, detail = fault_of(folder)
    assert found == name and words in detail


def test_a_mode_is_a_fault_for_those_who_refuse_it(folder):
    (folder / 'cacert.pem').chmod(0o644)
    [fault] = seen(folder).faults
    assert (fault.detail, fault.clients) == ('has mode 0644, where 0600 is due', ('gsql',))


def test_half_a_pair_of_the_users_own_is_not_made_up_for(folder):
    (folder / 'dbadmin.key.cipher').write_bytes(b'x')
    assert fault_of(folder) == ('dbadmin.key.rand', 'the private key is encrypted and this passphrase file is missing')
    assert seen(folder, 'other').faults == seen(folder, 'a/b').faults == ()


@pytest.mark.skipif(os.geteuid() != 0, reason='only root reads for others')
def test_root_reads_nothing_for_itself_where_others_can_write(folder):
    os.chmod(folder, 0o777)
    answer = ask(json.dumps({'owner': 'root', 'user': None, 'dest': str(folder), 'timeout': 1}))
    assert answer['seen'] is None and answer['problems'][0]['rule'] == 'folder-unsafe'


def test_a_user_that_is_not_there_is_a_problem():
    answer = ask(json.dumps({'owner': 'nosuchuser', 'user': None, 'timeout': 1}))
    assert (answer['owner'], answer['seen'], answer['problems'][0]['rule']) == ('nosuchuser', None, 'user-missing')
