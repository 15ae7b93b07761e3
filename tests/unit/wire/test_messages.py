# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages before a password, and the clear records of a handshake: parsing of whatever a server sends."""
from __future__ import annotations

import struct

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import (
    AUTHENTICATION,
    CLOSED,
    ERROR,
    FOREIGN,
    OVERSIZED,
    SESSION,
    Reply,
    not_ready,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import LONGEST_DETAIL, Broken
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.messages import (
    LONGEST_TEXT,
    SSL_REQUEST,
    Answered,
    Reader,
    ssl_answer,
    startup,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.records import ServerFlight, asked_in_tls_1_3
from ansible_collections.gaussdb.dws_ssl.tests.unit.wire.servers import AUTHENTICATION_OK, WANTS_PASSWORD, error
from hypothesis import given
from hypothesis import strategies as st

# As PostgreSQL says it before it knows of protocols (postmaster.c, report_fork_failure_to_client).
OLD = b'Ecould not fork new process for connection: no memory\n\0'
NOTICE = struct.pack('!ci', b'N', 9) + b'Mnote'


def ended() -> bytes:
    """Nothing more comes."""
    raise Broken(CLOSED)


def reply(data: bytes) -> Reply:
    return Reader(ended, data).reply()


def test_the_requests_are_those_of_the_protocol():
    assert SSL_REQUEST.hex() == '0000000804d2162f'
    assert startup('me', 'db') == struct.pack('!ii', 29, 196608) + b'user\0me\0database\0db\0\0'


@pytest.mark.parametrize('data, expected', [
    (AUTHENTICATION_OK, Reply(SESSION)), (WANTS_PASSWORD, Reply(AUTHENTICATION)), (NOTICE + AUTHENTICATION_OK, Reply(SESSION)),
    (error('28000', 'no', 'ClientAuthentication'), Reply(ERROR, '28000', 'no', 'ClientAuthentication')),
    (error('57P03', '\u4e2d\u6587'), Reply(ERROR, '57P03', '\u4e2d\u6587')),
    (struct.pack('!ci', b'E', 6) + b'\0\0', Reply(ERROR)),
    (OLD, Reply(ERROR, '53000', 'could not fork new process for connection: no memory')),
    (struct.pack('!ci', b'E', 9) + b'M\xff\xfe\0\0', Reply(ERROR, '', '\ufffd\ufffd'))])
def test_answers(data, expected):
    assert reply(data) == expected


@pytest.mark.parametrize('data, fault', [
    (b'', CLOSED), (b'R', CLOSED), (AUTHENTICATION_OK[:-1], CLOSED), (b'Z\0\0\0\5I', FOREIGN), (b'HTTP/1.1 400', FOREIGN),
    (b'R\0\0\0\3', FOREIGN), (b'R\0\0\0\4', FOREIGN), (b'E\xff\xff\xff\xff', FOREIGN), (b'E\0\0\x75\x31', OVERSIZED),
    (b'EFATAL:  sorry', OVERSIZED), (b'EFATA\x07L\0', OVERSIZED), (b'E\xfeFATAL\0', FOREIGN), (NOTICE * 20, FOREIGN)])
def test_what_is_no_answer(data, fault):
    with pytest.raises(Broken) as caught:
        reply(data)
    assert caught.value.fault == fault


def test_an_error_of_protocol_2_answers_sslrequest_too():
    with pytest.raises(Answered) as caught:
        ssl_answer(OLD, ended)
    assert caught.value.reply == reply(OLD) and not_ready(caught.value.reply)
    with pytest.raises(Broken):
        ssl_answer(b'ERROR\r\n', ended)     # memcached's


def test_a_long_text_is_cut():
    assert len(reply(error('28000', 'x' * 20000)).message) == LONGEST_TEXT


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda data: b'E' + struct.pack('!i', len(data) + 4) + data))
def test_any_bytes_are_an_answer_or_a_fault(data):
    try:
        found = reply(data)
    except Broken as broken:
        assert broken.fault in (CLOSED, FOREIGN, OVERSIZED) and len(broken.detail) <= LONGEST_DETAIL
    else:
        assert found.kind in (SESSION, AUTHENTICATION, ERROR)


@given(st.binary(min_size=1, max_size=40))
def test_any_bytes_answer_sslrequest_or_are_a_fault(data):
    try:
        assert ssl_answer(data, ended) in ('S', 'N')
    except (Broken, Answered):
        pass


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_a_flight(parts):
    flight = ServerFlight()
    for part in parts:
        flight.feed(part)
    assert flight.asked in (None, True, False) and (flight.chain is None or isinstance(flight.chain, list))
    asked_in_tls_1_3(b''.join(parts))


def record(kind: int, content: bytes) -> bytes:
    return bytes([kind, 3, 3]) + struct.pack('!H', len(content)) + content


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, 'big') + body


def certificates(*entries: bytes) -> bytes:
    listed = b''.join(len(entry).to_bytes(3, 'big') + entry for entry in entries)
    return message(11, len(listed).to_bytes(3, 'big') + listed)


@pytest.mark.parametrize('asked', [True, False])
@pytest.mark.parametrize('piece', [1, 7, 1000])
def test_a_handshake_in_pieces(asked, piece):
    """Messages may be cut into records, and records into reads, at any place."""
    handshake = message(2, bytes(70)) + certificates(b'one', b'two') + (message(13, b'\1') if asked else b'') + message(14, b'')
    data = b''.join(record(22, handshake[at:at + 5]) for at in range(0, len(handshake), 5))
    flight = ServerFlight()
    assert flight.asked is None and flight.chain is None
    for at in range(0, len(data), piece):
        flight.feed(data[at:at + piece])
    assert (flight.chain, flight.asked) == ([b'one', b'two'], asked)


def test_nothing_is_read_from_encrypted_records():
    flight = ServerFlight()
    flight.feed(record(22, message(2, bytes(70))) + record(20, b'\1') + record(22, certificates(b'one')))
    assert flight.chain is None and flight.asked is None


@pytest.mark.parametrize('encrypted, asked', [([], None), ([53], False), ([69], False), ([30, 53], True), ([900], True)])
def test_the_clients_last_flight_in_tls_1_3(encrypted, asked):
    """Finished alone, or with a certificate message, be it empty, before it."""
    sent = record(22, bytes(200)) + record(20, b'\1') + b''.join(record(23, bytes(length)) for length in encrypted)
    assert asked_in_tls_1_3(sent) is asked
