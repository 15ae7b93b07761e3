# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the examples of pages as they stand, on a copy of this machine that is thrown away.

Usage: unshare --mount --net --pid --fork --kill-child python sandbox.py [--show] PAGE..., as root. In that copy all hosts are the
machine itself, ``dws.example.com:8000`` is a PostgreSQL server that insists on TLS, and the users ``dbadmin``, ``report`` and
``etl`` exist. The folder at hand holds ``dws_ssl_cert.zip``, here and in ``files``, ``old`` and ``new``, the collection's archive, and an
``inventory`` whose group ``dws_clients`` has two hosts, as the one in /etc has. ``--show`` prints the output of each example.
"""
from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import yaml

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import TLS_ONLY, PostgreSQL
from ansible_collections.gaussdb.dws_ssl.tests.docs.blocks import RUN, Block, blocks_of

ROOT = Path(__file__).resolve().parents[2]
HOST, PORT, DATABASE = 'dws.example.com', 8000, 'gaussdb'
USERS = ('dbadmin', 'report', 'etl')
# What a person keeps in a vault.
VARIABLES = 'vault_data_studio_passphrase: Chang3it@studio\nvault_passphrase: Chang3it@example\n'
CHANGED = ('/etc', '/home', '/var/lib', '/opt', '/srv')      # where examples write
INVENTORY = '[dws_clients]\nclient1.example.com\nclient2.example.com\n'
HOST_PYTHON = '/usr/bin/python3'                             # every user can run it
SECONDS = 120                                                # for one example
# Ansible ends with status 0 where a play or an ad-hoc command meets no host.
NO_HOST = re.compile(r'no hosts matched|No hosts matched|Could not match supplied host pattern')


class Failed(Exception):
    """An example does not do what the page says."""


def make_machine() -> Path:
    """Cover the folders that examples write, make the users, and return the folder to work in."""
    base = Path(tempfile.mkdtemp(prefix='dws_ssl_docs_'))
    run('mount', '-t', 'tmpfs', 'none', str(base))
    base.chmod(0o755)
    for path in CHANGED:
        layers = {name: base / f'{name}{path.replace("/", "-")}' for name in ('upperdir', 'workdir')}
        for layer in layers.values():
            layer.mkdir(mode=0o755)
        options = ','.join(f'{name}={layer}' for name, layer in layers.items())
        run('mount', '-t', 'overlay', 'none', '-o', f'lowerdir={path},{options}', path)
    run('ip', 'link', 'set', 'lo', 'up')
    with open('/etc/hosts', 'a', encoding='utf-8') as hosts:
        hosts.write(f'127.0.0.1 {HOST}\n')
    os.makedirs('/etc/ansible', exist_ok=True)
    Path('/etc/ansible/hosts').write_text(INVENTORY, encoding='utf-8')
    for user in USERS:
        run('useradd', '--create-home', '--shell', '/bin/bash', user)
    # where ansible-galaxy installs; no variable, so that an example can name another place
    installed = base / 'home/.ansible/collections/ansible_collections/gaussdb'
    installed.mkdir(parents=True)
    (installed / 'dws_ssl').symlink_to(ROOT)
    (base / 'home').chmod(0o700)
    work = base / 'work'
    (work / 'group_vars').mkdir(parents=True)
    (work / 'group_vars/all.yml').write_text(VARIABLES, encoding='utf-8')
    (work / 'inventory').write_text(INVENTORY, encoding='utf-8')
    for archive in ROOT.glob('.cache/build/*.tar.gz'):
        shutil.copy(archive, work)
    return work


def start_server(work: Path) -> PostgreSQL:
    """Put a bundle into the folder to work in, and start the server that accepts it."""
    files = make_example('dbadmin', b'Chang3it@test', [HOST], 365).files
    for folder in (work, work / 'files', work / 'old', work / 'new'):
        folder.mkdir(exist_ok=True)
        (folder / 'dws_ssl_cert.zip').write_bytes(files['dws_ssl_cert.zip'])
    server = PostgreSQL()
    server.port = PORT
    server.start(hba=TLS_ONLY, certificate=files['server/server.crt'], key=files['server/server.key'], ca=files['server/cacert.pem'])
    run('psql', '-q', '-h', '127.0.0.1', '-p', str(PORT), '-U', 'dbadmin', '-d', 'postgres', '-c', f'CREATE DATABASE {DATABASE}')
    return server


def run(*command: str) -> None:
    """Run a command of the preparation, and show what it says only where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr}')


def play_of(text: str) -> str:
    """Return YAML as a playbook: plays as they stand, tasks in a play for the clients."""
    found = yaml.safe_load(text)
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        if any('hosts' in one or 'import_playbook' in one or 'ansible.builtin.import_playbook' in one for one in found):
            return text
        return yaml.safe_dump([{'hosts': 'localhost', 'gather_facts': False, 'tasks': found}], sort_keys=False)
    raise Failed('is neither plays nor tasks: give it the name of a file, or the reason why it is not run')


def command_of(block: Block, work: Path) -> list[str]:
    """Return what runs the block."""
    if block.language == 'shell':
        return ['bash', '-euo', 'pipefail', '-c', block.text]
    (work / 'example.yml').write_text(play_of(block.text), encoding='utf-8')
    return ['ansible-playbook', 'example.yml']


def try_block(block: Block, work: Path, output: str) -> str:
    """Do with a block what its reader would do, and return what it prints. ``output`` is that of the block before it."""
    if block.file:
        (work / block.file).parent.mkdir(parents=True, exist_ok=True)
        (work / block.file).write_text(block.text, encoding='utf-8')
        return ''
    if block.language == 'text' and output:
        compare(block.text, output)
    if block.language not in RUN:
        return ''
    done = subprocess.run(command_of(block, work), cwd=work, env=environment(work), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False, timeout=SECONDS)
    if done.returncode != 0 or NO_HOST.search(done.stdout + done.stderr):
        raise Failed(f'ends with status {done.returncode}:\n{done.stdout}{done.stderr}')
    return done.stdout


def compare(shown: str, output: str) -> None:
    """Look for each line of the page in the output, in its order; ``...`` on the page stands for anything."""
    lines = iter(output.splitlines())
    for line in filter(None, (line.rstrip() for line in shown.splitlines())):
        pattern = '.*'.join(re.escape(part) for part in line.split('...'))
        if line.strip() != '...' and not any(re.fullmatch(pattern, found.rstrip()) for found in lines):
            raise Failed(f'shows a line that was not printed there: {line}\nPrinted was:\n{output}')


def environment(work: Path) -> dict[str, str]:
    """Return the variables of somebody who has set nothing, but for what makes every host this one."""
    return {'PATH': os.environ['PATH'], 'HOME': str(work.parent / 'home'),
            'LC_ALL': 'C.UTF-8', 'USER': 'root', 'ANSIBLE_TRANSPORT': 'local', 'ANSIBLE_REMOTE_USER': 'root',
            'ANSIBLE_FORKS': '1', 'ANSIBLE_NOCOWS': '1', 'ANSIBLE_BECOME_METHOD': 'su',
            'ANSIBLE_PYTHON_INTERPRETER': HOST_PYTHON}


def try_page(page: Path, work: Path) -> Iterator[tuple[str, str]]:
    """Run the examples of a page and yield, for each, a line about it and its output. Raise Failed where one does not work."""
    output = ''
    for block in blocks_of(page):
        place = f'{page.name}:{block.line}: {block.language}'
        if block.reason:
            output = ''
            yield f'{place} not run: {block.reason}', ''
            continue
        try:
            output = try_block(block, work, output)
        except Failed as error:
            raise Failed(f'{place} {error}') from error
        yield f'{place} {"written to " + block.file if block.file else "run" if block.language in RUN else "seen"}', output


def main() -> int:
    """Run pages, one after the other; print what became of each example."""
    parser = argparse.ArgumentParser()
    parser.add_argument('pages', metavar='PAGE', type=Path, nargs='+')
    parser.add_argument('--show', action='store_true')
    arguments = parser.parse_args()
    pages = [page.resolve() for page in arguments.pages]    # the folders that they are in may be covered
    work = make_machine()
    server = start_server(work)
    try:
        for page in pages:
            for line, output in try_page(page, work):
                print(line)
                if arguments.show:
                    print(output)
    except Failed as error:
        print(error)
        return 1
    finally:
        server.stop()
        shutil.rmtree(server.folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
