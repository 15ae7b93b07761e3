# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libpq's connection service file: a section for each cluster of a user."""
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, beside, keywords, literal, own_file)

NAME = 'service'

# libpq reads lines of up to 1021 bytes (fe-connect.c, parseServiceFile); the longest keyword and = take 12 of them.
LONGEST = 1009


def files(places: Places) -> List[Dict[str, Any]]:
    """One file for all sets of a user: a file of our own, so that a person's ~/.pg_service.conf is left alone."""
    return [own_file(beside(places, '.pg_service.conf'), NAME)]


def entries(client: Client) -> Dict[str, str]:
    """Where the cluster is, where that is known, and the files."""
    where = {'host': client.endpoint[0], 'port': str(client.endpoint[1])} if client.endpoint else {}
    return dict(where, **keywords(client.environment))


def quote(value: str) -> str:
    """Return a value as it stands after the =: nothing is special there, and nothing can be escaped (libpq, 34.17)."""
    return literal(NAME, value, LONGEST)


FORMAT = Format(
    NAME, 'psql, psycopg and everything on libpq: service=', '<directory>.pg_service.conf', 'PGSERVICEFILE', 'service.j2', files,
    entries, quote, of_user=True, variable='PGSERVICEFILE', libpq=True)
