# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private key in the forms that Java reads: PKCS#8 DER for JDBC and Data Studio, and a PKCS#12 store."""
from __future__ import annotations

import hashlib
import json
from typing import Mapping, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import (
    CA_NAMES,
    CERTIFICATE,
    KEY,
    P12,
    PK8,
    made_identity,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import der
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.keys import PrivateKey
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import hashes, pkcs12, serialization

# Of the derivation from the passphrase; pgjdbc goes through it at each connection, in about 50 ms.
ROUNDS = 50000
ALIAS = b'user'    # the entry that pgjdbc takes from a store

_DATA = '1.2.840.113549.1.7.1'                   # RFC 2315, section 14
_SHROUDED_KEY = '1.2.840.113549.1.12.10.1.2'     # RFC 7292, appendix D: pkcs8ShroudedKeyBag
_EXPLICIT_0 = 0xA0


def forms_of(key: PrivateKey, wanted: Sequence[str], own: Sequence[Loaded], authorities: Sequence[Loaded],
             passphrase: bytes | None) -> dict[str, bytes]:
    """Return ``{name: content}`` of the wanted forms, encrypted where there is a passphrase; no store without one.

    Encrypted forms are fresh bytes each time; a plain ``client.key.pk8`` is the same for the same key.
    """
    found = {}
    if 'pk8' in wanted:
        found[PK8] = _plain(key) if passphrase is None else _encrypted(key, passphrase)
    if 'p12' in wanted and passphrase is not None and own:
        above = [one.certificate for one in (*own[1:], *authorities)]
        found[P12] = pkcs12.serialize_key_and_certificates(
            ALIAS, key, own[0].certificate, above, serialization.BestAvailableEncryption(passphrase))
    return found


def made_forms(digests: Mapping[str, str], key_revision: str) -> dict[str, str]:
    """Return the identities of encrypted forms, from the digests of all that they are made from."""
    sources = {PK8: (KEY,), P12: (KEY, CERTIFICATE, *CA_NAMES)}
    return {name: made_identity(name, _digest([digests.get(source) for source in sources[name]]), key_revision)
            for name in sources if name in digests}


def _digest(values: list[str | None]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _plain(key: PrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _encrypted(key: PrivateKey, passphrase: bytes) -> bytes:
    """Return an EncryptedPrivateKeyInfo (RFC 5958, section 3) under SHA-1 and triple DES.

    pgjdbc asks Java for a cipher by the name of the outer algorithm, which for PBES2 no Java has ("Cannot find any provider
    supporting PBES2"). ``cryptography`` writes this older scheme in PKCS#12 alone, so it is taken out of a store.
    """
    scheme = (serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(ROUNDS)
              .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(hashes.SHA256()).build(passphrase))
    return _shrouded_key(pkcs12.serialize_key_and_certificates(None, key, None, None, scheme))


def _shrouded_key(store: bytes) -> bytes:
    """Return the first encrypted key of a store (RFC 7292, sections 4 and 4.2.2). Raises ValueError where there is none."""
    for content in der.sequence(_content(der.sequence(store)[1])):
        kind, data = der.elements(der.expect(content, der.SEQUENCE))[:2]
        if der.object_identifier(kind) != _DATA:
            continue
        for bag in der.sequence(der.expect(der.first(data.content), der.OCTET_STRING)):
            name, value = der.elements(der.expect(bag, der.SEQUENCE))[:2]
            if der.object_identifier(name) == _SHROUDED_KEY:
                return der.first(der.expect(value, _EXPLICIT_0)).whole
    raise ValueError('the store holds no encrypted key')


def _content(info: der.Element) -> bytes:
    """Return the octets of a ContentInfo of type data (RFC 2315, section 7)."""
    _kind, value = der.elements(der.expect(info, der.SEQUENCE))
    return der.expect(der.first(der.expect(value, _EXPLICIT_0)), der.OCTET_STRING)
