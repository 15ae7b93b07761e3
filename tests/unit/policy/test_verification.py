# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a deployed set by the server's word on it."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.verification import (
    candidate_sets,
    connection_failures,
    sets_to_take_back,
)

SET = {'dest': '/d/sslcert/', 'owner': 'u', 'exports': [{'path': '/e'}], 'src': 'b.zip'}
NEW = {'owner': 'u', 'dest': '/d/sslcert', 'changed': True, 'generation': 'new', 'previous': 'old', 'replaced': 'old'}


def error(waived=False):
    return {'rule': 'r', 'severity': 'error', 'message': 'It is wrong.', 'remedy': 'Mend it.', 'waived': waived}


def test_a_candidate_has_a_place_of_its_own_and_no_exports():
    assert candidate_sets([SET]) == [dict(SET, dest='/d/sslcert.candidate', exports=[])]


@pytest.mark.parametrize('works, changes, taken_back', [
    (False, {}, True), (True, {}, False), (None, {}, False), (False, {'replaced': None}, False), (False, {'replaced': 'new'}, False)])
def test_only_a_new_refused_set_with_one_before_it_is_taken_back(works, changes, taken_back):
    found = sets_to_take_back([SET], [dict(NEW, **changes)], [{'set_works': works}])
    assert found == ([dict(SET, state='previous', replaces='new')] if taken_back else [])


def test_without_the_server_all_new_sets_are_taken_back_and_no_others():
    stayed = dict(NEW, replaced=None)     # exports or modes changed, the set did not
    assert sets_to_take_back([SET, dict(SET, owner='v')], [NEW, stayed]) == [dict(SET, state='previous', replaces='new')]


def test_the_other_sets_of_the_user_come_along_and_stay():
    stayed = dict(SET, dest='/d/other')
    assert sets_to_take_back([SET, stayed], [NEW, NEW], [{'set_works': False}, {'set_works': True}]) == [
        dict(SET, state='previous', replaces='new'), dict(stayed, state='previous', replaces='none')]


def test_a_failure_names_the_set_and_every_error_that_is_not_waived():
    [line] = connection_failures([NEW], [{'set_works': False, 'findings': [error(), error(waived=True)]}])
    assert line == 'u, /d/sslcert: It is wrong. [r] Mend it.'


def test_a_server_that_could_not_be_asked_is_a_failure_too():
    assert 'could not be seen' in connection_failures([NEW], [{'set_works': None, 'findings': []}])[0]
    assert connection_failures([NEW], [{'set_works': True}]) == []


def test_in_check_mode_a_set_that_is_not_there_yet_is_no_failure():
    fresh = dict(NEW, previous=None, first=True)
    assert connection_failures([fresh], [{'set_works': False}], check_mode=True) == []
    # The only set that a host has ever had, with exports to write.
    for seen in (NEW, dict(NEW, previous=None, first=False)):
        assert connection_failures([seen], [{'set_works': False}], check_mode=True) != []
