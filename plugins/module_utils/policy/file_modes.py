# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which modes of its files each family of clients refuses."""
from typing import Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import GSQL, LIBPQ

_OTHERS = 0o077
_OWNER = 0o700


def refusing_clients(mode: int, is_key: bool, of_root: bool) -> Tuple[str, ...]:
    """Return the clients that refuse certificate, key or CA for this mode.

    gsql wants no bit for group or others, and not all three for the owner, on each of the three files. libpq looks at the key
    alone, and lets the group read one that belongs to root (``of_root``), whoever the user is.
    """
    found = []
    if mode & _OTHERS or mode & _OWNER == _OWNER:
        found.append(GSQL)
    if is_key and mode & (0o037 if of_root else _OTHERS):
        found.append(LIBPQ)
    return tuple(found)
