# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of an audit costs on the controller: ``./dev run python tests/bench/audit.py [HOSTS]``, 2000 without a number.

The hosts are those of the unit tests, with what was read of them as variables of the inventory. A play with one small task on the same
inventory stands beside it: the difference is the report's. Nothing is read here; that is what ``./dev bench`` measures.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / '.cache'))

from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import TIME, host  # noqa: E402

KIB = 1024    # of a MiB
TASKS = {'a small task': {'ansible.builtin.debug': {'msg': 'nothing'}},
         'the report': {'gaussdb.dws_ssl.audit_report': {'play_hosts': True, 'report_dir': 'report', 'timestamp': TIME}}}


class Cost(NamedTuple):
    """Seconds of CPU of all processes of a run, and the MiB of the largest one."""
    cpu: float
    peak: float


def variables(number: int) -> dict[str, Any]:
    """Return what role dws_audit registers on a host, as variables."""
    certificates, connections = host(number)
    return {'dws_audit_certificates': certificates, 'dws_audit_connections': connections}


def cost(folder: Path, task: dict[str, Any]) -> Cost:
    """Run a task once for all hosts of the folder's inventory. Raise CalledProcessError where it fails."""
    play = {'hosts': 'all', 'gather_facts': False, 'tasks': [dict(task, run_once=True)]}
    (folder / 'play.yml').write_text(json.dumps([play]))
    process = subprocess.Popen([Path(sys.executable).parent / 'ansible-playbook', '-i', 'hosts.json', 'play.yml'], cwd=folder,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KIB)


def main(hosts: int) -> None:
    with tempfile.TemporaryDirectory(prefix='dws_ssl_bench_') as name:
        folder = Path(name)
        names = {f'db{number:05d}': variables(number) for number in range(hosts)}
        (folder / 'hosts.json').write_text(json.dumps({'all': {'hosts': names}}))
        print(f'{hosts} hosts, Python {sys.version.split()[0]}; seconds of CPU, and MiB of the largest process')
        for what, task in TASKS.items():
            spent = cost(folder, task)
            print(f'{what:14}{spent.cpu:8.1f}{spent.peak:8.0f}')
        for file in sorted((folder / 'report').iterdir()):
            print(f'{file.name:14}{file.stat().st_size / KIB:8.0f} KiB')


if __name__ == '__main__':
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
