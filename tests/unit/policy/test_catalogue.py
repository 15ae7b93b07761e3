# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue: every rule is well formed, and what clients say leads to one."""
from __future__ import annotations

import re

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import catalogue, facts
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS,
    ERROR,
    INFO,
    SEVERITIES,
    WARNING,
    Problem,
    Rule,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.judge import judge_bundle

# What users search for, and the rule that they must find. Rules about hosts have their own tests.
MESSAGES = {
    'key values mismatch': ['key-mismatch'],
    'bad decrypt': ['passphrase-mismatch'],
    'no start line': ['member-der', 'member-empty', 'pem-malformed'],
    'bad base64 decode': ['pem-malformed'],
    'bad end line': ['pem-malformed'],
    'not proc type': ['pem-malformed'],
    'no certificate or crl found': ['member-der', 'member-empty'],
    'could not read root certificate file "..."': ['certificate-unparsable', 'pem-malformed'],
    'could not load private key file "...": unsupported': ['pem-malformed', 'key-unparsable'],
    'could not load private key file "...": processing error': ['key-encrypted'],
    'root certificate file "..." does not exist': ['ca-missing'],
    'certificate present, but not private key file "..."': ['member-missing'],
    'connection requires a valid client certificate': ['member-missing', 'certificate-curve'],
    'certificate verify failed': ['ca-anchors-nothing', 'ca-expired', 'ca-purpose', 'ca-invalid', 'crl-expired',
                                  'crl-issuer-missing', 'crl-other-issuer', 'crl-not-yet-valid'],
    'sslv3 alert certificate expired': ['certificate-expired', 'ca-expired'],
    'sslv3 alert bad certificate': ['certificate-not-yet-valid'],
    'sslv3 alert unsupported certificate': ['certificate-purpose', 'certificate-key-usage', 'ca-purpose'],
    'sslv3 alert certificate unknown': ['certificate-critical-extension', 'chain-name-constraints'],
    'sslv3 alert certificate revoked': ['crl-revokes-client'],
    'tlsv1 alert unknown ca': ['certificate-not-issued', 'key-identifier-mismatch', 'chain-path-length', 'ca-invalid'],
    'tlsv1 alert decrypt error': ['ca-same-name'],
    'tlsv1 alert internal error': ['ca-weak-key', 'ca-weak-signature'],
    'EVP lib': ['ca-same-name', 'crl-signature'],
    'The client certificate will expire in 29 days.': ['certificate-expires-soon'],
    'ee key too small': ['certificate-weak-key'],
    'ca md too weak': ['certificate-weak-signature', 'ca-weak-signature']}


@pytest.mark.parametrize('message', MESSAGES)
def test_messages_lead_to_a_rule(message):
    for name in MESSAGES[message]:
        assert message in catalogue.RULES[name].explanation, name


@pytest.mark.parametrize('rule', catalogue.RULES.values(), ids=str)
def test_rules_are_well_formed(rule: Rule):
    assert re.fullmatch('[a-z0-9]+(-[a-z0-9]+)+', rule.name)
    assert rule.severity in SEVERITIES
    assert rule.clients and set(rule.clients) <= set(ALL_CLIENTS)
    assert rule.title[0].isupper() and not rule.title.endswith('.')
    assert rule.explanation.endswith(('.', '"')) and rule.remedy[0].isupper() and rule.reference
    assert '  ' not in rule.explanation + rule.remedy + rule.title


def test_names_are_unique():
    rule = next(iter(catalogue.RULES.values()))
    with pytest.raises(ValueError, match=rule.name):
        catalogue._by_name([(rule,), (rule,)])


def test_stops():
    assert catalogue.stops([Problem('tree-chosen', '', ''), Problem('member-empty', '', '')])
    assert not catalogue.stops([Problem('tree-chosen', '', '')])
    assert not catalogue.stops([])


def test_a_problem_of_a_host_is_a_finding_of_its_rule():
    found = catalogue.finding_of(Problem('folder-unsafe', '/srv', 'Everybody can write it.'))
    assert (found.rule, found.severity, found.subject, found.message) == ('folder-unsafe', ERROR, '/srv', 'Everybody can write it.')


def test_errors_come_first_and_once():
    problems = [Problem('pem-rewritten', 'a', 'x'), Problem('private-key-beside', 'a', 'x'),
                Problem('member-empty', 'b', 'y'), Problem('member-empty', 'b', 'y'),
                Problem('archive-damaged', '\x1b[2J', 'z')]
    found = judge_bundle(facts.Bundle('x.zip', problems=tuple(problems)), 'bidirectional', 0)
    assert [(one.rule, one.severity) for one in found] == [
        ('member-empty', ERROR), ('archive-damaged', ERROR), ('private-key-beside', WARNING), ('pem-rewritten', INFO)]
    assert found[1].subject == '\\x1b[2J'


def test_nothing_known_is_nothing_found():
    assert judge_bundle(facts.Bundle('x.zip'), 'unidirectional', 0) == []
