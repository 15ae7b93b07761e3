# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a TLS handshake shows to anybody on the line, read beside OpenSSL, since Python offers too little of it.

Up to TLS 1.2 the server's certificates and its request for one of the client's are in clear records (RFC 5246, sections 6.2.1
and 7.4). In TLS 1.3 both are encrypted, but the client's last flight holds more than Finished only if it was asked.
"""
from typing import Iterator, List, NamedTuple, Optional, Tuple

_CHANGE_CIPHER_SPEC, _HANDSHAKE, _APPLICATION_DATA = 20, 22, 23                  # types of records
_CERTIFICATE, _CERTIFICATE_REQUEST, _SERVER_HELLO_DONE = 11, 13, 14              # types of handshake messages

MOST_BYTES = 256 * 1024      # of clear records that are kept
# Finished in its own record: 16 bytes of framing and tag, 1 of type, 4 of header, 48 of digest at most. An empty Certificate
# message, sent when the client was asked and has none, adds a record.
_FINISHED_ALONE = 80


class Record(NamedTuple):
    """One TLS record: type and content."""
    kind: int
    content: bytes


def records(data: bytes) -> Iterator[Record]:
    """Yield the complete records at the start of ``data``."""
    at = 0
    while at + 5 <= len(data):
        end = at + 5 + int.from_bytes(data[at + 3:at + 5], 'big')
        if end > len(data):
            return
        yield Record(data[at], data[at + 5:end])
        at = end


class ServerFlight:
    """The clear part of what a server sends. ``chain`` and ``asked`` are None until known, and stay so in TLS 1.3."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Take note of bytes from the server."""
        self._data += data[:MOST_BYTES - len(self._data)]

    @property
    def chain(self) -> Optional[List[bytes]]:
        """The certificates of the server in DER, its own first."""
        for kind, body in self._messages():
            if kind == _CERTIFICATE:
                return list(_certificates(body))
        return None

    @property
    def asked(self) -> Optional[bool]:
        """Whether the server asked for a certificate of the client."""
        kinds = [kind for kind, _body in self._messages()]
        if _CERTIFICATE_REQUEST in kinds:
            return True
        return False if _SERVER_HELLO_DONE in kinds else None

    def _messages(self) -> Iterator[Tuple[int, bytes]]:
        """Yield the handshake messages before the records are encrypted."""
        stream = bytearray()
        for record in records(bytes(self._data)):
            if record.kind == _CHANGE_CIPHER_SPEC:
                break
            if record.kind == _HANDSHAKE:
                stream += record.content
        at = 0
        while at + 4 <= len(stream):
            end = at + 4 + int.from_bytes(stream[at + 1:at + 4], 'big')
            if end > len(stream):
                return
            yield stream[at], bytes(stream[at + 4:end])
            at = end


def _certificates(body: bytes) -> Iterator[bytes]:
    """Yield the entries of a Certificate message: a list with a length of 3 bytes, each entry with one of its own."""
    at = 3
    while at + 3 <= len(body):
        end = at + 3 + int.from_bytes(body[at:at + 3], 'big')
        yield body[at + 3:end]
        at = end


def asked_in_tls_1_3(sent: bytes) -> Optional[bool]:
    """Return whether a client that sent these bytes in a complete TLS 1.3 handshake had been asked for a certificate."""
    encrypted = [record.content for record in records(sent) if record.kind == _APPLICATION_DATA]
    if not encrypted:
        return None
    return len(encrypted) > 1 or len(encrypted[0]) > _FINISHED_ALONE
