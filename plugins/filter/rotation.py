# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts in waves."""
from __future__ import annotations

DOCUMENTATION = r'''
name: rotation
short_description: Parts hosts into canaries and waves
version_added: 1.0.0
description:
  - Gives what two plays need to bring a change to hosts in waves. Playbook C(gaussdb.dws_ssl.rotate) uses it; a playbook with tasks of
    its own between the waves may, too.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
positional: found, groups, settings
options:
  _input:
    description: The pattern that names the hosts.
    type: str
    required: true
  found:
    description: The hosts that the pattern stands for.
    type: list
    elements: str
    required: true
  groups:
    description: The variable C(groups).
    type: dict
    required: true
  settings:
    description:
      - C(canaries), how many of the hosts go first (1), or a list of groups and hosts; those of them that are among the hosts go first.
      - C(waves), the sizes of the waves after the canaries, numbers or percentages; the last one is repeated (10%, 25%, 100%).
      - C(max_fail_percentage), the share of a wave that may fail without stopping the rotation (0).
      - C(limit), the text of C(--limit), and C(limited), the hosts that it stands for, so that the canaries are among them.
      - A value of V(none), or an empty text, stands for the default.
    type: dict
    default: {}
'''

EXAMPLES = r'''
- name: Rotate the canaries
  hosts: "{{ rotation.canaries }}"
  become: true
  max_fail_percentage: 0
  vars: &rotation
    dws_client_bundle: dws_ssl_cert.zip
    dws_client_decrypt_key: true # for psql; leave it out where only gsql connects
    dws_client_endpoint: dws.example.com:8000
    rotation: "{{ 'dws_clients' | gaussdb.dws_ssl.rotation(groups['dws_clients'], groups, {'canaries': ['client1.example.com']}) }}"
  tasks: &tasks
    - name: Rotate
      ansible.builtin.import_role:
        name: gaussdb.dws_ssl.dws_client
        tasks_from: rotate

- name: Rotate the others
  hosts: "{{ rotation.others }}"
  become: true
  serial: "{{ rotation.waves }}"
  max_fail_percentage: "{{ rotation.max_fail_percentage }}"
  vars: *rotation
  tasks: *tasks
'''

RETURN = r'''
_value:
  description: C(canaries) and C(others), two lists of patterns, C(waves), a list for C(serial), and C(max_fail_percentage).
  type: dict
'''

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rotation import rotation as parts_of


def rotation(pattern: str, found: Sequence[str], groups: Mapping[str, Sequence[str]],
             settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the parts. Raise AnsibleFilterError with everything that is wrong with the settings."""
    try:
        return parts_of(pattern, found, groups, settings or {})
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'rotation': rotation}
