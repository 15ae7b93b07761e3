# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's list of users as sets."""
from __future__ import annotations

DOCUMENTATION = r'''
name: client_sets
short_description: Turns the users of role dws_client into sets of client_certificates
version_added: 1.0.0
description:
  - Fills up each item of C(dws_client_users) from the role's other variables, and adds the exports of the one set of a user
    that feeds the environment. Playbooks rotate and preflight use it; a playbook that calls the module by itself may, too.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options:
  _input:
    description: A list whose items are names of OS users, or dicts with the keys that the role documents.
    type: list
    elements: raw
    required: true
  settings:
    description:
      - What the items leave out. The keys C(bundle), C(directory), C(auth_mode), C(sslmode), C(crl), C(decrypt_key), C(group),
        C(tree), C(odbc_driver), and for all of them C(profile_dir), C(formats), C(csh_dirs), C(fish_dir), C(clusters),
        C(data_studio_dir), C(verify), C(state), C(key_revision), C(expiry_warning_days), C(waive), C(missing_user), C(keep),
        C(blocked_generations) and C(replaces).
      - Leave out the last three for M(gaussdb.dws_ssl.client_certificates_info), which does not take them.
      - Without it they are the variables of role dws_client, C(dws_client_bundle) and so on.
    type: dict
'''

EXAMPLES = r'''
- name: Show the sets of two users
  ansible.builtin.debug:
    msg: "{{ ['dbadmin', {'name': 'report', 'auth_mode': 'unidirectional'}] | gaussdb.dws_ssl.client_sets(settings) }}"
  vars:
    settings:
      bundle: dws_ssl_cert.zip
      directory: '{home}/dws_ssl/sslcert'
      profile_dir: /etc/profile.d
'''

RETURN = r'''
_value:
  description: Entries for the option O(gaussdb.dws_ssl.client_certificates#module:sets).
  type: list
  elements: dict
'''

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from jinja2 import pass_context
from jinja2.runtime import Context

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import SETTINGS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import client_sets as sets_of


@pass_context
def client_sets(context: Context, users: Any, settings: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the sets. Raise AnsibleFilterError with everything that is wrong with the list."""
    if settings is None:     # an expression that names them all would be compiled for each host
        missing = [f'dws_client_{name}' for name in SETTINGS if f'dws_client_{name}' not in context]
        if missing:
            raise AnsibleFilterError(f'client_sets: give settings; outside role dws_client there is no {missing[0]}.')
        settings = {name: context[f'dws_client_{name}'] for name in SETTINGS}
    try:
        return sets_of(users, settings)
    except ValueError as error:
        raise AnsibleFilterError(f'dws_client_users: {error}') from error


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'client_sets': client_sets}
