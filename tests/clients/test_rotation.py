# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbook rotate over several hosts: canaries, waves, a host that fails, a second run, and a change of the CA."""
from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.fleet import Fleet, recap
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE, PostgreSQL

PASSED_OVER = (1, 0, 0, 0)     # one module run, no change


@pytest.fixture
def fleet(request):
    with Fleet([f'h{number}' for number in range(1, getattr(request, 'param', 5) + 1)]) as one:
        yield one


@pytest.fixture
def dead_port():
    """A port that is ours and refuses every connection."""
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        yield one.getsockname()[1]


def serve(server: PostgreSQL, files: dict[str, bytes], trusted: bytes) -> int:
    server.start(hba=CERTIFICATE, certificate=files['server/server.crt'], key=files['server/server.key'], ca=trusted)
    return server.port


def assert_every_client_connects(fleet: Fleet, server: PostgreSQL) -> None:
    for name in fleet.names:
        done = server.psql('SELECT 1', fleet.variables_of(name))
        assert (done.returncode, done.stdout.strip()) == (0, '1'), f'{name}: {done.stderr}'


@pytest.mark.parametrize('fleet', [3], indirect=True)
def test_a_ca_changes_in_three_steps_and_every_client_connects_at_each(fleet, server):
    """The path of docs/docsite/rst/operations.rst."""
    old, new = fleet.bundle('old'), fleet.bundle('new')
    old_ca, new_ca = old['server/cacert.pem'], new['server/cacert.pem']
    fleet.bundle_that_trusts('both', old, new_ca)
    port = serve(server, old, old_ca)
    done = fleet.run('deploy', 'old', port, dws_client_endpoint='')
    assert done.returncode == 0, done.stdout
    assert_every_client_connects(fleet, server)

    done = fleet.run('rotate', 'both', port)
    assert done.returncode == 0 and set(fleet.current().values()) == {'.sslcert.2'}, done.stdout
    assert_every_client_connects(fleet, server)

    serve(server, new, old_ca + new_ca)
    assert_every_client_connects(fleet, server)

    done = fleet.run('rotate', 'new', port)
    assert done.returncode == 0 and set(fleet.current().values()) == {'.sslcert.3'}, done.stdout
    assert_every_client_connects(fleet, server)
    serve(server, new, new_ca)
    assert_every_client_connects(fleet, server)


def test_a_canary_that_fails_stops_the_rotation_before_any_other_host(fleet, server):
    good = fleet.bundle('good')
    fleet.bundle('refused')
    port = serve(server, good, good['server/cacert.pem'])
    fleet.run('deploy', 'good', port, dws_client_endpoint='')
    done = fleet.run('rotate', 'refused', port, dws_rotate_canaries=2)
    assert done.returncode != 0 and 'This host was not rotated' in done.stdout, done.stdout
    assert sorted(recap(done)) == ['h1', 'h2'], done.stdout
    assert set(fleet.current().values()) == {'.sslcert.1'}
    assert_every_client_connects(fleet, server)


def test_a_failed_host_goes_back_and_a_second_run_goes_on(fleet, server, dead_port):
    good = fleet.bundle('good')
    fleet.bundle_that_trusts('next', good, fleet.bundle('other')['server/cacert.pem'])
    port = serve(server, good, good['server/cacert.pem'])
    fleet.run('deploy', 'good', port, dws_client_endpoint='')
    fleet.variables['h3']['dws_client_endpoint'] = f'127.0.0.1:{dead_port}'
    waves = {'dws_rotate_canaries': ['h1'], 'dws_rotate_waves': '2'}     # h1, then h2 and h3, then h4 and h5

    stopped = fleet.run('rotate', 'next', port, **waves)
    assert stopped.returncode != 0, stopped.stdout
    assert fleet.current() == {'h1': '.sslcert.2', 'h2': '.sslcert.2', 'h3': '.sslcert.1', 'h4': '.sslcert.1', 'h5': '.sslcert.1'}
    assert sorted(recap(stopped)) == ['h1', 'h2', 'h3']

    # tried only after it became the current one, the new set is there when h3 fails: the host goes back by itself
    tolerated = fleet.run('rotate', 'next', port, **waves, dws_client_verify='after', dws_rotate_max_fail_percentage=50)
    counts = recap(tolerated)
    assert tolerated.returncode != 0 and counts['h1'] == counts['h2'] == PASSED_OVER and counts['h3'][3] == 1, tolerated.stdout
    assert fleet.current() == {'h1': '.sslcert.2', 'h2': '.sslcert.2', 'h3': '.sslcert.1', 'h4': '.sslcert.2', 'h5': '.sslcert.2'}
    assert (fleet.folder / 'h3/.sslcert.2').is_dir()
    assert_every_client_connects(fleet, server)

    del fleet.variables['h3']['dws_client_endpoint']
    mended = fleet.run('rotate', 'next', port, **waves)
    counts = recap(mended)
    assert mended.returncode == 0 and counts.pop('h3')[1] > 0, mended.stdout
    assert set(counts.values()) == {PASSED_OVER}
    assert set(fleet.current()) == set(fleet.names) and '.sslcert.1' not in fleet.current().values()


OWN_PLAY = """
- hosts: dws_clients
  gather_facts: false
  max_fail_percentage: 0
  tasks:
    - ansible.builtin.import_role: {name: gaussdb.dws_ssl.dws_client, tasks_from: rotate}
  handlers:
    - name: restart
      ansible.builtin.shell: echo >> {{ folder }}/{{ inventory_hostname }}/restarted; test {{ inventory_hostname }} != {{ broken }}
"""


@pytest.mark.parametrize('fleet', [3], indirect=True)
def test_handlers_run_where_the_set_is_new_also_when_another_host_ends_the_play(fleet, server, dead_port):
    """Ansible runs none after that, and the next rotation finds nothing to do on these hosts."""
    good = fleet.bundle('good')
    fleet.bundle_that_trusts('next', good, fleet.bundle('other')['server/cacert.pem'])
    port = serve(server, good, good['server/cacert.pem'])
    for variables in fleet.variables.values():
        variables['dws_client_notify'] = 'restart'     # which no playbook of the collection has
    assert fleet.run('deploy', 'good', port, dws_client_endpoint='').returncode == 0
    (fleet.folder / 'own.yml').write_text(OWN_PLAY)

    def rotate(broken: str) -> dict[str, int]:
        """Return how often the handler has run on each host."""
        done = fleet.run(str(fleet.folder / 'own'), 'next', port, folder=str(fleet.folder), broken=broken)
        assert (done.returncode == 0) is (broken == 'nobody'), done.stdout
        files = {name: fleet.folder / name / 'restarted' for name in fleet.names}
        return {name: len(path.read_text()) if path.exists() else 0 for name, path in files.items()}

    fleet.variables['h2']['dws_client_endpoint'] = f'127.0.0.1:{dead_port}'
    assert rotate('h3') == {'h1': 1, 'h2': 0, 'h3': 1}
    assert fleet.current() == {'h1': '.sslcert.2', 'h2': '.sslcert.1', 'h3': '.sslcert.1'}
    del fleet.variables['h2']['dws_client_endpoint']
    assert rotate('nobody') == {'h1': 1, 'h2': 1, 'h3': 2}
    assert set(fleet.current().values()) == {'.sslcert.2'}


def test_canaries_are_among_the_hosts_that_a_limit_leaves(fleet):
    fleet.bundle('good')
    listed = fleet.run('rotate', 'good', 1, '--list-hosts', '--limit', 'h2,h3').stdout
    assert [part.split() for part in re.findall(r'hosts \(\d+\):\n([^p]*)', listed)] == [['h2'], ['h3']], listed
    (fleet.folder / 'limit').write_text('h2\n')
    refused = fleet.run('rotate', 'good', 1, '--limit', f'@{fleet.folder}/limit')
    assert refused.returncode != 0 and recap(refused) == {} and 'Name the hosts themselves' in refused.stdout + refused.stderr


def test_what_cannot_be_is_refused_before_any_host(fleet):
    fleet.bundle('good')
    done = fleet.run('rotate', 'good', 1, dws_rotate_canaries='nobody-knows', dws_rotate_waves='0%')
    assert done.returncode != 0 and recap(done) == {}
    words = done.stdout + done.stderr
    assert 'nobody-knows is neither a group nor a host' in words and '0% is neither a number' in words, words


@pytest.mark.parametrize('fleet', [3], indirect=True)
@pytest.mark.parametrize('commands', [5, 12], ids=['before anything was done', 'after the new set was deployed'])
def test_a_host_that_is_lost_on_its_way_ends_the_rotation(fleet, server, tmp_path, monkeypatch, commands):
    old = fleet.bundle('old')
    fleet.bundle_that_trusts('next', old, fleet.bundle('another')['server/cacert.pem'])
    port = serve(server, old, old['server/cacert.pem'])
    assert fleet.run('deploy', 'old', port).returncode == 0
    canary = fleet.names[0]
    fleet.variables[canary]['ansible_connection'] = 'lost'
    monkeypatch.setenv('ANSIBLE_CONNECTION_PLUGINS', str(Path(__file__).parent / 'connection_plugins'))
    monkeypatch.setenv('LOST_COUNT', str(tmp_path))
    monkeypatch.setenv('LOST_AFTER', str(commands))
    lost = fleet.run('rotate', 'next', port)
    assert lost.returncode != 0 and 'could not be reached any more' in lost.stdout and 'rescued=1    ignored=2' in lost.stdout, lost.stdout
    current = fleet.current()
    assert current.pop(canary) == ('.sslcert.1' if commands == 5 else '.sslcert.2') and set(current.values()) == {'.sslcert.1'}
