# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real hosts for tests: `python3 tests/hosts/run.py molecule test --all` does everything from a bare machine.

tests/hosts/run.py COMMAND …           make what is missing (Debian packages as root, engine settings, images), then run
                                       the command with the environment that it needs; for `molecule` this starts with
                                       `molecule reset`
tests/hosts/run.py --images            make what is missing and stop
tests/hosts/run.py --up NAME=IMAGE …   start hosts with images of images.ini
tests/hosts/run.py --down              remove the hosts
tests/hosts/run.py --clean             remove hosts, images and state

Environment: HOSTS_ENGINE (podman, docker), HOSTS_IMAGES (mmdebstrap, containerfile), HOSTS_BASE (the image under the
Containerfile; SUITE in it is replaced, as in debian:SUITE-slim).
"""
import os
import shutil
import subprocess
import sys

import containers
import images
import machine


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code."""
    if not arguments or arguments[0] in ('-h', '--help'):
        print(__doc__)
        return 0 if arguments else 2
    verb, rest = arguments[0], arguments[1:]
    surroundings = machine.environment()
    engine = machine.Engine(surroundings)
    if verb == '--up':
        started = containers.up(engine, dict(each.split('=', 1) for each in rest))
        print('started: %s' % ' '.join(started))
    elif verb == '--down':
        print('removed: %s' % ' '.join(containers.down(engine)))
    elif verb == '--clean':
        containers.remove_all(engine)
    else:
        machine.install(engine.name)
        images.make_all(engine)
        if verb != '--images':
            return command(engine, arguments)
    return 0


def command(engine: machine.Engine, arguments: list[str]) -> int:
    """Run a command of the tests in the collection's folder and return its exit code."""
    os.chdir(str(machine.COLLECTION))
    if shutil.which(arguments[0], path=engine.environment['PATH']) is None:
        raise machine.Unready('%s is not on PATH; activate the environment that has it.' % arguments[0])
    if arguments[0] == 'molecule':
        # After a run that was cut short Molecule believes that its hosts exist.
        subprocess.run(['molecule', 'reset', '--all'], env=engine.environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
    if arguments[:2] == ['molecule', 'test']:
        # A test starts with fresh hosts, also with --destroy=never.
        containers.down(engine)
    return subprocess.run(arguments, env=engine.environment, check=False).returncode


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except machine.Unready as problem:
        sys.exit('tests/hosts/run.py: %s' % problem)
