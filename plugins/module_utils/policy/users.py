# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the role's variables to sets: one set for each item of ``dws_client_users``."""
import json
from typing import Any, Dict, List, Mapping, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.directories import shared_directories
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    CLUSTER_NAME, Places)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DATA_STUDIO, DEFAULT_CLUSTER
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS, unknown

# What an item may say, and what it stands for in a set. Missing keys come from the role's dws_client_* variable.
ITEM_KEYS = ('name', 'cluster', 'bundle', 'directory', 'auth_mode', 'sslmode', 'crl', 'decrypt_key', 'group', 'default')
_SET_OPTIONS = {'bundle': 'src', 'directory': 'dest', 'auth_mode': 'auth_mode', 'sslmode': 'sslmode', 'crl': 'crl',
                'decrypt_key': 'decrypt_key', 'group': 'group', 'tree': 'tree', 'cluster': 'cluster', 'odbc_driver': 'odbc_driver'}
# What all sets of a task have alike; the first four are options of a task that deploys alone.
_OF_ALL = ('keep', 'missing_user', 'blocked_generations', 'replaces', 'key_revision', 'expiry_warning_days', 'waive')
_LISTS = ('blocked_generations', 'waive')

# What role dws_client has a variable for, beside the items: bundle is dws_client_bundle.
SETTINGS = ('bundle', 'directory', 'auth_mode', 'sslmode', 'crl', 'decrypt_key', 'group', 'tree', 'odbc_driver', 'profile_dir', 'formats',
            'csh_dirs', 'fish_dir', 'clusters', 'data_studio_dir', 'verify', 'state') + _OF_ALL

# When the endpoint is asked about sets: after they are deployed, or before that with candidates as well.
FIRST = 'first'
VERIFY = ('after', FIRST)


def listed(value: Any) -> List[Any]:
    """Return a list that may have arrived as text: ``-e dws_client_users=dbadmin``, ``a,b``, or JSON from a survey."""
    if value is None:
        return []
    if not isinstance(value, str):
        return list(value) if isinstance(value, (list, tuple)) else [value]
    text = value.strip()
    if text[:1] in '[{':
        try:
            content = json.loads(text)
            return content if isinstance(content, list) else [content]
        except ValueError:
            text = text.strip('[]')
    return [word.strip(' \'"') for word in text.replace('\n', ',').split(',') if word.strip(' \'"')]


def handlers(value: Any) -> List[str]:
    """Return names of handlers, without spaces around them and without empty ones. A name may hold quotes and brackets."""
    given = value.split(',') if isinstance(value, str) else value or []
    return [name for name in (str(one).strip() for one in given) if name]


def client_sets(users: Any, settings: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return the ``sets`` of gaussdb.dws_ssl.client_certificates for the users of a host.

    ``settings`` holds what the items leave out: bundle, directory, auth_mode, sslmode, crl, decrypt_key, group, tree and
    odbc_driver; and for all of them formats (names, ``sh`` without it), profile_dir ('' for no exports), csh_dirs, fish_dir,
    clusters (``{name: 'host:port'}``), verify, and state: what is removed is removed in every format. data_studio_dir is the folder for
    packages; who makes none leaves it out. key_revision, expiry_warning_days, waive and missing_user are the module's own, and so are keep,
    blocked_generations and replaces, which gaussdb.dws_ssl.client_certificates_info does not take. Raise ValueError with everything
    that is wrong, one line each.
    """
    items, problems = _items(users)
    problems += _default_problems(items)
    formats, wrong = wanted_formats(settings)
    problems += wrong + _cluster_problems(items, [name for name in formats if FORMATS[name].variable] + (
        [DATA_STUDIO] if settings.get('data_studio_dir') else []))
    if settings.get('verify', VERIFY[0]) not in VERIFY:
        problems.append('dws_client_verify: %s is none of %s.' % (settings['verify'], ', '.join(VERIFY)))
    sets = [_set(item, settings, formats) for item in items]
    problems += ['%s: two items have the same directory, %s; give each its own directory.' % (
        ' and '.join(dict.fromkeys(sets[place]['owner'] for place in places)), directory)
        for places, directory in shared_directories([(one['owner'], str(one.get('dest') or '')) for one in sets])]
    if problems:
        raise ValueError('\n'.join(problems))
    return sets


def _items(users: Any) -> Tuple[List[Dict[str, Any]], List[str]]:
    items: List[Dict[str, Any]] = []
    problems: List[str] = []
    for user in listed(users):
        item = dict(user) if isinstance(user, Mapping) else {'name': user}
        unknown = sorted(str(key) for key in item if key not in ITEM_KEYS)
        if unknown:
            problems.append('%s: unknown keys: %s. Known: %s.' % (
                item.get('name', 'an item'), ', '.join(unknown), ', '.join(ITEM_KEYS)))
        if not item.get('name') or not isinstance(item['name'], str):
            problems.append('an item has no name: give the OS user who connects, for example {name: dbadmin}.')
            continue
        items.append(item)
    if not items and not problems:
        problems.append('the list is empty: name at least one OS user who connects.')
    return items, problems


def _default_problems(items: List[Dict[str, Any]]) -> List[str]:
    """One item of a user feeds the environment; with several items it has to be said which."""
    problems = []
    for name in sorted({item['name'] for item in items}):
        own = [item for item in items if item['name'] == name]
        marked = [item for item in own if is_true(item.get('default'))]
        if len(own) > 1 and len(marked) != 1:
            problems.append('%s: %d of %d items are marked default; mark exactly one, its set feeds the environment.' % (
                name, len(marked), len(own)))
        elif len(own) == 1:
            own[0]['default'] = True
    return problems


def is_true(value: Any) -> bool:
    """Return whether a switch is on that may have arrived as text."""
    return str(value).strip().lower() in ('true', 'yes', 'on', '1')


def wanted_formats(settings: Mapping[str, Any]) -> Tuple[List[str], List[str]]:
    """Return the names of the formats that hosts get, and what is wrong with the list."""
    named = listed(settings.get('formats', ['sh']))
    problems = unknown(named)
    if DATA_STUDIO in named and not settings.get('data_studio_dir', True):     # who only looks does not say where packages go
        problems.append('dws_client_formats: data_studio needs dws_client_data_studio_dir, a folder on the controller.')
    return [name for name in FORMATS if name in named or settings.get('state') == ABSENT], problems


def _cluster_problems(items: List[Dict[str, Any]], formats: List[str]) -> List[str]:
    """The name of a cluster is that of a section or a file in some formats, and two of a user need two names there."""
    names = [(item['name'], str(item.get('cluster') or DEFAULT_CLUSTER)) for item in items]
    problems = ['%s: %s is no name for a cluster: letters, digits and _ . - are.' % pair for pair in names
                if not CLUSTER_NAME.match(pair[1])]
    if formats:
        problems += ['%s: two items have the cluster %s; give each a cluster of its own, its name in %s.' % (
            pair + (', '.join(formats),)) for pair in sorted(set(names)) if names.count(pair) > 1]
    return problems


def _set(item: Dict[str, Any], settings: Mapping[str, Any], formats: List[str]) -> Dict[str, Any]:
    merged = {option: item.get(key, settings.get(key)) for key, option in _SET_OPTIONS.items()}
    merged['endpoint'] = _clusters(settings).get(str(item.get('cluster') or DEFAULT_CLUSTER))
    merged['key_forms'] = sorted(str(FORMATS[name].key_form) for name in formats if FORMATS[name].key_form)
    # An empty list is said, too: module_defaults of a task do not come in its place.
    alike = {name: listed(settings[name]) if name in _LISTS else settings[name] for name in _OF_ALL if settings.get(name) is not None}
    return dict({option: value for option, value in merged.items() if value not in (None, '', [])}, **alike, owner=item['name'],
                exports=_exports(str(merged['dest'] or ''), settings, formats, is_true(item.get('default'))))


def _clusters(settings: Mapping[str, Any]) -> Dict[str, str]:
    """Return where clusters are; a dict may arrive as text, too: JSON, or ``prod=a:8000,test=b:8000``."""
    given = settings.get('clusters') or {}
    if not isinstance(given, Mapping):
        try:
            given = json.loads(given) if str(given).lstrip()[:1] == '{' else dict(pair.split('=', 1) for pair in listed(given))
        except (ValueError, AttributeError):
            raise ValueError(
                'dws_client_clusters: give a dict of names and host:port, for example {dws: dws.example.com:8000}.') from None
    return {str(name): str(endpoint) for name, endpoint in given.items()}


def _exports(dest: str, settings: Mapping[str, Any], formats: List[str], is_default: bool) -> List[Dict[str, Any]]:
    """Return the files of a set in all formats; those that a user has one of go with the default set."""
    places = Places(dest, str(settings.get('profile_dir') or ''), tuple(listed(settings.get('csh_dirs'))),
                    str(settings.get('fish_dir') or ''))
    return [export for name in formats if is_default or not FORMATS[name].of_user for export in FORMATS[name].files(places)]
