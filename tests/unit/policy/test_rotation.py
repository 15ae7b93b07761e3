# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts go first, and what makes a host unfit for waves."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rotation import rotation, rotation_obstacles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import as_dict
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import NETWORK_FILE_SYSTEMS, judge_place

HOSTS = ['a', 'b', 'c']
GROUPS = {'all': ['a', 'b', 'c', 'd'], 'clients': HOSTS, 'first': ['c', 'd']}
SHARED = dict(as_dict(next(judge_place('/d', 'nfs4'))), message='It is shared.', remedy='Move it.')


@pytest.mark.parametrize('canaries, first', [
    (None, ['a']), (2, ['a', 'b']), ('2', ['a', 'b']), (9, HOSTS), ('first', ['c']), ('b,first', ['b', 'c']), (['b'], ['b']),
    (0, ['!all']), ('', ['a']), ([], ['!all'])])
def test_canaries_go_first_and_not_again(canaries, first):
    found = rotation('clients', HOSTS, GROUPS, {'canaries': canaries})
    assert found['canaries'] == first
    assert found['others'] == ['clients', *('!' + name for name in first if name in HOSTS)]


def test_canaries_of_an_empty_pattern_are_nobody():
    assert rotation('clients', [], GROUPS, {'canaries': 'first'})['canaries'] == ['!all']


@pytest.mark.parametrize('limited, first', [(['b', 'c', 'z'], ['b']), (['z'], ['!all']), ([], ['!all'])])
def test_canaries_are_among_the_hosts_that_a_limit_leaves(limited, first):
    assert rotation('clients', HOSTS, GROUPS, {'limit': 'x', 'limited': limited})['canaries'] == first
    assert rotation('clients', HOSTS, GROUPS, {'limit': None, 'limited': limited})['canaries'] == ['a']


@pytest.mark.parametrize('given, waves', [
    (None, ['10%', '25%', '100%']), ('1, 25%', [1, '25%']), ('["5","50%"]', [5, '50%']), ([2], [2]), (3, [3])])
def test_waves_may_arrive_as_text(given, waves):
    assert rotation('clients', HOSTS, GROUPS, {'waves': given})['waves'] == waves


@pytest.mark.parametrize('given, share', [(None, 0.0), ('10', 10.0), ('12.5%', 12.5), (100, 100.0)])
def test_the_share_may_arrive_as_text(given, share):
    assert rotation('clients', HOSTS, GROUPS, {'max_fail_percentage': given})['max_fail_percentage'] == share


@pytest.mark.parametrize('settings, words', [
    ({'canaries': 'nobody'}, ['nobody is neither']), ({'canaries': -1}, ['-1 is neither']), ({'canaries': True}, ['True is neither']),
    ({'canaries': 'd'}, ['none of d']), ({'waves': '0'}, ['0 is neither']), ({'waves': '101%'}, ['101% is neither']),
    ({'waves': []}, ['is empty']), ({'max_fail_percentage': 'half'}, ['half is not']), ({'max_fail_percentage': True}, ['True is not']),
    ({'limit': 'b,@file', 'limited': ['b']}, ['--limit b,@file: ']),
    ({'wave': 1}, ['unknown setting: wave']), ({'canaries': 'x', 'waves': 'y'}, ['x is neither', 'y is neither'])])
def test_everything_that_is_wrong_is_said(settings, words):
    with pytest.raises(ValueError) as raised:
        rotation('clients', HOSTS, GROUPS, settings)
    lines = str(raised.value).splitlines()
    assert len(lines) == len(words) and all(word in line for word, line in zip(words, lines))


@pytest.mark.parametrize('name', [*sorted(NETWORK_FILE_SYSTEMS), 'fuse.sshfs', 'fuse.glusterfs'])
def test_a_set_on_a_network_file_system_is_a_warning_of_its_own(name):
    [found] = judge_place('/home/u/sslcert', name)
    assert (found.rule, found.severity, found.subject) == ('directory-shared', 'warning', '/home/u/sslcert') and name in found.message


@pytest.mark.parametrize('name', ['', 'ext4', 'xfs', 'btrfs', 'zfs', 'tmpfs', 'overlay', 'fuse', 'fuseblk', 'fuse.bindfs', 'nfsd'])
def test_a_set_on_another_file_system_is_not(name):
    assert list(judge_place('/home/u/sslcert', name)) == []


def planned(**changes):
    return {'sets': [{'owner': 'u', 'dest': '/d', 'findings': [dict(SHARED, **changes), {'rule': 'other', 'severity': 'warning'}]}]}


def test_a_shared_directory_is_no_place_for_waves_unless_waived():
    assert rotation_obstacles(planned(), 'h:1') == ['u, /d: It is shared. [directory-shared] Move it.']
    assert rotation_obstacles(planned(waived=True), 'h:1') == []


def test_a_host_out_of_reach_and_a_rotation_without_an_endpoint_are_named():
    assert rotation_obstacles({'unreachable': True, 'msg': 'no route'}, 'h:1') == ['The host could not be reached: no route']
    assert 'set dws_client_endpoint' in rotation_obstacles({'sets': []}, '')[0]
