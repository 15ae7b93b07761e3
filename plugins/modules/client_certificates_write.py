#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Apart from client_certificates, whose documentation every host would have to be sent and to read: see host/looking.py.
DOCUMENTATION = r'''
module: client_certificates_write
short_description: What client_certificates runs on a host where something changes
description:
  - Internal. Use M(gaussdb.dws_ssl.client_certificates), in check mode to change nothing.
version_added: 1.0.0
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options:
  request:
    description: The sets as the action plugin sends them.
    type: str
    required: true
  contents:
    description: The contents that the host lacks, as the action plugin sends them.
    type: str
attributes:
  check_mode:
    support: full
    description: Says what would change.
'''

EXAMPLES = r'''
- name: Deploy a set
  gaussdb.dws_ssl.client_certificates:
    src: dws_ssl_cert.zip
    dest: /home/dbadmin/dws_ssl/sslcert
    owner: dbadmin
    decrypt_key: true
  become: true
'''

RETURN = '# Its answer goes to the action plugin.'

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import fault_of_ours


def main():
    module = AnsibleModule(argument_spec={'request': {'type': 'str', 'required': True}, 'contents': {'type': 'str', 'no_log': True}},
                           supports_check_mode=True)
    try:
        answer = deploy(module.params['request'], module.params['contents'], module.check_mode)
    except Exception as error:
        module.fail_json(msg=fault_of_ours(error))
    module.exit_json(invocation={}, **answer)     # as client_certificates_look


if __name__ == '__main__':
    main()
