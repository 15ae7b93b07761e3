# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a path unfit for a PGSSL variable."""
from typing import List, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted

# openGauss libpq ignores a value with one of these without a message.
IGNORED_CHARACTERS = ';`\\\'"><$&|!\n'
# Of this many bytes and more openGauss libpq ignores a value, and PostgreSQL libpq cuts it off (MAXPGPATH), without a message.
IGNORED_LENGTH = 1024


def is_plain_absolute(path: str) -> bool:
    """Return whether a path is absolute and has no ``..`` in it (which would mean another folder through a link)."""
    return path.startswith('/') and '..' not in path.split('/')


def ignored_characters(value: str) -> List[str]:
    """Return the characters of a value that make the client ignore it, each once, control characters included."""
    return sorted({character for character in value if character in IGNORED_CHARACTERS or character < ' '
                   or character == '\x7f'})


def is_too_long(value: str) -> bool:
    """Return whether a client ignores the value for its length (1024 bytes and more)."""
    return len(value.encode('utf-8', 'surrogateescape')) >= IGNORED_LENGTH


def path_faults(path: str) -> List[Tuple[str, str]]:
    """Return ``(rule, message)`` for everything that makes a path unfit for a variable; hosts and controller ask here."""
    faults: List[Tuple[str, str]] = []
    if not is_plain_absolute(path):
        faults.append(('path-not-absolute', '%s is not an absolute path without "..".' % quoted(path)))
    characters = ignored_characters(path)
    if characters:
        faults.append(('path-characters', '%s holds %s, so the client ignores it.' % (
            quoted(path), ' '.join(quoted(character) for character in characters))))
    if is_too_long(path):
        faults.append(('path-too-long', 'The path is %d bytes or longer, so clients ignore or cut it.' % IGNORED_LENGTH))
    return faults
