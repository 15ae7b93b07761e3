# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen of an endpoint, as plain values, and what can be concluded from it: ``None`` means "not known".

``wire/`` fills these in on the host; text in them comes from a server that may be anybody, so it is short, and whoever
puts it into a message escapes it (``policy/escape.py``).
"""
import ipaddress
import re
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Optional, Tuple
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped

DEFAULT_PORT = 8000               # of a GaussDB(DWS) cluster

# How far one connection came: each step contains those before it.
CONNECT, SSL_REQUEST, HANDSHAKE, STARTUP, ANSWERED = 'connect', 'ssl-request', 'handshake', 'startup', 'answered'

# Why it came no further.
UNREACHABLE = 'unreachable'       # no such name, or no connection to any of its addresses
TIMEOUT = 'timeout'               # the time for the whole probe was over
CLOSED = 'closed'                 # the server closed the connection before its answer was complete
FOREIGN = 'foreign'               # the answer is none of PostgreSQL's protocol
OVERSIZED = 'oversized'           # it sent more than any such answer has
INJECTED = 'injected'             # more than one byte came in answer to SSLRequest
TLS = 'tls'                       # the handshake failed for another reason than the server's certificate
UNVERIFIED = 'unverified'         # the client refused the server's certificate

# Kinds of answers to a startup message.
SESSION, AUTHENTICATION, ERROR = 'session', 'authentication', 'error'


class Reply(NamedTuple):
    """The server's answer to a startup message, or an error in place of the answer to SSLRequest.

    ``kind`` is SESSION (AuthenticationOk), AUTHENTICATION (it wants a proof, a password say) or ERROR with ``code``
    (SQLSTATE), ``message`` and ``routine`` (the server's own function, which no language setting translates).
    """
    kind: str
    code: str = ''
    message: str = ''
    routine: str = ''


class Attempt(NamedTuple):
    """One connection. ``answer`` is the byte that answered SSLRequest, '' where that was not sent.

    ``detail`` is in the words of the system or of OpenSSL; ``chain`` is base64 of DER, from the server's certificate upwards,
    at most ``MOST_CERTIFICATES`` of ``chain_length``; ``names`` are ``(type, name)`` pairs and known only where verified.
    """
    step: str
    fault: Optional[str] = None
    detail: str = ''
    answer: str = ''
    version: Optional[str] = None
    cipher: Optional[str] = None
    verify_code: Optional[int] = None              # X509_V_ERR_*, where Python tells it (3.7 and newer)
    asked_for_certificate: Optional[bool] = None
    chain: Optional[Tuple[str, ...]] = None
    chain_length: int = 0
    names: Tuple[Tuple[str, str], ...] = ()
    reply: Optional[Reply] = None


MOST_CERTIFICATES = 10            # returned of a chain; public hierarchies have four


class FileFault(NamedTuple):
    """What a client says of one of its own files. ``stops``: it fails every TLS connection of the client."""
    path: str
    detail: str
    clients: Tuple[str, ...]
    stops: bool


class ClientFiles(NamedTuple):
    """The client's files as its owner found them: paths, None where there is none; ``crl_used`` is None without a list."""
    certificate: Optional[str] = None
    ca: Optional[str] = None
    crl_used: Optional[bool] = None
    key_encrypted: bool = False
    faults: Tuple[FileFault, ...] = ()
    authorities: Tuple[str, ...] = ()              # of the CA file, base64 of DER


class Probe(NamedTuple):
    """Everything that was seen: up to four connections, None for those that were not made.

    ``inspection`` is TLS up to 1.2 without files and without verification; ``verified`` and ``unverified`` are TLS as a
    client does it, with and without its CA file; ``clear`` is the startup in clear text.
    """
    address: Optional[str] = None
    files: ClientFiles = ClientFiles()
    inspection: Optional[Attempt] = None
    verified: Optional[Attempt] = None
    unverified: Optional[Attempt] = None
    clear: Optional[Attempt] = None


# RFC 8446, section 6.2, as OpenSSL words the alerts that a server sends about a client's certificate.
_ALERT = re.compile(r'alert.*(certificate|unknown ca|access denied|decrypt error)')
# 28000 in clear text: PostgreSQL and openGauss name what the connection lacked.
_WITHOUT_SSL = re.compile(r'no encryption|SSL off|SSL connection is required', re.IGNORECASE)
_HBA_ROUTINE = 'ClientAuthentication'              # PostgreSQL's function that goes through pg_hba.conf
_CERTIFICATE = re.compile(r'certificate', re.IGNORECASE)
_NOT_NOW = ('57P01', '57P02', '57P03', '53300', '53200', '53000')   # starting, stopping, too many clients, out of memory
_REFUSED = '28'                                    # SQLSTATE class: invalid authorization


def parse_endpoint(text: str) -> Tuple[str, int]:
    """Return host and port of ``host:port``, ``[v6]:port``, or either without a port, which is 8000 then.

    Raise ValueError, saying what to write, for anything else.
    """
    found = _ENDPOINT.match(text.strip())
    address = found and (found.group('inside') or found.group('bare'))
    if found is None or (address and not _is_ipv6(address)):
        raise ValueError('endpoint must be host:port, or [address]:port for IPv6, not "%s"' % escaped(text))
    port = int(found.group('port') or DEFAULT_PORT)
    if not 0 < port < 65536:
        raise ValueError('endpoint: the port must be between 1 and 65535, not %d' % port)
    return address or found.group('host'), port


_ENDPOINT = re.compile(r'^(?:(?:\[(?P<inside>[^\[\]]+)\]|(?P<host>[^\s:/@\[\]]+))(?::(?P<port>[0-9]{1,5}))?'
                       r'|(?P<bare>[^\s/@\[\]]*:[^\s/@\[\]]*:[^\s/@\[\]]*))$')


def _is_ipv6(text: str) -> bool:
    """A zone may follow the address (RFC 4007, section 11)."""
    try:
        ipaddress.IPv6Address(text.partition('%')[0])
    except ValueError:
        return False
    return True


def probe_of(seen: Mapping[str, Any]) -> Probe:
    """Return the probe that a host's answer, read from JSON, stands for."""
    files = ClientFiles(**dict(
        seen['files'], authorities=tuple(seen['files']['authorities']),
        faults=tuple(FileFault(path, detail, tuple(clients), stops) for path, detail, clients, stops in seen['files']['faults'])))
    return Probe(seen['address'], files, *[_attempt(seen[name]) for name in ('inspection', 'verified', 'unverified', 'clear')])


def as_plain(probe: Probe) -> Dict[str, Any]:
    """Return the probe as ``probe_of`` takes it."""
    plain = {name: value and value._asdict() for name, value in probe._asdict().items() if name != 'address'}
    return dict(plain, address=probe.address)


def _attempt(seen: Optional[Mapping[str, Any]]) -> Optional[Attempt]:
    if seen is None:
        return None
    chain = None if seen['chain'] is None else tuple(seen['chain'])
    return Attempt(**dict(seen, chain=chain, names=tuple((kind, name) for kind, name in seen['names']),
                          reply=seen['reply'] and Reply(*seen['reply'])))


def attempts(probe: Probe) -> Iterator[Attempt]:
    """Yield the connections that were made, in the order in which they were made."""
    for attempt in (probe.inspection, probe.verified, probe.unverified, probe.clear):
        if attempt is not None:
            yield attempt


def session_attempt(probe: Probe) -> Optional[Attempt]:
    """Return the TLS connection in which a session was begun: the verified one, or the one that had to do without."""
    if probe.verified is not None and probe.verified.step in (STARTUP, ANSWERED):
        return probe.verified
    return probe.unverified or probe.verified


def reachable(probe: Probe) -> Optional[bool]:
    """Return whether a connection was accepted."""
    steps = [attempt.step for attempt in attempts(probe)]
    if not steps:
        return None
    return any(step != CONNECT for step in steps)


def ssl_on(probe: Probe) -> Optional[bool]:
    """Return the server's parameter ``ssl``."""
    answers = [attempt.answer for attempt in attempts(probe) if attempt.answer]
    return {'S': True, 'N': False}.get(answers[0]) if answers else None


def admits(attempt: Optional[Attempt]) -> Optional[bool]:
    """Return whether the server took the session on: it is set up, or would be with a password.

    An error that says "not now" leaves that open, one about the database or the role shows that the door was passed.
    """
    if attempt is None or attempt.fault == TIMEOUT:
        return None
    if attempt.fault is not None or attempt.reply is None:
        return False
    if attempt.reply.kind == ERROR:
        if attempt.reply.code in _NOT_NOW and not _WITHOUT_SSL.search(attempt.reply.message):
            return None
        return not refuses_connection(attempt.reply)
    return True


def refuses_connection(reply: Reply) -> bool:
    """Return whether an error turns the connection itself away: for its address, for the lack of SSL, for its certificate."""
    return reply.kind == ERROR and (not reply.code or bool(_WITHOUT_SSL.search(reply.message)) or _turned_away_by_rule(reply)
                                    or _about_certificate(reply))


def refuses_user(reply: Optional[Reply]) -> bool:
    """Return whether a connection that was admitted comes to nothing for its user: no such role, a locked account."""
    return reply is not None and reply.kind == ERROR and reply.code.startswith(_REFUSED) and not refuses_connection(reply)


def _about_certificate(reply: Reply) -> bool:
    return reply.kind == ERROR and reply.code.startswith(_REFUSED) and bool(_CERTIFICATE.search(reply.message))


def require_ssl(probe: Probe) -> Optional[bool]:
    """Return whether the server insists on TLS. With ``ssl`` off the parameter has no effect and cannot be seen."""
    if not ssl_on(probe) or probe.clear is None or probe.clear.reply is None:
        return None
    reply = probe.clear.reply
    if reply.kind == ERROR and _WITHOUT_SSL.search(reply.message) and not reply.code.startswith(_REFUSED):
        return True       # openGauss: 57P03
    if _turned_away_by_rule(reply):
        # PostgreSQL's pg_hba.conf: what counts is that the same user gets past it with TLS.
        attempt = session_attempt(probe)
        return True if attempt and attempt.reply and not _turned_away_by_rule(attempt.reply) else None
    if reply.kind == ERROR and (reply.code in _NOT_NOW or not reply.code):
        return None
    return False          # a session, or an error about the role or the database: clear text had been admitted by then


def _turned_away_by_rule(reply: Reply) -> bool:
    """Return whether PostgreSQL has no line in pg_hba.conf for the connection."""
    return (reply.kind == ERROR and reply.code.startswith(_REFUSED) and not _about_certificate(reply)
            and (reply.routine == _HBA_ROUTINE or 'pg_hba.conf' in reply.message))


def not_ready(reply: Optional[Reply]) -> bool:
    """Return whether a server says that it takes no connection now, for a reason that passes."""
    return (reply is not None and reply.kind == ERROR and reply.code in _NOT_NOW
            and not _WITHOUT_SSL.search(reply.message))


def certificate_refused(attempt: Optional[Attempt]) -> bool:
    """Return whether the server turned the client's certificate, or the lack of one, away."""
    if attempt is None:
        return False
    if attempt.fault == TLS:
        return bool(_ALERT.search(attempt.detail))
    return attempt.reply is not None and _about_certificate(attempt.reply)


def asked_for_certificate(probe: Probe) -> Optional[bool]:
    """Return whether the server asked for the client's certificate."""
    known = [attempt.asked_for_certificate for attempt in attempts(probe) if attempt.asked_for_certificate is not None]
    return known[0] if known else None


def certificate_accepted(probe: Probe) -> Optional[bool]:
    """Return whether the server was satisfied with the client's certificate; None where none was wanted or none was sent."""
    attempt = session_attempt(probe)
    if attempt is None or probe.files.certificate is None:
        return None
    if certificate_refused(attempt):
        return False
    return True if asked_for_certificate(probe) and attempt.reply is not None and not not_ready(attempt.reply) else None


def verification(probe: Probe) -> Optional[bool]:
    """Return whether the client accepts the server's certificate under its CA file and its revocation list."""
    if probe.verified is None:
        return None
    if probe.verified.fault == UNVERIFIED:
        return False
    return True if probe.verified.version else None


def chain(probe: Probe) -> Optional[Tuple[str, ...]]:
    """Return the longest sight of the server's chain, as base64 of DER."""
    seen = [attempt.chain for attempt in attempts(probe) if attempt.chain]
    return max(seen, key=len) if seen else None
