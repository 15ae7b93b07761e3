# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS over a bounded connection, with contexts that verify as psql does.

Never ssl.create_default_context: its flags accept and refuse other chains than libpq, and differ between Python versions.
"""
import ssl
from typing import Any, Callable, List, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import CLOSED, TLS, UNVERIFIED
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.broken import Broken
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.connection import Connection
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.records import ServerFlight, asked_in_tls_1_3

_LEGACY_SERVER_CONNECT = 0x4      # SSL_OP_LEGACY_SERVER_CONNECT, which the ssl module names from 3.12 on
_TLS_1_3 = 'TLSv1.3'
_MOST_NAMES = 100                 # of a certificate that are returned


def client_context() -> ssl.SSLContext:
    """Return a context with libpq's settings: TLS 1.2 or newer, OpenSSL's own ciphers, no verification yet."""
    context = _trusting_context()
    _limit(context, 'minimum_version', 'TLSv1_2', ('OP_NO_TLSv1', 'OP_NO_TLSv1_1'))
    context.set_ciphers('DEFAULT')
    return context


def inspection_context() -> ssl.SSLContext:
    """Return a context that comes to terms with any server up to TLS 1.2, weak ones too: it looks and sends nothing."""
    context = _trusting_context()
    _limit(context, 'minimum_version', 'MINIMUM_SUPPORTED', ())
    _limit(context, 'maximum_version', 'TLSv1_2', ('OP_NO_TLSv1_3',))
    context.options |= _LEGACY_SERVER_CONNECT
    try:
        context.set_ciphers('ALL:!aNULL:!eNULL:@SECLEVEL=0')
    except ssl.SSLError:              # OpenSSL before 1.1.0 knows no levels
        context.set_ciphers('ALL:!aNULL:!eNULL')
    return context


def verify_with(context: ssl.SSLContext, ca: str, crl: Optional[str]) -> bool:
    """Let a context verify the server, as libpq does; return whether the revocation list is in use.

    A list that cannot be loaded is passed over in silence, as by libpq. Raise ssl.SSLError or OSError for the CA file.
    """
    context.load_verify_locations(cafile=ca)
    context.verify_mode = ssl.CERT_REQUIRED
    if crl is None:
        return False
    try:
        context.load_verify_locations(cafile=crl)
    except (ssl.SSLError, OSError):
        return False
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    return True


def _trusting_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False    # of the modes of GaussDB(DWS) none compares names
    context.verify_mode = ssl.CERT_NONE
    return context


def _limit(context: ssl.SSLContext, name: str, version: str, options: Tuple[str, ...]) -> None:
    """Set a limit to the version: by name from Python 3.7 on, before by options."""
    versions = getattr(ssl, 'TLSVersion', None)
    if versions is not None:
        setattr(context, name, getattr(versions, version))
    else:
        for option in options:
            context.options |= getattr(ssl, option, 0)


class Channel:
    """TLS on a connection that has got S for an answer.

    ``version`` (as OpenSSL names it: TLSv1.2, TLSv1.3), ``cipher`` and ``names`` are known once the handshake is complete.
    They are read then and kept: of a connection that is refused later Python 3.6 tells nothing any more.
    """

    def __init__(self, connection: Connection, context: ssl.SSLContext) -> None:
        self._connection = connection
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing)
        self._sent = b''
        self._flight = ServerFlight()
        self._own_chain: Optional[List[bytes]] = None
        self.version: Optional[str] = None
        self.cipher: Optional[str] = None
        self.names: List[Tuple[str, str]] = []

    def handshake(self) -> None:
        """Complete the handshake. Raise Broken where that fails."""
        self._run(self._tls.do_handshake, self._sending_noted)
        cipher = self._tls.cipher()
        self.version, self.cipher = self._tls.version(), cipher[0] if cipher else None
        try:
            self.names = _names(self._tls.getpeercert() or {})
        except ValueError:     # Python takes an alternative name that is no UTF-8 for an error, libpq compares its bytes
            self.names = []
        self._own_chain = _chain(self._tls)

    def read(self) -> bytes:
        """Return what has come, at least one byte. Raise Broken where the server closes, or refuses in TLS 1.3's late way."""
        data = self._run(lambda: self._tls.read(16384), self._sending)
        if not data:
            raise Broken(CLOSED, 'after the handshake')
        return bytes(data)

    def write(self, data: bytes) -> None:
        """Send data."""
        self._run(lambda: self._tls.write(data), self._sending)

    @property
    def asked_for_certificate(self) -> Optional[bool]:
        """Whether the server asked for a certificate of the client."""
        return asked_in_tls_1_3(self._sent) if self.version == _TLS_1_3 else self._flight.asked

    @property
    def chain(self) -> Optional[List[bytes]]:
        """The server's certificates in DER, in TLS 1.3 before Python 3.13 its own alone."""
        return self._flight.chain or self._own_chain

    def _run(self, operation: Callable[[], Any], sending: Callable[[], None]) -> Any:
        while True:
            try:
                result = operation()
            except ssl.SSLWantReadError:
                sending()
                data = self._connection.receive()
                self._flight.feed(data)
                self._incoming.write(data)
                continue
            except ssl.SSLZeroReturnError:
                raise Broken(CLOSED, 'after the handshake') from None
            except ssl.SSLError as error:
                sending()             # the alert that tells the server why
                raise _broken(error) from None
            sending()
            return result

    def _sending(self) -> None:
        data = self._outgoing.read()
        if data:
            self._connection.send(data)

    def _sending_noted(self) -> None:
        data = self._outgoing.read()
        if data:
            self._sent += data
            self._connection.send(data)


def _names(certificate: Any) -> List[Tuple[str, str]]:
    """Return the names of a verified server: ``('DNS', name)``, ``('IP Address', address)`` and ``('commonName', name)``."""
    subject = [pair for part in certificate.get('subject', ()) for pair in part if pair[0] == 'commonName']
    return [(kind, name) for kind, name in tuple(certificate.get('subjectAltName', ()))[:_MOST_NAMES] + tuple(subject)[:1]
            if isinstance(name, str)]


def _chain(tls: ssl.SSLObject) -> Optional[List[bytes]]:
    """Return the certificates that Python tells of: all from 3.13 on, else the server's own."""
    whole = getattr(tls, 'get_unverified_chain', None)
    if whole is not None:
        return list(whole()) or None
    own = tls.getpeercert(True)
    return [own] if own else None


def _broken(error: ssl.SSLError) -> Broken:
    reason = error.reason or ''
    if reason == 'CERTIFICATE_VERIFY_FAILED':
        words = getattr(error, 'verify_message', None) or 'certificate verify failed'
        return Broken(UNVERIFIED, str(words), getattr(error, 'verify_code', None))
    return Broken(TLS, words_of(error))


def words_of(error: Exception) -> str:
    """Return OpenSSL's reason for an error, in its own words: ``sslv3 alert certificate expired``."""
    reason = getattr(error, 'reason', None)
    if isinstance(reason, str) and reason:
        return reason.replace('_', ' ').lower()
    return (getattr(error, 'strerror', None) or type(error).__name__).lower()
