# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host says when the module that was sent secrets breaks down: told, without the lines that repeat a secret.

Ansible masks the arguments of a module that answers. Of one that does not, it shows all that came back from the host: a
traceback, or whatever an interpreter or a login shell prints, with what it was given to run.
"""
from __future__ import annotations

import re
from typing import Any, Iterable

LEFT_OUT = '(left out: this line repeats contents that were sent to the host)'

_PIECE = 24     # characters; base64 text that is equal for so long is no chance
_RUN = re.compile(r'[A-Za-z0-9+/=_-]{%d,}' % _PIECE)


def redacted(answer: dict[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """Return the answer without the lines of its texts that repeat a piece of one of the secrets, which are base64 text."""
    pieces = {run[start:start + _PIECE] for text in secrets for run in _RUN.findall(text) for start in range(len(run) - _PIECE + 1)}
    found: dict[str, Any] = _redacted(answer, pieces)
    return found


def _redacted(value: Any, pieces: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _redacted(one, pieces) for name, one in value.items()}
    if isinstance(value, list):
        return [_redacted(one, pieces) for one in value]
    if isinstance(value, str) and len(value) >= _PIECE:
        lines = value.splitlines(keepends=True)
        kept = [LEFT_OUT + '\n' if _repeats(line, pieces) else line for line in lines]
        return value if kept == lines else ''.join(kept)
    return value


def _repeats(line: str, pieces: set[str]) -> bool:
    """Looked at in steps of a piece, and in the last one: whatever repeats more than two pieces is seen."""
    return any(run[start:start + _PIECE] in pieces
               for run in _RUN.findall(line) for start in [*range(0, len(run) - _PIECE, _PIECE), len(run) - _PIECE])
