# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that runs the test hosts: where their state lies, which container engine it has, what it still needs."""
import hashlib
import os
import pathlib
import resource
import shutil
import stat
import string
import subprocess
import tempfile
from collections.abc import Iterator

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = HERE.parent.parent
CACHE = COLLECTION / '.cache'
STATE = CACHE / 'hosts'
# What belongs to the hosts that run now, and goes with them: ports, the ssh key, the certificates that a scenario makes.
RUN = STATE / 'run'
# Two clones on one machine must not meet: everything that is not in STATE carries this mark.
CLONE = hashlib.sha256(str(COLLECTION).encode()).hexdigest()[:8]
OWNER = 'dws-ssl-tests-' + CLONE

# Set where the engine's storage is the tests' own.
OWN_STORAGE = 'CONTAINERS_STORAGE_CONF'

# What podman's own defaults go up to; the machine's hard limits may be lower.
MOST_FILES = 20000
MOST_PROCESSES = 32768


class Unready(Exception):
    """The machine cannot run the test hosts as it is. The text says what to do."""


def runtime() -> pathlib.Path:
    """Return the private folder for sockets and what the engine keeps while it runs, in memory where there is /dev/shm.

    Its path is short: a socket's may be 107 bytes at most.
    """
    parent = pathlib.Path('/dev/shm')
    if not os.access(str(parent), os.W_OK):
        parent = pathlib.Path(tempfile.gettempdir())
    folder = parent / OWNER
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Unready('%s belongs to somebody else; remove it and run this again.' % folder)
    return folder


def engine_name() -> str:
    """Return ``podman`` or ``docker``: HOSTS_ENGINE, or what is installed, or what can be installed."""
    named = os.environ.get('HOSTS_ENGINE', '')
    if named not in ('', 'podman', 'docker'):
        raise Unready('HOSTS_ENGINE is %r; it must be podman or docker.' % named)
    if named:
        return named
    if shutil.which('podman') is None and os.getuid() != 0 and shutil.which('docker') is not None:
        return 'docker'
    return 'podman'


def packages(engine: str) -> list[str]:
    """Return the Debian packages that the test hosts need here with this engine."""
    wanted = []
    for line in (HERE / 'debian-packages.txt').read_text().splitlines():
        fields = line.split('#')[0].split()
        if fields and fields[1] in ('any', engine):
            wanted.append(fields[0])
    return wanted


def missing(wanted: list[str]) -> list[str]:
    """Return the Debian packages of ``wanted`` that are not installed."""
    answer = subprocess.run(['dpkg-query', '--show', '--showformat=${db:Status-Status} ${Package}\n'] + wanted,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    there = [line.split()[1] for line in answer.stdout.splitlines() if line.startswith('installed ')]
    return [package for package in wanted if package not in there]


def install(engine: str) -> None:
    """Install what is missing, as root on Debian; elsewhere say what is missing."""
    if os.getuid() == 0 and shutil.which('apt-get') is not None:
        lacking = missing(packages(engine))
        if lacking:
            print('Installing Debian packages: %s' % ' '.join(lacking), flush=True)
            environment = dict(os.environ, DEBIAN_FRONTEND='noninteractive')
            for command in (['update', '-qq'], ['install', '-qq', '--yes', '--no-install-recommends'] + lacking):
                subprocess.run(['apt-get'] + command, env=environment, stdout=subprocess.DEVNULL, check=True)
        return
    lacking = [command for command in (engine, 'ssh', 'ssh-keygen') if shutil.which(command) is None]
    if lacking:
        raise Unready('Not found: %s. Install %s and the OpenSSH client (on Debian: apt-get install %s), or run this as '
                      'root on Debian.' % (', '.join(lacking), engine, ' '.join(packages(engine))))


def settings(engine: str) -> dict[str, str]:
    """Write the engine's settings and return the environment that points at them.

    Only podman as root gets its own: a user's podman and a docker service are set up by whoever runs them.
    """
    if engine != 'podman' or os.getuid() != 0:
        return {}
    values = {'state': str(STATE), 'runtime': str(runtime()),
              'nofile': str(below_hard_limit(resource.RLIMIT_NOFILE, MOST_FILES)),
              'nproc': str(below_hard_limit(resource.RLIMIT_NPROC, MOST_PROCESSES))}
    folder = STATE / 'engine'
    folder.mkdir(parents=True, exist_ok=True)
    for template in (HERE / 'engine').iterdir():
        (folder / template.name).write_text(string.Template(template.read_text()).substitute(values))
    return {'CONTAINERS_CONF': str(folder / 'containers.conf'), OWN_STORAGE: str(folder / 'storage.conf')}


def below_hard_limit(what: int, most: int) -> int:
    """Return ``most``, or the hard limit of this process where that is lower."""
    hard = resource.getrlimit(what)[1]
    return most if hard == resource.RLIM_INFINITY else min(most, hard)


def environment() -> dict[str, str]:
    """Return the environment in which Ansible, Molecule and the engine work with these hosts."""
    engine = engine_name()
    sockets = runtime() / 'ssh'
    sockets.mkdir(mode=0o700, exist_ok=True)
    link = CACHE / 'ansible_collections' / 'gaussdb' / 'dws_ssl'
    if not link.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(str(COLLECTION), str(link.parent)), target_is_directory=True)
    changes = dict(os.environ, HOSTS_ENGINE=engine, HOSTS_RUN=str(RUN), ANSIBLE_COLLECTIONS_PATH=str(CACHE),
                   ANSIBLE_HOME=str(CACHE / 'ansible'),
                   ANSIBLE_SSH_CONTROL_PATH_DIR=str(sockets), MOLECULE_GLOB='molecule/*/molecule.yml')
    # Borders cut the lines of Ansible's output to the width of a terminal.
    changes.setdefault('MOLECULE_COMMAND_BORDERS', 'false')
    # Compiling Ansible anew for every play costs more than the play.
    changes.pop('PYTHONDONTWRITEBYTECODE', None)
    changes.update(settings(engine))
    return changes


class Engine:
    """The container engine, called with one environment."""

    def __init__(self, surroundings: dict[str, str]) -> None:
        self.environment = surroundings
        self.name = surroundings['HOSTS_ENGINE']

    def __call__(self, *arguments: str, check: bool = True) -> tuple[int, str]:
        """Run the engine; return exit code and output. With ``check`` a failure raises ``Unready`` with its words."""
        done = subprocess.run([self.name] + list(arguments), env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise Unready('%s %s failed:\n%s' % (self.name, ' '.join(arguments), done.stderr.strip()))
        return done.returncode, done.stdout.strip()

    def label(self, kind: str, name: str, label: str) -> str:
        """Return a label of an image or a container; an empty text where there is none, or no such thing."""
        status, value = self(kind, 'inspect', '--format', '{{index .Config.Labels "%s"}}' % label, name, check=False)
        return value if status == 0 and value != '<no value>' else ''


def control_sockets() -> Iterator[pathlib.Path]:
    """Yield the sockets of the shared ssh connections to the hosts."""
    folder = runtime() / 'ssh'
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if stat.S_ISSOCK(path.lstat().st_mode):
                yield path
