# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page "Which client reads what", the options and the examples name the formats that there are."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DATA_STUDIO
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import CHOICES, FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.modules import client_certificates, client_certificates_info

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / 'docs/docsite/rst/clients.rst').read_text(encoding='utf-8')


def test_the_table_has_a_row_for_each_format_as_the_code_says_it():
    table = PAGE[PAGE.index('   * - ``'):PAGE.index('\nEach has an example')].strip()[4:]
    found = [row.split('\n     - ') for row in table.split('\n   * - ')]
    wanted = [[f'``{one.name}``', one.clients, f'``{one.file}``', one.found] for one in FORMATS.values()]
    assert found[:-1] == wanted
    assert found[-1][0] == f'``{DATA_STUDIO}``'


@pytest.mark.parametrize('module', [client_certificates, client_certificates_info])
def test_the_modules_document_every_format(module):
    options = yaml.safe_load(module.DOCUMENTATION)['options']
    assert options['exports']['suboptions']['format']['choices'] == list(FORMATS)
    assert options['sets']['suboptions']['exports']['suboptions']['format']['choices'] == list(FORMATS)


@pytest.mark.parametrize('role', ['dws_client', 'dws_audit'])
def test_the_roles_document_every_format(role):
    for entry in yaml.safe_load((ROOT / 'roles' / role / 'meta/argument_specs.yml').read_text())['argument_specs'].values():
        assert tuple(entry['options'][f'{role}_formats']['choices']) == CHOICES


def test_each_format_has_a_template_and_an_example():
    for one in FORMATS.values():
        assert (ROOT / 'roles/dws_client/templates' / one.template).read_text().split('\n')[0].endswith('overwritten.')
    assert {path.stem for path in (ROOT / 'playbooks/examples').glob('*.yml')} == {*CHOICES, 'libpq'}
