# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The handlers that a role is to notify, however they are given."""
from __future__ import annotations

DOCUMENTATION = r'''
name: handlers
short_description: Names of handlers that may have arrived as text
version_added: 1.0.0
description:
  - What is given with C(-e) on a command line, or by a form, is text. Role dws_client uses it for C(dws_client_notify); a name that no
    handler has would end the run for all hosts.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options:
  _input:
    description: A list of names, or text with commas between them.
    type: raw
    required: true
'''

EXAMPLES = r'''
- name: Say whom to notify
  ansible.builtin.ping:
  notify: "{{ 'restart one, restart two' | gaussdb.dws_ssl.handlers }}"
'''

RETURN = r'''
_value:
  description: The names, without spaces around them. None that is empty.
  type: list
  elements: str
'''

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import handlers


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'handlers': handlers}
