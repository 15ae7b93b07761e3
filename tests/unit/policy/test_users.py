# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the role's variables to sets."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import client_sets, listed

SETTINGS = {'bundle': 'b.zip', 'directory': '{home}/dws_ssl/sslcert', 'auth_mode': 'bidirectional', 'sslmode': 'verify-ca',
            'crl': None, 'decrypt_key': 'false', 'group': '', 'tree': None, 'profile_dir': '/etc/profile.d/'}


@pytest.mark.parametrize('value, result', [
    ('dbadmin', ['dbadmin']), ('a,b', ['a', 'b']), ('a, b\nc', ['a', 'b', 'c']), ('["a", "b"]', ['a', 'b']), ('[a, b]', ['a', 'b']),
    ("['a']", ['a']), ('{"name": "a"}', [{'name': 'a'}]), (['a'], ['a']), (None, []), ('', []), ({'name': 'a'}, [{'name': 'a'}])])
def test_lists_arrive_as_text_too(value, result):
    assert listed(value) == result


def test_a_name_takes_everything_from_the_settings():
    [one] = client_sets(['dbadmin'], SETTINGS)
    assert {name: value for name, value in one.items() if name != 'exports'} == {
        'src': 'b.zip', 'dest': '{home}/dws_ssl/sslcert', 'auth_mode': 'bidirectional', 'sslmode': 'verify-ca', 'decrypt_key': 'false',
        'owner': 'dbadmin'}
    assert [(export['path'], export['mode'], export.get('owner')) for export in one['exports']] == [
        ('/etc/profile.d/dws_ssl/{user}.sh', '0600', None), ('/etc/profile.d/dws_ssl.sh', '0644', 'root')]


def test_an_item_overrides_the_settings():
    [one] = client_sets([{'name': 'u', 'bundle': 'c.zip', 'directory': '/d', 'decrypt_key': True, 'group': 'g'}], SETTINGS)
    assert (one['src'], one['dest'], one['decrypt_key'], one['group']) == ('c.zip', '/d', True, 'g')


def test_no_profile_folder_means_no_exports():
    assert client_sets(['u'], dict(SETTINGS, profile_dir=''))[0]['exports'] == []


def test_only_the_default_set_of_a_user_feeds_the_environment():
    sets = client_sets([{'name': 'u', 'directory': '/a', 'default': 'yes'}, {'name': 'u', 'directory': '/b'}], SETTINGS)
    assert [bool(one['exports']) for one in sets] == [True, False]


@pytest.mark.parametrize('users, words', [
    ([], 'list is empty'), ([{}], 'has no name'), ([{'name': 'u', 'passphrase': 'x'}], 'unknown keys: passphrase'),
    ([{'name': 'u', 'directory': '/a'}, {'name': 'u', 'directory': '/b'}], '0 of 2 items are marked default'),
    (['u', 'u'], 'same directory')])
def test_what_is_wrong_is_named(users, words):
    with pytest.raises(ValueError, match=words):
        client_sets(users, SETTINGS)


def test_everything_that_is_wrong_is_named_at_once():
    with pytest.raises(ValueError) as raised:
        client_sets([{'name': 'u', 'x': 1}, {}, {'name': 'u'}], SETTINGS)
    assert len(str(raised.value).splitlines()) == 4
