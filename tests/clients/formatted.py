# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set that clients reach by the file of a format instead of variables, and what the policy says of that file."""
from __future__ import annotations

import shutil
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import FILE, NOTHING, SeenFile
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import pkcs12, service
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Client
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.format_values import judge_formats
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import orders
from ansible_collections.gaussdb.dws_ssl.tests.clients.placed import IS_ROOT, Change, Place
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12 as stores

_SERVICE = 'dws'


def by_service(there: bool = True, sslmode: str | None = None) -> Change:
    """Let clients go by a service file alone: as it should be, not there, or with another sslmode."""
    def change(place: Place) -> Place:
        path = place.folder / 'pg_service.conf'
        wanted = _section(place, place.variables['PGSSLMODE'])
        content = _section(place, sslmode or place.variables['PGSSLMODE'])
        if there:
            path.write_text(content, encoding='utf-8')
            if IS_ROOT:
                shutil.chown(path, place.user)
        seen = DeployedExport(str(path), 1, 0o600, SeenFile(FILE if there else NOTHING, 0o600, 1), None, content == wanted, service.NAME)
        return place._replace(
            exports=(seen,), judged=_judged(place, exports=[{'path': str(path), 'format': service.NAME, 'mode': '0600'}]),
            variables={'PGSERVICEFILE': str(path), 'PGSERVICE': _SERVICE})
    return change


def _section(place: Place, sslmode: str) -> str:
    entries = service.entries(Client(_SERVICE, str(place.dest), {**place.variables, 'PGSSLMODE': sslmode}))
    return f'[{_SERVICE}]\n' + ''.join(f'{name}={value}\n' for name, value in entries.items())


def _judged(place: Place, has_passphrase: bool = True, **options: Any) -> tuple[Any, ...]:
    """Return the findings about a task that asks for formats of the set."""
    [order], _problems = orders({
        'src': 'any', 'dest': str(place.dest), 'owner': place.user, 'auth_mode': place.auth_mode, 'state': 'present', 'keep': 1,
        'sslmode': place.variables['PGSSLMODE'], **options})
    return tuple(judge_formats([(order, {path.name: '' for path in place.dest.iterdir()})], 0, has_passphrase))


def in_a_bare_store(place: Place) -> Place:
    """Put key and certificate into a PKCS#12 store without a passphrase, and let JDBC go by it."""
    certificate, *above = x509.load_pem_x509_certificates((place.dest / 'client.crt').read_bytes())
    key = serialization.load_pem_private_key((place.dest / 'client.key').read_bytes(), None)
    store = place.dest / 'client.p12'
    store.write_bytes(stores.serialize_key_and_certificates(b'user', key, certificate, above, serialization.NoEncryption()))
    if IS_ROOT:
        shutil.chown(store, place.user)
    store.chmod(0o600)
    properties = pkcs12.entries(Client(_SERVICE, str(place.dest), place.variables))
    return place._replace(judged=_judged(place, has_passphrase=False, key_forms=['p12']),
                          variables={**place.variables, 'PGSSLKEY': properties['sslkey']})
