# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a set: equal on all hosts that hold the same files."""
import hashlib
from typing import Dict

LENGTH = 16   # hexadecimal digits, 64 bits: enough to tell sets of one fleet apart, short enough to read aloud
NONE = 'none'   # the generation of no set: one that is said to replace it stays


def generation(digests: Dict[str, str]) -> str:
    """Return the generation of a set, from ``{file name: SHA-256 of the whole file}``; '' for an empty set.

    Digests of whole files only (at least 112 random bits each); nothing is computed from a passphrase.
    """
    if not digests:
        return ''
    lines = ''.join('%s %s\n' % (digest, name) for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode('utf-8')).hexdigest()[:LENGTH]
