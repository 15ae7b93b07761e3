# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that somebody could copy from the documentation works as it stands."""
from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import what_is_missing
from ansible_collections.gaussdb.dws_ssl.tests.docs import sandbox
from ansible_collections.gaussdb.dws_ssl.tests.docs.blocks import Block, blocks_of

ROOT = Path(__file__).parents[2]
# rules.rst is made from docs/rule_examples.py and has nothing to run
PAGES = sorted(page for pattern in ('*.md', 'docs/*.md', 'docs/docsite/rst/*.rst') for page in ROOT.glob(pattern)
               if page.name != 'rules.rst')
PLUGINS = sorted([*ROOT.glob('plugins/modules/*.py'), *ROOT.glob('plugins/filter/*.py')])


@pytest.fixture
def try_page():
    """A function that runs a page in a copy of this machine. Left out, with the reason, where that cannot be made."""
    missing = what_is_missing() or (None if os.geteuid() == 0 else 'root, who can make a copy of the machine') or next(
        (f'the program {name}' for name in ('unshare', 'ip', 'useradd') if not shutil.which(name)), None)
    if missing and os.environ.get('CI') == 'true':
        pytest.fail(f'needed and not found: {missing}')
    if missing:
        pytest.skip(f'needs {missing}')

    def try_one(page: Path) -> None:
        done = subprocess.run(['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', sys.executable, '-m',
                               sandbox.__name__, str(page)], capture_output=True, text=True, check=False,
                              env={**os.environ, 'PYTHONPATH': str(ROOT / '.cache')})
        print(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
    return try_one


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_page(page, try_page):
    try_page(page)


@pytest.mark.parametrize('plugin', PLUGINS, ids=lambda plugin: plugin.stem)
def test_plugin(plugin, try_page, tmp_path):
    """EXAMPLES of a plugin, as a page of its own."""
    texts = [node.value.value for node in ast.parse(plugin.read_text()).body
             if isinstance(node, ast.Assign) and node.targets[0].id == 'EXAMPLES']
    assert len(texts) == 1
    page = tmp_path / f'{plugin.stem}.md'
    page.write_text('```yaml\n%s```\n' % texts[0].lstrip('\n'))
    try_page(page)


RST = '''\
.. not run: it needs a cloud

.. code-block:: shell

   rm

.. code-block:: yaml
   :caption: a/b.yml

   - one:

     two

End.
'''
MARKDOWN = '''\
<!-- file: b.yml -->
```yaml
one: 1
```

<!-- not run: no -->
```shell
rm
```
'''


def test_blocks_are_found_with_what_is_said_of_them(tmp_path):
    (tmp_path / 'page.rst').write_text(RST)
    (tmp_path / 'page.md').write_text(MARKDOWN)
    assert list(blocks_of(tmp_path / 'page.rst')) == [
        Block(5, 'shell', 'rm\n', None, 'it needs a cloud'), Block(10, 'yaml', '- one:\n\n  two\n', 'a/b.yml', None)]
    assert list(blocks_of(tmp_path / 'page.md')) == [
        Block(3, 'yaml', 'one: 1\n', 'b.yml', None), Block(8, 'shell', 'rm\n', None, 'no')]


def test_output_is_compared_line_by_line():
    sandbox.compare('one\n...\ntwo ... four\n', 'zero\none\nx\ntwo three four\n')
    for shown in ('two\none\n', 'tw\n', 'three\n'):
        with pytest.raises(sandbox.Failed, match='not printed'):
            sandbox.compare(shown, 'one\ntwo\n')
