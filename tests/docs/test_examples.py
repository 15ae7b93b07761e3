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
from ansible_collections.gaussdb.dws_ssl.tests.docs.blocks import RUN, Block, blocks_of
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require

ROOT = Path(__file__).parents[2]
PAGES = sorted(page for pattern in ('*.md', 'docs/*.md', 'docs/docsite/rst/*.rst') for page in ROOT.glob(pattern)
               if any(block.language in RUN for block in blocks_of(page)))
# The last one removes in the end what the others look at.
PLUGINS = sorted([*ROOT.glob('plugins/modules/*.py'), *ROOT.glob('plugins/filter/*.py')],
                 key=lambda plugin: (plugin.stem == 'client_certificates', plugin.stem))

# What comes before a page that is about clients which have their set.
ON_DEPLOYED = ('audit.rst', 'operations.rst')
DEPLOYED = '''\
- hosts: localhost
  gather_facts: false
  roles:
    - role: gaussdb.dws_ssl.dws_client
      vars: {dws_client_bundle: dws_ssl_cert.zip, dws_client_decrypt_key: true}
'''


@pytest.fixture
def try_pages():
    """A function that runs pages in one copy of this machine. Left out, with the reason, where that cannot be made."""
    missing = what_is_missing() or (None if os.geteuid() == 0 else 'root, who can make a copy of the machine') or next(
        (f'the program {name}' for name in ('unshare', 'ip', 'useradd') if not shutil.which(name)), None)
    require(missing)

    def try_all(*pages: Path) -> None:
        done = subprocess.run(['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', sys.executable, '-m',
                               sandbox.__name__, *map(str, pages)], capture_output=True, text=True, check=False,
                              env={**os.environ, 'PYTHONPATH': str(ROOT / '.cache')})
        print(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
    return try_all


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_page(page, try_pages, tmp_path):
    deployed = tmp_path / 'deployed.md'
    deployed.write_text('```yaml\n%s```\n' % DEPLOYED)
    try_pages(*([deployed] if page.name in ON_DEPLOYED else []), page)


def test_the_demo_prints_what_the_readme_shows(try_pages):
    shown, = (block.text for block in blocks_of(ROOT / 'README.md') if block.language == 'text')
    done = subprocess.run([ROOT / 'dev', 'demo'], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sandbox.compare(shown, done.stdout)


def test_plugins(try_pages, tmp_path):
    """EXAMPLES of all plugins, where a set of dbadmin that psql reads is deployed."""
    pages = [tmp_path / 'deployed.md', *(tmp_path / f'{plugin.stem}.md' for plugin in PLUGINS)]
    for page, text in zip(pages, [DEPLOYED, *map(examples_of, PLUGINS)]):
        page.write_text('```yaml\n%s```\n' % text.lstrip('\n'))
    try_pages(*pages)


def examples_of(plugin: Path) -> str:
    """Return EXAMPLES of a plugin."""
    text, = (node.value.value for node in ast.parse(plugin.read_text()).body
             if isinstance(node, ast.Assign) and node.targets[0].id == 'EXAMPLES')
    return text


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
