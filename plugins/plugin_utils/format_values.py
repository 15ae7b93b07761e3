# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the sets of a task to what the templates of formats write: names and quoted values."""
from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import parse_endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CIPHER, PK8, SetFiles, set_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding, finding
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Client, Format, Unfit, held
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.formats import (
    KEY_ENCRYPTED,
    STORE_WITHOUT_PASSPHRASE,
    VALUE,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.key import DECRYPTED
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order, environment_of, needs_bundle, needs_contents


def clients_of(sets: Sequence[tuple[Order, SetFiles]], owner: str) -> list[Client]:
    """Return the sets of one user as the formats see them, in the order of the task."""
    own = [(order, files) for order, files in sets if order.owner == owner]
    pointers = {FORMATS[export['format']].variable: export['path'] for order, _files in own for export in order.exports
                if export.get('format') and FORMATS[export['format']].variable}
    return [Client(order.cluster, order.dest.rstrip('/'), environment_of(order, order.dest.rstrip('/'), files),
                   parse_endpoint(order.endpoint) if order.endpoint else None, order.odbc_driver,
                   {str(name): path for name, path in pointers.items()}) for order, files in own]


def is_loader(export: Mapping[str, Any]) -> bool:
    """Return whether a file of a format loads the files of the folder that it serves."""
    return bool(export.get('serves') and FORMATS[export['format']].loader)


def template_of(export: Mapping[str, Any]) -> str:
    """Return the name of the role's own template of a file of a format."""
    one: Format = FORMATS[export['format']]
    return one.loader if one.loader and is_loader(export) else one.template


def values_of(export: Mapping[str, Any], clients: Sequence[Client], own: Client) -> dict[str, Any]:
    """Return what the template of a format sees, all values quoted. Raise Unfit for one that the format cannot carry.

    ``entries`` are the set's own, ``sections`` those of all sets of the user by cluster; ``folder`` is the one that a loader serves.
    """
    one = FORMATS[export['format']]
    if is_loader(export):
        return {'folder': held(one, export['serves'])}
    return {'entries': {name: held(one, value) for name, value in one.entries(own).items()},
            'sections': {client.cluster: {name: held(one, value) for name, value in one.entries(client).items()} for client in clients}}


def judge_formats(sets: Sequence[tuple[Order, Mapping[str, str]]], place: int, has_passphrase: bool) -> Iterator[Finding]:
    """Yield what stands between a set and the formats that are asked for. ``sets`` are ``(order, {name: identity})`` of a task."""
    order, digests = sets[place]
    if not needs_contents(order):
        return
    with_files = [(one, set_files(dict(held_files))) for one, held_files in sets]
    own = clients_of([with_files[place]], order.owner)[0]
    for export in order.exports:
        if export.get('format'):
            try:
                values_of(export, clients_of(with_files, order.owner), own)
            except Unfit as error:
                yield finding(VALUE, export['path'], str(error))
            if FORMATS[export['format']].libpq and all(CIPHER in files for one, files in sets if one.owner == order.owner):
                yield finding(KEY_ENCRYPTED, export['path'], 'The key of every set in it is encrypted.')
    if order.auth_mode == BIDIRECTIONAL and not has_passphrase and needs_bundle(order):
        yield from _without_passphrase(order.key_forms)


def _without_passphrase(key_forms: Sequence[str]) -> Iterator[Finding]:
    if 'pk8' in key_forms:
        yield finding(DECRYPTED, PK8, 'It is deployed without encryption, since key_passphrase is not given.')
    if 'p12' in key_forms:
        yield finding(STORE_WITHOUT_PASSPHRASE, 'key_passphrase', 'A PKCS#12 store was asked for, and no passphrase is given.')
