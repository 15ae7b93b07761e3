#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of gaussdb.dws_ssl.bundle_info, which runs on the controller as an action plugin."""

DOCUMENTATION = r'''
module: bundle_info
short_description: Judges a GaussDB(DWS) certificate bundle on the controller
version_added: 1.0.0
description:
  - Reads a bundle and says everything that is wrong with it, and for which clients. No host is contacted and nothing is written.
options:
  src:
    description:
      - The bundle on the controller, a zip archive or a folder. It is looked for as M(ansible.builtin.copy) does it, and then
        in the working folder. It may be encrypted with Ansible Vault, whole or file by file.
    type: path
    required: true
  tree:
    description:
      - Which tree of the bundle to judge, for bundles that hold several. By default the one with the highest version.
    type: str
  auth_mode:
    description: V(bidirectional) needs certificate, key and CA, V(unidirectional) the CA alone (the guide's Table 1).
    type: str
    choices: [bidirectional, unidirectional]
    default: bidirectional
  crl:
    description: A certificate revocation list. The name of a file in the bundle, or of a file on the controller.
    type: str
  key_passphrase:
    description: The passphrase of an encrypted C(client.key) that comes without passphrase files.
    type: str
  expiry_warning_days:
    description: A certificate or a revocation list that ends in less than this many days is reported.
    type: int
    default: 90
  waive:
    description: Names of rules whose findings are reported as waived. A name that no rule has is warned of.
    type: list
    elements: str
    default: []
  fail_on:
    description: Fail on findings of this severity and worse.
    type: str
    choices: [error, warning, never]
    default: never
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
- name: Fail a pipeline on a bundle that no client could use
  gaussdb.dws_ssl.bundle_info:
    src: dws_ssl_cert.zip
    fail_on: error
  register: bundle

- name: Show when it ends
  ansible.builtin.debug:
    var: bundle.certificate.not_after
'''

RETURN = r'''
findings:
  description: What the rules found, errors first. The fields are those of M(gaussdb.dws_ssl.client_certificates).
  returned: always
  type: list
  elements: dict
trees:
  description: Every folder of the bundle that holds a CA.
  returned: always
  type: list
  elements: str
  sample: [v1/sslcert, v2/sslcert]
tree:
  description: The tree that was judged. V(none) where the choice is not clear.
  returned: always
  type: str
  sample: v2/sslcert
certificate:
  description: The client's certificate, V(none) where there is none that can be read.
  returned: always
  type: dict
  sample:
    subject: CN=client
    not_after: '2031-01-01T00:00:00Z'
ca:
  description: The first certificate of the CA file, V(none) where there is none that can be read.
  returned: always
  type: dict
  sample:
    subject: CN=DWS CA
authorities:
  description: All certificates of the CA file.
  returned: always
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import AUTH_MODES, BIDIRECTIONAL

ARGUMENT_SPEC = {
    'src': {'type': 'path', 'required': True},
    'tree': {'type': 'str'},
    'auth_mode': {'type': 'str', 'choices': list(AUTH_MODES), 'default': BIDIRECTIONAL},
    'crl': {'type': 'str'},
    'key_passphrase': {'type': 'str', 'no_log': True},
    'expiry_warning_days': {'type': 'int', 'default': 90},
    'waive': {'type': 'list', 'elements': 'str', 'default': []},
    'fail_on': {'type': 'str', 'choices': ['error', 'warning', 'never'], 'default': 'never'},
}


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg='gaussdb.dws_ssl.bundle_info runs on the controller; call it as a task, by this name.')


if __name__ == '__main__':
    main()
