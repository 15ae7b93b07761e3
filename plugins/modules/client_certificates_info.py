#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and the host's door of gaussdb.dws_ssl.client_certificates_info; the judging half is the action plugin."""

DOCUMENTATION = r'''
module: client_certificates_info
short_description: Says what certificates of GaussDB(DWS) are deployed for a user, and what is wrong with them
version_added: 1.0.0
description:
  - Reads a deployed set and its exports back from the host, brings the public certificates to the controller and judges them there.
    Nothing is changed, and no key leaves the host.
  - It needs nothing but Python 3.6 on the host, and looks as the user who connects.
options:
  dest:
    description:
      - The absolute path at which the clients find the files. C({user}) and C({home}) as in
        M(gaussdb.dws_ssl.client_certificates).
    type: str
  owner:
    description: The OS user who connects.
    type: str
  auth_mode:
    description: V(bidirectional) needs certificate, key and CA, V(unidirectional) the CA alone.
    type: str
    choices: [bidirectional, unidirectional]
    default: bidirectional
  sslmode:
    description: The value of E(PGSSLMODE) that is expected.
    type: str
    default: verify-ca
  exports:
    description: The exports files to look at.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The absolute path on the host.
        type: str
        required: true
      content:
        description: The content that is expected. Without it and O(exports[].template) the PGSSL variables in the file are compared.
        type: str
      template:
        description: A template for the content, as in M(gaussdb.dws_ssl.client_certificates).
        type: str
      mode:
        description: The mode that is expected, as an octal number in quotes.
        type: str
        default: '0600'
      owner:
        description: The owner that is expected. By default the O(owner) of the set.
        type: str
      group:
        description: Taken for the sake of one list for both modules; not looked at.
        type: str
      serves:
        description: The file is a loader of the files in this folder.
        type: str
      format:
        description: The format of the file, as in M(gaussdb.dws_ssl.client_certificates).
        type: str
        choices: [sh, csh, fish, environment, service, odbc, jdbc, pkcs12]
  src:
    description:
      - A bundle on the controller to compare with. Without it nothing is said about drift.
    type: path
  tree:
    description: Which tree of the bundle to compare with.
    type: str
  crl:
    description: A certificate revocation list that the set should hold.
    type: str
  key_passphrase:
    description:
      - The passphrase of the bundle's key, where it was deployed with
        O(gaussdb.dws_ssl.client_certificates#module:key_passphrase).
    type: str
  key_revision:
    description: As it was deployed.
    type: str
    default: ''
  decrypt_key:
    description: Whether the bundle was deployed with a plain key.
    type: bool
    default: false
  expiry_warning_days:
    description: A certificate or a revocation list that ends in less than this many days is reported.
    type: int
    default: 90
  waive:
    description: Names of rules whose findings are reported as waived. A name that no rule has is warned of.
    type: list
    elements: str
    default: []
  missing_user:
    description: Whether O(owner) has to exist on the host, V(fail), or V(skip), with which it is reported as waived that it does not.
    type: str
    choices: [fail, skip]
    default: fail
  cluster:
    description: As it was deployed.
    type: str
    default: dws
  endpoint:
    description: As it was deployed.
    type: str
  odbc_driver:
    description: As it was deployed.
    type: str
    default: PostgreSQL Unicode
  key_forms:
    description: The further forms of the key that the set should hold.
    type: list
    elements: str
    choices: [pk8, p12]
    default: []
  sets:
    description:
      - Several sets on one host, in one module run. Each entry has the options of the module; what it leaves out is taken from
        the options beside O(sets).
    type: list
    elements: dict
    suboptions:
      dest:
        description: See O(dest).
        type: str
      owner:
        description: See O(owner).
        type: str
      auth_mode:
        description: See O(auth_mode).
        type: str
        choices: [bidirectional, unidirectional]
      sslmode:
        description: See O(sslmode).
        type: str
      exports:
        description: See O(exports).
        type: list
        elements: dict
        suboptions:
          path:
            description: See O(exports[].path).
            type: str
            required: true
          content:
            description: See O(exports[].content).
            type: str
          template:
            description: See O(exports[].template).
            type: str
          mode:
            description: See O(exports[].mode).
            type: str
            default: '0600'
          owner:
            description: See O(exports[].owner).
            type: str
          group:
            description: See O(exports[].group).
            type: str
          serves:
            description: See O(exports[].serves).
            type: str
          format:
            description: See O(exports[].format).
            type: str
            choices: [sh, csh, fish, environment, service, odbc, jdbc, pkcs12]
      src:
        description: See O(src).
        type: path
      tree:
        description: See O(tree).
        type: str
      crl:
        description: See O(crl).
        type: str
      key_revision:
        description: See O(key_revision).
        type: str
      decrypt_key:
        description: See O(decrypt_key).
        type: bool
      missing_user:
        description: See O(missing_user).
        type: str
        choices: [fail, skip]
      cluster:
        description: See O(cluster).
        type: str
      endpoint:
        description: See O(endpoint).
        type: str
      odbc_driver:
        description: See O(odbc_driver).
        type: str
      key_forms:
        description: See O(key_forms).
        type: list
        elements: str
        choices: [pk8, p12]
      group:
        description: Taken for the sake of one list for both modules; not looked at.
        type: str
      expiry_warning_days:
        description: See O(expiry_warning_days).
        type: int
      waive:
        description: See O(waive).
        type: list
        elements: str
  group:
    description: Taken for the sake of one list for both modules; not looked at.
    type: str
  request:
    description:
      - What the action plugin asks of the host. Not for playbooks.
    type: str
extends_documentation_fragment:
  - gaussdb.dws_ssl.attributes.host
  - ansible.builtin.action_common_attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
'''

EXAMPLES = r'''
- name: See what dbadmin has
  gaussdb.dws_ssl.client_certificates_info:
    dest: '{home}/dws_ssl/sslcert'
    owner: dbadmin
    exports:
      - path: /etc/profile.d/dws_ssl/{user}.sh
  become: true
  register: deployed

- name: Fail where a client would
  ansible.builtin.assert:
    that: deployed.compliant
    fail_msg: "{{ deployed.findings | map(attribute='message') | join(' ') }}"
'''

RETURN = r'''
compliant:
  description: Whether no error was found that is not waived.
  returned: without O(sets)
  type: bool
generation:
  description: The name of the set as M(gaussdb.dws_ssl.client_certificates) returns it.
  returned: without O(sets)
  type: str
  sample: 5d1c8f0a7be3460d
files:
  description: What lies in the directory.
  returned: without O(sets)
  type: list
  elements: dict
  sample:
    - path: /home/dbadmin/dws_ssl/sslcert/client.crt
      kind: file
      mode: '0600'
      uid: 1000
      sha256: 0c6d3bb95d1c...
certificate:
  description: The client's certificate, as public facts. V(none) where there is none that can be read.
  returned: without O(sets)
  type: dict
authorities:
  description: All certificates of the CA file, with the fields of RV(certificate).
  returned: without O(sets)
  type: list
  elements: dict
issuers:
  description:
    - The CAs above the client's certificate, the next one first, as far as the set holds them. When one of them ends, so does the
      client's certificate.
  returned: without O(sets)
  type: list
  elements: dict
revocation_lists:
  description: The lists in the revocation list file. C(next_update) is V(none) for a list without one.
  returned: without O(sets)
  type: list
  elements: dict
  sample:
    - issuer: CN=DWS CA
      last_update: '2026-01-01T00:00:00Z'
      next_update: '2026-07-01T00:00:00Z'
environment:
  description: The variables of the guide's Tables 1 and 2 for this set.
  returned: without O(sets)
  type: dict
findings:
  description: What the rules found, errors first. The fields are those of M(gaussdb.dws_ssl.client_certificates).
  returned: always
  type: list
  elements: dict
sets:
  description: With O(sets), the same values for each set, with C(owner) and C(dest).
  returned: with O(sets)
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import inspect
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import fault_of_ours
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.set_options import SET_OPTIONS, with_sets

ARGUMENT_SPEC = dict(
    with_sets(SET_OPTIONS),
    key_passphrase={'type': 'str', 'no_log': True},
    request={'type': 'str'},
)


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    if not module.params['request']:
        module.fail_json(msg='gaussdb.dws_ssl.client_certificates_info runs through its action plugin; call it as a task, by this name.')
    try:
        answer = inspect(module.params['request'])
    except Exception as error:
        module.fail_json(msg=fault_of_ours(error))
    module.exit_json(changed=False, **answer)


if __name__ == '__main__':
    main()
