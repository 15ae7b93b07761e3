# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of DER elements (X.690), just enough to look before a library does something costly.

``cryptography`` has no way to tell how costly the derivation of an encrypted key is other than to run it, and it
refuses what follows a certificate in a ``TRUSTED CERTIFICATE``. Nothing here interprets more than tags, lengths, small
integers and object identifiers.
"""
from __future__ import annotations

from typing import NamedTuple

INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30


class DerError(ValueError):
    """The bytes are not the DER that was expected."""


class Element(NamedTuple):
    """One element: its tag byte, its content, and its whole encoding."""
    tag: int
    content: bytes
    whole: bytes


def first(data: bytes) -> Element:
    """Return the first element of ``data``; bytes after it are left alone. Raises DerError."""
    if len(data) < 2:
        raise DerError('too short')
    if data[0] & 0x1F == 0x1F:
        raise DerError('long tag')
    length, start = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or len(data) < 2 + count:
            raise DerError('length')
        length, start = int.from_bytes(data[2:2 + count], 'big'), 2 + count
    if start + length > len(data):
        raise DerError('truncated')
    return Element(data[0], data[start:start + length], data[:start + length])


def elements(content: bytes, limit: int = 64) -> list[Element]:
    """Return the elements that ``content`` is made of, at most ``limit`` of them. Raises DerError."""
    found: list[Element] = []
    while content:
        if len(found) == limit:
            raise DerError('too many elements')
        found.append(first(content))
        content = content[len(found[-1].whole):]
    return found


def expect(element: Element, tag: int) -> bytes:
    """Return the content of an element that must have this tag. Raises DerError."""
    if element.tag != tag:
        raise DerError('tag 0x%02x where 0x%02x is due' % (element.tag, tag))
    return element.content


def sequence(data: bytes) -> list[Element]:
    """Return the elements of the SEQUENCE that ``data`` starts with. Raises DerError."""
    return elements(expect(first(data), SEQUENCE))


def integer(element: Element) -> int:
    """Return a non-negative INTEGER of at most 8 bytes; a larger one is returned as 2**63. Raises DerError."""
    content = expect(element, INTEGER)
    if not content or content[0] & 0x80:
        raise DerError('integer')
    return int.from_bytes(content, 'big') if len(content) <= 8 else 2 ** 63


def object_identifier(element: Element) -> str:
    """Return an OBJECT IDENTIFIER in dotted form. Raises DerError."""
    content = expect(element, OBJECT_IDENTIFIER)
    if not content or len(content) > 64 or content[-1] & 0x80:
        raise DerError('object identifier')
    arcs, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    top = min(arcs[0] // 40, 2)
    return '.'.join(str(arc) for arc in [top, arcs[0] - 40 * top] + arcs[1:])
