#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's half of gaussdb.dws_ssl.connection_info: documentation, argument spec and the call."""

DOCUMENTATION = r'''
module: connection_info
short_description: Asks a GaussDB(DWS) endpoint what it does with this client, from the host
version_added: 1.0.0
description:
  - Connects from the managed host to a cluster, or to a PostgreSQL server, up to the point where a password would be sent, and
    says what the server does and what becomes of a connection with each C(sslmode).
  - Makes up to four connections. One asks for TLS and looks at the server's chain, one sets TLS up as psql does with the files
    of the set and begins a session, one does the same without verification where verification failed or there is no CA file,
    and one tries clear text. No password is sent and no SQL is run.
  - The server's certificate is verified as psql verifies it, with the CA file and the revocation list of the set. An encrypted
    key is opened with its passphrase files, as gsql does.
  - The module does not fail for what it finds. What it found is in RV(findings); what could not be known is V(none).
options:
  endpoint:
    description:
      - The host and port that clients connect to, as V(host:port), or V([address]:port) for an IPv6 address.
      - Without a port it is 8000, the usual one of GaussDB(DWS). PostgreSQL's is 5432.
    type: str
    required: true
  dest:
    description:
      - The directory of a deployed set on the host, an absolute path. C({user}) is replaced by O(owner), C({home}) by the home
        directory.
      - Its files are C(client.crt), C(client.key), C(cacert.pem) or C(certca.pem), and C(sslcrl-file.crl) where there is one. What is
        missing is left out, as a client leaves it out.
      - Without O(dest) and without the paths below, the server is asked without files and not verified.
    type: str
  sslcert:
    description: The client certificate, in place of the one in O(dest). C({user}) and C({home}) are replaced as there.
    type: str
  sslkey:
    description: The private key, in place of the one in O(dest). By default C(client.key) beside O(sslcert).
    type: str
  sslrootcert:
    description: The CA file, in place of the one in O(dest).
    type: str
  sslcrl:
    description: The revocation list, in place of the one in O(dest).
    type: str
  owner:
    description:
      - The OS user to act as. Everything is read, and every connection made, by a process of this user.
      - By default the user that the task runs as, with C(become) usually root.
    type: str
  sslmode:
    description:
      - The C(sslmode) of the client. It decides which outcome RV(outcome) and the findings are about; RV(outcomes) has them all.
    type: str
    choices: [disable, allow, prefer, require, verify-ca, verify-full]
    default: verify-ca
  timeout:
    description: Seconds that all connections together may take, from 0.1 to 600.
    type: float
    default: 15
  user:
    description:
      - The database user to name. It need not exist, but what a server does may depend on it. By default O(owner).
    type: str
  database:
    description: The database to name. It need not exist.
    type: str
    default: gaussdb
  expiry_warning_days:
    description: A certificate of the server that ends in less than this many days is reported.
    type: int
    default: 90
  waive:
    description: Names of rules whose findings are reported as waived. A name that no rule has is warned of.
    type: list
    elements: str
    default: []
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
notes:
  - A server may write the connections into its log, for example a client that was not admitted in clear text.
  - C(async) is not supported.
seealso:
  - plugin: gaussdb.dws_ssl.connection_outcome
    plugin_type: filter
  - plugin: gaussdb.dws_ssl.require_ssl_readiness
    plugin_type: filter
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
'''

EXAMPLES = r'''
- name: See what the cluster does with the set of dbadmin
  gaussdb.dws_ssl.connection_info:
    endpoint: dws.example.com:8000
    dest: '{home}/dws_ssl/sslcert'
    owner: dbadmin
  become: true
  register: asked

- name: Stop where this client cannot connect as it should
  ansible.builtin.assert:
    that: asked.outcome.connects and asked.outcome.server_checked
    fail_msg: "{{ asked.findings | map(attribute='message') | join(' ') }}"

- name: Ask a server without any files whether it insists on TLS
  gaussdb.dws_ssl.connection_info:
    endpoint: '[2001:db8::5]:8000'
    sslmode: prefer
    timeout: 5
'''

RETURN = r'''
endpoint:
  description: The endpoint, with its port.
  returned: always
  type: str
  sample: dws.example.com:8000
address:
  description: The address that accepted the connections.
  returned: always
  type: str
  sample: 192.0.2.10
owner:
  description: The OS user that the connections were made as.
  returned: always
  type: str
sslmode:
  description: The O(sslmode) that was asked about.
  returned: always
  type: str
reachable:
  description: Whether a connection was accepted.
  returned: always
  type: bool
ssl:
  description: Whether SSL is on.
  returned: always
  type: bool
require_ssl:
  description: Whether the server insists on SSL. V(none) where it could not be seen, with SSL off for example.
  returned: always
  type: bool
tls:
  description: What was negotiated as psql negotiates it.
  returned: always
  type: dict
  contains:
    version:
      description: The version, as OpenSSL names it.
      type: str
      sample: TLSv1.2
    cipher:
      description: The cipher suite.
      type: str
      sample: ECDHE-RSA-AES256-GCM-SHA384
server_chain:
  description:
    - The certificates of the server, its own first, with the fields of RV(gaussdb.dws_ssl.client_certificates#module:certificate).
    - Of a server that speaks TLS 1.3 alone it is the first one only, where the host's Python is older than 3.13.
  returned: always
  type: list
  elements: dict
client_certificate:
  description: What the server does about a certificate of the client.
  returned: always
  type: dict
  contains:
    asked_for:
      description: Whether the server asks for one.
      type: bool
    sent:
      description: Whether the client has one to send.
      type: bool
    accepted:
      description: Whether it was accepted. V(none) where none was asked for or none was sent.
      type: bool
verification:
  description: Whether a client that verifies accepts the server.
  returned: always
  type: dict
  contains:
    ok:
      description: Whether it does. V(none) without a CA file.
      type: bool
    reason:
      description: Why it does not, in the words of OpenSSL.
      type: str
    revocation:
      description: Whether the revocation list is in use. V(none) without a list.
      type: bool
outcome:
  description: The entry of RV(outcomes) for O(sslmode).
  returned: always
  type: dict
outcomes:
  description:
    - What becomes of a connection, a dict with one entry for each C(sslmode), V(disable) to V(verify-full). All values of an entry are
      V(none) where they could not be known.
    - C(connects), C(encrypted) and C(verified) are the columns of the guide's Table 3, C(reason) says them in a sentence. As there,
      they are about SSL; a wrong password, user or database shows only later.
    - C(server_checked) says whether gsql and psql verify this server with these files. They also do so below V(verify-ca) where they
      can read the CA file; JDBC does not.
  returned: always
  type: dict
  sample:
    require:
      connects: true
      encrypted: true
      verified: false
      server_checked: true
      reason: The connection is encrypted; the server certificate is not verified by this mode.
outcomes_with_require_ssl:
  description: The same, as it would be with C(require_ssl) turned on.
  returned: always
  type: dict
set_works:
  description:
    - Whether the files of the set lead to a verified session. V(false) where a file cannot be used, the server's certificate
      fails the verification or the client certificate is refused; V(none) where that could not be seen, as without a CA file.
  returned: always
  type: bool
findings:
  description: What the rules found, errors first. The fields are those of M(gaussdb.dws_ssl.client_certificates).
  returned: always
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import RECOMMENDED_SSLMODE, SSLMODES, UNSUPPORTED_SSLMODES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import fault_of_ours
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.ask import ask

ARGUMENT_SPEC = {
    'endpoint': {'type': 'str', 'required': True},
    'dest': {'type': 'str'},
    'sslcert': {'type': 'str'},
    'sslkey': {'type': 'str', 'no_log': False},
    'sslrootcert': {'type': 'str'},
    'sslcrl': {'type': 'str'},
    'owner': {'type': 'str'},
    'sslmode': {'type': 'str', 'choices': list(SSLMODES + UNSUPPORTED_SSLMODES), 'default': RECOMMENDED_SSLMODE},
    'timeout': {'type': 'float', 'default': 15},
    'user': {'type': 'str'},
    'database': {'type': 'str', 'default': 'gaussdb'},
    'expiry_warning_days': {'type': 'int', 'default': 90},
    'waive': {'type': 'list', 'elements': 'str', 'default': []},
    'request': {'type': 'str'},
}


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    request = module.params['request']
    if not request:
        module.fail_json(msg='gaussdb.dws_ssl.connection_info runs through its action plugin; call it as a task, by this name.')
    try:
        answer = ask(request)
    except Exception as error:
        module.fail_json(msg=fault_of_ours(error))
    module.exit_json(changed=False, **answer)


if __name__ == '__main__':
    main()
