# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plays that are compared. All of them do the same job for the same users, or none (ping)."""
from __future__ import annotations

from typing import Any, NamedTuple

PING = [{'name': 'Ping', 'ansible.builtin.ping': {}}]

# As it is written without this collection. The bundle lies unpacked on the controller, and nobody looks into it.
USUAL = [
    {'name': 'Make the folders', 'ansible.builtin.file': {
        'path': '{{ item.directory }}', 'state': 'directory', 'owner': '{{ item.name }}', 'mode': '0700'},
     'loop': '{{ dws_client_users }}'},
    {'name': 'Copy the files', 'ansible.builtin.copy': {
        'src': '{{ bench_unpacked }}/{{ item.1 }}', 'dest': '{{ item.0.directory }}/{{ item.1 }}', 'owner': '{{ item.0.name }}',
        'mode': '0600'},
     'loop': '{{ dws_client_users | product(bench_members) | list }}', 'loop_control': {'label': '{{ item.0.name }}, {{ item.1 }}'}},
    {'name': 'Make the folder of the exports', 'ansible.builtin.file': {
        'path': '{{ bench_profile_dir }}/dws_ssl', 'state': 'directory', 'mode': '0755'}},
    {'name': 'Write the exports', 'ansible.builtin.template': {
        'src': '{{ bench_templates }}/exports.sh.j2', 'dest': '{{ bench_profile_dir }}/dws_ssl/{{ item.name }}.sh',
        'owner': '{{ item.name }}', 'mode': '0600'},
     'loop': '{{ dws_client_users }}'},
    {'name': 'Write the loader', 'ansible.builtin.template': {
        'src': '{{ bench_templates }}/loader.sh.j2', 'dest': '{{ bench_profile_dir }}/dws_ssl.sh', 'mode': '0644'}},
]

# The questions that community.crypto can answer about a set: do certificate and key fit, and when does it end? It needs
# cryptography on the host, so these two run under the controller's Python.
CHECKS = [{**task, 'vars': {'ansible_python_interpreter': '{{ bench_python_of_controller }}'}} for task in (
    {'name': 'Read the certificate', 'community.crypto.x509_certificate_info': {'path': '{{ item.directory }}/client.crt'},
     'loop': '{{ dws_client_users }}'},
    {'name': 'Read the key', 'community.crypto.openssl_privatekey_info': {
        'path': '{{ item.directory }}/client.key', 'passphrase': '{{ bench_passphrase }}'},
     'loop': '{{ dws_client_users }}'},
)]

ROLE = [{'name': 'Deploy', 'ansible.builtin.import_role': {'name': 'gaussdb.dws_ssl.dws_client'}}]
# Ansible's own look at the role's variables is a task of its own; the module looks at them again.
UNVALIDATED = [{'name': 'Deploy', 'ansible.builtin.import_role': {'name': 'gaussdb.dws_ssl.dws_client', 'rolespec_validate': False}}]


class Variant(NamedTuple):
    """One play. ``starts`` says what the hosts hold before each run, ``changes`` whether the run has to change every host."""
    name: str
    what: str
    tasks: list[dict[str, Any]]
    starts: str | None = None
    changes: bool = False


USUAL_WAY, THIS_ROLE, NOTHING = 'usual', 'role', 'nothing'

VARIANTS = {one.name: one for one in (
    Variant('a', 'ansible.builtin.ping', PING),
    Variant('b', 'the usual way, hosts that comply', USUAL, USUAL_WAY),
    Variant('bc', 'the usual way and community.crypto, hosts that comply', [*USUAL, *CHECKS], USUAL_WAY),
    Variant('c', 'this role, hosts that comply', ROLE, THIS_ROLE),
    Variant('cv', 'this role with rolespec_validate: false, hosts that comply', UNVALIDATED, THIS_ROLE),
    Variant('d', 'this role, fresh hosts', ROLE, NOTHING, changes=True),
)}


def play(variant: Variant) -> list[dict[str, Any]]:
    """Return a playbook."""
    return [{'name': variant.what, 'hosts': 'all', 'gather_facts': False, 'tasks': variant.tasks}]
