# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two users of one host, one of them with two clusters, in every format: each reads the own files, and one can leave."""
from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example
from ansible_collections.gaussdb.dws_ssl.tests.clients import programs
from ansible_collections.gaussdb.dws_ssl.tests.clients.namespace import OTHER, USER, Namespace
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE, DATABASE

PLAYBOOKS = Path(__file__).parents[2] / 'playbooks'
PASSPHRASE = 'Chang3it@test'
LOGINS = {'bash': ['bash', '-lc'], 'fish': ['fish', '-l', '-c'], 'tcsh': ['tcsh', '-c']}
LOADERS = {'profile.d/dws_ssl.sh', 'profile.d/dws_ssl.csh', 'csh/login.d/dws_ssl.csh', 'fish/conf.d/dws_ssl.fish'}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='only root can add users and mount folders of its own over those of /etc')


@pytest.fixture
def machine(server):
    files = make_example('dbadmin', PASSPHRASE.encode(), ['localhost'], 200).files
    server.start(hba=CERTIFICATE, certificate=files['server/server.crt'], key=files['server/server.key'], ca=files['server/cacert.pem'])
    one = Namespace()
    (one.folder / 'b.zip').write_bytes(files['dws_ssl_cert.zip'])
    yield one
    one.close()


def play(machine: Namespace, name: str, users: list[object], port: int):
    given = {'dws_client_bundle': str(machine.folder / 'b.zip'), 'dws_client_formats': list(FORMATS), 'dws_client_users': users,
             'dws_client_key_passphrase': PASSPHRASE, 'dws_client_decrypt_key': True,
             'dws_client_clusters': dict.fromkeys(('prod', 'test', 'dws'), f'127.0.0.1:{port}'),
             'dws_client_odbc_driver': programs.odbc_driver()}
    done = machine.playbook(PLAYBOOKS / f'{name}.yml', '-e', json.dumps(given))
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def answers(machine: Namespace, user: str, shell: str, service: str) -> str:
    """Return what psql says by the name of a service in a login shell of that user."""
    before = 'source /etc/csh.login; ' if shell == 'tcsh' else ''
    question = f'psql --no-psqlrc -Atc "{programs.QUESTION}" "service={service} user=dbadmin dbname={DATABASE}"'
    return machine.run([*LOGINS[shell], before + question], user).stdout


def readable(machine: Namespace, user: str, names: list[str]) -> list[str]:
    """Return those of the files that the user can read."""
    paths = [str(machine.folder / name) for name in names]
    done = machine.run(['sh', '-c', 'for path; do cat "$path" > /dev/null 2>&1 && echo "$path"; done; :', 'readable', *paths], user)
    return [name for name, path in zip(names, paths) if path in done.stdout.splitlines()]


def test_each_user_reads_the_own_files_and_leaves_the_others_theirs(machine, server):
    for shell in LOGINS:
        programs.require_shell(shell)
    mine = [{'name': USER, 'cluster': 'prod', 'default': True}, {'name': USER, 'cluster': 'test', 'directory': '{home}/dws_ssl/test'}]
    play(machine, 'deploy', [*mine, OTHER], server.port)
    assert 'changed=0' in play(machine, 'deploy', [*mine, OTHER], server.port).stdout
    for shell in LOGINS:
        for user, service in ((USER, 'prod'), (USER, 'test'), (OTHER, 'dws')):
            assert answers(machine, user, shell, service) == 't|/CN=dbadmin\n', (shell, user, service)
        assert answers(machine, OTHER, shell, 'prod') == ''
    files = [name for name in machine.files() if (machine.folder / name).is_file() and name not in LOADERS]
    assert {(machine.folder / name).stat().st_mode & 0o777 for name in files} == {0o600}
    for user in machine.homes:
        own = [name for name in files if name.startswith((f'homes/{user}/', f'profile.d/dws_ssl/{user}.'))]
        assert len(own) > len(FORMATS) and readable(machine, user, files) == own

    play(machine, 'remove', [OTHER], server.port)
    left = set(machine.files())
    assert LOADERS <= left and not any(OTHER in name.replace('homes/report', 'homes') for name in left), left
    assert answers(machine, USER, 'fish', 'test') == 't|/CN=dbadmin\n'
    play(machine, 'remove', mine, server.port)
    assert set(machine.files()) == set()
