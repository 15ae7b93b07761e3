# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may leave the host of the files of a set, where they are not the ones that are wanted: the blocks of its public files."""
import base64
import os
import re
from typing import Dict, List, Sequence, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import observe_file
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY, enter

# Only these blocks of a public file ever leave the host: somebody may have put a key into the same file.
# They leave with the whole of their first and last line, so that the controller can judge PEM as OpenSSL reads it.
PUBLIC_BLOCK = re.compile(
    br'^[^\r\n]{0,200}-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE|X509 CRL)-----[ \t]*[\r\n]+'
    br'[A-Za-z0-9+/=\s]{1,65536}-----END \1-----[^\r\n]{0,200}$', re.MULTILINE)
MOST_BLOCKS = 32
# DER is a SEQUENCE (0x30) with a length; this one holds INTEGER 0.
STAND_IN_DER = b'\x30\x03\x02\x01\x00'
STAND_IN_OTHER = b'not PEM\n'


def public_blocks_from(fd: int, rest: List[str], wanted: Sequence[Tuple[str, Sequence[str]]]) -> List[Dict[str, str]]:
    """The child's task: the public blocks for each ``(folder, names of files)``, in a folder at the end of a way."""
    parent = enter(fd, rest)
    return [public_blocks(parent, folder, names) if parent is not None and names else {} for folder, names in wanted]


def public_blocks(parent: int, base: str, names: Sequence[str]) -> Dict[str, str]:
    """Return the certificates and revocation lists of public files, base64 of PEM, without anything else they hold."""
    try:
        folder = os.open(base, DIRECTORY, dir_fd=parent)
    except (FileNotFoundError, NotADirectoryError, PermissionError):     # another run, or the owner, was there since it was seen
        return {}
    try:
        contents = {name: observe_file(folder, name)[1] for name in names}
    finally:
        os.close(folder)
    return {name: base64.b64encode(public_part(content)).decode('ascii') for name, content in contents.items()}


def public_part(content: bytes) -> bytes:
    """Return what may be shown of a public file: its blocks; a stand-in of the same kind for a file without any."""
    blocks = [match.group(0) for match in PUBLIC_BLOCK.finditer(content)][:MOST_BLOCKS]
    if blocks or not content:
        return b''.join(block + b'\n' for block in blocks)
    return STAND_IN_DER if content[:1] == b'\x30' else STAND_IN_OTHER
