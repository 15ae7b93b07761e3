# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEM by OpenSSL's line rules. What psql made of each of these files stands in the last column; it was run."""
from __future__ import annotations

import re

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import pem
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import ROOT
from hypothesis import given
from hypothesis import strategies as st

FILE = ROOT.pem
LINES = FILE.splitlines()
BODY = b''.join(LINES[1:-1])
OTHER_BLOCK = b'-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n'


def lined(columns, blank=b''):
    """The file with another line length; ``blank`` comes before the base64."""
    lines = [BODY[at:at + columns] for at in range(0, len(BODY), columns)]
    return LINES[0] + b'\n' + blank + b'\n'.join(lines) + b'\n' + LINES[-1] + b'\n'


READ = {
    'canonical': FILE,
    'CRLF': FILE.replace(b'\n', b'\r\n'),
    'byte order mark': b'\xef\xbb\xbf' + FILE,
    'no end of line at the end': FILE.rstrip(b'\n'),
    'indented base64': FILE.replace(b'\nMII', b'\n  MII'),
    'text above and below': b'Bag Attributes\n    friendlyName: x\n' + FILE + b'bye\n',
    'white space behind BEGIN and END': FILE.replace(b'-----\n', b'----- \t\n'),
    'no-break space behind BEGIN': FILE.replace(b'-----\n', b'-----\xc2\xa0\n', 1),
    'zero byte behind BEGIN': FILE.replace(b'-----\n', b'-----\0junk\n', 1),
    'empty line behind BEGIN': FILE.replace(b'-----\n', b'-----\n\n', 1),
    'one long line': lined(10000),
    'lines of 76': lined(76),
    'lines of 32': lined(32),
    'lines of 254': lined(254),
    'tab in the base64': FILE[:100] + b'\t' + FILE[100:],
    'form feed behind each line': FILE.replace(b'\n', b'\x0c\n'),
    'a piece of 254 before BEGIN': b'x' * 254 + FILE,
}
REFUSED = {
    'CR alone': (FILE.replace(b'\n', b'\r'), 'its lines end with CR alone'),
    'space before BEGIN': (b' ' + FILE, 'white space stands before BEGIN on its line'),
    'text before BEGIN': (b'x' + FILE, 'text stands before BEGIN on its line'),
    'text behind BEGIN': (FILE.replace(b'-----\n', b'----- x\n', 1), 'its BEGIN line is not complete'),
    'four hyphens': (FILE.replace(b'-----BEGIN', b'----BEGIN'), 'it holds no BEGIN line'),
    'lower case': (FILE.lower(), 'it holds no BEGIN line'),
    'UTF-16': (FILE.decode().encode('utf-16'), 'it is UTF-16 text'),
    'UTF-16 without a mark': (FILE.decode().encode('utf-16-le'), 'it is UTF-16 text'),
    'zero byte first': (b'\0\n' + FILE, 'its BEGIN line is not complete'),
}
FAULTY = {
    'empty line before END': (FILE.replace(b'-----END', b'\n-----END'), 1, 'base64'),
    'two empty lines': (FILE.replace(b'-----\n', b'-----\n\n\n', 1), 3, 'second empty line'),
    'long line after an empty one': (lined(80, b'\n'), 3, 'longer than 64'),
    'short line after an empty one': (lined(32, b'\n'), 4, 'follows the short last line'),
    'no END': (b'\n'.join(LINES[:-1]) + b'\n', 1, 'no END line'),
    'END of another kind': (FILE.replace(b'-----END ', b'-----END X'), len(LINES), 'does not match'),
    'text behind END': (FILE.rstrip(b'\n') + b' x\n', len(LINES), 'does not match'),
    'END indented': (FILE.replace(b'-----END', b' -----END'), 1, 'no END line'),
    'foreign character': (FILE[:100] + b'!' + FILE[101:], 1, 'base64'),
    'character lost': (FILE[:100] + FILE[101:], 1, 'base64'),
    'zero byte in the base64': (FILE[:100] + b'\0' + FILE[101:], 1, 'base64'),
    'vertical tab in the base64': (FILE[:100] + b'\x0b' + FILE[100:], 1, 'base64'),
    'hyphen in the base64': (FILE[:100] + b'-' + FILE[100:], 1, 'base64'),
    'padding in the middle': (FILE[:100] + b'=' + FILE[100:], 1, 'base64'),
}


@pytest.mark.parametrize('name', READ)
def test_read(name):
    text = pem.read(READ[name])
    assert text.fault is None
    assert pem.canonical(text.blocks) == FILE


@pytest.mark.parametrize('name', REFUSED)
def test_no_block_found(name):
    data, why = REFUSED[name]
    assert pem.read(data) == pem.Text((), None)
    assert pem.why_none(data) == why


@pytest.mark.parametrize('name', FAULTY)
def test_fault(name):
    data, line, reason = FAULTY[name]
    text = pem.read(data)
    assert text.blocks == ()
    assert text.fault.line == line
    assert reason in text.fault.reason


def test_blocks_before_a_fault_are_kept():
    text = pem.read(FILE + OTHER_BLOCK + b'-----BEGIN FOO-----\nAA!A\n-----END FOO-----\n')
    assert [block.label for block in text.blocks] == ['CERTIFICATE', 'FOO']
    assert text.fault.line == len(LINES) + 4


def test_a_header_is_kept():
    data = b'-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n' \
           b'-----END RSA PRIVATE KEY-----\n'
    (block,) = pem.read(data).blocks
    assert block.header == 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n'
    assert pem.canonical((block,)) == data


def test_blocks_are_bounded():
    text = pem.read(OTHER_BLOCK * (pem.MOST_BLOCKS + 1))
    assert len(text.blocks) == pem.MOST_BLOCKS
    assert 'more than' in text.fault.reason


def test_many_empty_lines_take_linear_time():
    assert pem.read(b'\n' * 1000000).blocks == ()


PIECES = st.sampled_from([b'-----BEGIN FOO-----', b'-----END FOO-----', b'\n', b'\r\n', b'AAAA', b'A', b'=', b'\0',
                          b' ', b'\xef\xbb\xbf', b'-----', b'Proc-Type: 4,ENCRYPTED', b'x' * 254])


@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=30).map(b''.join)))
def test_any_bytes(data):
    text = pem.read(data)
    again = pem.read(pem.canonical(text.blocks))
    assert again == pem.Text(text.blocks, None)
    assert pem.why_none(data)


@given(st.lists(st.tuples(st.sampled_from(['FOO', 'CERTIFICATE']), st.binary(min_size=1, max_size=200)), max_size=4))
def test_canonical_is_what_it_says(blocks):
    data = pem.canonical(tuple(pem.Block(label, '', content) for label, content in blocks))
    assert all(len(line) <= 64 for line in data.splitlines())
    assert re.fullmatch(rb'(-----BEGIN [A-Z]+-----\n([A-Za-z0-9+/=]+\n)+-----END [A-Z]+-----\n)*', data)
    assert pem.canonical(pem.read(data).blocks) == data
