# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Java properties for pgjdbc, with certificate and key in a PKCS#12 store."""
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import P12
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import jdbc
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Client, Format, Places, beside, own_file

NAME = 'pkcs12'


def files(places: Places) -> List[Dict[str, Any]]:
    """One file beside each set."""
    return [own_file(beside(places, '.pkcs12.properties'), NAME)]


def entries(client: Client) -> Dict[str, str]:
    """The connection parameters of the driver, the store in place of the key."""
    return jdbc.properties(client, P12)


FORMAT = Format(
    NAME, 'JDBC and other Java programs, with a key store', '<directory>.pkcs12.properties, client.p12 in the set',
    'Properties.load', 'jdbc.properties.j2', files, entries, jdbc.quote, key_form='p12')
