# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that complies is sent the code that looks, and no other: Ansible sends whatever an import statement names."""
from __future__ import annotations

import ast
import json
import os
import pwd
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import looking
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import look_request

PLUGINS = Path(__file__).parents[3] / 'plugins'
PREFIX = 'ansible_collections.gaussdb.dws_ssl.plugins.'
LOOKING = {*(f'module_utils/host/{name}.py' for name in (
    'exports', 'file_system', 'looking', 'observe', 'owner', 'public_part', 'refusal', 'walk')),
    'module_utils/policy/desired.py', 'module_utils/policy/files.py'}


def sent_with(file: Path, found: set[Path] | None = None) -> set[Path]:
    """Return the files that Ansible sends with one, wherever the import statements stand."""
    found = set() if found is None else found
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or '').startswith(PREFIX):
            named = PLUGINS / node.module[len(PREFIX):].replace('.', '/')
            for path in (named.with_suffix('.py'), *((named / alias.name).with_suffix('.py') for alias in node.names)):
                if path.exists() and path not in found:
                    found.add(path)
                    sent_with(path, found)
    return found


def test_no_code_that_writes_or_decides_goes_to_a_host_that_complies():
    assert {str(path.relative_to(PLUGINS)) for path in sent_with(PLUGINS / 'modules/client_certificates_look.py')} == LOOKING


def test_code_that_writes_goes_with_the_module_that_writes_and_code_that_judges_or_quotes_does_not():
    sent = {str(path.relative_to(PLUGINS / 'module_utils')) for path in sent_with(PLUGINS / 'modules/client_certificates_write.py')}
    assert 'host/writing.py' in sent and not [name for name in sent if name.startswith(('policy/formats', 'policy/rules', 'wire'))]


def test_a_look_is_asked_for_without_what_only_the_decision_needs():
    export = {'path': '/p', 'owner': 'root', 'group': None, 'serves': '/s', 'mode': 0o644, 'format': None}
    request = [{'dest': '/d', 'owner': 'u', 'group': 'g', 'state': 'present', 'keep': 1, 'replaces': None, 'files': {'client.crt': 'a'},
                'exports': [dict(export, content='export PGSSLMODE=require'), dict(export, content='A={home}/b')]}]
    asked = {'path': '/p', 'owner': 'root', 'mode': 0o644}
    assert json.loads(look_request(json.dumps(request))) == [
        {'dest': '/d', 'owner': 'u', 'group': 'g', 'state': 'present', 'files': {'client.crt': 'a'},
         'exports': [dict(asked, content=''), dict(asked, content='{home}')]}]


def test_a_file_that_serves_several_users_is_looked_at_once(tmp_path, monkeypatch):
    observe, seen = looking.observe_export, []
    monkeypatch.setattr(looking, 'observe_export', lambda export: (seen.append(export.path), observe(export))[1])
    me = pwd.getpwuid(os.geteuid()).pw_name
    loader, own = ({'path': f'{tmp_path}/{name}', 'content': '', 'mode': 0o600, 'owner': me} for name in ('loader', 'own'))
    answer = looking.look_at(json.dumps([{'dest': f'{tmp_path}/{name}', 'owner': me, 'exports': exports} for name, exports in (
        ('one', [own, loader]), ('two', [loader]))]))
    assert seen == [own['path'], loader['path']]
    assert [len(one.exports) for one in answer['sets']] == [2, 1] and answer['sets'][0].exports[1] == answer['sets'][1].exports[0]
