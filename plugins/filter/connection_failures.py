# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets that were not seen to work."""
from __future__ import annotations

DOCUMENTATION = r'''
name: connection_failures
short_description: Says for which sets a server did not give a verified session, and why
version_added: 1.0.0
description:
  - Gives a line for each set that was not seen to work, with the findings of M(gaussdb.dws_ssl.connection_info).
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
positional: connections, check_mode
options:
  _input:
    description: What M(gaussdb.dws_ssl.client_certificates) returned, as RV(gaussdb.dws_ssl.client_certificates#module:sets).
    type: list
    elements: dict
    required: true
  connections:
    description: What M(gaussdb.dws_ssl.connection_info) returned for each, in the same order.
    type: list
    elements: dict
    required: true
  check_mode:
    description: Whether both ran in check mode. Then a set that is not there yet is left out.
    type: bool
    default: false
'''

EXAMPLES = r'''
- name: Deploy two sets
  gaussdb.dws_ssl.client_certificates:
    sets:
      - {src: dws_ssl_cert.zip, dest: '{home}/dws_ssl/sslcert', owner: dbadmin}
      - {src: dws_ssl_cert.zip, dest: '{home}/dws_ssl/sslcert', owner: report}
    decrypt_key: true
  become: true
  register: deployed

- name: Ask the server with each of them
  gaussdb.dws_ssl.connection_info:
    endpoint: dws.example.com:8000
    dest: "{{ item.dest }}"
    owner: "{{ item.owner }}"
  become: true
  loop: "{{ deployed.sets }}"
  register: connections

- name: Say what does not work
  ansible.builtin.debug:
    msg: "{{ deployed.sets | gaussdb.dws_ssl.connection_failures(connections.results) }}"
'''

RETURN = r'''
_value:
  description: One line for each set that does not work. Empty where all do.
  type: list
  elements: str
'''

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.verification import connection_failures


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'connection_failures': connection_failures}
