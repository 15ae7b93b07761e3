# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about hosts of which an audit knows nothing. Errors: what was not read is not compliant."""
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ALL_CLIENTS, ERROR, Rule

HOST_UNREACHABLE = Rule(
    'host-unreachable', ERROR, ALL_CLIENTS, 'The controller could not connect to the host',
    'Nothing is known about the certificates of its users.',
    'Bring the host back, take it out of the inventory, leave it out by dws_hosts, or waive this rule for all hosts.',
    'Ansible: unreachable hosts')
HOST_NOT_READ = Rule(
    'host-not-read', ERROR, ALL_CLIENTS, 'The host could not be read',
    'A task of the audit failed there, so that something is not known about the certificates of its users.',
    'Mend what the message names, and run the audit again.', 'Ansible: failed tasks')
HOST_LEFT_OUT = Rule(
    'host-left-out', ERROR, ALL_CLIENTS, 'The audit did not come to the host',
    'The play ended before it, so that nothing is known about the certificates of its users.',
    'Look at the output of the play for what ended it, and run the audit again.', 'Ansible: the hosts of a play')

RULES = (HOST_UNREACHABLE, HOST_NOT_READ, HOST_LEFT_OUT)
