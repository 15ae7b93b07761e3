# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the role's variables to sets: one set for each item of ``dws_client_users``."""
import json
from typing import Any, Dict, List, Mapping, Tuple

# What an item may say, and what it stands for in a set. Missing keys come from the role's dws_client_* variable.
ITEM_KEYS = ('name', 'cluster', 'bundle', 'directory', 'auth_mode', 'sslmode', 'crl', 'decrypt_key', 'group', 'default')
_SET_OPTIONS = {'bundle': 'src', 'directory': 'dest', 'auth_mode': 'auth_mode', 'sslmode': 'sslmode', 'crl': 'crl',
                'decrypt_key': 'decrypt_key', 'group': 'group', 'tree': 'tree'}

EXPORTS_TEMPLATE = 'exports.sh.j2'
LOADER_TEMPLATE = 'loader.sh.j2'


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


def client_sets(users: Any, settings: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return the ``sets`` of gaussdb.dws_ssl.client_certificates for the users of a host.

    ``settings`` holds what the items leave out: bundle, directory, auth_mode, sslmode, crl, decrypt_key, group, tree and
    profile_dir ('' for no exports). Raise ValueError with everything that is wrong, one line each.
    """
    items, problems = _items(users)
    problems += _default_problems(items)
    sets = [_set(item, settings) for item in items]
    places = [(one['owner'], one['dest']) for one in sets]
    problems += ['%s: two items have the same directory, %s; give each its own directory.' % place
                 for place in sorted(set(places), key=str) if places.count(place) > 1]
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


def _set(item: Dict[str, Any], settings: Mapping[str, Any]) -> Dict[str, Any]:
    merged = {option: item.get(key, settings.get(key)) for key, option in _SET_OPTIONS.items()}
    return dict({option: value for option, value in merged.items() if value not in (None, '')}, owner=item['name'],
                exports=_exports(str(settings.get('profile_dir') or '')) if is_true(item.get('default')) else [])


def _exports(profile_dir: str) -> List[Dict[str, Any]]:
    """The user's own exports, and the loader that all users share. Which file a login shell may run: SECURITY.md."""
    if not profile_dir:
        return []
    folder = profile_dir.rstrip('/') + '/dws_ssl'
    return [{'path': folder + '/{user}.sh', 'template': EXPORTS_TEMPLATE, 'mode': '0600'},
            {'path': folder + '.sh', 'template': LOADER_TEMPLATE, 'mode': '0644', 'owner': 'root', 'group': 'root',
             'serves': folder}]
