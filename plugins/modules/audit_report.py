#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of gaussdb.dws_ssl.audit_report, which runs on the controller as an action plugin."""

DOCUMENTATION = r'''
module: audit_report
short_description: Writes the report of an audit of GaussDB(DWS) client certificates
version_added: 1.0.0
description:
  - Puts together what role P(gaussdb.dws_ssl.dws_audit#role) has read of each host, and what earlier runs have written, and writes
    four files on the controller. No host is contacted.
  - C(audit.html) is a page that needs no server and nothing from outside, C(audit.json) is for programs and for merging, C(audit.csv) has
    a line for each user and C(audit.prom) is for the textfile collector of Prometheus' node_exporter.
  - Run it once, C(run_once) or on C(localhost).
options:
  play_hosts:
    description:
      - Report on all hosts of the play, C(ansible_play_hosts_all). Their names do not pass through a template, which older releases of
        ansible-core would let run what a name of a host holds.
    type: bool
    default: false
  hosts:
    description:
      - Hosts to report on, by their names in the inventory.
      - Of each is taken what the role registered there as C(dws_audit_certificates) and C(dws_audit_connections). A host without stands in
        the report as left out, and one that was unreachable or failed as such.
    type: list
    elements: str
    default: []
  slices:
    description:
      - Files C(audit.json) of other runs, to be merged into this report. C(*) stands for any part of a name.
      - A host that is in several is taken from the newest.
    type: list
    elements: str
    default: []
  report_dir:
    description:
      - The folder on the controller, made with mode 0700 where it is not there; the files have mode 0600.
      - A relative path starts where C(ansible-playbook) was started.
    type: str
    required: true
  timestamp:
    description:
      - The time that the report is of, in UTC, such as V(2026-11-25T14:30:00Z). Days left are counted from it.
      - By default the beginning of this day, so that a second run on one day changes nothing where the hosts have not changed.
      - Without O(hosts) and O(play_hosts), the newest time in the slices.
    type: str
  expiry_warning_days:
    description: What ends in less than this many days is marked in the report.
    type: int
    default: 90
  waive:
    description:
      - Names of rules whose findings are reported as waived. Of O(hosts) and O(play_hosts) this is about V(host-unreachable),
        V(host-not-read) and V(host-left-out) alone, since the modules that read them waive for each host; of O(slices) it is about
        every rule.
    type: list
    elements: str
    default: []
  fail_on:
    description: Fail, after the files were written, on findings of this severity and worse that are not waived.
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
author:
  - The gaussdb.dws_ssl contributors (@gaussdb)
'''

EXAMPLES = r'''
- name: Read what dbadmin has, under the name that the report looks for
  gaussdb.dws_ssl.client_certificates_info:
    sets:
      - {dest: '{home}/dws_ssl/sslcert', owner: dbadmin}
  become: true
  register: dws_audit_certificates

- name: Write the report of all hosts of this play
  gaussdb.dws_ssl.audit_report:
    play_hosts: true
    report_dir: slices/1
  run_once: true
  become: false

- name: Merge the reports of several runs
  gaussdb.dws_ssl.audit_report:
    slices: ['slices/*/audit.json']
    report_dir: audit
    fail_on: error
'''

RETURN = r'''
summary:
  description: The figures of the fleet. C(users) counts sets of certificates, so that a user with two of them counts twice.
  returned: always
  type: dict
  sample:
    time: '2026-11-25T00:00:00Z'
    hosts: {total: 200, read: 196, unreachable: 3, failed: 1, left_out: 0, compliant: 184, not_compliant: 12}
    users: {total: 262, compliant: 250, not_compliant: 12, with_warnings: 40}
    findings: {error: 16, warning: 41, info: 0, waived: 3}
    validity: {expired: 5, ending: 18, least_days_left: -12}
    require_ssl: {asked: 262, cut_off: 4, clear_text: 4, unverified: 27, unknown: 0}
    generations: 197
msg:
  description: The verdict in a sentence and, where O(fail_on) makes the task fail, why, a line for each rule.
  returned: always
  type: str
  sample: '184 of 200 hosts compliant, 12 not compliant, 4 not read. Report: /srv/ci/audit/audit.html'
files:
  description: The paths of the files, by V(html), V(json), V(csv) and V(prometheus).
  returned: always
  type: dict
  sample:
    html: /srv/ci/audit/audit.html
'''

from ansible.module_utils.basic import AnsibleModule

ARGUMENT_SPEC = {
    'play_hosts': {'type': 'bool', 'default': False},
    'hosts': {'type': 'list', 'elements': 'str', 'default': []},
    'slices': {'type': 'list', 'elements': 'str', 'default': []},
    'report_dir': {'type': 'str', 'required': True},
    'timestamp': {'type': 'str'},
    'expiry_warning_days': {'type': 'int', 'default': 90},
    'waive': {'type': 'list', 'elements': 'str', 'default': []},
    'fail_on': {'type': 'str', 'choices': ['error', 'warning', 'never'], 'default': 'never'},
}


def main():
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg='gaussdb.dws_ssl.audit_report runs on the controller; call it as a task, by this name.')


if __name__ == '__main__':
    main()
