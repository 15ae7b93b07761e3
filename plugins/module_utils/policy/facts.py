# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about a bundle, as plain public values: no key, no passphrase and nothing computed from a passphrase.

``plugin_utils`` fills these in on the controller; the rules read nothing else. ``None`` means "not known". Text from
the bundle stands here as it is there; whoever puts it into a message escapes it (``policy/escape.py``).
"""
from typing import NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem

# States of the passphrase files of a key.
PAIR_UNNEEDED = 'unneeded'      # the key is not encrypted, or is deployed without its encryption
PAIR_GIVEN = 'given'            # the bundle has the pair and it opens the key
PAIR_DUE = 'due'                # the key opens with the given passphrase; a fresh pair has to be made
PAIR_UNUSABLE = 'unusable'      # a problem says why


class Certificate(NamedTuple):
    """One X.509 certificate (RFC 5280). Times are seconds since the epoch, UTC; digests are lower-case hexadecimal."""
    subject: str                  # RFC 4514
    issuer: str
    serial: str                   # hexadecimal, as `openssl x509 -serial` prints it, in lower case
    not_before: int
    not_after: int
    fingerprint: str              # SHA-256 of the DER form
    public_key: str               # SHA-256 of the DER form of SubjectPublicKeyInfo
    version: int = 3              # 1 or 3
    key_kind: str = ''            # as in Key.kind
    key_bits: int = 0
    signature: str = ''           # 'sha256', 'sha1', 'md5', ...; '' where the algorithm includes its digest (Ed25519)
    self_issued: bool = False     # subject and issuer are the same name, and its own key identifiers agree
    authority: Optional[bool] = None                      # basic constraints: CA; None without the extension
    path_length: Optional[int] = None                     # basic constraints: CAs allowed below this one
    key_usage: Optional[Tuple[str, ...]] = None           # names of RFC 5280, section 4.2.1.3; None without it
    extended_key_usage: Optional[Tuple[str, ...]] = None  # 'clientAuth', 'serverAuth', ... or dotted OIDs
    netscape_types: Optional[Tuple[str, ...]] = None      # 'sslClient', 'sslServer', 'sslCA', ...
    unknown_critical: Tuple[str, ...] = ()                # dotted OIDs of those that OpenSSL does not know
    subject_key_id: Optional[str] = None
    authority_key_id: Optional[str] = None


class Exclusion(NamedTuple):
    """A name in a chain that the name constraints of a CA above it do not allow (RFC 5280, section 4.2.1.10)."""
    subject: str                  # the certificate that has the name
    name: str                     # with its type: 'DNS:example.com'
    authority: str                # subject of the CA that excludes it


class Key(NamedTuple):
    """The private key's public side."""
    encrypted: bool
    opened: bool
    public_key: Optional[str]     # as in Certificate
    kind: str                     # 'RSA 2048', 'EC prime256v1', 'Ed25519' or ''
    encryption: str = ''          # 'PKCS#8 PBES2 AES-256-CBC', 'traditional AES-128-CBC', ...; '' for a plain key
    default_passphrase: bool = False    # it opens with the published one
    matching_later_certificate: bool = False    # a certificate of client.crt after the first one has this public key


class RevocationList(NamedTuple):
    """One certificate revocation list (RFC 5280, section 5)."""
    issuer: str
    last_update: int
    next_update: Optional[int]
    delta: bool = False
    entries: int = 0
    unknown_critical: Tuple[str, ...] = ()    # dotted OIDs, as in Certificate; the list cannot be used with any
    partial: bool = False                     # its scope leaves certificates out (issuing distribution point)
    authorities: Tuple[str, ...] = ()         # fingerprints of the certificates at hand that bear the issuer's name
    signed_by: Tuple[str, ...] = ()           # those of them whose key made the signature
    signable: bool = True                     # one of signed_by may sign lists (key usage)
    lists_client: bool = False                # the client's own certificate is in it
    lists_authorities: Tuple[str, ...] = ()   # subjects of CA certificates at hand that are in it


class Rewritten(NamedTuple):
    """A member that is deployed in canonical form instead of byte for byte."""
    member: str
    reason: str


class Bundle(NamedTuple):
    """Everything the rules may ask about one tree of a bundle."""
    source: str                                   # as the user wrote it
    trees: Tuple[str, ...] = ()                   # every folder that holds a CA; the top of the bundle is '.'
    tree: Optional[str] = None                    # the chosen one
    members: Tuple[str, ...] = ()                 # base names found in the chosen tree
    problems: Tuple[Problem, ...] = ()
    certificates: Tuple[Certificate, ...] = ()    # client.crt in the order of the file; the first one is the client's
    authorities: Tuple[Certificate, ...] = ()     # the CA file in the order of the file
    key: Optional[Key] = None
    revocation_lists: Tuple[RevocationList, ...] = ()
    issued: Optional[bool] = None                 # whether a chain leads from the client's certificate to the CA file
    ca: Optional[str] = None                      # name of the CA file in the tree
    crl: Optional[str] = None                     # what the list was read from: a member's name or a path
    chain: Tuple[Certificate, ...] = ()           # from the client's certificate upwards, as far as issuers were found
    exclusions: Tuple[Exclusion, ...] = ()        # in that chain
    misidentified: Tuple[Tuple[str, str], ...] = ()    # (subject, CA): right name and signature, wrong key identifier
    ambiguous_authorities: Tuple[str, ...] = ()   # subjects that several CAs share and no key identifier tells apart
    keys_beside: Tuple[str, ...] = ()             # names of certificate and list files that also hold a private key
    certificates_in_list: int = 0                 # certificates in the revocation list's file that the CA file lacks
    anchors_in_list: int = 0                      # those of them that have a list of their own there
    strays: Tuple[str, ...] = ()                  # passphrase files in the tree that belong to other names
    rewritten: Tuple[Rewritten, ...] = ()
    pair: Optional[str] = None                    # one of PAIR_*


class Purpose(NamedTuple):
    """What a bundle is judged for. ``now`` is in seconds since the epoch, UTC."""
    now: int
    auth_mode: str = BIDIRECTIONAL
    expiry_warning_days: int = 90                 # gsql warns below 90 days
    decrypt_key: bool = False
