# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is found in the answer of a host to a deployment: whether a set in use is replaced, and where it lies."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.deployment_report import (
    Judged,
    report,
    with_host_findings,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import orders
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict

FILES = {'client.crt': ['file', 0o600, 1000, 1000, 'a']}


def findings(action, files, sslmode='prefer', lines=(), **further):
    given = {name: option.get('default') for name, option in ARGUMENT_SPEC.items()}
    [order], problems = orders(dict(given, owner='a', dest='/a/b', src='bundle.zip', sslmode=sslmode, **further))
    seen = {'dest': '/a/b', 'file_system': 'nfs4' if further else 'ext4', 'problems': [],
            'action': action, 'seen': {'files': files}, 'exports': [{'lines': list(lines)}]}
    return problems + [found.rule for found in with_host_findings(Judged(order, None, []), seen).findings]


@pytest.mark.parametrize('action, files, expected', [
    ('swap', FILES, True), ('go back', FILES, True), ('swap', {}, False), ('keep', FILES, False), ('mend', FILES, False),
    ('tidy', FILES, False), ('remove', FILES, False), ('went back', FILES, False),
    ('swap', {'notes': ['file', 0o644, 0, 0, 'b']}, False)])
def test_a_rotation_is_told_from_the_answer_of_the_host(action, files, expected):
    assert ('rotation-clear-text' in findings(action, files)) is expected
    assert findings(action, files, 'verify-ca') == []


def test_the_lines_of_the_exports_are_looked_at():
    assert findings('swap', FILES, 'verify-ca', ['export PGSSLMODE=allow']) == ['rotation-clear-text']


@pytest.mark.parametrize('state, expected', [('present', ['directory-shared']), ('previous', ['directory-shared']), ('absent', [])])
def test_a_directory_that_other_hosts_have_is_reported_as_long_as_it_is_used(state, expected):
    assert findings('keep', FILES, 'verify-ca', state=state, replaces='x') == expected


@pytest.mark.parametrize('action, done, expected', [
    ('swap', True, (True, 'new', 'old', 'old')), ('swap', False, (False, 'old', 'before', None)),
    ('go back', True, (True, 'before', None, 'old')), ('go back', False, (False, 'old', 'before', None))])
def test_a_host_that_refuses_says_of_no_set_that_it_was_changed(action, done, expected):
    held = {age: {'client.crt': ['file', 0o600, 1000, 1000, age]} for age in ('old', 'before')}
    export = {'path': '/a/b.sh', 'action': 'write', 'seen': ['nothing', 0, 0, 0, ''], 'lines': [], 'desired': ['x', 0o600, 'a']}
    one = {'dest': '/a/b', 'file_system': 'ext4', 'problems': [{'rule': 'host-busy', 'subject': '/a/b', 'detail': 'Busy.'}],
           'action': action, 'changed': True, 'drift': [], 'uid': 1000, 'gid': 1000, 'found_user': True,
           'seen': {'kind': 'link', 'folder': None, 'files': held['old']},
           'before': held['before'], 'public': {}, 'public_before': {}, 'exports': [export]}
    given = {name: option.get('default') for name, option in ARGUMENT_SPEC.items()}
    [order], _problems = orders(dict(given, owner='a', dest='/a/b', sslmode='verify-ca', **(
        {'src': 'bundle.zip'} if action == 'swap' else {'state': 'previous', 'replaces': 'x'})))
    judged = Judged(order, Verdict([], {'client.crt': 'new'}, None, [], None, [], {'client.crt': []}) if action == 'swap' else None, [])
    result = report([with_host_findings(judged, one)], {'changed': True, 'done': done, 'sets': [one]}, True, False, True)
    [found] = result['sets']
    names = {None: None, **{generation({'client.crt': age}): age for age in ('new', 'old', 'before')}}
    assert result['failed'] and result['changed'] is found['changed'] is expected[0]
    assert tuple(names[found[name]] for name in ('generation', 'previous', 'replaced')) == expected[1:]
    assert bool(result['diff']) is done
