# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms in which a secret may turn up in a haystack of output: as it is, in hexadecimal, in base64, twice in base64."""
from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives import serialization

WINDOW = 24    # bytes of a long secret that are looked for as one piece; public text has no such piece by chance


class Needles:
    """Everything of a bundle that must not be seen, with the name of what it comes from."""

    def __init__(self, archives: Iterable[bytes], passphrases: Iterable[str]) -> None:
        self._pieces: dict[bytes, str] = {}
        phrases = [passphrase.encode() for passphrase in passphrases]
        for archive in archives:
            self._add_archive(archive, phrases)
        self._pieces.update(dict.fromkeys(phrases, 'passphrase'))
        self._forms = {form: name for piece, name in self._pieces.items() for form in forms(piece)}

    def _add_archive(self, archive: bytes, phrases: list[bytes]) -> None:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = {name.split('/')[-1]: opened.read(name) for name in opened.namelist()}
        public = x509.load_pem_x509_certificate(members['client.crt']).public_bytes(serialization.Encoding.DER)
        for name in ('client.key.cipher', 'client.key.rand'):
            if name in members:
                self._pieces[members[name]] = name
                self._pieces[members[name][:WINDOW]] = name
        text = members['client.key']
        for pem in (text, *_opened(text, phrases)):
            lines = pem.splitlines()[1:-1]
            der = base64.b64decode(b''.join(lines))
            pieces = [line[:2 * WINDOW] for line in lines] + [der[start:start + WINDOW] for start in range(0, len(der), WINDOW)]
            self._pieces.update((piece, 'client.key') for piece in pieces if len(piece) >= WINDOW and _is_private(piece, public))

    def piece_of(self, name: str) -> bytes:
        """Return one piece of what has that name."""
        return next(piece for piece, origin in self._pieces.items() if origin == name)

    def found_in(self, haystack: bytes) -> list[str]:
        """Return what of the secrets stands in a haystack, and where."""
        return [f'{name} at {haystack.index(form)}: {haystack[max(0, haystack.index(form) - 120):][:160]!r}'
                for form, name in self._forms.items() if form in haystack]


def _is_private(piece: bytes, public: bytes) -> bool:
    """A key holds its public key, and constants."""
    return piece not in public and not any(form in base64.b64encode(public) for form in _base64(piece)) and b'\0' * 4 not in piece


def _opened(text: bytes, phrases: list[bytes]) -> Iterable[bytes]:
    """Yield the forms of the key without its encryption, in which a set with decrypt_key holds it."""
    for phrase in phrases:
        try:
            key = serialization.load_pem_private_key(text, phrase)
        except ValueError:
            continue
        for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
            yield key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def forms(piece: bytes) -> set[bytes]:
    """Return the forms of one piece. An encoding of the whole contains one of the three alignments of base64."""
    once = set(_base64(piece))
    twice = {form for one in once for form in _base64(one)}
    escaped = {json.dumps(piece.decode('latin-1'))[1:-1].encode(), repr(piece)[2:-1].encode()}
    return {piece, piece.hex().encode(), piece.hex().upper().encode(), piece.hex(' ').encode(), piece.hex(':').encode(), *escaped,
            *once, *twice, *(one.replace(b'+', b'-').replace(b'/', b'_') for one in once)}


def _base64(piece: bytes) -> Iterable[bytes]:
    """Yield what of the piece is the same in every text that holds it: the characters that no neighbour takes part in."""
    for before in range(3):
        encoded = base64.b64encode(b'\0' * before + piece)
        first, last = -(-before * 8 // 6), (before + len(piece)) * 8 // 6
        yield encoded[first:last]
