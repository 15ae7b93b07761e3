# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Tables 1 and 2 as a filter."""
from __future__ import annotations

DOCUMENTATION = r'''
name: pgssl_environment
short_description: The environment variables of a GaussDB(DWS) client for a directory of certificates
version_added: 1.0.0
description:
  - Gives the variables of the guide's Table 1 (by authentication mode) with the values of its Table 2, or fails and says all
    that is wrong with them.
  - What other clients than gsql would refuse does not make it fail, since a set with an encrypted key is for gsql alone.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
positional: auth_mode, sslmode, crl
options:
  _input:
    description: The absolute path of the directory that holds the files.
    type: str
    required: true
  auth_mode:
    description: The authentication mode.
    type: str
    choices: [bidirectional, unidirectional]
    default: bidirectional
  sslmode:
    description: The value of E(PGSSLMODE). V(verify-full) is refused, since GaussDB(DWS) does not support it.
    type: str
    default: verify-ca
  crl:
    description: The name of the revocation list in the directory, or its absolute path. Without it E(PGSSLCRL) is left out.
    type: str
  ca:
    description: The name of the CA file in the directory. The guide uses C(cacert.pem) and C(certca.pem).
    type: str
    default: cacert.pem
'''

EXAMPLES = r'''
- name: Show the variables of a directory
  ansible.builtin.debug:
    msg: "{{ '/home/dbadmin/dws_ssl/sslcert' | gaussdb.dws_ssl.pgssl_environment(sslmode='verify-ca') }}"

- name: Run psql with them
  ansible.builtin.command:
    argv: [psql, --host, dws.example.com, --port, "8000", --username, dbadmin, --dbname, gaussdb, --command, SELECT 1]
  environment: "{{ '/home/dbadmin/dws_ssl/sslcert' | gaussdb.dws_ssl.pgssl_environment(auth_mode='unidirectional') }}"
  changed_when: false
'''

RETURN = r'''
_value:
  description: The variables and their values.
  type: dict
  sample:
    PGSSLMODE: verify-ca
    PGSSLROOTCERT: /home/dbadmin/dws_ssl/sslcert/cacert.pem
'''

from ansible.errors import AnsibleFilterError

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import AUTH_MODES, BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CA_NAMES, SetFiles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import GSQL, errors, sentence
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.environment import judge_environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import RECOMMENDED_SSLMODE


def pgssl_environment(directory: object, auth_mode: str = BIDIRECTIONAL, sslmode: str = RECOMMENDED_SSLMODE,
                      crl: str | None = None, ca: str = CA_NAMES[0]) -> dict[str, str]:
    """Return the variables. Raise AnsibleFilterError with everything that is wrong."""
    if not isinstance(directory, str) or not directory:
        raise AnsibleFilterError('pgssl_environment needs the absolute path of a directory.')
    if auth_mode not in AUTH_MODES:
        raise AnsibleFilterError(f'auth_mode must be one of {", ".join(AUTH_MODES)}, not {auth_mode!r}.')
    variables = environment(directory, auth_mode, str(sslmode), SetFiles(ca, crl or None))
    # Whether other clients can read the set at all is not known here.
    found = [one for one in errors(judge_environment(variables)) if GSQL in one.clients]
    if found:
        raise AnsibleFilterError('\n'.join(sentence(one) for one in found))
    return variables


class FilterModule:
    """Ansible's list of filters in this file."""

    def filters(self) -> dict[str, object]:
        return {'pgssl_environment': pgssl_environment}
