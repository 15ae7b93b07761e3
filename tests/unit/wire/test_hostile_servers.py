# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile or broken server must not hang, crash or fill the module: real sockets, a time limit, and a finding each."""
from __future__ import annotations

import errno
import os
import socket
import struct
import threading
import time
import tracemalloc

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire import connection
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import Broken
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.probe import probe
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire import servers
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.asking import Seen
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.servers import Server, error, good, says, then_endlessly
from cryptography import x509

TIMEOUT = 0.4          # seconds for a server that does not come to an end
MARGIN = 1.5           # seconds that a busy machine, and the start of another Python, may add
LARGEST_ANSWER = 64 * 1024

CA = bundles.root()
# Its signatures have one length, so that every conversation has as many bytes as the one before.
IDENTITY = bundles.server(CA, own_key=bundles.key('Ed25519'))
CONTEXT = servers.server_context(IDENTITY)
NOTICE = struct.pack('!ci', b'N', 9) + b'Mnote'
HUGE = struct.pack('!ci', b'E', 2 ** 31 - 1) + b'SFATAL\0' + b'x' * 1000


def after_s(data: bytes):
    """A server that answers SSLRequest with S, and the ClientHello with something else."""
    return says(b'S', data)


def in_tls(reply):
    """A server that sets TLS up well and then answers the startup message so."""
    return good(CONTEXT, reply, reply)


# What it does, and the finding.
CASES = {
    'closes at once': (lambda peer: None, 'endpoint-closed'),
    'closes after SSLRequest': (lambda peer: peer.receive() and None, 'endpoint-closed'),
    'never answers': (says(), 'endpoint-timeout'),
    'never answers the ClientHello': (says(b'S'), 'endpoint-timeout'),
    'never answers the startup message': (in_tls(b''), 'endpoint-timeout'),
    'half an answer to the startup message': (in_tls(b'R\0\0'), 'endpoint-timeout'),
    'says no, and nothing to clear text': (says(b'N'), 'endpoint-timeout'),
    'an SSH server': (lambda peer: peer.send(b'SSH-2.0-OpenSSH_9.2\r\n') or peer.receive(), 'endpoint-foreign'),
    'a mail server': (lambda peer: peer.send(b'220 mail ESMTP\r\n') or peer.receive(), 'endpoint-foreign'),
    'a web server': (says(b'HTTP/1.1 400 Bad Request\r\n\r\n'), 'endpoint-foreign'),
    'a web server with TLS': (says(bytes.fromhex('15030100020246')), 'endpoint-foreign'),
    'garbage with S': (says(b'S' + bytes(range(200))), 'endpoint-injected'),
    'garbage with N': (says(b'N\0\0'), 'endpoint-injected'),
    'garbage after S': (after_s(b'\xff' * 5000), 'tls-failed'),
    'clear text after S': (after_s(servers.AUTHENTICATION_OK), 'tls-failed'),
    'an alert after S': (after_s(bytes.fromhex('15030100020228')), 'tls-failed'),
    'empty records after S': (then_endlessly(b'S', bytes.fromhex('1603030000') * 1000), 'tls-failed'),
    'zeros without end': (then_endlessly(bytes(65536)), 'endpoint-foreign'),
    'zeros without end after S': (then_endlessly(b'S', bytes(65536)), 'tls-failed'),
    'a handshake message without end': (
        then_endlessly(b'S', bytes.fromhex('160303400002ffffff') + bytes(16380)), 'tls-failed'),
    'notices without end': (in_tls(NOTICE * 100000), 'endpoint-foreign'),
    'data without end in TLS': (in_tls(b'N' + struct.pack('!i', 29000) + bytes(28996) + b'N' * 4000000), 'endpoint-foreign'),
    'an oversized error': (in_tls(HUGE), 'endpoint-foreign'),
    'an error just too large': (in_tls(struct.pack('!ci', b'E', 30001) + bytes(29997)), 'endpoint-foreign'),
    'a negative length': (in_tls(struct.pack('!ci', b'E', -5)), 'endpoint-foreign'),
    'an unknown message': (in_tls(b'Z\0\0\0\5I'), 'endpoint-foreign'),
    'an empty authentication request': (in_tls(struct.pack('!ci', b'R', 4)), 'endpoint-foreign'),
    'starting': (in_tls(error('57P03', 'the database system is starting up')), 'endpoint-not-ready'),
    'no process left': (says(b'Ecould not fork new process for connection: no memory\n\0'), 'endpoint-not-ready'),
    'no process left, after the handshake': (in_tls(b'Ecould not fork new process for connection: no memory\n\0'), 'endpoint-not-ready'),
    'too many clients': (says(error('53300', 'sorry, too many clients already')), 'endpoint-not-ready'),
}


@pytest.mark.parametrize('name', CASES)
def test_it_ends_in_time_with_a_finding(name, python):
    script, rule = CASES[name]
    with Server(script) as server:
        seen = Seen(server.port, TIMEOUT, python)
    assert seen.seconds < TIMEOUT + MARGIN
    assert seen.size < LARGEST_ANSWER
    assert rule in seen.rules, seen.findings
    assert all(len(one.message) < 400 for one in seen.findings)


def slowly(data: bytes):
    """Send data byte by byte."""
    def script(peer):
        peer.receive()
        for at in range(len(data)):
            peer.send(data[at:at + 1])
            time.sleep(0.01)
        peer.receive()
    return script


@pytest.mark.parametrize('data', [b'S' + bytes.fromhex('1603030400') + bytes(1024), b'E' + struct.pack('!i', 1000) + bytes(996)])
def test_slow_bytes_end_at_the_time_limit(data, python):
    with Server(slowly(data)) as server:
        seen = Seen(server.port, TIMEOUT, python)
    assert seen.seconds < TIMEOUT + MARGIN
    assert {'endpoint-timeout', 'endpoint-injected'} & seen.rules


def test_nobody_listens(python):
    seen = Seen(servers.closed_port(), TIMEOUT, python)
    assert 'endpoint-unreachable' in seen.rules and endpoint.reachable(seen.probe) is False


def test_a_host_without_ipv6_takes_the_next_address(monkeypatch):
    make = socket.socket

    def without(family=socket.AF_INET, *arguments):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        return make(family, *arguments)

    monkeypatch.setattr(socket, 'socket', without)
    six = connection.Address(socket.AF_INET6, ('::1', 1, 0, 0))
    with Server(says()) as server:
        opened, address = connection.connect([six, connection.Address(socket.AF_INET, ('127.0.0.1', server.port))], time.monotonic() + 5)
        opened.close()
    assert address.family == socket.AF_INET
    with pytest.raises(Broken) as caught:
        connection.connect([six], time.monotonic() + 5)
    assert caught.value.fault == endpoint.UNREACHABLE and caught.value.detail.startswith('::1: ')


def test_a_name_that_is_no_utf_8_hides_nothing_else(tmp_path, python):
    """Python makes an error of it; libpq compares bytes."""
    odd = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b'\x30\x04\x82\x02d\xe9')
    identity = bundles.server(CA, alternatives=(), extra=((odd, False),))
    (tmp_path / 'cacert.pem').write_bytes(CA.pem)
    (tmp_path / 'cacert.pem').chmod(0o600)
    with Server(good(servers.server_context(identity))) as server:
        seen = Seen(server.port, python=python, dest=str(tmp_path))
    assert (endpoint.verification(seen.probe), seen.probe.verified.names) == (True, ())
    assert {one.severity for one in seen.findings} <= {'info', 'warning'}, seen.findings


def test_a_server_that_does_not_accept():
    """Its queue is full, so that the system does not even complete the connection."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        listener.listen(0)
        others = [socket.socket() for _number in range(4)]
        for one in others:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        seen = Seen(listener.getsockname()[1], TIMEOUT)
        for one in others:
            one.close()
    assert seen.rules >= {'endpoint-timeout'} and seen.seconds < TIMEOUT + MARGIN


@pytest.mark.parametrize('count, rule', [(100, 'server-chain-long'), (400, 'tls-failed')])
def test_a_long_chain(count, rule, python):
    """OpenSSL takes 100 KiB of it; ten certificates are returned."""
    below = b''.join(one.pem for one in servers.chain_of(count))
    with Server(good(servers.server_context(bundles.server(CA), below))) as server:
        seen = Seen(server.port, python=python)
    assert rule in seen.rules and seen.size < LARGEST_ANSWER
    if count == 100:
        assert seen.probe.inspection.chain_length == 101
        assert len(seen.probe.inspection.chain) == endpoint.MOST_CERTIFICATES


@pytest.mark.parametrize('name', ['zeros without end', 'zeros without end after S', 'data without end in TLS',
                                  'a handshake message without end', 'notices without end', 'an oversized error'])
def test_memory_is_bounded(name):
    """What the process holds at its worst, the server's own buffers in other threads included."""
    script, _rule = CASES[name]
    with Server(script) as server:
        tracemalloc.start()
        probe({'host': '127.0.0.1', 'port': server.port, 'user': 'u', 'database': 'd', 'timeout': TIMEOUT})
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_a_connection_takes_so_many_bytes_and_no_more():
    """Whatever the layers above make of them: tickets without end, say, of which TLS tells nobody."""
    with Server(then_endlessly(bytes(65536))) as server:
        deadline = time.monotonic() + 10
        opened, _address = connection.connect(connection.resolve('127.0.0.1', server.port, deadline), deadline)
        opened.send(b'x')
        with pytest.raises(Broken) as caught:
            while True:
                opened.receive()
        opened.close()
    assert caught.value.fault == endpoint.OVERSIZED
    assert connection.MOST_BYTES < opened.received <= connection.MOST_BYTES + 16384


def test_a_name_that_is_never_resolved(monkeypatch):
    """getaddrinfo(3) waits as long as it likes."""
    release = threading.Event()
    monkeypatch.setattr(socket, 'getaddrinfo', lambda *arguments: release.wait(30) and [])
    start = time.monotonic()
    with pytest.raises(Broken) as caught:
        connection.resolve('db.example.com', 8000, start + 0.2)
    release.set()
    assert caught.value.fault == endpoint.TIMEOUT and time.monotonic() - start < 0.2 + MARGIN


def test_a_connection_that_is_closed_after_each_possible_byte():
    """Every connection of the probe ends after so many bytes of a good conversation; the last byte makes it good.

    The inspection speaks TLS 1.2 with this server, the client's connection TLS 1.3.
    """
    script = good(CONTEXT)
    with Server(script) as server:
        whole = Seen(server.port)
        most = max(server.sent)
    assert whole.rules & ERRORS == set() and endpoint.admits(whole.probe.unverified)
    assert (whole.probe.inspection.version, whole.probe.unverified.version) == ('TLSv1.2', 'TLSv1.3')
    for limit in range(most):
        with Server(script, limit) as server:
            seen = Seen(server.port)
        assert 'endpoint-closed' in seen.rules, limit
        assert seen.seconds < 4, limit


ERRORS = {'endpoint-closed', 'endpoint-timeout', 'endpoint-foreign', 'tls-failed', 'endpoint-unreachable'}
