# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""unixODBC's odbc.ini with a data source for each cluster of a user, for psqlODBC."""
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, beside, keywords, literal, own_file)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DEFAULT_DRIVER

NAME = 'odbc'

# unixODBC cuts lines at 1000 bytes (INI_MAX_LINE), the longest name and " = " among them. All paths share one line.
LONGEST = 980


def files(places: Places) -> List[Dict[str, Any]]:
    """One file for all sets of a user: a file of our own, so that a person's ~/.odbc.ini is left alone."""
    return [own_file(beside(places, '.odbc.ini'), NAME)]


def entries(client: Client) -> Dict[str, str]:
    """The driver, where the cluster is, where that is known, and the files in the way of a libpq connection string."""
    where = {'Servername': client.endpoint[0], 'Port': str(client.endpoint[1])} if client.endpoint else {}
    words = keywords(client.environment)
    mode = words.pop('sslmode')
    return dict({'Driver': client.odbc_driver or DEFAULT_DRIVER}, **where, Sslmode=mode,
                Pqopt=' '.join('%s=%s' % (word, _connection_value(value)) for word, value in words.items()))


def _connection_value(value: str) -> str:
    """Return a value of a libpq connection string (libpq, 34.1.1.1)."""
    return "'%s'" % value.replace('\\', '\\\\').replace("'", "\\'")


def quote(value: str) -> str:
    """Return a value as it stands after the =: unixODBC takes everything up to the end of the line."""
    return literal(NAME, value, LONGEST)


FORMAT = Format(
    NAME, 'psqlODBC through unixODBC: DSN=', '<directory>.odbc.ini', 'ODBCINI', 'odbc.ini.j2', files, entries, quote, of_user=True,
    variable='ODBCINI', libpq=True)
