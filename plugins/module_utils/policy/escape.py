# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a value from outside appears in a message: no control, no bidirectional character, no more than a line."""
import unicodedata

# Cc control, Cf format (bidirectional overrides among them), Cs lone surrogate, Co private use, Cn not assigned, Zl and Zp
# line and paragraph separators (Unicode general categories).
_ESCAPED = ('Cc', 'Cf', 'Cs', 'Co', 'Cn', 'Zl', 'Zp')
LONGEST = 120   # characters; a subject or a path beyond it says nothing more to a reader


def escaped(value: str, longest: int = LONGEST) -> str:
    """Return a value with every character escaped that could move, hide or break text around it."""
    text = ''.join(ascii(character)[1:-1] if unicodedata.category(character) in _ESCAPED else character
                   for character in value[:longest + 1])
    return text if len(value) <= longest else text[:longest - 3] + '...'


def quoted(value: str) -> str:
    """Return the escaped value in quotation marks."""
    return '"%s"' % escaped(value)
