#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r'''
module: client_role
short_description: What role dws_client does on a host
description:
  - Internal. Use role P(gaussdb.dws_ssl.dws_client#role), whose variables it reads.
  - Deploys, takes back or removes the sets of all users by M(gaussdb.dws_ssl.client_certificates), makes packages by
    M(gaussdb.dws_ssl.data_studio_package), and asks the server with each set by M(gaussdb.dws_ssl.connection_info).
  - All of it is one task, since Ansible starts a process for each task and host, also for one that is skipped. C(module_defaults) of
    these modules are for tasks of their own, and not for the role.
version_added: 1.0.0
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
options: {}
attributes:
  check_mode:
    support: full
    description: Says what would change. The server is asked with the sets that are there.
'''

EXAMPLES = r'''
- name: Deploy the certificates of two users, and check them against the server
  ansible.builtin.import_role:
    name: gaussdb.dws_ssl.dws_client
  vars:
    dws_client_bundle: dws_ssl_cert.zip
    dws_client_users: [dbadmin, report]
    dws_client_endpoint: dws.example.com:8000
'''

RETURN = r'''
sets:
  description:
    - What M(gaussdb.dws_ssl.client_certificates) returned, for each set.
    - Where the host fails after that, of each only C(owner), C(dest), C(changed), C(generation), C(previous), C(replaced) and C(findings).
  returned: where sets were deployed
  type: list
  elements: dict
connections:
  description:
    - What M(gaussdb.dws_ssl.connection_info) returned for each of them, in the same order. For a user who is missing and was passed over
      C(skipped) alone, which is V(true).
  returned: success, where the server was asked
  type: list
  elements: dict
packages:
  description: What M(gaussdb.dws_ssl.data_studio_package) returned for each of them.
  returned: success, where packages were made or removed
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {}


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg='gaussdb.dws_ssl.client_role is a part of role gaussdb.dws_ssl.dws_client; use the role.')


if __name__ == '__main__':
    main()
