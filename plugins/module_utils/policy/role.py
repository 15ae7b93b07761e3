# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the variables of role dws_client to its steps on a host beside the deployment. ``settings`` are those of ``policy/users.py``."""
from typing import Any, Dict, List, Mapping, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, PRESENT
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DATA_STUDIO, DEFAULT_CLUSTER
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import NONE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import FIRST, SETTINGS, listed

# The variables of the role, without their prefix, but for dws_client_notify, which is the task's own.
VARIABLES = ('users', 'key_passphrase', 'endpoint') + SETTINGS

VERIFY_TAG = 'dws_client_verify'

# What of a set's result is left where the host fails.
_SUMMARY = ('owner', 'dest', 'changed', 'generation', 'previous', 'replaced', 'findings')


def asks_server(settings: Mapping[str, Any], skipped_tags: Sequence[str] = ()) -> bool:
    """Return whether each set is tried against the server after it was deployed."""
    return bool(settings['endpoint']) and settings['state'] == PRESENT and VERIFY_TAG not in skipped_tags


def tries_first(settings: Mapping[str, Any], check_mode: bool) -> bool:
    """Return whether a new set is tried before it becomes the current one, whatever tags are skipped: it is to be safe to deploy."""
    return settings['verify'] == FIRST and not check_mode and asks_server(settings)


def makes_packages(settings: Mapping[str, Any]) -> bool:
    """Return whether there is a package for each person who uses Data Studio to make, or to remove."""
    return bool(settings['data_studio_dir']) and (
        settings['state'] == ABSENT or settings['state'] == PRESENT and DATA_STUDIO in listed(settings['formats']))


def package(one: Mapping[str, Any], settings: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the arguments of gaussdb.dws_ssl.data_studio_package for a set, without a passphrase."""
    name = '%s-%s.zip' % (one['owner'], one.get('cluster') or DEFAULT_CLUSTER)
    given = {option: one[option] for option in ('owner', 'src', 'tree', 'auth_mode', 'sslmode', 'cluster', 'endpoint', 'key_revision',
                                                'expiry_warning_days', 'waive') if option in one}
    return dict(given, dest='%s/%s' % (settings['data_studio_dir'], name), state=settings['state'])


def question(one: Mapping[str, Any], result: Mapping[str, Any], settings: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the arguments of gaussdb.dws_ssl.connection_info for a set and what client_certificates returned for it."""
    return {'endpoint': one.get('endpoint') or settings['endpoint'], 'dest': result['dest'], 'owner': result['owner'],
            'sslmode': result['environment']['PGSSLMODE'], 'waive': listed(settings['waive'])}


def taken_back(sets: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> List[str]:
    """Return a line for each set that went back, of those that ``sets_to_take_back`` of ``policy/verification.py`` returned."""
    return ['%s, %s: The set before is the current one again.' % (result['owner'], result['dest'])
            for one, result in zip(sets, results) if one['replaces'] != NONE]


def summary(sets: Sequence[Mapping[str, Any]]) -> List[Dict[str, Any]]:
    """Return of each set what a play may want to know where the host fails; all of it would hide the reason."""
    return [{name: one[name] for name in _SUMMARY if name in one} for one in sets]
