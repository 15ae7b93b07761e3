# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CONTRIBUTING.md: the recipe for a rule makes a rule, and the commands exist."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / 'CONTRIBUTING.md').read_text(encoding='utf-8')
RECIPE = PAGE[PAGE.index('## Recipe: a rule'):PAGE.index('## Recipe: a format')]
COMMANDS = {'help', 'run', *re.findall(r'^run_(\w+)\(\)', (ROOT / 'dev').read_text(), re.MULTILINE)}
# A file, and the beginning of the one line of it that the block follows or replaces; without one, the block is the file.
BLOCKS = re.findall(r'^<!-- file: ([^,\n]+)(?:, (after|instead of): "([^"\n]+)")? -->\n```python\n(.*?)^```$', RECIPE,
                    re.MULTILINE | re.DOTALL)


@pytest.fixture
def clone(tmp_path):
    """A copy of what the unit tests of the policy need, under its name as a collection."""
    copy = tmp_path / 'clone'
    for folder in ('plugins', 'docs', 'roles', 'playbooks', 'tests/unit'):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(ROOT / 'pyproject.toml', copy)
    names = copy / '.cache/ansible_collections/gaussdb'
    names.mkdir(parents=True)
    (names / 'dws_ssl').symlink_to(copy)
    return copy


def follow(clone, file, where, line, text):
    """Do with a block of the recipe what it says."""
    if not line:
        (clone / file).write_text(text)
        return
    lines = (clone / file).read_text().splitlines(keepends=True)
    place, = (number for number, one in enumerate(lines) if one.startswith(line))
    lines[place] = text if where == 'instead of' else lines[place] + text
    (clone / file).write_text(''.join(lines))


def run(clone, *command):
    """Run a command of the recipe in the copy. Return its status and what it says."""
    done = subprocess.run([sys.executable, *command], cwd=clone, capture_output=True, text=True, check=False,
                          env={name: value for name, value in os.environ.items() if not name.startswith(('COV_', 'COVERAGE_', 'PYTEST_'))})
    return done.returncode, done.stdout + done.stderr


def test_the_recipe_for_a_rule_makes_a_rule(clone):
    assert len(BLOCKS) == 5
    for block in BLOCKS:
        follow(clone, *block)
    status, said = run(clone, '-m', 'pytest', '-q', 'tests/unit/policy/test_rule_catalogue.py')
    assert status == 1 and 'write the page with: ./dev run python docs/rule_catalogue.py' in said, said
    assert './dev run python docs/rule_catalogue.py\n./dev units tests/unit/policy\n' in RECIPE
    assert run(clone, 'docs/rule_catalogue.py') == (0, '')
    status, said = run(clone, '-m', 'pytest', '-q', 'tests/unit/policy')
    assert status == 0, said
    assert 'certificate-lives-long' in (clone / 'docs/docsite/rst/rules.rst').read_text()


def test_the_hooks_before_a_commit_fetch_nothing_and_are_commands_of_dev():
    repositories = yaml.safe_load((ROOT / '.pre-commit-config.yaml').read_text())['repos']
    assert [one['repo'] for one in repositories] == ['local']
    for hook in repositories[0]['hooks']:
        command, name, *paths = hook['entry'].split()
        assert (command, hook['language']) == ('./dev', 'system') and name in COMMANDS
        assert all((ROOT / path).exists() for path in paths if not path.startswith('-'))


def test_each_file_and_each_command_that_is_named_exists():
    commands = set(re.findall(r'\./dev ([a-z]\w*)', PAGE))
    assert len(commands) > 10 and commands <= COMMANDS
    for path in re.findall(r'`((?:plugins|roles|tests|docs|meta|changelogs|playbooks)/[\w/.]+)`', PAGE):
        assert (ROOT / path).exists() or 'NAME' in path or path.endswith('lifetime.py'), path
