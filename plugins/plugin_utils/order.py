# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One set as a task asks for it: the options of an entry, filled up from the options beside the list."""
from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, HOME_TOKEN, PRESENT, PREVIOUS, USER_TOKEN
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.directories import shared_directories
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import parse_endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding, finding, for_gsql_alone
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import CLUSTER_NAME
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DEFAULT_CLUSTER
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import is_plain_absolute
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.environment import (
    PATH_NOT_ABSOLUTE,
    judge_environment,
)


class Order(NamedTuple):
    """One set; ``{user}`` is replaced already, ``{home}`` is for the host. ``exports`` are dicts as the user gave them."""
    src: str | None
    tree: str | None
    auth_mode: str
    sslmode: str
    crl: str | None
    decrypt_key: bool
    key_revision: str
    dest: str
    owner: str
    group: str | None
    exports: list[dict[str, Any]]
    keep: int
    expiry_warning_days: int
    waive: list[str]
    missing_user: str
    state: str
    replaces: str | None
    blocked_generations: list[str]
    cluster: str
    endpoint: str | None
    odbc_driver: str
    key_forms: list[str]


def orders(args: Mapping[str, Any], deploys: bool = True) -> tuple[list[Order], list[str]]:
    """Return the sets that a task asks for, and what is wrong with its options (one sentence each).

    A task that only looks (``deploys`` is false) needs neither a bundle nor the contents of exports.
    """
    entries = args.get('sets')
    if entries is None:
        entries = [{}]
    found = [_order(args, entry) for entry in entries]
    problems = []
    for number, one in enumerate(found):
        where = f'sets[{number}]: ' if args.get('sets') is not None else ''
        problems += [where + problem for problem in _problems(one, deploys)]
    problems += [f'dest: {directory} is that of {" and ".join(f"sets[{place}]" for place in places)}; give each set its own.'
                 for places, directory in shared_directories([(one.owner, one.dest) for one in found])]
    if not found:
        problems.append('sets is empty: give at least one set, or leave it out.')
    return found, problems


def _order(args: Mapping[str, Any], entry: Mapping[str, Any]) -> Order:
    merged: dict[str, Any] = {name: args.get(name) if entry.get(name) is None else entry[name] for name in Order._fields}
    owner = merged['owner'] or ''
    for name in ('src', 'crl', 'dest'):
        merged[name] = (merged[name] or '').replace(USER_TOKEN, owner) or None
    merged['exports'] = [_export(export, owner) for export in merged['exports'] or []]
    merged['cluster'] = merged['cluster'] or DEFAULT_CLUSTER
    return Order(**dict(merged, owner=owner, dest=merged['dest'] or '', key_forms=merged['key_forms'] or []))


def _export(export: Mapping[str, Any], owner: str) -> dict[str, Any]:
    filled = {name: value.replace(USER_TOKEN, owner) if isinstance(value, str) else value for name, value in export.items()}
    return dict(filled, owner=filled.get('owner') or owner)


def _problems(one: Order, deploys: bool) -> list[str]:
    problems = [f'{name} is required.' for name in ('dest', 'owner') if not getattr(one, name)]
    if one.state == PREVIOUS and not one.replaces:
        problems.append('replaces is required with state=previous: the generation to go back from.')
    if one.state == PRESENT and deploys and not one.src:
        problems.append('src is required with state=present.')
    if one.state != ABSENT and deploys:
        problems += [f'exports: {export["path"]}: give either content or template.' for export in one.exports
                     if (export.get('content') is None) == (export.get('template') is None and export.get('format') is None)]
    problems += [f'exports: {export["path"]}: mode must be an octal number in quotes, not {export["mode"]!r}.'
                 for export in one.exports if mode_of(export) is None]
    if (one.keep or 0) < 0:
        problems.append('keep must not be negative.')
    if not CLUSTER_NAME.match(one.cluster):
        problems.append(f'cluster: {one.cluster!r} is no name for a cluster: letters, digits and _ . - are.')
    if one.endpoint:
        try:
            parse_endpoint(one.endpoint)
        except ValueError as error:
            problems.append(f'{error}.')
    return problems


def mode_of(export: Mapping[str, Any]) -> int | None:
    """Return the mode of an exports entry as a number, None where it is not one."""
    try:
        mode = int(str(export['mode']), 8)
    except ValueError:
        return None
    return mode if 0 <= mode <= 0o777 else None


def judge_order(one: Order, files: SetFiles, gsql_alone: bool = False) -> list[Finding]:
    """Return the findings about paths and variables, before any host has told its user's home.

    ``gsql_alone``: no other client can read the set (``serves_gsql_alone``).
    """
    if one.state == ABSENT:
        found = [] if is_plain_absolute(_with_some_home(one.dest)) else [
            finding(PATH_NOT_ABSOLUTE, 'dest', f'"{one.dest}" is not an absolute path without "..".')]
    else:
        found = judge_environment(environment_of(one, _with_some_home(one.dest), files))
    found += [finding(PATH_NOT_ABSOLUTE, 'exports', f'"{export["path"]}" is not an absolute path without "..".')
              for export in one.exports if not is_plain_absolute(_with_some_home(export['path']))]
    found = [one_found._replace(message=one_found.message.replace('/' + HOME_TOKEN, HOME_TOKEN)) for one_found in found]
    return for_gsql_alone(found) if gsql_alone else found


def _with_some_home(path: str) -> str:
    """Stand in for the home, which is an absolute path, so that the rest can be judged."""
    return path.replace(HOME_TOKEN, '/' + HOME_TOKEN)


def environment_of(one: Order, directory: str, files: SetFiles) -> dict[str, str]:
    """Return the variables of a set that lies in ``directory``."""
    return environment(directory, one.auth_mode, one.sslmode, files)


def needs_bundle(one: Order) -> bool:
    """Return whether a bundle has to be read for it."""
    return one.state == PRESENT


def needs_contents(one: Order) -> bool:
    """Return whether files of formats are written for it, and have to be rendered."""
    return one.state != ABSENT
