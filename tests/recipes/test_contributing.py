# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CONTRIBUTING.md: each recipe makes what it says, and the commands exist."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / 'CONTRIBUTING.md').read_text(encoding='utf-8')
RECIPES = dict(re.findall(r'^## Recipe: a (\w+)\n(.*?)(?=^## )', PAGE, re.MULTILINE | re.DOTALL))
# What the recipes make.
MADE = ('lifetime.py', 'direnv.py', 'rule_info.py', 'rule_info/tasks/main.yml')
COMMANDS = {'help', 'run', *re.findall(r'^run_(\w+)\(\)', (ROOT / 'dev').read_text(), re.MULTILINE)}
# A file, and the beginning of the one line of it that the block follows, precedes or replaces; without one, the block is the file.
BLOCK = re.compile(r'^<!-- file: ([^,\n]+)(?:, (after|before|instead of): "([^"\n]+)")? -->\n```\w+\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture
def clone(tmp_path):
    """A copy of what the unit tests of the policy need, under its name as a collection."""
    copy = tmp_path / 'clone'
    for folder in ('plugins', 'docs', 'roles', 'playbooks', 'meta', 'tests/unit', 'tests/integration'):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(ROOT / 'pyproject.toml', copy)
    names = copy / '.cache/ansible_collections/gaussdb'
    names.mkdir(parents=True)
    (names / 'dws_ssl').symlink_to(copy)
    return copy


def follow(clone, file, where, line, text):
    """Do with a block of the recipe what it says."""
    if not line:
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        (clone / file).write_text(text)
        return
    lines = (clone / file).read_text().splitlines(keepends=True)
    place, = (number for number, one in enumerate(lines) if one.startswith(line))
    lines[place] = {'after': lines[place] + text, 'before': text + lines[place], 'instead of': text}[where]
    (clone / file).write_text(''.join(lines))


def run(clone, *command):
    """Run a command of the recipe in the copy. Return its status and what it says."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(('COV_', 'COVERAGE_', 'PYTEST_'))}
    done = subprocess.run([sys.executable, *command], cwd=clone, env=dict(inherited, HYPOTHESIS_EXAMPLES='10'), capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def follow_all(clone, title, count):
    """Do what the blocks of a recipe say, which are so many. Return its text."""
    blocks = BLOCK.findall(RECIPES[title])
    assert len(blocks) == count
    for block in blocks:
        follow(clone, *block)
    return RECIPES[title]


def test_the_recipe_for_a_rule_makes_a_rule(clone):
    recipe = follow_all(clone, 'rule', 5)
    status, said = run(clone, '-m', 'pytest', '-q', 'tests/unit/policy/test_rule_catalogue.py')
    assert status == 1 and 'write the page with: ./dev run python docs/rule_catalogue.py' in said, said
    assert './dev run python docs/rule_catalogue.py\n./dev units tests/unit/policy\n' in recipe
    assert run(clone, 'docs/rule_catalogue.py') == (0, '')
    status, said = run(clone, '-m', 'pytest', '-q', 'tests/unit/policy')
    assert status == 0, said
    assert 'certificate-lives-long' in (clone / 'docs/docsite/rst/rules.rst').read_text()


def test_the_recipe_for_a_format_makes_a_format(clone):
    recipe = follow_all(clone, 'format', 8)
    status, said = run(clone, '-m', 'pytest', '-q', 'tests/unit/formats/test_page.py')
    assert status == 1 and 'test_the_modules_document_every_format' in said, said     # a step was left out
    command, = re.findall(r'^sed .*$', recipe, re.MULTILINE)
    subprocess.run(['bash', '-c', command], cwd=clone, check=True)
    tests, = re.findall(r'^./dev units (.*)$', recipe, re.MULTILINE)
    status, said = run(clone, '-m', 'pytest', '-v', *tests.split())
    assert status == 0, said
    assert 'test_shells_read_back_what_was_written[direnv-bash] PASSED' in said, said


def test_the_recipe_for_a_module_makes_a_module(clone):
    recipe = follow_all(clone, 'module', 2)
    assert './dev run ansible-doc gaussdb.dws_ssl.rule_info\n' in recipe
    settings = {**os.environ, 'ANSIBLE_COLLECTIONS_PATH': str(clone / '.cache'), 'ANSIBLE_HOME': str(clone / '.ansible')}
    programs = Path(sys.executable).parent
    shown = subprocess.run([programs / 'ansible-doc', 'gaussdb.dws_ssl.rule_info'], env=settings, capture_output=True, text=True,
                           check=True)
    assert 'Says what a rule means' in shown.stdout or 'Returns title, explanation and remedy' in shown.stdout
    (clone / 'play.yml').write_text(
        '- hosts: localhost\n  gather_facts: false\n  tasks:\n'
        '    - ansible.builtin.import_tasks: tests/integration/targets/rule_info/tasks/main.yml\n')
    done = subprocess.run([programs / 'ansible-playbook', '-i', 'localhost,', '-c', 'local', 'play.yml'], cwd=clone, env=settings,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0 and 'ignored=1' in done.stdout, done.stdout + done.stderr


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
        assert (ROOT / path).exists() or 'NAME' in path or path.endswith(MADE), path
