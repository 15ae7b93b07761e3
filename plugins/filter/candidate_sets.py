# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets as candidates."""
from __future__ import annotations

DOCUMENTATION = r'''
name: candidate_sets
short_description: Turns sets of client_certificates into candidates that are tried before they become the current ones
version_added: 1.0.0
description:
  - Gives the same sets in a place of their own beside C(dest), without exports. Role dws_client uses it for C(dws_client_verify=first).
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options:
  _input:
    description: Entries for the option O(gaussdb.dws_ssl.client_certificates#module:sets).
    type: list
    elements: dict
    required: true
'''

EXAMPLES = r'''
- name: Show the candidates
  ansible.builtin.debug:
    msg: "{{ [{'dest': '/srv/dws/sslcert', 'owner': 'dbadmin'}] | gaussdb.dws_ssl.candidate_sets }}"
'''

RETURN = r'''
_value:
  description: Entries for the same option.
  type: list
  elements: dict
'''

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.verification import candidate_sets


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'candidate_sets': candidate_sets}
