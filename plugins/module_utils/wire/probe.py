# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking an endpoint what it does: at most four connections, no password, no SQL, one time limit for all of it.

1. TLS up to 1.2 without files and without verification, for the server's chain and its request for a certificate.
2. TLS as a client of the set does it, verifying with its CA file, up to the answer to a startup message.
3. The same without verification, where there is no CA file or the server failed the verification.
4. The startup message in clear text.
"""
import base64
import ssl
import time
from typing import Any, Callable, Dict, List, Mapping, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import (
    ANSWERED, CONNECT, HANDSHAKE, MOST_CERTIFICATES, SESSION, SSL_REQUEST, STARTUP, TLS, UNVERIFIED, Attempt, Probe, as_plain)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import Broken
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.client_files import Files, locate
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.connection import Address, Connection, connect, remaining, resolve
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.messages import (
    SSL_REQUEST as SSL_REQUEST_MESSAGE, TERMINATE, Answered, Reader, ssl_answer, startup)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.tls import Channel, inspection_context, words_of

NewContext = Callable[[], ssl.SSLContext]


def probe(request: Mapping[str, Any]) -> Dict[str, Any]:
    """Return what was seen, as ``policy.endpoint.probe_of`` takes it. Runs as the owner of the files.

    ``request``: ``host``, ``port``, ``user``, ``database``, ``timeout`` (seconds) and, where there are files, ``dest`` or
    ``sslcert``, ``sslkey``, ``sslrootcert``, ``sslcrl``.
    """
    deadline = time.monotonic() + request['timeout']
    files = Files(locate(request), request['user'])
    message = startup(request['user'], request['database'])
    try:
        addresses = resolve(request['host'], request['port'], deadline)
    except Broken as broken:
        failed = Attempt(CONNECT, broken.fault, broken.detail)
        return as_plain(Probe(None, files.seen, inspection=failed))
    return as_plain(_ask(_Endpoint(addresses, deadline), files, message))


def _ask(endpoint: '_Endpoint', files: Files, message: bytes) -> Probe:
    """Make the connections. TLS may use its share of the time that is left, so that one that stalls leaves some to the rest."""
    inspection = endpoint.attempt(4, inspection_context, None)
    found = Probe(endpoint.address, files.seen, inspection)
    if inspection.answer == 'S' and not any(fault.stops for fault in files.seen.faults):
        if files.seen.ca:
            found = found._replace(verified=endpoint.attempt(3, files.verifying, message))
        if found.verified is None or found.verified.fault in (UNVERIFIED, TLS):
            found = found._replace(unverified=endpoint.attempt(2, files.without_ca, message))
    if inspection.answer:
        found = found._replace(clear=endpoint.attempt(1, None, message))
    return found


class _Progress:
    """One connection while it is made: what an Attempt will say."""

    def __init__(self) -> None:
        self.attempt = Attempt(CONNECT)
        self.channel: Optional[Channel] = None

    def note(self, **values: Any) -> None:
        self.attempt = self.attempt._replace(**values)

    def note_channel(self) -> None:
        """Keep what the handshake has shown, also where it failed half way."""
        if self.channel is None:
            return
        chain = self.channel.chain
        self.note(version=self.channel.version, cipher=self.channel.cipher,
                  asked_for_certificate=self.channel.asked_for_certificate,
                  chain=chain and tuple(base64.b64encode(one).decode('ascii') for one in chain[:MOST_CERTIFICATES]),
                  chain_length=len(chain or ()))


class _Endpoint:
    """The server's addresses; after the first connection the one that accepted it."""

    def __init__(self, addresses: List[Address], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self.address: Optional[str] = None

    def attempt(self, left: int, new_context: Optional[NewContext], message: Optional[bytes]) -> Attempt:
        """Return the story of one connection: with TLS where there is a context, with a session where there is a message.

        ``left`` is the number of connections that may still follow, this one included.
        """
        progress = _Progress()
        try:
            connection = self._connect()
            try:
                self._talk(progress, connection, new_context, message, left)
            finally:
                progress.note_channel()
                connection.close()
        except Broken as broken:
            progress.note(fault=broken.fault, detail=broken.detail, verify_code=broken.verify_code)
        except Answered as answered:
            progress.note(answer='E', reply=answered.reply)
        return progress.attempt

    def _connect(self) -> Connection:
        connection, address = connect(self._addresses, self._deadline)
        self._addresses = [address]
        self.address = str(address.target[0])
        return connection

    def _talk(self, progress: _Progress, connection: Connection, new_context: Optional[NewContext],
              message: Optional[bytes], left: int) -> None:
        read, write = connection.receive, connection.send    # type: Callable[[], bytes], Callable[[bytes], None]
        if new_context is not None:
            progress.note(step=SSL_REQUEST)
            connection.send(SSL_REQUEST_MESSAGE)
            progress.note(answer=ssl_answer(connection.receive(), connection.receive))
            if progress.attempt.answer != 'S':
                return
            connection.deadline = time.monotonic() + remaining(self._deadline) / left
            progress.note(step=HANDSHAKE)
            progress.channel = channel = Channel(connection, _context(new_context))
            channel.handshake()
            progress.note(names=tuple(channel.names))
            read, write = channel.read, channel.write
        if message is not None:
            progress.note(step=STARTUP)
            write(message)
            progress.note(reply=Reader(read).reply(), step=ANSWERED)
            if progress.attempt.reply and progress.attempt.reply.kind == SESSION:
                write(TERMINATE)


def _context(new_context: NewContext) -> ssl.SSLContext:
    """Make the context. The files were good a moment ago; where they are not any more, say so as OpenSSL does."""
    try:
        return new_context()
    except (ssl.SSLError, OSError) as error:
        raise Broken(TLS, words_of(error)) from None
