# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about a bundle, as plain public values: no key, no passphrase and nothing computed from a passphrase.

``plugin_utils`` fills these in on the controller; the rules read nothing else. ``None`` means "not known".
"""
from typing import NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem


class Certificate(NamedTuple):
    """One X.509 certificate (RFC 5280). Times are seconds since the epoch, UTC; digests are lower-case hexadecimal."""
    subject: str                  # RFC 4514
    issuer: str
    serial: str                   # hexadecimal, as `openssl x509 -serial` prints it, in lower case
    not_before: int
    not_after: int
    fingerprint: str              # SHA-256 of the DER form
    public_key: str               # SHA-256 of the DER form of SubjectPublicKeyInfo


class Key(NamedTuple):
    """The private key's public side."""
    encrypted: bool
    opened: bool
    public_key: Optional[str]     # as in Certificate
    kind: str                     # 'RSA 2048', 'EC prime256v1', 'Ed25519' or ''


class RevocationList(NamedTuple):
    """One certificate revocation list (RFC 5280, section 5)."""
    issuer: str
    last_update: int
    next_update: Optional[int]


class Bundle(NamedTuple):
    """Everything the rules may ask about one tree of a bundle."""
    source: str                                   # as the user wrote it
    trees: Tuple[str, ...] = ()                   # every folder that holds a CA
    tree: Optional[str] = None                    # the chosen one
    members: Tuple[str, ...] = ()                 # base names found in the chosen tree
    problems: Tuple[Problem, ...] = ()
    certificates: Tuple[Certificate, ...] = ()    # client.crt in the order of the file; the first one is the client's
    authorities: Tuple[Certificate, ...] = ()     # the CA file in the order of the file
    key: Optional[Key] = None
    revocation_lists: Tuple[RevocationList, ...] = ()
    issued: Optional[bool] = None                 # whether a chain leads from the client's certificate to the CA file
