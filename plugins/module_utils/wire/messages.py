# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few messages of PostgreSQL's protocol that come before a password (PostgreSQL documentation, "Message Formats").

GaussDB(DWS) understands protocol 3.0 beside its own 3.51, so both kinds of server are asked in 3.0.
"""
import struct
from typing import Callable, Dict, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import (
    AUTHENTICATION, ERROR, FOREIGN, INJECTED, OVERSIZED, SESSION, Reply)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import Broken, printable

SSL_REQUEST = struct.pack('!ii', 8, 80877103)      # 00 00 00 08 04 d2 16 2f
TERMINATE = struct.pack('!ci', b'X', 4)
PROTOCOL = 3 << 16                                 # 3.0

LARGEST_MESSAGE = 30000      # bytes; what libpq takes before authentication
MOST_NOTICES = 8             # messages that say nothing about the outcome and may come before the answer
LONGEST_TEXT = 500           # characters of an error's text that are kept

Read = Callable[[], bytes]


def startup(user: str, database: str) -> bytes:
    """Return the startup message."""
    parameters = b''.join(word.encode('utf-8', 'surrogateescape') + b'\0' for word in ('user', user, 'database', database))
    return struct.pack('!ii', 9 + len(parameters), PROTOCOL) + parameters + b'\0'


class Reader:
    """The server's bytes, message by message; ``read`` gives at least one byte at a time or raises Broken."""

    def __init__(self, read: Read, data: bytes = b'') -> None:
        self._read = read
        self._data = data

    def exactly(self, count: int) -> bytes:
        """Return that many bytes."""
        while len(self._data) < count:
            self._data += self._read()
        found, self._data = self._data[:count], self._data[count:]
        return found

    def reply(self) -> Reply:
        """Return the answer to a startup message. Raise Broken where it is none of this protocol."""
        for _number in range(MOST_NOTICES):
            kind = self.exactly(1)
            if kind not in b'RENv':
                raise Broken(FOREIGN, 'it answered the startup message with %s' % printable(kind + self._data))
            old = self._old_error() if kind == b'E' else None
            if old is not None:
                return old
            body = self._body(kind)
            if kind == b'R':
                return self._authentication(body)
            if kind == b'E':
                return _error(body)
        raise Broken(FOREIGN, 'it sent %d notices and no answer' % MOST_NOTICES)

    def _old_error(self) -> Optional[Reply]:
        """Return an error in the form of protocol 2, a text up to a zero byte. None for one that begins with its length.

        PostgreSQL sends it where it cannot start a process (postmaster.c), and in no other case. It has no SQLSTATE: 53000,
        insufficient resources, is what it says.
        """
        while len(self._data) < 4:
            self._data += self._read()
        text, zero, _rest = self._data.partition(b'\0')
        try:
            message = text.decode('utf-8').strip()
        except UnicodeDecodeError:
            return None
        return Reply(ERROR, '53000', message[:LONGEST_TEXT]) if zero and len(text) >= 4 and message.isprintable() else None

    def _body(self, kind: bytes) -> bytes:
        head = self.exactly(4)
        length = struct.unpack('!i', head)[0]
        if length < 4:
            raise Broken(FOREIGN, 'it answered the startup message with %s' % printable(kind + head + self._data))
        if length > LARGEST_MESSAGE:
            raise Broken(OVERSIZED, 'a message of %d bytes, beginning with %s' % (length, printable(kind + head + self._data)))
        return self.exactly(length - 4)

    def _authentication(self, body: bytes) -> Reply:
        if len(body) < 4:
            raise Broken(FOREIGN, 'its authentication request has %d bytes' % len(body))
        return Reply(SESSION if struct.unpack('!i', body[:4])[0] == 0 else AUTHENTICATION)


def ssl_answer(data: bytes, read: Read) -> str:
    """Return S or N, the answer to SSLRequest, from the first bytes that came.

    Raise Broken for anything else; for an error message one that carries the reply.
    """
    if data in (b'S', b'N'):
        return data.decode('ascii')
    if data[:1] == b'E' and (len(data) < 2 or data[1:2] == b'\0' or data[-1:] == b'\0'):
        raise Answered(Reader(read, data).reply())
    if data[:1] in (b'S', b'N') and data[:4] != b'SSH-':
        raise Broken(INJECTED, printable(data))
    raise Broken(FOREIGN, 'it answered SSLRequest with %s' % printable(data))


class Answered(Exception):
    """The server answered SSLRequest with an error message."""

    def __init__(self, reply: Reply) -> None:
        Exception.__init__(self, reply.code)
        self.reply = reply


def _error(body: bytes) -> Reply:
    """Return an ErrorResponse: fields of one type byte and a string that ends with zero."""
    fields: Dict[str, str] = {}
    for field in body.split(b'\0'):
        if field:
            fields.setdefault(field[:1].decode('latin-1'), field[1:].decode('utf-8', 'replace')[:LONGEST_TEXT])
    return Reply(ERROR, fields.get('C', '')[:5], fields.get('M', ''), fields.get('R', '')[:64])
