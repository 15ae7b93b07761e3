# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PEM (RFC 7468, RFC 1421) by the line rules of OpenSSL, which all clients but JDBC read it with.

Those rules are narrower than most readers' in some points and wider in others (PEM_read_bio of OpenSSL 3.0): BEGIN and
END start their line and nothing but white space follows them; a line ends with LF; lines are read in pieces of 254
bytes; text between blocks, CRLF and a byte order mark are skipped. What was read is deployed in one canonical form, so
that every client reads the same.
"""
from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

_BEGIN, _END, _TAIL = b'-----BEGIN ', b'-----END ', b'-----'
_PIECE = 254                 # bytes; OpenSSL's line buffer of 255 less the final zero
_HEADED_LINE = 64            # bytes of base64 a line where a header comes before it
_WHITE = bytes(range(33)) + bytes(range(128, 256))    # what OpenSSL strips from the end of a line (signed characters)
_COLUMNS = 64                # of base64 in the canonical form (RFC 7468, section 2)
NOT_CANONICAL = 'text, line ends or line lengths differ from the canonical form'    # a part of a sentence
_BYTE_ORDER_MARK = b'\xef\xbb\xbf'
MOST_BLOCKS = 1000           # in one file; the CA lists of operating systems have about 150


class Block(NamedTuple):
    """One PEM block: its label, its RFC 1421 header lines ('' without any) and the bytes it encodes."""
    label: str
    header: str
    der: bytes


class Fault(NamedTuple):
    """Where and why OpenSSL stops reading. ``line`` counts from 1."""
    line: int
    reason: str


class Text(NamedTuple):
    """What was read of a file: the blocks before the first fault, and that fault."""
    blocks: tuple[Block, ...]
    fault: Fault | None


class _Line(NamedTuple):
    number: int
    text: bytes              # without trailing white space
    partial: bool            # a piece of a line longer than OpenSSL's buffer


class _Malformed(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(line, reason)


def read(data: bytes) -> Text:
    """Return the PEM blocks of a file. Never raises."""
    blocks: list[Block] = []
    lines = _lines(data)
    try:
        while True:
            label = _next_label(lines)
            if label is None:
                return Text(tuple(blocks), None)
            if len(blocks) == MOST_BLOCKS:
                raise _Malformed(label.number, 'it has more than %d blocks' % MOST_BLOCKS)
            blocks.append(_block(label, lines))
    except _Malformed as error:
        return Text(tuple(blocks), error.fault)


def canonical(blocks: tuple[Block, ...]) -> bytes:
    """Return the blocks as one file: no text around them, LF, 64 columns."""
    parts = []
    for block in blocks:
        body = base64.b64encode(block.der)
        lines = [body[at:at + _COLUMNS] for at in range(0, len(body), _COLUMNS)]
        label = block.label.encode('latin-1')
        header = block.header.encode('latin-1') + b'\n' if block.header else b''
        parts.append(b'-----BEGIN %s-----\n%s%s\n-----END %s-----\n' % (label, header, b'\n'.join(lines), label))
    return b''.join(parts)


def why_none(data: bytes) -> str:
    """Return, as a part of a sentence, why OpenSSL found no block in these bytes at all."""
    if data[:2] in (b'\xff\xfe', b'\xfe\xff') or b'B\x00E\x00G\x00I\x00N' in data:
        return 'it is UTF-16 text'
    if _BEGIN not in data:
        return 'it holds no BEGIN line'
    if b'\r' in data and b'\n' not in data:
        return 'its lines end with CR alone'
    if re.search(rb'^[ \t]+-----BEGIN ', data, re.MULTILINE):
        return 'white space stands before BEGIN on its line'
    if re.search(rb'^[^\n]*[^\n \t][^\n]*-----BEGIN ', data, re.MULTILINE):
        return 'text stands before BEGIN on its line'
    return 'its BEGIN line is not complete'


def _lines(data: bytes) -> Iterator[_Line]:
    for number, line in enumerate(re.findall(rb'[^\n]*\n|[^\n]+', data), 1):
        for at in range(0, len(line), _PIECE):
            piece = line[at:at + _PIECE].split(b'\x00')[0]
            if not piece:            # OpenSSL takes a line that starts with a zero byte for the end of the file
                return
            yield _Line(number, piece.rstrip(_WHITE), len(piece) == _PIECE and not piece.endswith(b'\n'))


def _next_label(lines: Iterator[_Line]) -> _Line | None:
    first = True
    for line in lines:
        text = line.text
        if first and text.startswith(_BYTE_ORDER_MARK):
            text = text[len(_BYTE_ORDER_MARK):]
        first = False
        if text.startswith(_BEGIN) and text.endswith(_TAIL) and len(text) > len(_BEGIN):
            return line._replace(text=text[len(_BEGIN):-len(_TAIL)])
    return None


def _block(label: _Line, lines: Iterator[_Line]) -> Block:
    header, body = _header_and_body(label, lines)
    try:
        return Block(label.text.decode('latin-1'), header.decode('latin-1'), _decoded(body))
    except (ValueError, binascii.Error):
        raise _Malformed(label.number, 'the base64 of this block is damaged') from None


def _header_and_body(label: _Line, lines: Iterator[_Line]) -> tuple[bytes, bytes]:
    """Return what stands before and after the first empty line of a block; without an empty line all is body."""
    parts: list[list[bytes]] = [[]]
    blank = short = partial = False
    for line in lines:
        after_partial, partial = partial, line.partial
        if not line.text:
            if after_partial:
                continue
            if blank:
                raise _Malformed(line.number, 'a second empty line stands inside the block')
            blank = True
            parts.append([])
        elif line.text.startswith(_END):
            if line.text[len(_END):] != label.text + _TAIL:
                raise _Malformed(line.number, 'the END line does not match the BEGIN line %d' % label.number)
            return (_joined(parts[0]), _joined(parts[1])) if blank else (b'', _joined(parts[0]))
        elif short:
            raise _Malformed(line.number, 'a line follows the short last line of the block')
        else:
            parts[-1].append(line.text)
            if blank and len(line.text) > _HEADED_LINE:
                raise _Malformed(line.number, 'a line is longer than %d characters' % _HEADED_LINE)
            short = blank and len(line.text) < _HEADED_LINE
    raise _Malformed(label.number, 'the block has no END line')


def _joined(lines: list[bytes]) -> bytes:
    return b''.join(line + b'\n' for line in lines)


def _decoded(body: bytes) -> bytes:
    """Return the decoded base64 as EVP_DecodeUpdate does: white space is skipped, a hyphen ends the data."""
    text = body.split(b'-')[0].translate(None, b' \t\r\n')
    if not text or len(text) % 4:
        raise ValueError('length')
    return base64.b64decode(text, validate=True)
