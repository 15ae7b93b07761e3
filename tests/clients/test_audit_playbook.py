# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks audit and audit_merge over hosts of this machine, one of them out of reach, against a real server."""
from __future__ import annotations

import csv
import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.deployment import OWNER, Client
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import ANY

PLAYBOOKS = Path(__file__).parents[2] / 'playbooks'
TIME = '2026-11-25T14:30:00Z'
EXPRESSION, COMPUTED = '<b>{{ 7 * 1910000019 }}', '13370000133'     # as long as no fingerprint has it by chance

# `disabled` expects sslmode disable; `without` has another user, who has no set; `gone` refuses connections. Without
# pipelining: with it Ansible's ssh plugin says "Broken pipe" in place of ssh's own reason where ssh takes a millisecond
# longer to end than its input (`_send_initial_data`), and two reports of the same fleet differ.
INVENTORY = {'dws_clients': {'hosts': {
    'well': {'ansible_connection': 'local'}, EXPRESSION: {'ansible_connection': 'local'},
    'disabled': {'ansible_connection': 'local', 'dws_audit_sslmode': 'disable'},
    'without': {'ansible_connection': 'local', 'dws_audit_users': ['no-such-user']},
    'gone': {'ansible_host': '127.0.0.1', 'ansible_port': 1, 'ansible_pipelining': False}}}}


class Audit:
    """A set that was deployed, a server, and the playbooks."""

    def __init__(self, client, port):
        self.client, self.port = client, port
        self.inventory(INVENTORY)

    def inventory(self, hosts):
        (self.client.folder / 'inventory.json').write_text(json.dumps(hosts))

    def run(self, report, *arguments, playbook='audit', **variables):
        """Return what the playbook printed, its exit status, and its report where there is one."""
        folder = self.client.folder / report
        given = dict({'dws_audit_users': OWNER, 'dws_audit_directory': str(self.client.dest), 'dws_audit_profile_dir': '',
                      'dws_audit_endpoint': f'127.0.0.1:{self.port}', 'dws_audit_timestamp': TIME, 'dws_become': False}, **variables)
        if playbook == 'audit':     # where a host says otherwise, it counts
            users, directory = given.pop('dws_audit_users'), given.pop('dws_audit_directory')
            hosts = json.loads((self.client.folder / 'inventory.json').read_text())
            hosts['dws_clients']['vars'] = {'dws_audit_users': users, 'dws_audit_directory': directory}
            self.inventory(hosts)
        done = self.client.playbook(PLAYBOOKS / f'{playbook}.yml', str(self.client.folder / 'inventory.json'),
                                    [json.dumps(dict(given, dws_audit_report_dir=str(folder)))], *arguments)
        file = folder / 'audit.json'
        return done, json.loads(file.read_text()) if file.exists() else None

    def files(self, report):
        folder = self.client.folder / report
        return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope='module')
def audit(server):
    client = Client()
    files = client.bundle('good')
    client.bundle('other')
    server.start(hba=ANY, certificate=files['server/server.crt'], key=files['server/server.key'], ca=files['server/cacert.pem'])
    deployed = client.run('good', server.port, dws_client_decrypt_key='true')
    assert deployed.returncode == 0, deployed.stdout
    yield Audit(client, server.port)
    shutil.rmtree(client.folder)


@pytest.fixture(scope='module')
def whole(audit):
    """One run over all hosts, one after the other: what it printed, its report, and the user's home before it and after it."""
    before = seen(audit.client.home)
    os.environ['ANSIBLE_SHOW_CUSTOM_STATS'] = 'true'
    try:
        done, report = audit.run('whole', dws_serial=1)
    finally:
        del os.environ['ANSIBLE_SHOW_CUSTOM_STATS']
    assert done.returncode == 0, done.stdout + done.stderr
    return done, report, before, seen(audit.client.home)


def seen(folder):
    """Return everything about the files below a folder that a reader must not change."""
    return sorted((str(path), path.lstat().st_mode, path.lstat().st_uid, path.lstat().st_mtime_ns) for path in folder.rglob('*'))


def states(report):
    return {host['host']: (host['state'], host['compliant']) for host in report['hosts']}


ALL = {'well': ('read', True), EXPRESSION: ('read', True), 'disabled': ('read', True), 'without': ('read', False),
       'gone': ('unreachable', None)}


def test_a_fleet_is_read_in_batches_reported_as_one_and_not_changed(audit, whole, monkeypatch):
    done, report, before, after = whole
    assert states(report) == ALL and after == before
    # one report for all batches, by a task that ran once
    task = 'TASK [gaussdb.dws_ssl.dws_audit : Write the report]'
    assert done.stdout.count(task) == 1
    assert '3 of 5 hosts compliant, 1 not compliant, 1 not read.' in done.stdout
    assert 'CUSTOM STATS' in done.stdout and 'dws_audit' in done.stdout.split('CUSTOM STATS')[1]
    folder = audit.client.folder / 'whole'
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert COMPUTED not in ''.join(content.decode() for content in audit.files('whole').values())
    gone = next(host for host in report['hosts'] if host['host'] == 'gone')
    assert 'Connection refused' in gone['message'] and gone['findings'][0]['rule'] == 'host-unreachable'

    monkeypatch.setenv('ANSIBLE_STRATEGY', 'free')    # in one batch, each host at its own pace: the same report
    again, _report = audit.run('whole')
    assert again.returncode == 0 and again.stdout.count(task) == 1 and 'changed=1' not in again.stdout, again.stdout


def test_the_report_says_who_would_be_cut_off_and_when_validity_ends(audit, whole):
    _done, report, _before, _after = whole
    assert report['summary']['require_ssl'] == {'asked': 4, 'cut_off': 1, 'clear_text': 1, 'unverified': 1, 'unknown': 1}
    with open(audit.client.folder / 'whole' / 'audit.csv', newline='', encoding='utf-8') as file:
        rows = {row['host']: row for row in csv.DictReader(file)}
    assert (rows['disabled']['cut_off'], rows['well']['cut_off'], rows['gone']['cut_off']) == ('yes', 'no', '')
    kinds = {end['kind'] for host in report['hosts'] for one in host['sets'] for end in one['ends']}
    assert kinds == {'client', 'issuer', 'server'}
    assert int(rows['well']['days_left']) > 0 and rows['well']['subject'] == 'CN=dbadmin'


def test_a_pipeline_fails_for_errors_that_are_not_waived_after_the_report_was_written(audit, monkeypatch):
    monkeypatch.setenv('ANSIBLE_SHOW_CUSTOM_STATS', 'true')
    done, report = audit.run('failing', dws_audit_fail_on='error', dws_audit_endpoint='')
    assert done.returncode != 0 and states(report) == ALL
    assert '[host-unreachable]: gone.' in done.stdout + done.stderr and '[user-missing]: without.' in done.stdout + done.stderr
    assert 'CUSTOM STATS' in done.stdout
    rules = {found['rule'] for host in report['hosts'] for found in [
        *host['findings'], *(found for one in host['sets'] for found in one['findings'])] if found['severity'] == 'error'}
    waived, report = audit.run('failing', dws_audit_fail_on='error', dws_audit_endpoint='', dws_audit_waive=','.join(rules))
    assert waived.returncode == 0, waived.stdout
    assert report['summary']['findings']['error'] == 0 and report['summary']['findings']['waived'] >= 2
    assert states(report)['gone'] == ('unreachable', None)


def test_slices_merged_are_the_report_of_one_run(audit, whole):
    for number, limit in enumerate(('well,gone', '!well:!gone')):
        done, report = audit.run(f'slice{number}', '--limit', limit)
        assert done.returncode == 0 and len(report['hosts']) in (2, 3), done.stdout + done.stderr
    failing, _report = audit.run('merged', playbook='audit_merge', dws_audit_slices=[str(audit.client.folder / 'slice*/audit.json')],
                                 dws_audit_fail_on='error')
    assert audit.files('merged') == audit.files('whole')
    assert failing.returncode != 0 and '[host-unreachable]: gone.' in failing.stdout + failing.stderr
    spoilt = audit.client.folder / 'audit.json'
    spoilt.write_text('{"format": "other"}')
    refused, _report = audit.run('refused', playbook='audit_merge', dws_audit_slices=str(spoilt))
    assert refused.returncode != 0 and f'{spoilt}: it is not a report' in refused.stdout + refused.stderr


def test_a_host_with_a_wrong_variable_is_a_line_and_one_without_the_user_may_be_skipped(audit):
    hosts = {'wrong': {'dws_audit_auth_mode': 'both'}, 'spare': {'dws_client_users': ['no-such-user'], 'dws_client_missing_user': 'skip'}}
    audit.inventory({'dws_clients': {'hosts': {name: {'ansible_connection': 'local', **given} for name, given in hosts.items()}}})
    done, report = audit.run('variables', dws_audit_users='{{ dws_client_users | default("nobody") }}')
    audit.inventory(INVENTORY)
    assert done.returncode == 0 and states(report) == {'wrong': ('failed', None), 'spare': ('read', True)}, done.stdout
    assert 'auth_mode must be one of' in next(host for host in report['hosts'] if host['host'] == 'wrong')['message']
    assert {one['rule']: one['waived'] for one in report['hosts'][0]['sets'][0]['findings']}['user-missing'] is True


def test_another_bundle_is_drift_and_check_mode_writes_no_report(audit):
    done, report = audit.run('drift', '--limit', 'well', dws_audit_decrypt_key='true', dws_audit_endpoint='',
                             dws_audit_bundle=str(audit.client.folder / 'other.zip'))
    assert done.returncode == 0 and states(report) == {'well': ('read', False)}, done.stdout
    assert {found['rule'] for found in report['hosts'][0]['sets'][0]['findings'] if found['severity'] == 'error'} == {'set-drift'}
    assert report['summary']['require_ssl']['asked'] == 0
    checked, report = audit.run('checked', '--check', '--limit', 'well', dws_audit_endpoint='')
    assert checked.returncode == 0 and 'changed=1' in checked.stdout and report is None, checked.stdout
    assert not os.path.exists(audit.client.folder / 'checked')


def test_files_of_formats_are_looked_at_and_each_set_asks_its_own_cluster(audit):
    """They are expected as role dws_client writes them, whatever endpoint is asked: nobody listens at that of the audit."""
    cluster = f'127.0.0.1:{audit.port}'
    client = {'dws_client_formats': ['service', 'environment', 'jdbc'], 'dws_client_clusters': {'prod': cluster},
              'dws_client_users': [{'name': OWNER, 'cluster': 'prod'}], 'dws_client_endpoint': cluster}
    deployed = audit.client.run('good', audit.port, dws_client_decrypt_key='true', **client)
    assert deployed.returncode == 0, deployed.stdout
    Path(f'{audit.client.dest}.env').unlink()
    with open(f'{audit.client.dest}.pg_service.conf', 'a', encoding='utf-8') as file:
        file.write('sslmode=disable\n')
    done, report = audit.run('formats', '--limit', 'well', dws_audit_users=client['dws_client_users'],
                             dws_audit_endpoint='127.0.0.1:1', **client)
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = report['hosts'][0]['sets']
    assert found['connection']['endpoint'] == cluster and found['connection']['set_works'] is True
    assert [(one['rule'], Path(one['subject']).name) for one in found['findings'] if one['severity'] == 'error'] == [
        ('format-missing', 'sslcert.env'), ('format-drift', 'sslcert.pg_service.conf')]


OWN_PLAYS = """
- hosts: dws_clients
  gather_facts: false
  tasks:
    - ansible.builtin.fail:
      when: inventory_hostname == 'lost'
    - ansible.builtin.import_role: {name: gaussdb.dws_ssl.dws_audit}

- hosts: dws_clients
  gather_facts: false
  tasks:
    - ansible.builtin.import_role: {name: gaussdb.dws_ssl.dws_audit, tasks_from: report}
"""


def test_a_host_that_the_play_lost_is_in_the_report_as_such(audit):
    audit.inventory({'dws_clients': {'hosts': {'well': {'ansible_connection': 'local'}, 'lost': {'ansible_connection': 'local'}}}})
    (audit.client.folder / 'own.yml').write_text(OWN_PLAYS)
    try:
        done, report = audit.run('lost', playbook=str(audit.client.folder / 'own'), dws_audit_endpoint='')
    finally:
        audit.inventory(INVENTORY)
    assert done.returncode != 0 and states(report) == {'well': ('read', True), 'lost': ('left_out', None)}, done.stdout
