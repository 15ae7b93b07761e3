# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who would be cut off by require_ssl."""
from __future__ import annotations

DOCUMENTATION = r'''
name: require_ssl_readiness
short_description: Says which clients require_ssl would cut off, and which connect without verification today
version_added: 1.0.0
description:
  - Takes what M(gaussdb.dws_ssl.connection_info) returned for a fleet, and gives a row for each client.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options:
  _input:
    description: Results of M(gaussdb.dws_ssl.connection_info), each with the key C(host) added.
    type: list
    elements: dict
    required: true
  as_table:
    description: Give the lines of a table for a terminal instead of the rows.
    type: bool
    default: false
'''

EXAMPLES = r'''
- name: Ask the server from every client
  hosts: dws_clients
  become: true
  gather_facts: false
  tasks:
    - name: Ask with the set of dbadmin
      gaussdb.dws_ssl.connection_info:
        endpoint: dws.example.com:8000
        dest: '{home}/dws_ssl/sslcert'
        owner: dbadmin
      register: asked

    - name: Print who would be cut off
      ansible.builtin.debug:
        msg: "{{ [asked | combine({'host': inventory_hostname})] | gaussdb.dws_ssl.require_ssl_readiness(as_table=true) }}"
'''

RETURN = r'''
_value:
  description:
    - One dict for each client, with C(host), C(owner), C(endpoint), C(sslmode), C(connects), C(cut_off), C(clear_text) and
      C(unverified). V(none) stands for what could not be seen.
  type: list
  elements: dict
'''

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.readiness import readiness, table


def require_ssl_readiness(connections: Sequence[Mapping[str, Any]], as_table: bool = False) -> list[Any]:
    """Return the rows, or the lines of a table. Raise AnsibleFilterError for anything else than a list of dicts."""
    if not isinstance(connections, (list, tuple)) or not all(isinstance(one, Mapping) for one in connections):
        raise AnsibleFilterError('require_ssl_readiness needs a list of results of connection_info.')
    rows = readiness(connections)
    return table(rows) if as_table else rows


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'require_ssl_readiness': require_ssl_readiness}
