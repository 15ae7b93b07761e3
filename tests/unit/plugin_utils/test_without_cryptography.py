# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller without the Python package cryptography."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parents[3] / 'plugins'

WITHOUT = '''
import importlib, sys
sys.modules['cryptography'] = None
sys.path[:0] = {path!r}
for name in {names!r}:
    importlib.import_module('ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.' + name)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import read
read('/nowhere.zip', Options(), None)
'''


def test_everything_can_be_imported_and_the_first_use_says_what_to_install():
    names = sorted(path.stem for path in (PLUGINS / 'plugin_utils').glob('*.py') if path.stem != '__init__')
    script = WITHOUT.format(names=names, path=sys.path)
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, timeout=60, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert 'AnsibleError' in last and 'pip install cryptography' in last, done.stderr
