# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a set and its exports from the answer of a host."""
from __future__ import annotations

import base64
import time

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import sha256_of
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates_info import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.inspection_report import exported, report
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import orders
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles

CA = bundles.root()
UID = 1000
EXPORT = {'path': '/p/a.sh', 'mode': '0600', 'owner': 'a'}
AS_TABLE_2_SAYS = ('export PGSSLMODE=verify-ca', "export PGSSLROOTCERT='/d/sslcert/cacert.pem'")


def rules(lines=AS_TABLE_2_SAYS, sha256='other', desired='', **export):
    given = {name: option.get('default') for name, option in ARGUMENT_SPEC.items()}
    wanted = dict(EXPORT, **export)
    [order], _problems = orders(dict(
        given, state='present', owner='a', dest='/d/sslcert', auth_mode='unidirectional', exports=[wanted]), deploys=False)
    seen = {
        'dest': '/d/sslcert', 'uid': UID, 'problems': [], 'kind': 'link', 'folder': ['folder', 0o700, UID, UID, None], 'public': {},
        'files': {'cacert.pem': ['file', 0o600, UID, UID, 'a']}, 'key_encrypted': None, 'key_fits': None, 'file_system': 'ext4',
        'exports': [{'path': '/p/a.sh', 'uid': UID, 'file': ['file', 0o600, UID, UID, sha256], 'lines': lines, 'desired': desired}]}
    return [found['rule'] for found in report(order, None, order.exports, seen, now=0)['findings']]


@pytest.mark.parametrize('line, variables', [
    ('export PGSSLMODE=verify-ca', {'PGSSLMODE': 'verify-ca'}), ("export A='x y' B=\"=\" # C=c", {'A': 'x y', 'B': '='}),
    ('PGSSLMODE=prefer', {}), ('# export PGSSLMODE=prefer', {}), ('export PGSSLMODE', {}), ("export PGSSLMODE='prefer", {}), ('', {})])
def test_variables_are_read_as_a_shell_reads_them(line, variables):
    assert exported([line]) == variables


@pytest.mark.parametrize('lines, expected', [
    (AS_TABLE_2_SAYS, []), (AS_TABLE_2_SAYS[:1], ['exports-drift']), ([*AS_TABLE_2_SAYS, 'export PGSSLMODE=prefer'], ['exports-drift']),
    ([*AS_TABLE_2_SAYS, 'export PGSSLCERT=/old/client.crt'], ['exports-drift'])])
def test_exports_without_a_wanted_content_are_compared_by_their_variables(lines, expected):
    assert rules(lines) == expected


@pytest.mark.parametrize('sha256, expected', [(sha256_of('x'), []), (sha256_of('y'), ['exports-drift'])])
def test_exports_with_a_wanted_content_are_compared_whole(sha256, expected):
    assert rules([], sha256, desired='x', content='x') == expected


def test_a_loader_whose_content_is_not_known_is_not_compared():
    assert rules([], serves='/p/folder') == []


@pytest.mark.parametrize('missing_user, compliant', [('fail', False), ('skip', True)])
def test_a_user_may_be_missing_where_that_is_said(missing_user, compliant):
    given = {name: option.get('default') for name, option in ARGUMENT_SPEC.items()}
    [order], _problems = orders(dict(given, state='present', owner='a', dest='/d', missing_user=missing_user), deploys=False)
    problem = {'rule': 'user-missing', 'subject': 'a', 'detail': 'The user does not exist on this host.'}
    seen = {'dest': '/d', 'uid': None, 'problems': [problem], 'files': {}, 'public': {}, 'key_encrypted': None}
    found = report(order, None, [], seen, now=0)
    [one] = [one for one in found['findings'] if one['rule'] == 'user-missing']
    assert (found['compliant'], one['waived']) == (compliant, compliant)


def judged(files=(), public=(), key_encrypted=None, **options):
    """Return ``(rule, severity)`` of each finding about a set that lies there as it should, but for what its certificates say."""
    given = {name: option.get('default') for name, option in ARGUMENT_SPEC.items()}
    [order], _problems = orders(dict(given, state='present', owner='a', dest='/d', **options), deploys=False)
    there = {name: ['file', 0o600, UID, UID, name] for name in ('client.crt', 'client.key', 'cacert.pem', *files)}
    seen = {'dest': '/d', 'uid': UID, 'problems': [], 'kind': 'link', 'folder': ['folder', 0o700, UID, UID, None], 'files': there,
            'public': {name: base64.b64encode(content).decode() for name, content in dict(public).items()}, 'exports': [],
            'key_encrypted': key_encrypted, 'key_fits': None, 'file_system': 'ext4'}
    return [(found['rule'], found['severity']) for found in report(order, None, [], seen, now=int(time.time()))['findings']]


@pytest.mark.parametrize('key_encrypted, forms, severity', [
    (True, [], 'info'), (True, ['pk8'], 'error'), (False, [], 'error'), (None, [], 'error')])     # beside gsql's warning
def test_what_gsql_does_not_mind_is_no_error_where_it_alone_can_read_the_key_as_at_the_deployment(key_encrypted, forms, severity):
    weak = bundles.client(CA, own_key=bundles.key('RSA 1024'))
    found = judged(['client.key.cipher', 'client.key.rand', *(f'client.key.{form}' for form in forms)],
                   {'client.crt': weak.pem, 'cacert.pem': CA.pem}, key_encrypted, key_forms=forms)
    assert {told for rule, told in found if rule == 'certificate-weak-key'} == {'warning', severity}


@pytest.mark.parametrize('crl, missing', [(None, False), ('list.crl', True)])
def test_a_list_that_should_be_there_is_missed_without_a_bundle_to_compare_with(crl, missing):
    assert (('file-missing', 'error') in judged(public={'cacert.pem': CA.pem}, crl=crl)) is missing
    assert ('file-missing', 'error') not in judged(['sslcrl-file.crl'], {'cacert.pem': CA.pem}, crl=crl)
