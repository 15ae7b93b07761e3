# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of role dws_client as it arrives from -e k=v: as text."""
from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
import yaml
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client

SPECS = Path(__file__).parents[2] / 'roles/dws_client/meta/argument_specs.yml'
DEFAULTS = Path(__file__).parents[2] / 'roles/dws_client/defaults/main.yml'
OPTIONS = yaml.safe_load(SPECS.read_text())['argument_specs']['main']['options']


@pytest.fixture
def client():
    one = Client()
    yield one
    shutil.rmtree(one.folder)


def test_each_variable_works_as_text(client):
    (client.folder / 'list.crl').write_bytes(client.bundle('one')['server/sslcrl-file.crl'])
    texts = {
        'dws_client_bundle': client.folder / 'one.zip', 'dws_client_tree': 'sslcert', 'dws_client_users': OWNER,
        'dws_client_directory': client.dest, 'dws_client_auth_mode': 'bidirectional', 'dws_client_sslmode': 'require',
        'dws_client_crl': client.folder / 'list.crl', 'dws_client_decrypt_key': 'yes', 'dws_client_key_passphrase': '',
        'dws_client_key_revision': '1', 'dws_client_group': '', 'dws_client_keep': '2', 'dws_client_expiry_warning_days': '30',
        'dws_client_profile_dir': '', 'dws_client_endpoint': '', 'dws_client_verify': 'after', 'dws_client_notify': '',
        'dws_client_waive': 'key-decrypted,sslmode-unverified', 'dws_client_missing_user': 'skip', 'dws_client_state': 'present',
        'dws_client_replaces': '', 'dws_client_blocked_generations': ''}
    assert set(texts) == set(OPTIONS)
    done = client.play([f'{name}={text}' for name, text in texts.items()])
    assert done.returncode == 0, done.stdout
    assert sorted(path.name for path in client.dest.iterdir()) == ['cacert.pem', 'client.crt', 'client.key', 'sslcrl-file.crl']
    assert {stat.S_IMODE(path.stat().st_mode) for path in client.dest.iterdir()} == {0o600}
    assert b'ENCRYPTED' not in (client.dest / 'client.key').read_bytes()


@pytest.mark.parametrize('text, words', [
    ('dws_client_sslmode=verify-full', 'sslmode-unsupported'), ('dws_client_sslmode=verify_ca', 'sslmode-unknown'),
    ('dws_client_directory=relative/sslcert', 'path-not-absolute'), ('dws_client_directory=/srv/$x/sslcert', 'path-characters'),
    ('dws_client_users=no-such-user', 'user-missing'), ('dws_client_keep=many', 'keep'), ('dws_client_bundle=nowhere.zip', 'not found')])
def test_what_cannot_be_is_refused_by_name_and_writes_nothing(client, text, words):
    client.bundle('one')
    given = {'dws_client_bundle': client.folder / 'one.zip', 'dws_client_users': OWNER, 'dws_client_directory': client.dest,
             'dws_client_profile_dir': ''}
    done = client.play([*(f'{name}={value}' for name, value in given.items()), text])
    assert done.returncode != 0 and words in done.stdout + done.stderr, done.stdout
    assert list(client.home.iterdir()) == []


def test_defaults_and_argument_specs_agree():
    defaults = yaml.safe_load(DEFAULTS.read_text())
    assert set(defaults) == set(OPTIONS)
    assert {name: value for name, value in defaults.items() if value is not None} == {
        name: option['default'] for name, option in OPTIONS.items() if 'default' in option}
