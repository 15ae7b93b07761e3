#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of gaussdb.dws_ssl.example_bundle, which runs on the controller as an action plugin."""

DOCUMENTATION = r'''
module: example_bundle
short_description: Makes a certificate bundle, a CA and a server certificate for trying things out
version_added: 1.0.0
description:
  - Makes, in a folder of the controller, what the GaussDB(DWS) console would offer (C(dws_ssl_cert.zip), with an encrypted
    private key and its passphrase files), and what a server needs that accepts it.
  - For the demo of this collection and for tests, such as the Molecule scenario of a role that uses it. The CA's own key is
    thrown away.
options:
  dest:
    description:
      - A folder on the controller. It is made where it is missing, closed to other users.
      - Nothing changes where it holds a bundle already.
    type: path
    required: true
  common_name:
    description: The common name of the client's certificate.
    type: str
    default: dbadmin
  passphrase:
    description: The passphrase of the client's key. At most 15 bytes in UTF-8. By default a random one.
    type: str
  server_names:
    description: Host names and addresses that the server's certificate is good for.
    type: list
    elements: str
    default: [localhost, 127.0.0.1]
  days:
    description: How long the certificates are good for.
    type: int
    default: 365
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
- name: Make a bundle for a test
  gaussdb.dws_ssl.example_bundle:
    dest: /tmp/dws_ssl_example
  register: example
'''

RETURN = r'''
bundle:
  description: The zip archive.
  returned: always
  type: str
  sample: /tmp/dws_ssl_example/dws_ssl_cert.zip
ca:
  description: The CA, for C(ssl_ca_file) of a PostgreSQL server.
  returned: always
  type: str
  sample: /tmp/dws_ssl_example/server/cacert.pem
server_certificate:
  description: The server's certificate.
  returned: always
  type: str
  sample: /tmp/dws_ssl_example/server/server.crt
server_key:
  description: The server's key, mode 0600.
  returned: always
  type: str
  sample: /tmp/dws_ssl_example/server/server.key
crl:
  description: A revocation list of the CA that lists nothing.
  returned: always
  type: str
  sample: /tmp/dws_ssl_example/server/sslcrl-file.crl
'''

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    'dest': {'type': 'path', 'required': True},
    'common_name': {'type': 'str', 'default': 'dbadmin'},
    'passphrase': {'type': 'str', 'no_log': True},
    'server_names': {'type': 'list', 'elements': 'str', 'default': ['localhost', '127.0.0.1']},
    'days': {'type': 'int', 'default': 365},
}


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg='gaussdb.dws_ssl.example_bundle runs on the controller; call it as a task, by this name.')


if __name__ == '__main__':
    main()
