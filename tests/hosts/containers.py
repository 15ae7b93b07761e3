# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test hosts themselves: containers with sshd on a free port of 127.0.0.1, on a network of their own."""
import concurrent.futures
import shutil
import socket
import subprocess
import time
from typing import NamedTuple

import images
import machine

PORTS = machine.RUN / 'ports'
KEY = machine.RUN / 'id_ed25519'
OWNER_LABEL = 'dws-ssl-tests.owner'
STARTED_AS = 'dws-ssl-tests.started-as'
NETWORK = machine.OWNER
AT_ONCE = 4
# Seconds: a host answers within one or two; a busy machine needs more.
DEADLINE = 60


class Host(NamedTuple):
    """A host to be: its name in the inventory and the image that it runs."""
    name: str
    image: images.Image

    @property
    def container(self) -> str:
        """The name under which the engine holds the host."""
        return '%s-%s' % (machine.OWNER, self.name)


def up(engine: machine.Engine, wanted: dict[str, str]) -> list[str]:
    """Start the hosts (name: name of the image) that do not run yet and return the names of those started.

    Ports are written to ``PORTS/<name>``, the private key for every account of every host to ``KEY``.
    """
    known = images.declared()
    unknown = sorted(set(wanted.values()) - set(known))
    if unknown:
        raise machine.Unready('images.ini declares no image named %s.' % ', '.join(unknown))
    PORTS.mkdir(parents=True, exist_ok=True)
    if not KEY.exists():
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', machine.OWNER, '-f', str(KEY)], check=True)
    if engine('network', 'inspect', NETWORK, check=False)[0] != 0:
        engine('network', 'create', NETWORK)
    key = KEY.with_suffix('.pub').read_text().strip()
    hosts = [Host(name, known[image]) for name, image in sorted(wanted.items())]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        started = list(pool.map(lambda host: start(engine, host, key), hosts))
    for host in hosts:
        await_ssh(host)
    return [host.name for host, new in zip(hosts, started) if new]


def start(engine: machine.Engine, host: Host, key: str) -> bool:
    """Start one host unless it runs with the current image and key; return whether it was started."""
    started_as = '%s %s' % (host.image.inputs(), key.split()[1])
    status, running = engine('container', 'inspect', '--format', '{{.State.Running}}', host.container, check=False)
    current = engine.label('container', host.container, STARTED_AS) == started_as
    new = not (status == 0 and running == 'true' and current)
    if new:
        if status == 0:
            engine('rm', '--force', host.container)
        engine('run', '--detach', '--pull=never', '--name', host.container, '--hostname', host.name,
               '--network', NETWORK, '--network-alias', host.name, '--publish', '127.0.0.1::22',
               '--label', '%s=%s' % (OWNER_LABEL, machine.OWNER), '--label', '%s=%s' % (STARTED_AS, started_as),
               '--env', 'HOSTS_PUBLIC_KEY=' + key, host.image.tag)
    address = engine('port', host.container, '22/tcp')[1].splitlines()[0]
    (PORTS / host.name).write_text(address.rsplit(':', 1)[1] + '\n')
    return new


def await_ssh(host: Host) -> None:
    """Return when sshd of the host greets."""
    port = int((PORTS / host.name).read_text())
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            with socket.create_connection(('127.0.0.1', port), timeout=5) as connection:
                if connection.recv(4) == b'SSH-':
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise machine.Unready('%s does not answer on 127.0.0.1:%d after %d seconds.' % (host.name, port, DEADLINE))


def down(engine: machine.Engine) -> list[str]:
    """Remove all hosts of this clone and what belongs to them; return the names of their containers.

    The shared ssh connections are closed first: a new host on the same port must not meet an old one.
    """
    for path in machine.control_sockets():
        subprocess.run(['ssh', '-O', 'exit', '-o', 'ControlPath=%s' % path, 'host'], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        path.unlink(missing_ok=True)     # a master that is closing removes its own, at any moment
    ours = 'label=%s=%s' % (OWNER_LABEL, machine.OWNER)
    names = engine('ps', '--all', '--filter', ours, '--format', '{{.Names}}')[1].split()
    if names:
        engine('rm', '--force', *(['--time', '0'] if engine.name == 'podman' else []), *names)
    if engine('network', 'inspect', NETWORK, check=False)[0] == 0:
        engine('network', 'rm', NETWORK)
    shutil.rmtree(str(machine.RUN), ignore_errors=True)
    return names


def remove_all(engine: machine.Engine) -> None:
    """Remove hosts, images and all state."""
    down(engine)
    for image in images.declared().values():
        engine('image', 'rm', '--force', image.tag, check=False)
    if machine.OWN_STORAGE in engine.environment:
        # What lies in the tests' own storage is not always to be removed by name.
        engine('system', 'reset', '--force', check=False)
        shutil.rmtree(str(machine.STATE), ignore_errors=True)
    shutil.rmtree(str(machine.runtime()), ignore_errors=True)
