# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks by their names under ansible-runner, which has no terminal and keeps every event of a run."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.fleet import Fleet
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE

RUNNER = Path(sys.executable).parent / 'ansible-runner'


class Runner:
    """A private data directory of ansible-runner for a fleet."""

    def __init__(self, fleet: Fleet, port: int) -> None:
        self.fleet, self.port = fleet, port
        self.folder = fleet.folder / 'runner'
        for name in ('inventory', 'env', 'project'):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(fleet.write_inventory(port), self.folder / 'inventory/hosts.json')

    def run(self, playbook: str, bundle: str, **further: Any) -> list[dict[str, Any]]:
        """Run a playbook of the collection to a good end and return the results of its tasks."""
        (self.folder / 'env/extravars').write_text(json.dumps(self.fleet.settings(bundle, self.port, **further)))
        ident = f'{playbook}-{len(list(self.folder.glob("artifacts/*")))}'
        done = subprocess.run([str(RUNNER), 'run', str(self.folder), '--playbook', f'gaussdb.dws_ssl.{playbook}', '--ident', ident],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False)
        artifacts = self.folder / 'artifacts' / ident
        assert (done.returncode, (artifacts / 'status').read_text()) == (0, 'successful'), done.stdout + done.stderr
        events = [json.loads(path.read_text()) for path in artifacts.glob('job_events/*.json')]
        return [event['event_data']['res'] for event in events if event['event'] == 'runner_on_ok']


@pytest.mark.skipif(not RUNNER.exists(), reason='ansible-runner comes with the newest ansible-core alone')
def test_deployed_rotated_audited_taken_back_and_removed(server):
    with Fleet(['h1', 'h2']) as fleet:
        good = fleet.bundle('good')
        fleet.bundle_that_trusts('next', good, fleet.bundle('other')['server/cacert.pem'])
        server.start(hba=CERTIFICATE, certificate=good['server/server.crt'], key=good['server/server.key'], ca=good['server/cacert.pem'])
        runner = Runner(fleet, server.port)

        runner.run('deploy', 'good')
        assert set(fleet.current().values()) == {'.sslcert.1'}
        results = runner.run('rotate', 'next')
        assert set(fleet.current().values()) == {'.sslcert.2'}

        report = fleet.folder / 'report'
        runner.run('audit', 'next', dws_audit_report_dir=str(report))
        found = json.loads((report / 'audit.json').read_text())
        assert [(host['host'], host['compliant']) for host in found['hosts']] == [('h1', True), ('h2', True)], found

        new = {one['generation'] for result in results if 'sets' in result for one in result['sets'] if one['replaced']}
        assert len(new) == 1
        runner.run('rollback', 'next', dws_client_replaces=new.pop())
        assert set(fleet.current().values()) == {'.sslcert.1'}
        runner.run('remove', 'next')
        assert set(fleet.current().values()) == {''}
        assert not list((runner.folder / 'project').iterdir())     # a project may be a read-only checkout
