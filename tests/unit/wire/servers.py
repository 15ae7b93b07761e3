# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers on loopback that behave as a test wants: well, badly, or well for a number of bytes."""
from __future__ import annotations

import os
import socket
import ssl
import struct
import tempfile
import threading
from typing import Callable, Iterator

from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles

AUTHENTICATION_OK = struct.pack('!cii', b'R', 8, 0)
WANTS_PASSWORD = struct.pack('!cii', b'R', 8, 3)
SSL_REQUEST = bytes.fromhex('0000000804d2162f')

Script = Callable[['Peer'], None]


class Cut(Exception):
    """The number of bytes that the server was to send is reached."""


class Peer:
    """The server's end of one connection. It sends ``limit`` bytes at most, then the connection is closed."""

    def __init__(self, connection: socket.socket, limit: int | None = None) -> None:
        self.connection = connection
        self.sent = 0
        self._limit = limit

    def send(self, data: bytes) -> None:
        if self._limit is not None and self.sent + len(data) > self._limit:
            data = data[:self._limit - self.sent]
            self.connection.sendall(data)
            self.sent += len(data)
            raise Cut
        self.connection.sendall(data)
        self.sent += len(data)

    def receive(self) -> bytes:
        data = self.connection.recv(16384)
        if not data:
            raise Cut
        return data

    def first_message(self) -> bytes:
        """Return SSLRequest or a startup message."""
        data = b''
        while len(data) < 4 or len(data) < struct.unpack('!i', data[:4])[0]:
            data += self.receive()
        return data


class Server:
    """Runs a script for each connection, in threads. ``received`` counts bytes that clients took, a connection an entry."""

    def __init__(self, script: Script, limit: int | None = None) -> None:
        self._script = script
        self._limit = limit
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.port = self._listener.getsockname()[1]
        self.sent: list[int] = []

    def __enter__(self) -> 'Server':
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        # close() alone would leave the thread in accept(2)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(connection, self._limit)
        with connection:
            try:
                self._script(peer)
            except (Cut, OSError):
                pass
            self.sent.append(peer.sent)


class TlsPeer:
    """TLS on the server's end, over memory, so that every byte goes through ``Peer.send``."""

    def __init__(self, peer: Peer, context: ssl.SSLContext) -> None:
        self._peer = peer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._run(self._tls.do_handshake)

    def first_message(self) -> bytes:
        return self._run(lambda: self._tls.read(16384))

    def send(self, data: bytes) -> None:
        self._run(lambda: self._tls.write(data))

    def _run(self, operation):
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                self._flush()
                self._incoming.write(self._peer.receive())
                continue
            except ssl.SSLError:
                self._flush()
                raise
            self._flush()
            return result

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            self._peer.send(data)


def server_context(identity: bundles.Identity, below: bytes = b'', newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Return a server's context; ``below`` is PEM that follows its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    if newest is not None:
        context.maximum_version = newest
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'server.pem')
        with open(path, 'wb') as file:
            file.write(bundles.plain_pem(identity.key) + identity.pem + below)
        context.load_cert_chain(path)
    return context


def good(context: ssl.SSLContext, reply: bytes = AUTHENTICATION_OK, clear_reply: bytes = AUTHENTICATION_OK) -> Script:
    """Return the script of a server that does all as it should."""
    def script(peer: Peer) -> None:
        if peer.first_message() != SSL_REQUEST:
            peer.send(clear_reply)
            peer.receive()
            return
        peer.send(b'S')
        tls = TlsPeer(peer, context)
        tls.first_message()
        tls.send(reply)
        tls.first_message()
    return script


def says(*answers: bytes) -> Script:
    """Return the script of a server that sends these bytes, one by one, each after something came; then it waits."""
    def script(peer: Peer) -> None:
        for answer in answers:
            peer.receive()
            peer.send(answer)
        while True:
            peer.receive()
    return script


def then_endlessly(*answers: bytes) -> Script:
    """Return the script of a server that sends the last of these answers again and again."""
    def script(peer: Peer) -> None:
        for answer in answers[:-1]:
            peer.receive()
            peer.send(answer)
        peer.receive()
        while True:
            peer.send(answers[-1])
    return script


def error(code: str, message: str, routine: str = '', severity: str = 'FATAL') -> bytes:
    """Return an ErrorResponse."""
    fields = [f'S{severity}', f'C{code}', f'M{message}'] + ([f'R{routine}'] if routine else [])
    body = b''.join(field.encode() + b'\0' for field in fields) + b'\0'
    return b'E' + struct.pack('!i', len(body) + 4) + body


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def chain_of(count: int) -> Iterator[bundles.Identity]:
    """Yield certificates, each issued by the one before."""
    issuer = bundles.root('CA 0')
    for number in range(1, count + 1):
        issuer = bundles.intermediate(issuer, 'CA %d' % number)
        yield issuer
