# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page, as text: what it admits, and that nothing in it can become markup. How it behaves: tests/browser."""
from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.page import bars, island, page, page_data
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.time_line import Period
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import HOSTILE, fleet, hostile_fleet


class Outline(HTMLParser):
    """The elements of a page with their attributes, and the texts of scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.raw, self._inside = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = (tag, dict(attrs).get('type')) if tag in ('script', 'style') else None

    def handle_data(self, data):
        if self._inside:
            self.raw[self._inside] = self.raw.get(self._inside, '') + data

    def handle_endtag(self, tag):
        self._inside = None

    def policy(self):
        [content] = [attributes['content'] for tag, attributes in self.elements
                     if tag == 'meta' and attributes.get('http-equiv') == 'Content-Security-Policy']
        return dict(part.strip().split(' ', 1) for part in content.split(';'))


def test_the_policy_admits_this_script_and_this_style_alone():
    outline = Outline(page(fleet(3)))
    digests = {name: base64.b64encode(hashlib.sha256(outline.raw[name].encode()).digest()).decode() for name in outline.raw}
    assert outline.policy() == {
        'default-src': "'none'", 'script-src': f"'sha256-{digests['script', None]}'", 'style-src': f"'sha256-{digests['style', None]}'",
        'base-uri': "'none'", 'form-action': "'none'"}


def test_nothing_comes_from_outside_and_no_element_carries_code():
    text = page(fleet(30))
    for tag, attributes in Outline(text).elements:
        assert tag not in ('link', 'iframe', 'img', 'object', 'base')
        assert not any(name in ('src', 'style', 'action') or name.startswith('on') for name in attributes), (tag, attributes)
        assert attributes.get('href', '#').startswith('#')
    assert '://' not in text and 'innerHTML' not in text


def test_hostile_names_add_no_element():
    """Beside the rows of the table without script, whose number is that of the rules."""
    plain, hostile = (Outline(page(report)).elements for report in (fleet(3), hostile_fleet()))
    expected = {tag for tag, _attributes in plain}
    assert {tag for tag, _attributes in hostile} == expected
    assert len([tag for tag, _attributes in hostile if tag == 'script']) == 2


def test_the_data_survive_the_way_and_every_text_is_escaped():
    outline = Outline(page(hostile_fleet()))
    text = outline.raw['script', 'application/json']
    assert not set('<>&') & set(text) and text.isascii()
    data = json.loads(text)
    assert data == json.loads(json.dumps(page_data(hostile_fleet())))
    hosts = ''.join(row['host'] for row in data['rows'])
    assert HOSTILE[0] in hosts and '{{ 7 * 191 }}' in hosts and '1337' not in hosts
    assert '\\u202egpj.exe' in hosts and not any(character in hosts for character in '\u202e\u2028\x1b\n')


def test_the_island_cannot_be_left():
    assert island('</script><!--&') == '"\\u003c/script\\u003e\\u003c!--\\u0026"'
    assert json.loads(island({'a': ['</script>', '\u2028', '\ud800']})) == {'a': ['</script>', '\u2028', '\ud800']}


def test_the_figures_can_be_read_without_the_script():
    text = re.sub(r'<(script|style)\b.*?</\1>', '', page(fleet(200)), flags=re.DOTALL)
    assert '184 of 200 hosts are compliant' in text and '<td data-label="Rule">certificate-expired</td>' in text
    assert '<span class="hidden">Expired: 5</span>' in text


def test_rows_are_sets_and_hosts_without_and_rules_point_to_them():
    data = page_data(fleet(200))
    assert len(data['rows']) == sum(len(record.sets) or 1 for record in fleet(200).hosts)
    unread = {row['host'] for row in data['rows'] if row['state'] == 'unread'}
    named = {data['rows'][case[0]]['host'] for rule in data['rules'] if rule['rule'].startswith('host-') for case in rule['cases']}
    assert unread == named and len(unread) == 4
    states = {row['state'] for row in data['rows']}
    assert states == {'ok', 'warning', 'error', 'unread'}


def test_a_bar_that_is_not_empty_can_be_seen_beside_a_high_one():
    low, high, empty = bars([Period('expired', 1, 0), Period('2027-01', 5000, 2500), Period('2027-02', 0, 0)])
    assert (low.rest, high.soon, high.rest, empty.rest) == (2.0, 50.0, 50.0, 0.0)
    assert (low.title, high.title, high.month, high.year) == ('Expired', 'January 2027', 'Jan', '2027')
