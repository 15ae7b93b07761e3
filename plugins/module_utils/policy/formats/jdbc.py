# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Java properties for pgjdbc and its DWS flavour, with the key as PKCS#8 DER."""
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import PK8
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, beside, keywords, own_file, refuse_unprintable)

NAME = 'jdbc'


def files(places: Places) -> List[Dict[str, Any]]:
    """One file beside each set."""
    return [own_file(beside(places, '.jdbc.properties'), NAME)]


def entries(client: Client) -> Dict[str, str]:
    """The connection parameters of the driver. It knows no revocation list."""
    return properties(client, PK8)


def properties(client: Client, key: str) -> Dict[str, str]:
    """Return the parameters with the key in one of its forms, by the name of the file in the set."""
    words = keywords(client.environment)
    words.pop('sslcrl', None)
    if 'sslkey' in words:
        words['sslkey'] = '%s/%s' % (client.dest, key)
    return dict({'ssl': 'true'}, **words)


def quote(value: str) -> str:
    """Return a value of a properties file (java.util.Properties.load): ISO 8859-1, other characters by their UTF-16 number."""
    refuse_unprintable(NAME, value)
    start = '\\' if value[:1] == ' ' else ''
    return start + ''.join(_character(character) for character in value)


def _character(character: str) -> str:
    if character == '\\':
        return '\\\\'
    if character < '\x7f':
        return character
    units = character.encode('utf-16-be')
    return ''.join('\\u%02x%02x' % (units[place], units[place + 1]) for place in range(0, len(units), 2))


FORMAT = Format(
    NAME, 'JDBC: pgjdbc and the DWS driver', '<directory>.jdbc.properties, client.key.pk8 in the set', 'Properties.load',
    'jdbc.properties.j2', files, entries, quote, key_form='pk8')
