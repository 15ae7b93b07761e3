# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of ``cryptography`` that the readers use, in a form that can be imported where the package is missing.

Whoever uses one of them without the package is told to install it, instead of seeing a traceback of an import.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID
else:
    try:
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.serialization import pkcs12
        from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID
        MISSING = False
    except ImportError:
        MISSING = True

        class _Absent:
            """Stands for any name of the package; tables of them can be made, and using one says what is missing."""

            def __getattr__(self, name: str) -> _Absent:
                return self

            def __call__(self, *arguments: object, **options: object) -> NoReturn:
                require()

        class InvalidSignature(Exception):
            """In place of cryptography.exceptions.InvalidSignature."""

        class UnsupportedAlgorithm(Exception):
            """In place of cryptography.exceptions.UnsupportedAlgorithm."""

        x509 = hashes = serialization = dsa = ec = ed448 = ed25519 = padding = pkcs12 = rsa = _Absent()
        Cipher = algorithms = modes = ExtendedKeyUsageOID = ExtensionOID = NameOID = _Absent()


def require() -> None:
    """Raise AnsibleError, saying what to install, where the package is missing."""
    if not TYPE_CHECKING and MISSING:
        from ansible.errors import AnsibleError
        raise AnsibleError('gaussdb.dws_ssl needs the Python package cryptography on the controller (not on the hosts). '
                           'Install it for the Python that runs Ansible: pip install cryptography')


__all__ = ['Cipher', 'ExtendedKeyUsageOID', 'ExtensionOID', 'InvalidSignature', 'NameOID', 'UnsupportedAlgorithm', 'algorithms',
           'dsa', 'ec', 'ed25519', 'ed448', 'hashes', 'modes', 'padding', 'pkcs12', 'require', 'rsa', 'serialization', 'x509']
