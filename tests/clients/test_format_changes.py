# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of formats stay in step: through a rotation, a roll-back of one set of two, an audit and a removal, by the playbooks."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DATA_STUDIO, FORMATS
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployed_formats import CLIENTS, SEEN, Deployed
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.fleet import recap, trusting
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import free_port


@pytest.fixture
def deployed(server):
    """Two sets of bundle ``one``, deployed without a live check."""
    client = Client()
    one = Deployed(client, server)
    first = one.playbook('deploy')
    assert first.returncode == 0, first.stdout + first.stderr
    yield one
    shutil.rmtree(client.folder)


def assert_every_client_connects(one: Deployed) -> None:
    for ask in CLIENTS:
        done = ask(one)
        assert done.stdout == SEEN, (ask.__name__, done)


def sections(one: Deployed) -> dict[str, bool]:
    """Return ``{cluster: whether a revocation list is named}`` of the service file."""
    parts = Path(one.beside('.pg_service.conf')).read_text().split('\n[')[1:]
    return {part.split(']')[0]: 'sslcrl=' in part for part in parts}


def test_a_rotation_a_roll_back_and_a_removal_take_every_file_along(deployed):
    old_ca = deployed.files['server/cacert.pem']
    new = deployed.client.bundle('two')
    (deployed.client.folder / 'two.zip').write_bytes(trusting(new, old_ca))
    (deployed.client.folder / 'list.crl').write_bytes(deployed.files['server/sslcrl-file.crl'] + new['server/sslcrl-file.crl'])
    rotation = {'dws_client_bundle': str(deployed.client.folder / 'two.zip'), 'dws_client_endpoint': deployed.where,
                'dws_client_crl': str(deployed.client.folder / 'list.crl')}
    deployed.serve(old_ca + new['server/cacert.pem'])
    assert sections(deployed) == {'gsql': False, 'prod': False}

    before = deployed.state()
    checked = deployed.playbook('rotate', '--check', **rotation)
    assert checked.returncode == 0 and recap(checked)['one'][1] == 1 and deployed.state() == before, checked.stdout
    rotated = deployed.playbook('rotate', **rotation)
    assert rotated.returncode == 0 and recap(rotated)['one'][1] == 1, rotated.stdout
    again = deployed.playbook('rotate', **rotation)
    assert recap(again) == {'one': (1, 0, 0, 0)}, again.stdout     # one module run, no change
    assert sections(deployed) == {'gsql': True, 'prod': True}
    deployed.serve(new['server/cacert.pem'])     # whoever still showed the old certificate would be refused
    assert_every_client_connects(deployed)

    generations = [one['generation'] for one in deployed.info()]
    for generation, left in zip(generations, ({'gsql': False, 'prod': True}, {'gsql': False, 'prod': False})):
        back = {'dws_client_replaces': generation}
        assert recap(deployed.playbook('rollback', '--check', **back))['one'][1] == 1
        for changed in (1, 0):
            done = deployed.playbook('rollback', **back)
            assert done.returncode == 0 and recap(done)['one'][1] == changed, done.stdout
            assert sections(deployed) == left
    deployed.serve(old_ca)
    assert_every_client_connects(deployed)

    removed = deployed.playbook('remove')
    assert removed.returncode == 0 and 'changed=1' in removed.stdout, removed.stdout
    assert [name for name in deployed.state() if 'isql_history' not in name] == []


def test_each_set_is_tried_where_its_cluster_is_and_one_that_is_taken_back_leaves_the_other_in_the_files(deployed):
    deployed.client.bundle('refused')
    variables = deployed.variables()
    given = {'dws_client_endpoint': f'127.0.0.1:{free_port()}', 'dws_client_clusters': {'prod': deployed.where, 'gsql': deployed.where}}
    tried = deployed.playbook('deploy', **given)
    assert tried.returncode == 0, tried.stdout     # nobody answers at dws_client_endpoint
    content = Path(deployed.beside('.pg_service.conf')).read_text()
    assert sorted(sections(deployed)) == ['gsql', 'prod']
    variables['dws_client_users'][1]['bundle'] = str(deployed.client.folder / 'refused.zip')
    failed = deployed.playbook('deploy', **given, dws_client_users=variables['dws_client_users'])
    assert failed.returncode != 0 and 'The set before is the current one again.' in failed.stdout, failed.stdout
    assert Path(deployed.beside('.pg_service.conf')).read_text() == content
    assert_every_client_connects(deployed)


def test_an_audit_looks_for_every_file_as_it_was_deployed(deployed):
    report = deployed.client.folder / 'report'

    def audit(**further: object) -> list[tuple[str, str]]:
        done = deployed.playbook('audit', dws_audit_report_dir=str(report), **further)
        assert done.returncode == 0, done.stdout + done.stderr
        [host] = json.loads((report / 'audit.json').read_text())['hosts']
        assert len(host['sets']) == 2
        return sorted((found['rule'], found['subject']) for one in host['sets'] for found in one['findings']
                      if found['severity'] == 'error')

    for further in ({}, {'dws_audit_endpoint': deployed.where}, {'dws_audit_formats': [*FORMATS, DATA_STUDIO]}):
        assert audit(**further) == [], further
    spoiled = [deployed.etc / f'profile.d/dws_ssl/{OWNER}.fish', Path(deployed.beside('.odbc.ini')),
               Path(deployed.beside('.pkcs12.properties'))]
    for path in spoiled:
        path.write_text('# gaussdb.dws_ssl\n')
    gone = [deployed.etc / 'csh/login.d/dws_ssl.csh', Path(f'{deployed.client.dest}.jdbc.properties'), deployed.client.dest / 'client.p12']
    for path in gone:
        path.unlink()
    assert audit() == sorted([
        ('exports-drift', str(spoiled[0])), ('format-drift', str(spoiled[1])), ('format-drift', str(spoiled[2])),
        ('loader-missing', str(gone[0])), ('format-missing', str(gone[1])), ('file-missing', 'client.p12')])
    assert audit(dws_audit_formats='jdbc') == [('format-missing', str(gone[1]))]
