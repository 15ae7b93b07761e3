# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks, taken out of the bundle: as it stands there, or made."""
from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import read_plain
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import contents, judge, unchanged
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import example

WITHOUT = '''
import sys
sys.modules['cryptography'] = None
sys.path[:0] = {path!r}
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import archive, reading_options, verdict
print(sorted(verdict.unchanged({bundle!r}, reading_options.Options(), archive.read_plain, {digests!r})))
'''


@pytest.fixture(scope='module')
def bundle(tmp_path_factory):
    path = tmp_path_factory.mktemp('bundle') / 'b.zip'
    path.write_bytes(example('dbadmin'))
    return str(path)


def test_files_as_they_stand_are_those_that_were_judged(bundle):
    digests = judge(bundle, Options(), read_plain, 90).digests
    assert len(digests) == 5 and unchanged(bundle, Options(), read_plain, digests) == contents(bundle, Options(), read_plain)


@pytest.mark.parametrize('options', [Options(decrypt_key=True), Options(key_forms=('pk8',))])
def test_a_file_that_is_made_is_not_taken_for_one_of_the_bundle(bundle, options):
    assert unchanged(bundle, options, read_plain, judge(bundle, options, read_plain, 90).digests) is None


def test_a_bundle_that_was_changed_meanwhile_holds_what_was_judged_no_more(bundle, tmp_path):
    digests = judge(bundle, Options(), read_plain, 90).digests
    assert unchanged(str(tmp_path / 'gone.zip'), Options(), read_plain, digests) is None


def test_they_are_found_without_cryptography(bundle):
    digests = judge(bundle, Options(), read_plain, 90).digests
    script = WITHOUT.format(path=sys.path, bundle=bundle, digests=digests)
    done = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == str(sorted(digests)), done.stderr
