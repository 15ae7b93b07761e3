# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of role dws_client as it arrives from -e k=v: as text."""
from __future__ import annotations

import base64
import shutil
import stat
import subprocess
import sys
import zipfile
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
        'dws_client_profile_dir': '', 'dws_client_formats': 'sh,environment', 'dws_client_csh_dirs': '/etc/profile.d',
        'dws_client_fish_dir': '/etc/fish/conf.d', 'dws_client_clusters': 'dws=127.0.0.1:8000',
        'dws_client_odbc_driver': 'PostgreSQL Unicode', 'dws_client_data_studio_dir': '', 'dws_client_endpoint': '',
        'dws_client_verify': 'after', 'dws_client_notify': '',
        'dws_client_waive': 'key-decrypted,sslmode-unverified', 'dws_client_missing_user': 'skip', 'dws_client_state': 'present',
        'dws_client_replaces': '', 'dws_client_blocked_generations': ''}
    assert set(texts) == set(OPTIONS)
    done = client.play([f'{name}={text}' for name, text in texts.items()])
    assert done.returncode == 0, done.stdout
    assert client.dest.with_name('sslcert.env').exists()
    assert sorted(path.name for path in client.dest.iterdir()) == ['cacert.pem', 'client.crt', 'client.key', 'sslcrl-file.crl']
    assert {stat.S_IMODE(path.stat().st_mode) for path in client.dest.iterdir()} == {0o600}
    assert b'ENCRYPTED' not in (client.dest / 'client.key').read_bytes()


@pytest.mark.parametrize('text, words', [
    ('dws_client_sslmode=verify-full', 'sslmode-unsupported'), ('dws_client_sslmode=verify_ca', 'sslmode-unknown'),
    ('dws_client_directory=relative/sslcert', 'path-not-absolute'), ('dws_client_directory=/srv/$x/sslcert', 'path-characters'),
    ('dws_client_users=no-such-user', 'user-missing'), ('dws_client_keep=many', 'keep'),
    ('dws_client_sslmode=verify-full dws_client_waive=sslmode-unsuported', 'Did you mean sslmode-unsupported?'),
    ('dws_client_bundle=nowhere.zip', 'not found')])
def test_what_cannot_be_is_refused_by_name_and_writes_nothing(client, text, words):
    client.bundle('one')
    given = {'dws_client_bundle': client.folder / 'one.zip', 'dws_client_users': OWNER, 'dws_client_directory': client.dest,
             'dws_client_profile_dir': ''}
    done = client.play([*(f'{name}={value}' for name, value in given.items()), text])
    assert done.returncode != 0 and words in ' '.join((done.stdout + done.stderr).split()), done.stdout
    assert list(client.home.iterdir()) == []


def test_handlers_that_are_named_as_text_are_asked_for_one_by_one(client):
    client.bundle('one')
    done = client.play([f'dws_client_bundle={client.folder / "one.zip"}', f'dws_client_users={OWNER}',
                        f'dws_client_directory={client.dest}', 'dws_client_profile_dir=', '{"dws_client_notify": " nobody , another"}'])
    assert done.returncode != 0 and "handler 'nobody' was not found" in ' '.join((done.stdout + done.stderr).split()), done.stdout


def test_defaults_and_argument_specs_agree():
    defaults = yaml.safe_load(DEFAULTS.read_text())
    assert set(defaults) == set(OPTIONS)
    assert {name: value for name, value in defaults.items() if value is not None} == {
        name: option['default'] for name, option in OPTIONS.items() if 'default' in option}


def test_a_vaulted_bundle_is_opened(client):
    client.bundle('one')
    password = client.folder / 'password'
    password.write_text('open sesame')
    vault = [str(Path(sys.executable).parent / 'ansible-vault'), 'encrypt', '--vault-password-file', str(password)]
    subprocess.run([*vault, str(client.folder / 'one.zip')], check=True, capture_output=True, timeout=60)
    assert (client.folder / 'one.zip').read_bytes().startswith(b'$ANSIBLE_VAULT')
    given = [f'dws_client_bundle={client.folder / "one.zip"}', f'dws_client_users={OWNER}', f'dws_client_directory={client.dest}',
             'dws_client_profile_dir=']
    done = client.play(given, '--vault-password-file', str(password))
    assert done.returncode == 0, done.stdout
    assert (client.dest / 'client.crt').exists()


@pytest.mark.parametrize('setting', ['ANSIBLE_KEEP_REMOTE_FILES', 'ANSIBLE_DEBUG'])
def test_a_private_key_is_not_sent_where_it_would_be_kept_or_printed(client, setting, monkeypatch):
    client.bundle('one')
    monkeypatch.setenv(setting, '1')
    given = [f'dws_client_bundle={client.folder / "one.zip"}', f'dws_client_users={OWNER}', f'dws_client_directory={client.dest}',
             'dws_client_profile_dir=']
    done = client.play(given)
    assert done.returncode != 0 and f'not sent: {setting}' in done.stdout + done.stderr
    assert list(client.home.iterdir()) == []


@pytest.mark.parametrize('arguments', [(), ('--check',), ('--diff', '-vvvv')], ids=' '.join)
def test_nothing_secret_is_printed(client, arguments):
    client.bundle('one')
    with zipfile.ZipFile(client.folder / 'one.zip') as archive:
        secrets = [archive.read('sslcert/' + name) for name in ('client.key', 'client.key.cipher', 'client.key.rand')]
    done = client.play([f'dws_client_bundle={client.folder / "one.zip"}', f'dws_client_users={OWNER}',
                        f'dws_client_directory={client.dest}', 'dws_client_profile_dir='], *arguments)
    assert done.returncode == 0
    printed = (done.stdout + done.stderr).encode()
    for secret in secrets:
        forms = [secret, base64.b64encode(secret), secret.hex().encode(), *secret.splitlines()[1:-1]]
        assert not [form for form in forms if len(form) > 20 and form in printed]
