# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One home for several hosts: one rule, seen on the host, that warns of a deployment and stops a rotation in waves.

The network file system is sshfs over a socket of this machine, with an SFTP server at its end; no NFS is at hand.
"""
from __future__ import annotations

import json

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import inspect
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import DIRECTORY_SHARED
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER
from ansible_collections.gaussdb.dws_ssl.tests.clients.fleet import Fleet, recap
from ansible_collections.gaussdb.dws_ssl.tests.faults.attacker import USER, Stage, contents, converge
from ansible_collections.gaussdb.dws_ssl.tests.faults.places import over_sftp

NAMES = ['h1', 'h2']
SHARED = f'[{DIRECTORY_SHARED.name}]'


@pytest.fixture
def stage():
    one = Stage()
    yield one
    one.close()


@pytest.fixture
def fleet():
    """Hosts whose homes are one folder; nobody answers at the endpoint."""
    with Fleet(NAMES) as one, over_sftp([one.folder / name for name in NAMES], one.folder / 'server', OWNER):
        one.bundle('first')
        one.bundle('second')
        yield one


def test_a_host_says_which_file_system_a_set_lies_on_or_is_going_to(stage, record):
    local, = converge(stage.shared / 'sslcert', contents(1))['sets']
    (stage.home / 'net').mkdir()
    with over_sftp([stage.home / 'net'], stage.base / 'server', USER):
        far = {}
        for dest in (stage.home / 'net/sslcert', stage.home / 'net/to/be/made/sslcert'):
            request = {'dest': str(dest), 'owner': USER, 'files': {}}
            before, = inspect(json.dumps([request]))['sets']
            answer = converge(dest, contents(1))
            after, = inspect(json.dumps([request]))['sets']
            assert answer['done'] and (dest / 'client.key').stat().st_mode & 0o777 == 0o600
            far[dest] = {before['file_system'], answer['sets'][0]['file_system'], after['file_system']}
    seen = sum(types == {'fuse.sshfs'} for types in far.values()) + (local['file_system'] not in ('', 'fuse.sshfs'))
    record('file systems of a set, seen on the host', 3, seen)
    assert seen == 3, (far, local['file_system'])


def test_a_deployment_warns_and_a_rotation_in_waves_stops(fleet, record):
    deployed = fleet.run('deploy', 'first', 1, '--forks', '1', dws_client_endpoint='')
    warned = deployed.returncode == 0 and SHARED in deployed.stderr + deployed.stdout and set(fleet.current().values()) == {'.sslcert.1'}
    rotated = fleet.run('rotate', 'second', 1)
    told = ' '.join(rotated.stdout.split())
    stopped = (rotated.returncode != 0 and SHARED in told and 'lies on a file system of type fuse.sshfs' in told
               and sorted(recap(rotated)) == ['h1'] and set(fleet.current().values()) == {'.sslcert.1'})
    waived = fleet.run('rotate', 'second', 1, dws_client_waive=DIRECTORY_SHARED.name)
    passed = SHARED not in waived.stdout and 'Connection refused' in waived.stdout
    record('one home for several hosts: a warning, and no rotation in waves', 3, warned + stopped + passed)
    assert warned, deployed.stdout + deployed.stderr
    assert stopped, rotated.stdout
    assert passed, waived.stdout
