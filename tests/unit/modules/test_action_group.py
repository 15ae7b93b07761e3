# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The group of modules that one entry of module_defaults sets; tests/integration/targets/module_defaults plays it."""
from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
GROUP = yaml.safe_load((ROOT / 'meta/runtime.yml').read_text())['action_groups']['dws']
COMMON = {'expiry_warning_days', 'waive'}


def options_of(module):
    """Names of the options that the documentation of a module lists."""
    text = next(node.value.value for node in ast.parse(module.read_text()).body
                if isinstance(node, ast.Assign) and node.targets[0].id == 'DOCUMENTATION')
    return set(yaml.safe_load(text)['options'])


def test_every_module_that_has_the_common_options_is_in_the_group_and_no_other():
    assert GROUP == sorted(module.stem for module in (ROOT / 'plugins/modules').glob('*.py') if COMMON <= options_of(module))


def test_every_module_of_the_group_is_played():
    tasks = (ROOT / 'tests/integration/targets/module_defaults/tasks/main.yml').read_text()
    assert sorted(set(re.findall(r'^ +gaussdb\.dws_ssl\.(\w+):', tasks, re.MULTILINE))) == GROUP
