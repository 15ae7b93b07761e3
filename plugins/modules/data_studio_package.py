#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of gaussdb.dws_ssl.data_studio_package; the work is done by the action plugin, on the controller."""

DOCUMENTATION = r'''
module: data_studio_package
short_description: Makes a package of certificates for a person who uses Data Studio
version_added: 1.0.0
description:
  - Makes a zip archive on the controller with C(client.crt), C(client.key.pk8) (the key as Data Studio reads it), C(cacert.pem) and
    a page that says what to fill in where.
  - The archive has mode 0600 and never goes to a host. Bring it to the person by a way that you trust, and the passphrase by another.
  - A bundle with an error fails the task.
options:
  dest:
    description:
      - The archive, on the controller. C({user}) stands for O(owner). Its folder is made where it is missing, closed to other users.
      - An archive that this module did not make is never replaced.
    type: path
    required: true
  owner:
    description: The name of the database user or of the person, for the page.
    type: str
    required: true
  src:
    description:
      - The bundle, as in M(gaussdb.dws_ssl.client_certificates). Required with O(state=present).
    type: path
  tree:
    description: Which tree of the bundle to take.
    type: str
  auth_mode:
    description: V(unidirectional) leaves certificate and key out.
    type: str
    choices: [bidirectional, unidirectional]
    default: bidirectional
  sslmode:
    description:
      - The SSL Mode that the page names. Data Studio verifies the server with V(verify-ca) alone, so the page says V(verify-ca) for
        every mode but V(require).
    type: str
    default: verify-ca
  key_passphrase:
    description:
      - The passphrase to encrypt C(client.key.pk8) with, which Data Studio asks for, and the one of the bundle's key where that comes
        without passphrase files. Without it the key in the archive is not encrypted, and a warning says so.
    type: str
  key_revision:
    description: Change this word to have the archive made anew, after a change of O(key_passphrase) for example.
    type: str
    default: ''
  cluster:
    description: The name of the cluster, for the page.
    type: str
    default: dws
  endpoint:
    description: C(host:port) of the cluster, for the page.
    type: str
  expiry_warning_days:
    description: A certificate that ends in less than this many days is reported.
    type: int
    default: 90
  waive:
    description: Names of rules whose findings do not stop the task. A name that no rule has is warned of.
    type: list
    elements: str
    default: []
  state:
    description: V(absent) removes the archive, where this module made it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - gaussdb.dws_ssl.attributes.controller
  - ansible.builtin.action_common_attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
requirements:
  - On the controller, the Python package C(cryptography).
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
'''

EXAMPLES = r'''
- name: Make a package for somebody who uses Data Studio
  gaussdb.dws_ssl.data_studio_package:
    src: dws_ssl_cert.zip
    dest: packages/{user}.zip
    owner: analyst
    endpoint: dws.example.com:8000
    key_passphrase: "{{ vault_data_studio_passphrase }}"
'''

RETURN = r'''
path:
  description: The archive.
  returned: success
  type: str
  sample: /home/admin/packages/analyst.zip
findings:
  description: What the rules found, as in M(gaussdb.dws_ssl.client_certificates).
  returned: always
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import AUTH_MODES, BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DEFAULT_CLUSTER
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import RECOMMENDED_SSLMODE

ARGUMENT_SPEC = {
    'dest': {'type': 'path', 'required': True},
    'owner': {'type': 'str', 'required': True},
    'src': {'type': 'path'},
    'tree': {'type': 'str'},
    'auth_mode': {'type': 'str', 'choices': list(AUTH_MODES), 'default': BIDIRECTIONAL},
    'sslmode': {'type': 'str', 'default': RECOMMENDED_SSLMODE},
    'key_passphrase': {'type': 'str', 'no_log': True},
    'key_revision': {'type': 'str', 'default': '', 'no_log': False},
    'cluster': {'type': 'str', 'default': DEFAULT_CLUSTER},
    'endpoint': {'type': 'str'},
    'expiry_warning_days': {'type': 'int', 'default': 90},
    'waive': {'type': 'list', 'elements': 'str', 'default': []},
    'state': {'type': 'str', 'choices': ['present', 'absent'], 'default': 'present'},
}


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg='gaussdb.dws_ssl.data_studio_package runs on the controller; call it as a task, by this name.')


if __name__ == '__main__':
    main()
