# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each example playbook: for real, again, with the client that it is for, and removed; some in check mode first."""
from __future__ import annotations

import json
import os
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example
from ansible_collections.gaussdb.dws_ssl.tests.clients import programs
from ansible_collections.gaussdb.dws_ssl.tests.clients.namespace import USER, Namespace
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE, DATABASE
from cryptography.hazmat.primitives.serialization import load_der_private_key

PLAYBOOKS = Path(__file__).parents[2] / 'playbooks'
PASSPHRASE = 'Chang3it@test'
PSQL = f'psql --no-psqlrc -Atc "{programs.QUESTION}"'

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='only root can add a user and mount folders of its own over those of /etc')


class Example:
    """The machine, the server and the bundle for all examples."""

    def __init__(self, server) -> None:
        self.machine = Namespace()
        files = make_example(USER, PASSPHRASE.encode(), ['localhost'], 200).files
        (self.machine.folder / 'b.zip').write_bytes(files['dws_ssl_cert.zip'])
        (self.machine.folder / 'restart').write_text('')
        server.start(hba=CERTIFICATE, certificate=files['server/server.crt'], key=files['server/server.key'],
                     ca=files['server/cacert.pem'])
        self.where = f'host=127.0.0.1 port={server.port} user={USER} dbname={DATABASE}'
        self.port = server.port

    def play(self, name: str, *arguments: str):
        where = f'127.0.0.1:{self.port}'
        given = {'dws_client_bundle': self.machine.folder / 'b.zip', 'dws_prod': where, 'dws_test': where,
                 'vault_dws_key_passphrase': PASSPHRASE, 'dws_packages': self.machine.folder / 'packages'}
        restart = '{"dws_restart": ["cp", "/etc/passwd", "%s"]}' % (self.machine.folder / 'restart')
        if name == 'odbc':
            given['dws_odbc_driver'] = programs.odbc_driver()
        path = PLAYBOOKS / f'{name}.yml' if name == 'remove' else PLAYBOOKS / 'examples' / f'{name}.yml'
        words = [word for key, value in given.items() for word in ('-e', f'{key}={value}')]
        return self.machine.playbook(path, *words, '-e', restart, *arguments)

    def shell(self, words: list[str], script: str):
        return self.machine.run([*words, script], USER)


@pytest.fixture(scope='module')
def example(server):
    one = Example(server)
    yield one
    one.machine.close()


def connects_with_the_login_shell(example: Example, words: list[str], before: str = '') -> None:
    shown = example.shell(words, before + 'echo $PGSSLMODE $PGSSLKEY')
    assert shown.stdout == f'verify-ca {example.machine.home}/dws_ssl/sslcert/client.key\n', shown


def check_sh(example: Example) -> None:
    connects_with_the_login_shell(example, ['bash', '-lc'])


def check_csh(example: Example) -> None:
    connects_with_the_login_shell(example, ['tcsh', '-c'], 'source /etc/csh.login; ')


def check_fish(example: Example) -> None:
    connects_with_the_login_shell(example, ['fish', '-l', '-c'])


def check_environment(example: Example) -> None:
    connects_with_the_login_shell(example, ['sh', '-c'], 'set -a; . "$HOME/dws_ssl/sslcert.env"; ')
    assert (example.machine.folder / 'restart').read_text(), 'the handler did not run'
    (example.machine.folder / 'restart').write_text('')
    again = example.play('environment')
    assert again.returncode == 0 and not (example.machine.folder / 'restart').read_text(), 'the handler ran without a change'


def check_service(example: Example) -> None:
    for cluster in ('prod', 'test'):
        done = example.shell(['bash', '-lc'], f'{PSQL} "service={cluster} user={USER} dbname={DATABASE}"')
        assert done.stdout == f't|/CN={USER}\n', done


def check_odbc(example: Example) -> None:
    script = f'echo "{programs.QUESTION}" | isql -k "DSN=prod;Database={DATABASE};Username={USER}" -b -v "-d|"'
    done = example.shell(['bash', '-lc'], script)
    assert done.stdout.strip() == f'1|/CN={USER}', done


def check_jdbc(example: Example, name: str = 'jdbc') -> None:
    programs.java(example.machine.folder, 'Connect')     # compiled on the way
    for path in example.machine.folder.glob('*.class'):
        path.chmod(0o644)
    properties = example.machine.home / f'dws_ssl/sslcert.{name}.properties'
    done = example.machine.run(['java', '-cp', f'{example.machine.folder}:{programs.JAR}', 'Connect',
                                f'jdbc:postgresql://127.0.0.1:{example.port}/{DATABASE}', str(properties), PASSPHRASE], USER)
    assert done.stdout == f't|/CN={USER}\n', done.stderr


def check_pkcs12(example: Example) -> None:
    check_jdbc(example, 'pkcs12')


def check_libpq(example: Example) -> None:
    done = example.shell(['bash', '-lc'], f'{PSQL} "service=dws_libpq {example.where}"')
    assert done.stdout == f't|/CN={USER}\n', done
    connects_with_the_login_shell(example, ['bash', '-lc'])     # gsql's set, with passphrase files
    assert (example.machine.home / 'dws_ssl/sslcert/client.key.cipher').exists()


class Cells(HTMLParser):
    """The table of the page, ``{heading: text}``."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.inside = tag in ('th', 'td')
        self.texts += [''] if self.inside else []

    def handle_endtag(self, tag) -> None:
        self.inside = False

    def handle_data(self, data) -> None:
        if self.inside:
            self.texts[-1] += data


def check_data_studio(example: Example) -> None:
    path = example.machine.folder / f'packages/{USER}-dws.zip'
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    with zipfile.ZipFile(path) as package:
        assert package.namelist() == ['client.crt', 'client.key.pk8', 'cacert.pem', 'README.html']
        load_der_private_key(package.read('client.key.pk8'), PASSPHRASE.encode())
        texts = Cells(package.read('README.html').decode()).texts
        assert PASSPHRASE.encode() not in b''.join(package.read(name) for name in package.namelist())
    assert dict(zip(texts[::2], texts[1::2])) == {
        'Client SSL Certificate': 'client.crt', 'Client SSL Key': 'client.key.pk8', 'Root Certificate': 'cacert.pem',
        'SSL Password': 'the passphrase that you were given by another way', 'SSL Mode': 'verify-ca'}


CHECKS = {name.removeprefix('check_'): check for name, check in list(globals().items()) if name.startswith('check_')}


def test_every_example_has_its_client():
    assert set(CHECKS) == {path.stem for path in (PLAYBOOKS / 'examples').glob('*.yml')}


@pytest.mark.parametrize('name', CHECKS)
def test_an_example(example, name):
    if name in ('csh', 'fish'):
        programs.require_shell({'csh': 'tcsh'}.get(name, name))
    machine = example.machine
    before = machine.files()
    if name in ('sh', 'service', 'data_studio'):     # a file of root's, files beside a set, a file of the controller's
        checked = example.play(name, '--check')
        assert checked.returncode == 0 and 'changed=0' not in checked.stdout, checked.stdout + checked.stderr
        assert set(machine.files()) == set(before) and not list(machine.folder.glob('packages/*'))
    first = example.play(name)
    assert first.returncode == 0, first.stdout + first.stderr
    after = machine.files()
    second = example.play(name)
    assert second.returncode == 0 and 'changed=0' in second.stdout, second.stdout
    assert machine.files() == after
    CHECKS[name](example)
    pairs = {'service': {'prod': 'prod', 'test': 'test'}, 'libpq': {'dws': 'sslcert', 'dws_libpq': 'plain'}}.get(name, {'dws': 'sslcert'})
    users = [{'name': USER, 'cluster': cluster, 'directory': '{home}/dws_ssl/' + directory, 'default': number == 0}
             for number, (cluster, directory) in enumerate(pairs.items())]
    removed = example.play('remove', '-e', json.dumps({
        'dws_client_users': users, 'dws_client_data_studio_dir': str(machine.folder / 'packages')}))
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert set(machine.files()) == set(before), removed.stdout + removed.stderr
    assert not list(machine.folder.glob('packages/*'))
