# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a broken-down module said is told without the contents that it was sent."""
from __future__ import annotations

import os

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import layers, packed
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.redaction import LEFT_OUT, redacted

LINE = packed({'digest': os.urandom(600), 'other': b'-----BEGIN X-----\n' + b'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2Nzg5' * 3})


@pytest.mark.parametrize('start', range(0, 40, 7))
@pytest.mark.parametrize('text', layers(LINE)[:2] + layers(LINE)[3:], ids=['line', 'listed', 'pem'])
def test_a_line_that_repeats_a_part_of_what_was_sent_is_left_out(text, start):
    part = text.splitlines()[-1][start:][:64]
    said = {'module_stderr': f'Traceback\n  x = {part}\nOSError: no space', 'list': [part], 'rc': 1}
    answer = redacted(said, layers(LINE))
    assert answer == {'module_stderr': f'Traceback\n{LEFT_OUT}\nOSError: no space', 'list': [LEFT_OUT + '\n'], 'rc': 1}


def test_everything_else_is_told():
    said = {'module_stderr': 'Traceback (most recent call last)\n  File "/usr/lib/python3/dist-packages/ansible/module_utils/basic.py"',
            'msg': 'MODULE FAILURE', 'rc': 1, 'nothing': None}
    assert redacted(said, layers(LINE)) == said
