# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes out together says the same."""
from __future__ import annotations

import fnmatch
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
GALAXY = yaml.safe_load((ROOT / 'galaxy.yml').read_text())
SHIPPED = ('README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/architecture.md')


def test_the_version_of_the_archive_is_the_newest_of_the_changelog():
    releases = yaml.safe_load((ROOT / 'changelogs/changelog.yaml').read_text())['releases']
    newest = max(releases, key=lambda version: tuple(map(int, version.split('.'))))
    assert GALAXY['version'] == newest
    assert re.search(rf'^v{re.escape(newest)}$', (ROOT / 'CHANGELOG.rst').read_text(), re.MULTILINE)


@pytest.mark.parametrize('page', SHIPPED)
def test_links_of_a_page_lead_to_files_that_the_archive_holds_too(page):
    targets = [target.partition('#')[0] for target in re.findall(r'\]\(([^)\s]+)\)', (ROOT / page).read_text())
               if not re.match(r'[a-z]+:|#', target)]
    assert targets or page == 'SECURITY.md'
    for target in targets:
        path = (ROOT / page).parent.joinpath(target).resolve().relative_to(ROOT)
        assert (ROOT / path).exists(), target
        parts = [str(path), *map(str, path.parents)]
        assert not any(fnmatch.fnmatch(part, ignored) for part in parts for ignored in GALAXY['build_ignore']), target
