# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the role's variables to sets."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.users import VERIFY, client_sets, listed

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


@pytest.mark.parametrize('value, result', [([], []), ('', []), ('a, b', ['a', 'b']), ('["a", "b"]', ['a', 'b']), (['a'], ['a'])])
def test_lists_of_all_sets_arrive_as_text_too_and_an_empty_one_is_said(value, result):
    [one] = client_sets(['u'], dict(SETTINGS, waive=value, blocked_generations=value))
    assert (one['waive'], one['blocked_generations']) == (result, result)


def test_what_all_sets_have_alike_is_in_each_and_may_be_left_out():
    alike = {'keep': 0, 'expiry_warning_days': 30, 'waive': ['a'], 'missing_user': 'skip', 'blocked_generations': ['g'],
             'replaces': 'h', 'key_revision': '2'}
    for one in client_sets(['u', {'name': 'v', 'directory': '/v'}], dict(SETTINGS, **alike)):
        assert {name: one[name] for name in alike} == alike
    assert not set(alike) & set(client_sets(['u'], dict(SETTINGS, **dict.fromkeys(alike)))[0])


def test_no_profile_folder_means_no_exports():
    assert client_sets(['u'], dict(SETTINGS, profile_dir=''))[0]['exports'] == []


def test_only_the_default_set_of_a_user_feeds_the_environment():
    sets = client_sets([{'name': 'u', 'directory': '/a', 'default': 'yes'}, {'name': 'u', 'directory': '/b'}], SETTINGS)
    assert [bool(one['exports']) for one in sets] == [True, False]


@pytest.mark.parametrize('users, words', [
    ([], 'list is empty'), ([{}], 'has no name'), ([{'name': 'u', 'passphrase': 'x'}], 'unknown keys: passphrase'),
    ([{'name': 'u', 'directory': '/a'}, {'name': 'u', 'directory': '/b'}], '0 of 2 items are marked default'),
    (['u', 'u'], 'u: two items have the same directory'),
    ([{'name': 'u', 'directory': '/srv/d'}, {'name': 'v', 'directory': '/srv/d/'}], 'u and v: two items have the same directory, /srv/d;'),
    ([{'name': 'u', 'directory': '/a/{user}', 'default': True}, {'name': 'u', 'directory': '/a/u'}], 'same directory, /a/u')])
def test_what_is_wrong_is_named(users, words):
    with pytest.raises(ValueError, match=words):
        client_sets(users, SETTINGS)


@pytest.mark.parametrize('verify', VERIFY)
def test_when_to_verify_is_one_of_two_words(verify):
    assert client_sets(['u'], dict(SETTINGS, verify=verify)) == client_sets(['u'], SETTINGS)
    with pytest.raises(ValueError, match=f'dws_client_verify: {verify}s is none of after, first'):
        client_sets(['u'], dict(SETTINGS, verify=verify + 's'))


def test_everything_that_is_wrong_is_named_at_once():
    with pytest.raises(ValueError) as raised:
        client_sets([{'name': 'u', 'x': 1}, {}, {'name': 'u'}], SETTINGS)
    assert len(str(raised.value).splitlines()) == 4


ALL = 'sh,csh,fish,environment,service,odbc,jdbc,pkcs12'


def paths(one):
    return [export['path'] for export in one['exports']]


def test_each_set_has_its_own_files_and_the_default_one_those_of_the_user():
    settings = dict(SETTINGS, formats=ALL, csh_dirs='/etc/profile.d,/etc/csh/login.d', fish_dir='/etc/fish/conf.d')
    one, other = client_sets([{'name': 'u', 'directory': '/a/x', 'default': True},
                              {'name': 'u', 'directory': '/a/y', 'cluster': 'b'}], settings)
    assert paths(other) == ['/a/y.env', '/a/y.jdbc.properties', '/a/y.pkcs12.properties']
    assert paths(one) == [
        '/etc/profile.d/dws_ssl/{user}.sh', '/etc/profile.d/dws_ssl.sh', '/etc/profile.d/dws_ssl/{user}.csh', '/etc/profile.d/dws_ssl.csh',
        '/etc/csh/login.d/dws_ssl.csh', '/etc/profile.d/dws_ssl/{user}.fish', '/etc/fish/conf.d/dws_ssl.fish', '/a/x.env',
        '/a/x.pg_service.conf', '/a/x.odbc.ini', '/a/x.jdbc.properties', '/a/x.pkcs12.properties']
    assert {export['mode'] for export in one['exports'] if not export.get('serves')} == {'0600'}
    assert one['key_forms'] == other['key_forms'] == ['p12', 'pk8'] and other['cluster'] == 'b'


def test_without_a_profile_folder_only_the_files_beside_the_set_are_left():
    settings = dict(SETTINGS, formats=['sh', 'csh', 'fish', 'environment'], profile_dir='', fish_dir='/etc/fish/conf.d')
    assert paths(client_sets(['u'], settings)[0]) == ['{home}/dws_ssl/sslcert.env']


def test_what_is_removed_is_removed_in_every_format():
    settings = dict(SETTINGS, csh_dirs=['/c'], fish_dir='/f')
    deployed = client_sets(['u'], dict(settings, formats=FORMATS))[0]
    assert paths(client_sets(['u'], dict(settings, formats='sh', state='absent'))[0]) == paths(deployed)


@pytest.mark.parametrize('clusters', ['{"b": "b.example.com:8001"}', 'b=b.example.com:8001', 'c=c:1, b=b.example.com:8001',
                                      {'b': 'b.example.com:8001'}])
def test_where_a_cluster_is_comes_from_its_name_alone(clusters):
    settings = dict(SETTINGS, clusters=clusters, endpoint='a.example.com:8000')     # the live check's: files do not change with it
    one, other = client_sets([{'name': 'u', 'default': True}, {'name': 'u', 'directory': '/b', 'cluster': 'b'}], settings)
    assert 'endpoint' not in one and other['endpoint'] == 'b.example.com:8001'


def test_who_only_looks_needs_no_folder_for_packages():
    assert client_sets(['u'], dict(SETTINGS, formats=['sh', 'data_studio']))


@pytest.mark.parametrize('users, changes, words', [
    (['u'], {'formats': ['sh', 'cmd']}, 'cmd is no format. Known: sh, csh'),
    ([{'name': 'u', 'cluster': 'a]\nb'}], {}, 'is no name for a cluster'),
    ([{'name': 'u', 'directory': '/a', 'default': True}, {'name': 'u', 'directory': '/b'}], {'formats': 'service'},
     'two items have the cluster dws; give each a cluster of its own'),
    (['u'], {'formats': 'data_studio', 'data_studio_dir': ''}, 'data_studio needs dws_client_data_studio_dir'),
    (['u'], {'clusters': 'a:1'}, 'dws_client_clusters: give a dict'), (['u'], {'clusters': '{"a"'}, 'dws_client_clusters: give a dict'),
    (['u'], {'clusters': [{'a': 'b:1'}]}, 'dws_client_clusters: give a dict')])
def test_what_is_wrong_about_formats_is_named(users, changes, words):
    with pytest.raises(ValueError, match=words):
        client_sets(users, dict(SETTINGS, **changes))
