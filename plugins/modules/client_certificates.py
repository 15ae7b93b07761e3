#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and the host's door of gaussdb.dws_ssl.client_certificates; the controller's half is the action plugin."""

DOCUMENTATION = r'''
module: client_certificates
short_description: Deploys the SSL certificates of a GaussDB(DWS) client for one OS user, or removes them
version_added: 1.0.0
description:
  - Reads the certificate bundle that the GaussDB(DWS) console offers (C(dws_ssl_cert.zip)) on the controller, judges it,
    and brings O(dest) on the host to exactly that set of files, mode 0600 and owned by O(owner).
  - A bundle with an error fails the task before the host is contacted, with every finding in the message.
  - A host that already holds the set costs one module run and is sent no secret. Otherwise it is sent the contents that
    it lacks, and nothing else.
  - The files lie in a folder of their own beside O(dest), and O(dest) is a symbolic link to it that is changed by one
    rename. The set before it is kept.
  - Work in a folder that is not root's alone is done by a process that has become O(owner).
options:
  src:
    description:
      - The bundle on the controller, a zip archive or a folder. It is looked for as M(ansible.builtin.copy) does it, and then
        in the working folder. It may be encrypted with Ansible Vault, whole or file by file.
      - Required with O(state=present).
    type: path
  tree:
    description:
      - Which tree of the bundle to take, for bundles that hold several (C(v1/sslcert), C(v2/sslcert)). The whole path, or
        its version part such as V(v2).
      - By default the one with the highest version.
    type: str
  auth_mode:
    description:
      - V(bidirectional) deploys the client's certificate and key together with the CA, V(unidirectional) the CA alone
        (the guide's Table 1).
    type: str
    choices: [bidirectional, unidirectional]
    default: bidirectional
  sslmode:
    description:
      - The value of E(PGSSLMODE) in RV(environment), one of the guide's Table 2. V(verify-full) is refused, since
        GaussDB(DWS) does not support it.
    type: str
    default: verify-ca
  crl:
    description:
      - A certificate revocation list. The name of a file in the bundle, or of a file on the controller.
      - It is deployed as C(sslcrl-file.crl). A file of that name in the bundle is taken without being named here.
    type: str
  key_passphrase:
    description:
      - The passphrase of an encrypted C(client.key) that comes without passphrase files, or the one to encrypt a plain C(client.key)
        with. The host gets passphrase files for it, which gsql reads. 8 to 15 bytes with three of the four classes lower case, upper
        case, digits and others.
      - A bundle with passphrase files of its own keeps these. The host gets the passphrase in no other form, and not at all with
        such a bundle, or with O(decrypt_key).
      - Files that are made of the key, such as C(client.key.pk8), are encrypted with it.
    type: str
  key_revision:
    description:
      - With O(key_passphrase) and a bundle without passphrase files, the key is deployed encrypted and with passphrase files that
        are made for the host once. Change this word to have them made anew, after a change of O(key_passphrase) for example.
    type: str
    default: ''
  decrypt_key:
    description:
      - Deploy the private key without encryption, and without passphrase files.
      - Clients on the stock libpq (psql, psycopg, psqlODBC) need this, since they cannot read the passphrase files; gsql reads
        such a key as well.
    type: bool
    default: false
  dest:
    description:
      - The absolute path at which the clients find the files. C({user}) stands for O(owner), and C({home}) for the home
        directory that the host knows for that user.
      - The folder that holds it is where the sets lie, so it should belong to O(owner), or to root alone.
      - A folder made by hand at this path is taken over and kept as the set before the new one.
    type: str
  owner:
    description:
      - The OS user who connects. A 0600 file serves one user, so each user needs a set.
    type: str
  group:
    description:
      - The group of the files. By default the primary group of O(owner).
    type: str
  exports:
    description:
      - Files to keep in step with the set, such as a shell script that exports the variables. They are written in the same run,
        after the set where it gains files, and before it where it only loses files.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: The absolute path on the host. C({user}) and C({home}) are replaced as in O(dest).
        type: str
        required: true
      content:
        description: The content. C({user}) and C({home}) are replaced.
        type: str
      template:
        description:
          - A Jinja2 template on the controller, used instead of O(exports[].content). It is looked for as
            M(ansible.builtin.template) does it.
          - It sees C(environment) (the variables and values of Tables 1 and 2), C(export) (this entry) and C(owner), besides all
            variables of the task.
        type: str
      mode:
        description: The mode, as an octal number in quotes.
        type: str
        default: '0600'
      owner:
        description: The owner. By default the O(owner) of the set.
        type: str
      group:
        description: The group. By default the primary group of the owner.
        type: str
      serves:
        description:
          - A folder of files that this file loads. With O(state=absent) the file goes, and the folder with it, only when nobody
            else's file is left in that folder.
        type: str
      format:
        description:
          - The format of the file, for the clients that the page "Which client reads what" names. Without O(exports[].template) and
            O(exports[].content) the collection's own template of that format is used; with O(exports[].serves) that of a file which loads
            those in the folder, where the format has one.
          - A template sees C(entries) (names and values of this set, quoted as the format wants them) and C(sections) (the same for
            each set of the O(owner), by O(cluster)) besides.
          - Beside a set, a file that this collection did not write is neither replaced nor removed.
        type: str
        choices: [sh, csh, fish, environment, service, odbc, jdbc, pkcs12]
  keep:
    description:
      - How many sets before the current one are kept. At least one is.
    type: int
    default: 1
  expiry_warning_days:
    description:
      - A certificate or a revocation list that ends in less than this many days is reported. gsql warns from 90 days on.
    type: int
    default: 90
  waive:
    description:
      - Names of rules whose findings do not stop the task. They are still reported, as waived. A name that no rule has is warned of.
    type: list
    elements: str
    default: []
  cluster:
    description:
      - The name by which formats speak of the cluster, such as the service of a service file and the data source of C(odbc.ini).
    type: str
    default: dws
  endpoint:
    description:
      - C(host:port) of the cluster, for the formats that can say it. Nothing is connected to.
    type: str
  odbc_driver:
    description:
      - The name or the path of the driver in C(odbc.ini).
    type: str
    default: PostgreSQL Unicode
  key_forms:
    description:
      - Further forms of the private key in the set, V(pk8) (C(client.key.pk8), PKCS#8 DER, for JDBC and Data Studio) and V(p12)
        (C(client.p12), a PKCS#12 store with the certificate, under the alias C(user)).
      - They are encrypted with O(key_passphrase), for which the program asks. Without it C(client.key.pk8) is not encrypted, and
        there is no C(client.p12). O(key_revision) has them made anew.
    type: list
    elements: str
    choices: [pk8, p12]
    default: []
  missing_user:
    description:
      - What to do where O(owner) does not exist on the host, V(fail) or V(skip).
    type: str
    choices: [fail, skip]
    default: fail
  state:
    description:
      - V(present) deploys the set, V(absent) removes the link, the sets and the exports, and nothing else.
      - V(previous) goes back to the set before the current one, where the current one is O(replaces); elsewhere it changes nothing, so
        that a second run does not go forth again.
    type: str
    choices: [present, absent, previous]
    default: present
  replaces:
    description: With O(state=previous), the RV(generation) to go back from.
    type: str
  blocked_generations:
    description: Sets that O(state=present) refuses, by their RV(generation), such as one that had to be rolled back.
    type: list
    elements: str
    default: []
  sets:
    description:
      - Several sets on one host, in one module run. Each entry has the options of the module; what it leaves out is taken from
        the options beside O(sets).
    type: list
    elements: dict
    suboptions:
      src:
        description: See O(src).
        type: path
      tree:
        description: See O(tree).
        type: str
      auth_mode:
        description: See O(auth_mode).
        type: str
        choices: [bidirectional, unidirectional]
      sslmode:
        description: See O(sslmode).
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
      dest:
        description: See O(dest).
        type: str
      owner:
        description: See O(owner).
        type: str
      group:
        description: See O(group).
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
      keep:
        description: See O(keep).
        type: int
      expiry_warning_days:
        description: See O(expiry_warning_days).
        type: int
      waive:
        description: See O(waive).
        type: list
        elements: str
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
      missing_user:
        description: See O(missing_user).
        type: str
        choices: [fail, skip]
      state:
        description: See O(state).
        type: str
        choices: [present, absent, previous]
      replaces:
        description: See O(replaces).
        type: str
      blocked_generations:
        description: See O(blocked_generations).
        type: list
        elements: str
extends_documentation_fragment:
  - gaussdb.dws_ssl.attributes.host
  - ansible.builtin.action_common_attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows subject, serial number, end of validity, fingerprint, mode and owner; never a line of a key or of a passphrase file.
notes:
  - Run the task with C(become) to act for another user than the one who logs in.
  - A private key is not sent while E(ANSIBLE_KEEP_REMOTE_FILES) or E(ANSIBLE_DEBUG) is set. Switch pipelining on
    (C(ansible_pipelining)), so that it does not lie in a file on the host on its way.
  - C(async) is not supported.
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
'''

EXAMPLES = r'''
- name: Deploy the bundle for dbadmin
  gaussdb.dws_ssl.client_certificates:
    src: dws_ssl_cert.zip
    dest: '{home}/dws_ssl/sslcert'
    owner: dbadmin
  become: true

- name: Deploy it for psql, with the exports in a file that dbadmin reads at login
  gaussdb.dws_ssl.client_certificates:
    src: dws_ssl_cert.zip
    dest: '{home}/dws_ssl/sslcert'
    owner: dbadmin
    decrypt_key: true
    exports:
      - path: '{home}/.dws_ssl.sh'
        content: |
          export PGSSLCERT='{home}/dws_ssl/sslcert/client.crt'
          export PGSSLKEY='{home}/dws_ssl/sslcert/client.key'
          export PGSSLMODE='verify-ca'
          export PGSSLROOTCERT='{home}/dws_ssl/sslcert/cacert.pem'
  become: true

- name: Deploy one bundle for two users in one module run
  gaussdb.dws_ssl.client_certificates:
    src: dws_ssl_cert.zip
    dest: /var/lib/dws_ssl/{user}/sslcert
    sets:
      - owner: dbadmin
      - owner: report
        auth_mode: unidirectional
  become: true

- name: Go back to the set before, where the last deployment is in use
  gaussdb.dws_ssl.client_certificates:
    dest: '{home}/dws_ssl/sslcert'
    owner: dbadmin
    state: previous
    replaces: 5d1c8f0a7be3460d
  become: true

- name: Remove what was deployed
  gaussdb.dws_ssl.client_certificates:
    dest: '{home}/dws_ssl/sslcert'
    owner: dbadmin
    state: absent
  become: true
'''

RETURN = r'''
generation:
  description:
    - The name of the set, made of the digests of its files. Equal on all hosts that hold the same set.
  returned: without O(sets)
  type: str
  sample: 5d1c8f0a7be3460d
previous:
  description: The generation of the set before, to which O(state=previous) would go back. V(none) where there is none.
  returned: without O(sets)
  type: str
replaced:
  description: The generation that was current before this task. V(none) where the set stayed, or is the first one.
  returned: without O(sets)
  type: str
files:
  description: The files of the set.
  returned: without O(sets)
  type: list
  elements: dict
  sample:
    - path: /home/dbadmin/dws_ssl/sslcert/client.crt
      mode: '0600'
      owner: dbadmin
      sha256: 0c6d3bb95d1c...
certificate:
  description: The client's certificate, as public facts. V(none) for O(auth_mode=unidirectional).
  returned: without O(sets)
  type: dict
  sample:
    subject: CN=client
    issuer: CN=DWS CA
    serial: 3d9f
    not_before: '2026-01-01T00:00:00Z'
    not_after: '2031-01-01T00:00:00Z'
    fingerprint_sha256: 0c6d3bb95d1c...
    public_key_sha256: 5d1c8f0a7be3...
environment:
  description: The variables of the guide's Tables 1 and 2 for this set.
  returned: without O(sets)
  type: dict
  sample:
    PGSSLCERT: /home/dbadmin/dws_ssl/sslcert/client.crt
    PGSSLKEY: /home/dbadmin/dws_ssl/sslcert/client.key
    PGSSLMODE: verify-ca
    PGSSLROOTCERT: /home/dbadmin/dws_ssl/sslcert/cacert.pem
findings:
  description: What the rules found, errors first.
  returned: always
  type: list
  elements: dict
  contains:
    rule:
      description: The name of the rule.
      type: str
    severity:
      description: V(error), V(warning) or V(info).
      type: str
    subject:
      description: The file, variable or path that it is about.
      type: str
    clients:
      description: The families of clients that it holds for.
      type: list
      elements: str
    message:
      description: What is wrong.
      type: str
    remedy:
      description: What to do.
      type: str
    reference:
      description: Where the rule comes from.
      type: str
    waived:
      description: Whether the rule was waived by name.
      type: bool
sets:
  description: With O(sets), the same values for each set, with C(owner), C(dest) and C(changed), with C(first), whether
    there was no set before, and with C(skipped), whether the user is missing and O(missing_user) passes it over.
  returned: with O(sets)
  type: list
  elements: dict
'''

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import PRESENT, STATES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.set_options import SET_OPTIONS, with_sets

ARGUMENT_SPEC = dict(
    with_sets(dict(
        SET_OPTIONS,
        keep={'type': 'int', 'default': 1},
        state={'type': 'str', 'choices': list(STATES), 'default': PRESENT},
        replaces={'type': 'str'},
        blocked_generations={'type': 'list', 'elements': 'str', 'default': []})),
    key_passphrase={'type': 'str', 'no_log': True},
)


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg='gaussdb.dws_ssl.client_certificates runs through its action plugin; call it as a task, by this name.')


if __name__ == '__main__':
    main()
