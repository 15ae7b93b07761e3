# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site: every page is reached, links lead somewhere, and the picture of the code shows the code."""
from __future__ import annotations

import graphlib
import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.gaussdb.dws_ssl.docs.architecture_picture import COMMAND, drawn, is_current, uses
from ansible_collections.gaussdb.dws_ssl.tests.docs.links import broken_links

DOCS = Path(__file__).parents[3] / 'docs'


def test_the_first_page_and_the_list_of_pages_name_all_of_them_in_one_order():
    sections = yaml.safe_load((DOCS / 'docsite/extra-docs.yml').read_text())['sections']
    listed = [page for section in sections for page in section['toctree']]
    assert sorted(listed) == sorted(page.stem for page in (DOCS / 'docsite/rst').glob('*.rst'))
    assert re.findall(r'^   collection/docsite/(\w+)$', (DOCS / 'site/index.rst').read_text(), re.MULTILINE) == listed


def test_the_picture_is_current():
    assert is_current(), 'write the picture with: ' + COMMAND


def test_the_policy_uses_nothing_and_the_host_nothing_of_the_controller():
    graph = uses()
    assert graph['plugins/module_utils/policy'] == set()
    for part in ('plugins/modules', 'plugins/module_utils/host', 'plugins/module_utils/wire'):
        assert all('module_utils' in other for other in graph[part])


def test_each_file_and_each_name_in_it_that_the_page_on_the_architecture_gives_exists():
    """A path there is short by plugins/ and, since three parts lie there, by module_utils/; a table names a value and who makes it."""
    text = (DOCS / 'architecture.md').read_text()
    plugins = DOCS.parent / 'plugins'
    paths = set(re.findall(r'`((?:\w+/)+\w+\.py)`', text))
    found = {path: next((folder / path for folder in (DOCS.parent, plugins, plugins / 'module_utils', plugins / 'plugin_utils')
                         if (folder / path).is_file()), None) for path in paths}
    assert len(paths) > 30 and [path for path, file in found.items() if file is None] == []
    for names, path in re.findall(r'((?:`\w+`(?: and )?)+) (?:in|of) `((?:\w+/)+\w+\.py)`', text):
        for name in re.findall(r'\w+', names.replace(' and ', ' ')):
            assert re.search(rf'^(?:def|class) {name}\b', found[path].read_text(), re.MULTILINE), (name, path)


def test_an_arrow_is_left_out_where_others_lead_to_the_same_part():
    assert drawn({'a': {'b', 'c'}, 'b': {'c'}, 'c': set()}) == {('a', 'b'), ('b', 'c')}
    with pytest.raises(graphlib.CycleError):
        drawn({'a': {'b'}, 'b': {'a'}})


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / 'in').mkdir()
    (tmp_path / 'one.html').write_text('<a id="here" href="in/two.html#there"></a><a href="#nowhere"></a><a href="https://example.com"></a>')
    (tmp_path / 'in/two.html').write_text('<p id="there"><a href="../one.html#here"></a><img src="lost.svg"><a href="../one.html#gone">')
    assert list(broken_links(tmp_path)) == ['in/two.html: lost.svg', 'in/two.html: ../one.html#gone', 'one.html: #nowhere']
