# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a set: their names in the guide, which of them are secret, and how they must lie on a host."""
import hashlib
import json
from typing import Dict, Iterable, NamedTuple, Optional, Tuple

CERTIFICATE = 'client.crt'
KEY = 'client.key'
CIPHER = 'client.key.cipher'
RAND = 'client.key.rand'
CA_NAMES = ('cacert.pem', 'certca.pem')   # the guide uses both; the first one is the usual one
CRL = 'sslcrl-file.crl'
PK8 = 'client.key.pk8'    # the key as PKCS#8 DER, for JDBC and Data Studio
P12 = 'client.p12'        # certificate and key in a PKCS#12 store

# Further forms of the key that a set can be asked to hold, by their names in options.
KEY_FORMS = {'pk8': PK8, 'p12': P12}

SECRET = (KEY, CIPHER, RAND, PK8, P12)
PUBLIC = (CERTIFICATE,) + CA_NAMES + (CRL,)
MEMBERS = SECRET + PUBLIC                 # everything that the collection ever puts into a set

# Beside files that are made anew for each host (a key with fresh passphrase files): what they were made from.
MANIFEST = '.manifest.json'

# Guide: "must be 600". gsql refuses more (domain: a regular file, no group or other bits).
FILE_MODE = 0o600
# The set's own folder: nobody but the owner has business in it. Clients do not check it.
FOLDER_MODE = 0o700

# No member comes near this; a larger file is not one of ours. Bytes.
LARGEST = 1024 * 1024


class SetFiles(NamedTuple):
    """The names that the environment points to; ``crl`` is None where there is no list."""
    ca: str = CA_NAMES[0]
    crl: Optional[str] = None


def set_files(digests: Dict[str, str]) -> SetFiles:
    """Return which CA and which list a set holds, from its ``{name: SHA-256}``."""
    ca = [name for name in CA_NAMES if name in digests]
    return SetFiles(ca[0] if ca else CA_NAMES[0], CRL if CRL in digests else None)


# Before the identity of a file that is made anew for each host, where other files have the SHA-256 of their content.
MADE = 'made:'


def made_identity(name: str, source_sha256: str, revision: str) -> str:
    """Return the identity of a file that is made from a key and a passphrase: equal on all hosts, whatever was drawn.

    It says what the file was made from (the SHA-256 of the bundle's key file) and which ``key_revision`` it is. Nothing is
    computed from the passphrase.
    """
    return MADE + hashlib.sha256(json.dumps([name, source_sha256, revision]).encode('utf-8')).hexdigest()


def sorted_members(names: Iterable[str]) -> Tuple[str, ...]:
    """Return names in the order in which the guide lists the files, unknown ones last."""
    order = {name: place for place, name in enumerate((CERTIFICATE,) + SECRET + CA_NAMES + (CRL,))}
    return tuple(sorted(names, key=lambda name: (order.get(name, len(order)), name)))
