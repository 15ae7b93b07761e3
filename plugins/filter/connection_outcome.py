# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Table 3 as a filter."""
from __future__ import annotations

DOCUMENTATION = r'''
name: connection_outcome
short_description: What becomes of a connection, by the server's and the client's SSL parameters
version_added: 1.0.0
description:
  - Looks the combination of the server's C(ssl) and C(require_ssl) and the client's C(sslmode) up in the guide's Table 3.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options:
  _input:
    description:
      - A dict with the keys C(ssl), C(require_ssl) (on or off) and C(sslmode).
      - C(verify-full) is refused, since GaussDB(DWS) does not support it.
    type: dict
    required: true
'''

EXAMPLES = r'''
- name: Show what a client with sslmode prefer gets
  ansible.builtin.debug:
    msg: "{{ {'ssl': 'on', 'require_ssl': 'off', 'sslmode': 'prefer'} | gaussdb.dws_ssl.connection_outcome }}"
'''

RETURN = r'''
_value:
  description: The last column of the table.
  type: dict
  contains:
    connects:
      description: Whether the connection is set up.
      type: bool
    encrypted:
      description: Whether it is encrypted.
      type: bool
    verified:
      description: Whether this mode verifies the server certificate.
      type: bool
    reason:
      description: The outcome in a sentence.
      type: str
'''

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.connection import connection_outcome as look_up

KEYS = ('ssl', 'require_ssl', 'sslmode')


def connection_outcome(parameters: object) -> dict[str, object]:
    """Return ``{connects, encrypted, verified, reason}``. Raise AnsibleFilterError for what Table 3 does not have."""
    if not isinstance(parameters, Mapping) or set(parameters) != set(KEYS):
        raise AnsibleFilterError(f'connection_outcome needs a dict with exactly the keys {", ".join(KEYS)}.')
    try:
        return look_up(parameters['ssl'], parameters['require_ssl'], str(parameters['sslmode']))._asdict()
    except ValueError as error:
        raise AnsibleFilterError(f'connection_outcome: {error}') from error


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'connection_outcome': connection_outcome}
