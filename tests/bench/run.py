# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the role costs, in runs of ansible.builtin.ping. ``./dev bench --help`` says how to ask."""
from __future__ import annotations

import argparse
import os
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / '.cache'))

from ansible_collections.gaussdb.dws_ssl.tests.bench.hosts import Hosts  # noqa: E402
from ansible_collections.gaussdb.dws_ssl.tests.bench.measure import Controller, Measured, known  # noqa: E402
from ansible_collections.gaussdb.dws_ssl.tests.bench.variants import Variant  # noqa: E402

FLOOR = 'a'     # what everything is divided by
Rounds = dict[str, list[Measured]]


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """Return the options of a run."""
    parser = argparse.ArgumentParser(
        prog='./dev bench', formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        description='Run, in turn, a ping (a), the job written the usual way (b), with the checks of community.crypto where it is '
        'installed (bc), this role on hosts that comply (c; cv without the validation of its variables by Ansible) and this role on '
        'fresh hosts (d). Print the time of the whole process and the peak memory of the largest process of the controller, with '
        'minimum, median and maximum over the rounds, and as ratios to the ping of the same round. CORE=2.16 ./dev bench measures '
        'with that ansible-core.')
    parser.add_argument('--hosts', default='50', help='how many hosts, several with commas: 10,50,200 shows how the figures grow')
    parser.add_argument('--users', default='1', help='how many users a host, several with commas')
    parser.add_argument('--rounds', type=int, default=5, help='how often each variant runs')
    parser.add_argument('--connection', choices=['local', 'ssh'], default='local',
                        help='ssh uses an sshd that the bench starts on loopback')
    parser.add_argument('--variants', default='a,b,bc,c,cv,d', help='which of them to run')
    parser.add_argument('--forks', type=int, default=10, help="Ansible's forks")
    parser.add_argument('--smoke', action='store_true', help='one round over two hosts, to see that the bench itself works')
    options = parser.parse_args(given)
    if options.smoke:
        options.hosts, options.rounds = '2', 1
    try:
        options.hosts, options.users = ([int(number) for number in text.split(',')] for text in (options.hosts, options.users))
        options.variants = known(options.variants)
    except ValueError as error:
        parser.error(str(error))
    return options


def rounds(controller: Controller, variants: Iterable[Variant], hosts: int, users: int, options: argparse.Namespace) -> Rounds:
    """Return what was measured, a list with a value a round for each variant. The variants run in turn."""
    interpreter = os.path.realpath(controller.environment / 'bin/python')     # bare, without the controller's packages
    measured: Rounds = {variant.name: [] for variant in variants}
    with ExitStack() as stack:
        fleets = {variant.name: stack.enter_context(Hosts(hosts, users, options.connection, interpreter)) for variant in variants}
        for variant in variants:
            controller.prepare(variant, fleets[variant.name])
        for number in range(options.rounds):
            for variant in variants:
                measured[variant.name].append(controller.run(variant, fleets[variant.name]))
                print(f'round {number + 1}, {hosts} hosts, {users} users, {variant.name}: {measured[variant.name][-1].seconds:.2f} s',
                      file=sys.stderr)
    return measured


def spread(values: Iterable[float], digits: int = 2) -> str:
    """Return minimum, median and maximum."""
    listed = sorted(values)
    return ' '.join(f'{value:8.{digits}f}' for value in (listed[0], statistics.median(listed), listed[-1]))


def table(variants: Iterable[Variant], measured: Rounds, hosts: int, users: int) -> list[str]:
    """Return the lines for one number of hosts and users."""
    heads = ('seconds', 'MiB, largest process', f'time / {FLOOR}', f'CPU / {FLOOR}')
    lines = ['', f'{hosts} hosts, {users} users a host; minimum, median, maximum',
             '   ' + ''.join(f'{head:>29}' for head in heads)]
    for variant in variants:
        own = measured[variant.name]
        cells = [spread(one.seconds for one in own), spread((one.peak for one in own), 1)]
        if FLOOR in measured:
            pairs = list(zip(own, measured[FLOOR]))
            cells += [spread(one.seconds / floor.seconds for one, floor in pairs), spread(one.cpu / floor.cpu for one, floor in pairs)]
        lines.append(f'{variant.name:3}' + ''.join(f'{cell:>29}' for cell in cells))
    for way in ('b', 'bc'):
        if way in measured and 'c' in measured:
            ratios = spread(usual.seconds / role.seconds for usual, role in zip(measured[way], measured['c']))
            lines.append(f'{way} / c, time {ratios:>53}')
    return lines


def growth(all_measured: dict[tuple[int, int], Rounds], variants: Iterable[Variant]) -> list[str]:
    """Return how the median peak and time grow with a host, from the smallest number of hosts to the largest."""
    lines = []
    for users in sorted({users for _hosts, users in all_measured}):
        least, most = min(hosts for hosts, _users in all_measured), max(hosts for hosts, _users in all_measured)
        if least == most:
            continue
        lines += ['', f'growth from {least} to {most} hosts, {users} users a host, of the medians',
                  f'   {"KiB a host":>14}{"ms a host":>14}']
        for variant in variants:
            small, large = all_measured[least, users][variant.name], all_measured[most, users][variant.name]
            kib = statistics.median(one.peak for one in large) - statistics.median(one.peak for one in small)
            seconds = statistics.median(one.seconds for one in large) - statistics.median(one.seconds for one in small)
            lines.append(f'{variant.name:3}{kib * 1024 / (most - least):>14.1f}{seconds * 1000 / (most - least):>14.1f}')
    return lines


def main(given: Sequence[str]) -> int:
    options = arguments(given)
    controller = Controller(Path(sys.prefix), options.forks)
    variants = options.variants
    if any(variant.name == 'bc' for variant in variants) and not controller.has_community_crypto():
        print('left out: bc, since community.crypto is not installed', file=sys.stderr)
        variants = [variant for variant in variants if variant.name != 'bc']
    print(f'{controller.version()}; {os.cpu_count()} processors, {options.forks} forks, connection {options.connection}, pipelining on, '
          f'{options.rounds} rounds')
    for variant in variants:
        print(f'{variant.name:3} {variant.what}')
    measured = {}
    try:
        for hosts in options.hosts:
            for users in options.users:
                measured[hosts, users] = rounds(controller, variants, hosts, users, options)
                print('\n'.join(table(variants, measured[hosts, users], hosts, users)), flush=True)
    except (ValueError, RuntimeError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    print('\n'.join(growth(measured, variants)))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
