# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's own files, opened as a client opens them. This runs as their owner.

A passphrase lives in the objects of this file and in OpenSSL, and goes nowhere else.
"""
import base64
import os
import ssl
import stat
from typing import Any, List, Mapping, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import passphrase_pair
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import ClientFiles, FileFault
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.file_modes import refusing_clients
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import (
    CA_NAMES, CERTIFICATE, CRL, KEY, LARGEST)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import LIBPQ, NATIVE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.aes import decrypt_cbc_block
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.tls import client_context, verify_with, words_of

_MOST_AUTHORITIES = 10       # of the CA file that are returned


class Paths(NamedTuple):
    """Where a client's variables point to; None for a variable that is not set."""
    certificate: Optional[str] = None
    key: Optional[str] = None
    ca: Optional[str] = None
    crl: Optional[str] = None


class Unusable(Exception):
    """A file that a client refuses, so that it sets up no TLS connection."""

    def __init__(self, path: str, detail: str, clients: Tuple[str, ...] = NATIVE) -> None:
        Exception.__init__(self, detail)
        self.fault = FileFault(path, detail, clients, LIBPQ in clients)


def locate(request: Mapping[str, Any]) -> Paths:
    """Return the paths of a set in ``dest``, with ``sslcert``, ``sslkey``, ``sslrootcert`` and ``sslcrl`` in their places.

    ``dest`` is resolved once, so that a set that is swapped meanwhile is not mixed with the next one.
    """
    found = Paths()
    if request.get('dest'):
        folder = os.path.realpath(request['dest'])
        ca = [name for name in CA_NAMES if os.path.exists(os.path.join(folder, name))]
        found = Paths(os.path.join(folder, CERTIFICATE), os.path.join(folder, KEY), os.path.join(folder, (ca or CA_NAMES)[0]),
                      os.path.join(folder, CRL) if os.path.lexists(os.path.join(folder, CRL)) else None)
    certificate = request.get('sslcert') or found.certificate
    key = request.get('sslkey') or (
        os.path.join(os.path.dirname(certificate), KEY) if request.get('sslcert') and certificate else found.key)
    return Paths(certificate, key, request.get('sslrootcert') or found.ca, request.get('sslcrl') or found.crl)


class Files:
    """The files of one client. ``seen`` is what may be told of them."""

    def __init__(self, paths: Paths, user: str) -> None:
        self._paths = paths
        self._passphrase = b''
        self._faults: List[FileFault] = []
        self._key_encrypted = False
        self._certificate = self._tried(self._find_certificate, user)
        self._ca = self._tried(self._find_ca)
        self.seen = self._examine()

    def verifying(self) -> ssl.SSLContext:
        """Return a context as a client's that has its CA file."""
        context = self.without_ca()
        if self._ca:
            verify_with(context, self._ca, self._paths.crl)
        return context

    def without_ca(self) -> ssl.SSLContext:
        """Return a context as a client's that has no CA file, and therefore does not verify."""
        context = client_context()
        if self._certificate:
            # Without the function OpenSSL would ask the terminal for a passphrase.
            context.load_cert_chain(self._certificate, self._paths.key, lambda: self._passphrase)
        return context

    def _tried(self, find: Any, *arguments: Any) -> Optional[str]:
        try:
            found: Optional[str] = find(*arguments)
            return found
        except Unusable as unusable:
            self._faults.append(unusable.fault)
            return None

    def _find_certificate(self, user: str) -> Optional[str]:
        """Return the client certificate, None where a client would go on without one. Raise Unusable."""
        path, key = self._paths.certificate, self._paths.key
        if path is None or key is None or _look(path) is None:
            return None
        if _look(key) is None:
            raise Unusable(key, 'the certificate is there, but not the private key')
        self._note_mode(path, False)
        self._note_mode(key, True)
        self._key_encrypted = b'ENCRYPTED' in _read(key)
        if self._key_encrypted:
            self._passphrase = _passphrase(os.path.dirname(path), user)
        try:
            client_context().load_cert_chain(path, key, lambda: self._passphrase)
        except (ssl.SSLError, OSError) as error:
            raise Unusable(key, 'certificate and key cannot be loaded: %s' % words_of(error)) from None
        return path

    def _find_ca(self) -> Optional[str]:
        """Return the CA file, None where a client would go on without one. Raise Unusable."""
        path = self._paths.ca
        if path is None or not os.path.exists(path):
            return None
        _look(path)
        self._note_mode(path, False)
        try:
            client_context().load_verify_locations(cafile=path)
        except (ssl.SSLError, OSError) as error:
            raise Unusable(path, 'the CA file cannot be loaded: %s' % words_of(error)) from None
        return path

    def _note_mode(self, path: str, is_key: bool) -> None:
        """Note the clients that refuse the file for its mode."""
        seen = os.stat(path)
        mode = stat.S_IMODE(seen.st_mode)
        clients = refusing_clients(mode, is_key, seen.st_uid == 0)
        if clients:
            self._faults.append(FileFault(path, 'has mode %04o, where 0600 is due' % mode, clients, LIBPQ in clients))

    def _examine(self) -> ClientFiles:
        crl_used, authorities = None, ()    # type: Optional[bool], Tuple[str, ...]
        if self._ca:
            context = client_context()
            used = verify_with(context, self._ca, self._paths.crl)
            crl_used = used if self._paths.crl else None
            authorities = tuple(base64.b64encode(one).decode('ascii')
                                for one in context.get_ca_certs(True)[:_MOST_AUTHORITIES])
        elif self._paths.crl:
            crl_used = False                # a list without a CA file is ignored
        return ClientFiles(self._certificate, self._ca, crl_used, self._key_encrypted, tuple(self._faults), authorities)


def _look(path: str) -> Optional[os.stat_result]:
    """Return a file's state, None where nothing is there. Raise Unusable for what a client does not take."""
    try:
        seen = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unusable(path, 'cannot be opened by the user: %s' % (error.strerror or '').lower()) from None
    if not stat.S_ISREG(seen.st_mode):
        raise Unusable(path, 'is not a regular file')
    if seen.st_size > LARGEST:
        raise Unusable(path, 'has %d bytes, more than any such file' % seen.st_size)
    return seen


def _read(path: str) -> bytes:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), 'rb') as file:
            return file.read(LARGEST)
    except OSError as error:
        raise Unusable(path, 'cannot be opened by the user: %s' % (error.strerror or '').lower()) from None


def _passphrase(folder: str, user: str) -> bytes:
    """Return the passphrase from the files beside the certificate, where gsql looks for them.

    Those of the database user come first; half a pair of them is not made up for by the others.
    """
    for name in ([user] if '/' not in user else []) + ['client']:
        cipher, rand = [os.path.join(folder, '%s.key.%s' % (name, kind)) for kind in ('cipher', 'rand')]
        if not os.path.lexists(cipher):
            continue
        for path in (cipher, rand):
            if os.path.islink(path):
                raise Unusable(path, 'is a link, which gsql refuses')
            if _look(path) is None:
                raise Unusable(path, 'the private key is encrypted and this passphrase file is missing')
        try:
            return passphrase_pair.decode(_read(cipher), _read(rand), decrypt_cbc_block)
        except passphrase_pair.PassphraseFileError as error:
            raise Unusable(cipher, 'the private key is encrypted, and %s' % error) from None
    raise Unusable(os.path.join(folder, 'client.key.cipher'),
                   'the private key is encrypted and there are no passphrase files beside the certificate')
