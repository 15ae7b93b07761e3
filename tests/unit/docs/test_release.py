# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes out together says the same."""
from __future__ import annotations

import ast
import fnmatch
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
GALAXY = yaml.safe_load((ROOT / 'galaxy.yml').read_text())
RELEASES = yaml.safe_load((ROOT / 'changelogs/changelog.yaml').read_text())['releases']
README = (ROOT / 'README.md').read_text(encoding='utf-8')
PLUGINS = sorted([*ROOT.glob('plugins/modules/*.py'), *ROOT.glob('plugins/filter/*.py')])
SHIPPED = ('README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/performance.md')


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split('.')))


def is_released_or_to_come(version: str) -> bool:
    return version in RELEASES or number(version) > number(GALAXY['version'])


def test_the_version_of_the_archive_is_the_newest_of_the_changelog():
    newest = max(RELEASES, key=number)
    assert GALAXY['version'] == newest
    assert re.search(rf'^v{re.escape(newest)}$', (ROOT / 'CHANGELOG.rst').read_text(), re.MULTILINE)


def test_pages_name_the_archive_of_this_version():
    named = {(page.name, version) for page in (ROOT / 'docs').rglob('*.rst')
             for version in re.findall(r'gaussdb-dws_ssl-(\d[\d.]*\d)\.', page.read_text())}
    assert len(named) > 1 and {version for _page, version in named} == {GALAXY['version']}, named


@pytest.mark.parametrize('plugin', PLUGINS, ids=lambda path: f'{path.parent.name}/{path.stem}')
def test_the_release_that_a_plugin_came_with_lists_it(plugin):
    documentation = next(node.value.value for node in ast.parse(plugin.read_text()).body
                         if isinstance(node, ast.Assign) and node.targets[0].id == 'DOCUMENTATION')
    version = str(yaml.safe_load(documentation)['version_added'])
    assert is_released_or_to_come(version)
    release = RELEASES.get(version)
    listed = release and (release['modules'] if plugin.parent.name == 'modules' else release['plugins'][plugin.parent.name])
    assert not release or plugin.stem in [one['name'] for one in listed]


@pytest.mark.parametrize('specs', sorted(ROOT.glob('roles/*/meta/argument_specs.yml')), ids=lambda path: path.parts[-3])
def test_each_entry_point_of_a_role_says_since_when(specs):
    for entry in yaml.safe_load(specs.read_text())['argument_specs'].values():
        assert is_released_or_to_come(str(entry['version_added']))


def test_the_changelog_lists_every_playbook():
    fragments = [yaml.safe_load(path.read_text()) for path in ROOT.glob('changelogs/fragments/*.yml')]
    listed = [one['name'] for release in RELEASES.values() for one in release.get('objects', {}).get('playbook', [])]
    listed += [one['name'] for fragment in fragments for one in fragment.get('add object.playbook', [])]
    assert sorted(listed) == sorted(path.stem for path in (ROOT / 'playbooks').glob('*.yml'))


def test_the_readme_has_a_line_for_each_module_role_and_playbook():
    table = README[README.index('## What is in it'):README.index('## What it needs')]
    for kind, pattern in (('module', 'plugins/modules/*.py'), ('role', 'roles/*'), ('playbook', 'playbooks/*.yml')):
        for path in ROOT.glob(pattern):
            assert re.search(rf'^\| {kind}s? .*`{path.stem}`.* \|', table, re.MULTILINE), path


def test_the_readme_says_what_it_is_on_one_screen():
    assert README[:README.index('## What is in it')].count('\n') <= 40


@pytest.mark.parametrize('page', SHIPPED)
def test_links_of_a_page_lead_to_files_that_the_archive_holds_too(page):
    targets = [target.partition('#')[0] for target in re.findall(r'\]\(([^)\s]+)\)', (ROOT / page).read_text())
               if not re.match(r'[a-z]+:|#', target)]
    assert targets or page in ('SECURITY.md', 'docs/performance.md')
    for target in targets:
        path = (ROOT / page).parent.joinpath(target).resolve().relative_to(ROOT)
        assert (ROOT / path).exists(), target
        parts = [str(path), *map(str, path.parents)]
        assert not any(fnmatch.fnmatch(part, ignored) for part in parts for ignored in GALAXY['build_ignore']), target


def pythons_of(function: str) -> dict[str, list[str]]:
    """Return ``{ansible-core: Pythons}`` as a function of ``dev`` has them, which the matrix runs."""
    [body] = re.findall(rf'^{function}\(\) {{\n(.*?)^}}', (ROOT / 'dev').read_text(), re.MULTILINE | re.DOTALL)
    return {core: pythons.split() for cores, pythons in re.findall(r"^ +([\d. |]+)\) echo '([\d. ]+)'", body, re.MULTILINE)
            for core in cores.split(' | ')}


def test_the_page_on_installation_names_the_pythons_that_the_matrix_runs():
    page = (ROOT / 'docs/docsite/rst/installation.rst').read_text()
    rows = re.findall(r'   \* - (2\.[\d., ]+)\n     - ([\d.]+) to ([\d.]+)\n     - ([\d.]+)', page)
    shown = {core: (first, last, oldest) for cores, first, last, oldest in rows for core in cores.split(', ')}
    controllers, hosts = pythons_of('core_pythons'), pythons_of('older_pythons')
    assert len(shown) >= 6 and shown == {core: (found[0], found[-1], hosts[core][0]) for core, found in controllers.items()}
