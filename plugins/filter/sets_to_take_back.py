# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets that a server refused."""
from __future__ import annotations

DOCUMENTATION = r'''
name: sets_to_take_back
short_description: Picks the new sets that a server refuses and that have a set before them
version_added: 1.0.0
description:
  - Gives entries for M(gaussdb.dws_ssl.client_certificates) that go back to the set before, as role dws_client does it after it has
    asked C(dws_client_endpoint). Playbook rotate uses it for all new sets of a host that fails.
  - Where the server could not be asked, the new set stays.
  - The other sets of a user of whom one goes back are among the entries, too, and stay. Files that name all sets of the user are made
    from all of them.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
positional: results, connections
options:
  _input:
    description: The sets that were asked for, entries of O(gaussdb.dws_ssl.client_certificates#module:sets).
    type: list
    elements: dict
    required: true
  results:
    description: What M(gaussdb.dws_ssl.client_certificates) returned for them, as RV(gaussdb.dws_ssl.client_certificates#module:sets).
    type: list
    elements: dict
    required: true
  connections:
    description:
      - What M(gaussdb.dws_ssl.connection_info) returned for each, in the same order.
      - Without it all new sets are taken back.
    type: list
    elements: dict
'''

EXAMPLES = r'''
- name: Deploy, ask the server, and go back where it refuses
  become: true
  vars:
    sets:
      - {src: dws_ssl_cert.zip, dest: '{home}/dws_ssl/sslcert', owner: dbadmin}
    refused: "{{ sets | gaussdb.dws_ssl.sets_to_take_back(deployed.sets, connections.results) }}"
  block:
    - name: Deploy
      gaussdb.dws_ssl.client_certificates:
        sets: "{{ sets }}"
      register: deployed

    - name: Ask the server
      gaussdb.dws_ssl.connection_info:
        endpoint: dws.example.com:8000
        dest: "{{ item.dest }}"
        owner: "{{ item.owner }}"
      loop: "{{ deployed.sets }}"
      register: connections

    - name: Go back
      gaussdb.dws_ssl.client_certificates:
        sets: "{{ refused }}"
      when: refused | length > 0
'''

RETURN = r'''
_value:
  description: Entries for the option O(gaussdb.dws_ssl.client_certificates#module:sets).
  type: list
  elements: dict
'''

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.verification import sets_to_take_back


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'sets_to_take_back': sets_to_take_back}
