# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a playbook as a process of its own and measures it from start to end."""
from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.tests.bench.hosts import Hosts
from ansible_collections.gaussdb.dws_ssl.tests.bench.variants import NOTHING, VARIANTS, Variant, play

RECAP = re.compile(r'^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)', re.MULTILINE)
MIB = 1024      # KiB, the unit of ru_maxrss on Linux


class Measured(NamedTuple):
    """Seconds of the whole process, its own and its children's seconds of CPU, and the MiB of its largest process."""
    seconds: float
    cpu: float
    peak: float


class Controller(NamedTuple):
    """One ansible-core, by the folder of its environment, and the settings of its runs."""
    environment: Path
    forks: int

    def run(self, variant: Variant, hosts: Hosts) -> Measured:
        """Run a variant on hosts that are as it wants them. Raise RuntimeError where it does not do its job."""
        if variant.starts == NOTHING:
            hosts.clear()
        playbook = hosts.folder / f'{variant.name}.yml'
        playbook.write_text(json.dumps(play(variant)))
        command = [str(self.environment / 'bin/ansible-playbook'), '-i', str(hosts.inventory), '-f', str(self.forks), str(playbook)]
        with tempfile.TemporaryFile('w+') as output:
            start = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            _require(variant, hosts, process.returncode, output.read())
        hosts.disconnect()
        return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)

    def prepare(self, variant: Variant, hosts: Hosts) -> None:
        """Bring hosts to the state that a variant finds them in, unless each of its runs does that."""
        if variant.starts not in (None, NOTHING):
            hosts.clear()
            self.run(variant._replace(changes=True), hosts)

    def version(self) -> str:
        """Return the version of ansible-core and of its Python."""
        done = subprocess.run([str(self.environment / 'bin/ansible'), '--version'], capture_output=True, text=True, check=True)
        core = re.search(r'\[core ([^\]]+)\]', done.stdout)
        python = re.search(r'python version = (\S+)', done.stdout)
        return f'ansible-core {core[1] if core else "?"}, Python {python[1] if python else "?"}'

    def has_community_crypto(self) -> bool:
        """Return whether the comparison with community.crypto can run."""
        done = subprocess.run([str(self.environment / 'bin/ansible-doc'), '-l', 'community.crypto'], capture_output=True, text=True,
                              check=False)
        return 'community.crypto.x509_certificate_info' in done.stdout


def _require(variant: Variant, hosts: Hosts, status: int, output: str) -> None:
    """A figure counts only for a run that did what the variant stands for, on every host."""
    counts = {name: (int(changed) > 0, int(unreachable), int(failed)) for name, changed, unreachable, failed in RECAP.findall(output)}
    if status != 0 or counts != dict.fromkeys(hosts.names, (variant.changes, 0, 0)):
        raise RuntimeError(f'{variant.what}: not every host is {"changed" if variant.changes else "unchanged"}:\n{output[-6000:]}')


def known(names: str) -> list[Variant]:
    """Return the variants of a list of names. Raise ValueError for one that does not exist."""
    unknown = [name for name in names.split(',') if name not in VARIANTS]
    if unknown:
        raise ValueError(f'no such variant: {", ".join(unknown)}. There are {", ".join(VARIANTS)}.')
    return [VARIANTS[name] for name in names.split(',')]
