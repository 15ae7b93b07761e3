# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Table 3: what becomes of a connection, by the server's ``ssl`` and ``require_ssl`` and the client's sslmode."""
from typing import Dict, NamedTuple, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import SSLMODES, UNSUPPORTED_SSLMODES


class Outcome(NamedTuple):
    """The last column of Table 3. ``reason`` is a sentence of the collection's own."""
    connects: bool
    encrypted: bool
    verified: bool
    reason: str


CLEAR = Outcome(True, False, False, 'The connection is set up in clear text.')
ENCRYPTED = Outcome(True, True, False, 'The connection is encrypted; the server certificate is not verified by this mode.')
VERIFIED = Outcome(True, True, True, 'The connection is encrypted and the server certificate is verified.')
SERVER_REFUSES = Outcome(False, False, False,
                         'The server requires SSL (require_ssl is on) and the client does not use it (sslmode disable).')
CLIENT_REFUSES = Outcome(False, False, False, 'The client requires SSL and SSL is off on the server.')

# Table 3, all 20 rows: (ssl, sslmode, require_ssl).
TABLE_3: Dict[Tuple[str, str, str], Outcome] = {
    ('on', 'disable', 'on'): SERVER_REFUSES,
    ('on', 'disable', 'off'): CLEAR,
    ('on', 'allow', 'on'): ENCRYPTED,
    ('on', 'allow', 'off'): CLEAR,
    ('on', 'prefer', 'on'): ENCRYPTED,
    ('on', 'prefer', 'off'): ENCRYPTED,
    ('on', 'require', 'on'): ENCRYPTED,
    ('on', 'require', 'off'): ENCRYPTED,
    ('on', 'verify-ca', 'on'): VERIFIED,
    ('on', 'verify-ca', 'off'): VERIFIED,
    ('off', 'disable', 'on'): CLEAR,
    ('off', 'disable', 'off'): CLEAR,
    ('off', 'allow', 'on'): CLEAR,
    ('off', 'allow', 'off'): CLEAR,
    ('off', 'prefer', 'on'): CLEAR,
    ('off', 'prefer', 'off'): CLEAR,
    ('off', 'require', 'on'): CLIENT_REFUSES,
    ('off', 'require', 'off'): CLIENT_REFUSES,
    ('off', 'verify-ca', 'on'): CLIENT_REFUSES,
    ('off', 'verify-ca', 'off'): CLIENT_REFUSES,
}

# The guide writes on and off, and 1 and 0; YAML turns an unquoted on into true.
_SWITCH = {'on': 'on', 'true': 'on', 'yes': 'on', '1': 'on', 'off': 'off', 'false': 'off', 'no': 'off', '0': 'off'}


def switch(name: str, value: object) -> str:
    """Return 'on' or 'off' for a server parameter. Raise ValueError for anything else."""
    try:
        return _SWITCH[str(value).strip().lower()]
    except KeyError:
        raise ValueError('%s must be on or off, not %r' % (name, value)) from None


def connection_outcome(ssl: object, require_ssl: object, sslmode: str) -> Outcome:
    """Return the row of Table 3. Raise ValueError, saying what to do, where the table has no such row."""
    key = (switch('ssl', ssl), sslmode, switch('require_ssl', require_ssl))
    if sslmode in UNSUPPORTED_SSLMODES:
        raise ValueError('sslmode %s is not supported by GaussDB(DWS) (Table 2); use verify-ca' % sslmode)
    if key not in TABLE_3:
        raise ValueError('sslmode must be one of %s, not %r' % (', '.join(SSLMODES), sslmode))
    return TABLE_3[key]
