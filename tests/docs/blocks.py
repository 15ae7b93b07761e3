# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of a page, in their order, and what is to be done with each.

reStructuredText: a ``code-block``; its caption is the name of a file. Markdown: a fenced block; ``<!-- file: NAME -->``
before it names a file. A comment before the block, ``.. not run: REASON`` or ``<!-- not run: REASON -->``, says why it
cannot be run here.
"""
from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Iterator, NamedTuple

# Languages of blocks that somebody would copy; everything else is output, or explains.
RUN = ('shell', 'yaml')
WRITTEN = ('ini', 'cfg', 'yaml', 'text', 'jinja')

_RST = re.compile(r'^(?:(?P<notes>(?: *\.\. not run: [^\n]+\n\s*\n)?))(?P<indent> *)\.\. code-block:: (?P<language>\w+)\n'
                  r'(?P<options>(?:(?P=indent)   :[^\n]+\n)*)\n(?P<text>(?:(?:(?P=indent) {3}[^\n]*)?\n)+)', re.MULTILINE)
_MARKDOWN = re.compile(r'^(?P<notes>(?:<!-- [^\n]+ -->\n)*)```(?P<language>\w+)\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One example. ``file``: the name to write it under. ``reason``: why it is not run."""
    line: int
    language: str
    text: str
    file: str | None
    reason: str | None


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page, ``.rst`` or ``.md``."""
    text = page.read_text(encoding='utf-8')
    pattern = _RST if page.suffix == '.rst' else _MARKDOWN
    for found in pattern.finditer(text):
        about = found['notes'] + (found['options'] if page.suffix == '.rst' else '')
        file = re.search(r':caption: (\S+)$|<!-- file: (\S+) -->', about, re.MULTILINE)
        reason = re.search(r'not run: (.+?)(?: -->)?$', about, re.MULTILINE)
        yield Block(text.count('\n', 0, found.start('text')) + 1, found['language'], textwrap.dedent(found['text']).strip('\n') + '\n',
                    (file[1] or file[2]) if file else None, reason[1] if reason else None)
