# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One TCP connection that ends at a deadline and after a number of bytes, whatever the other side does."""
import encodings.idna
import socket
import threading
import time
from typing import Any, List, NamedTuple, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import (
    CLOSED, OVERSIZED, TIMEOUT, UNREACHABLE)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import Broken

# getaddrinfo wants it, and a process that has become another user may not be able to load it any more.
LOADED_EARLY = (encodings.idna,)

# Bytes that one connection may bring. A handshake has about 4 KiB, with the longest chain that OpenSSL takes 100 KiB.
MOST_BYTES = 256 * 1024


class Address(NamedTuple):
    """One address of the endpoint; ``target`` is what connect(2) takes."""
    family: int
    target: Tuple[Any, ...]


def resolve(host: str, port: int, deadline: float) -> List[Address]:
    """Return the addresses of a host. Raise Broken where there are none, or no answer in time.

    getaddrinfo(3) knows no deadline, so it runs in a thread that is left behind where it does not come back.
    """
    found: List[Address] = []
    failed: List[str] = []

    def look_up() -> None:
        try:
            for family, _kind, _protocol, _name, target in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
                found.append(Address(family, tuple(target)))
        except OSError as error:
            failed.append(error.strerror or str(error))
        except (UnicodeError, LookupError):
            failed.append('not a host name')

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if thread.is_alive():
        raise Broken(TIMEOUT, 'the name was not resolved')
    if not found:
        raise Broken(UNREACHABLE, failed[0] if failed else 'no address')
    return found


class Connection:
    """An open connection. ``deadline`` is in seconds of time.monotonic(); ``received`` counts the bytes that came."""

    def __init__(self, opened: socket.socket, deadline: float) -> None:
        self._socket = opened
        self.deadline = deadline
        self.received = 0

    def send(self, data: bytes) -> None:
        """Send all of it. That the other side has closed shows when its answer is read, which may say why."""
        try:
            self._socket.settimeout(remaining(self.deadline))
            self._socket.sendall(data)
        except socket.timeout:
            raise Broken(TIMEOUT, 'it takes no data') from None
        except OSError:
            pass

    def receive(self, most: int = 16384) -> bytes:
        """Return what has come, at least one byte. Raise Broken where nothing comes any more, or too much did."""
        try:
            self._socket.settimeout(remaining(self.deadline))
            data = self._socket.recv(most)
        except socket.timeout:
            raise Broken(TIMEOUT, 'no answer after %d bytes' % self.received) from None
        except OSError as error:
            raise Broken(CLOSED, 'after %d bytes: %s' % (self.received, error.strerror or 'closed')) from None
        if not data:
            raise Broken(CLOSED, 'after %d bytes' % self.received)
        self.received += len(data)
        if self.received > MOST_BYTES:
            raise Broken(OVERSIZED, 'more than %d bytes' % MOST_BYTES)
        return data

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def remaining(deadline: float) -> float:
    """Return the seconds that are left, never 0 (which would mean "do not wait" to a socket). Raise Broken where none are."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Broken(TIMEOUT, 'the time was over')
    return left


def connect(addresses: List[Address], deadline: float) -> Tuple[Connection, Address]:
    """Connect to the first address that accepts, as libpq does. Raise Broken where none does.

    No address may use up the time of those after it.
    """
    failure = Broken(UNREACHABLE, 'no address')
    for place, address in enumerate(addresses):
        left, opened = remaining(deadline), None
        try:
            opened = socket.socket(address.family, socket.SOCK_STREAM)     # a host without IPv6 has no such sockets
            opened.settimeout(left / (len(addresses) - place))
            opened.connect(address.target)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)     # as libpq does
            return Connection(opened, deadline), address
        except socket.timeout:
            failure = Broken(TIMEOUT, 'no connection to %s' % address.target[0])
        except OSError as error:
            failure = Broken(UNREACHABLE, '%s: %s' % (address.target[0], error.strerror or type(error).__name__))
        if opened is not None:
            opened.close()
    raise failure
