#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A host that complies is sent this module alone, and every byte of it costs time there: see host/looking.py.
DOCUMENTATION = r'''
module: client_certificates_look
short_description: What client_certificates runs first on a host
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
attributes:
  check_mode:
    support: full
    description: Changes nothing.
'''

EXAMPLES = r'''
- name: See what would change
  gaussdb.dws_ssl.client_certificates:
    src: dws_ssl_cert.zip
    dest: /home/dbadmin/dws_ssl/sslcert
    owner: dbadmin
  check_mode: true
'''

RETURN = '# Its answer goes to the action plugin.'

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.looking import look_at
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import fault_of_ours


def main():
    module = AnsibleModule(argument_spec={'request': {'type': 'str', 'required': True}}, supports_check_mode=True)
    try:
        answer = look_at(module.params['request'])
    except Exception as error:
        module.fail_json(msg=fault_of_ours(error))
    module.exit_json(changed=False, invocation={}, **answer)     # else Ansible sends the request back


if __name__ == '__main__':
    main()
