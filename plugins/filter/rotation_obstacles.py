# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that cannot be rotated."""
from __future__ import annotations

DOCUMENTATION = r'''
name: rotation_obstacles
short_description: Says why a host cannot take part in a rotation in waves
version_added: 1.0.0
description:
  - Looks at what M(gaussdb.dws_ssl.client_certificates) said in check mode. Role dws_client uses it in C(tasks_from=rotate).
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
positional: endpoint
options:
  _input:
    description: The result of M(gaussdb.dws_ssl.client_certificates) with O(gaussdb.dws_ssl.client_certificates#module:sets).
    type: dict
    required: true
  endpoint:
    description: The endpoint that the sets are tried with. Without one a rotation cannot be verified.
    type: str
    required: true
'''

EXAMPLES = r'''
- name: See what would change
  gaussdb.dws_ssl.client_certificates:
    sets:
      - {src: dws_ssl_cert.zip, dest: '{home}/dws_ssl/sslcert', owner: dbadmin}
  become: true
  check_mode: true
  register: planned

- name: Refuse what cannot be done in waves
  ansible.builtin.assert:
    that: planned | gaussdb.dws_ssl.rotation_obstacles('dws.example.com:8000') | length == 0
'''

RETURN = r'''
_value:
  description: One line for each reason. Empty for a host that can.
  type: list
  elements: str
'''

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rotation import rotation_obstacles


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'rotation_obstacles': rotation_obstacles}
