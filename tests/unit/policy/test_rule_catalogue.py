# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of all rules: complete, current, and found by who searches for a client's message."""
from __future__ import annotations

import re

import pytest
from ansible_collections.gaussdb.dws_ssl.docs.rule_catalogue import COMMAND, escaped, is_current, page
from ansible_collections.gaussdb.dws_ssl.docs.rule_examples import EXAMPLES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES

# What gsql and psql say, and a rule that explains it. "..." stands for a path.
MESSAGES = [
    ('The file "..." permission should be u=rw(600) or less', 'file-mode'),
    ('The ca file "..." permission should be u=rw(600) or less', 'file-mode'),
    ('private key file "..." has group or world access; file must have permissions u=rw (0600) or less if owned by the '
     'current user, or permissions u=rw,g=r (0640) or less if owned by root', 'file-mode'),
    ('key values mismatch', 'key-mismatch'),
    ('bad decrypt', 'passphrase-mismatch'),
    ('could not read certificate file "...": no start line', 'member-der'),
    ('Warning: The client certificate will expire in 29 days.', 'certificate-expires-soon'),
    ('could not load private key file "...": processing error', 'key-encrypted'),
    ('root certificate file "..." does not exist', 'ca-missing'),
    ('root certificate file "..." does not exist', 'set-missing'),
    ('root certificate file "..." does not exist', 'set-unsearchable'),
    ('could not read root certificate file "..."', 'file-unreadable'),
    ('SSL error: certificate verify failed', 'server-ca-wrong'),
    ('SSL error: certificate verify failed', 'ca-expired'),
    ('SSL error: sslv3 alert certificate expired', 'certificate-expired'),
    ('certificate present, but not private key file "..."', 'member-missing'),
]


def entry(name):
    """The part of the page that is about the rule."""
    return page().split('docsite.rule_%s:\n' % name)[1].split('\n.. _')[0]


def test_the_page_is_current():
    assert is_current(), 'write the page with: ' + COMMAND


def test_every_rule_has_examples_and_every_example_a_rule():
    assert sorted(EXAMPLES) == sorted(RULES)


@pytest.mark.parametrize('name', sorted(EXAMPLES))
def test_examples_are_two_different_short_texts(name):
    broken, mended = EXAMPLES[name]
    assert broken != mended
    for text in (broken, mended):
        assert text.strip()
        assert all(line.rstrip() == line and len(line) <= 120 for line in text.split('\n'))


@pytest.mark.parametrize('rule', RULES.values(), ids=lambda rule: rule.name)
def test_the_words_of_a_rule(rule):
    assert re.fullmatch('[a-z0-9]+(-[a-z0-9]+)*', rule.name)
    assert not rule.title.endswith('.')
    assert re.match('[A-Z]', rule.remedy)
    # a remedy ends with a full stop, or with a command that can be copied as it stands
    assert re.search(r'\.$|: openssl \S.*[^.\s]$', rule.remedy)


@pytest.mark.parametrize('message, name', MESSAGES)
def test_the_message_of_a_client_is_found_at_its_rule(message, name):
    assert message in entry(name)


@pytest.mark.parametrize('text, shown', [
    ('a `b` *c* |d|', r'a \`b\` \*c\* \|d\|'), ('PGSSL_ and PGSSL_MODE', r'PGSSL\_ and PGSSL_MODE'), ('C:\\x', r'C:\\x')])
def test_text_is_shown_as_it_is(text, shown):
    assert escaped(text) == shown
