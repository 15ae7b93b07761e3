# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired against observed."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT,
    FILE,
    FOLDER,
    LINK,
    NOTHING,
    OTHER,
    DesiredSet,
    Export,
    SeenExport,
    SeenFile,
    SeenSet,
    desired_sets,
    resolve_home,
    uses_home,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import set_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    KEEP,
    MEND,
    REMOVE,
    SWAP,
    WRITE,
    Drift,
    Ids,
    exports_first,
    plan_export,
    plan_set,
    sha256_of,
)

IDS = Ids(1000, 1000)
FILES = {'client.crt': 'c' * 64, 'client.key': 'k' * 64, 'cacert.pem': 'a' * 64}
DESIRED = DesiredSet('/d/sslcert', 'dbadmin', files=FILES)


def good(**changed):
    files = {name: SeenFile(FILE, 0o600, 1000, 1000, digest) for name, digest in FILES.items()}
    for name, changes in changed.items():
        name = {'crt': 'client.crt', 'key': 'client.key', 'ca': 'cacert.pem'}[name]
        files[name] = files[name]._replace(**changes)
    return files


def seen(files, **fields):
    return SeenSet(LINK, 1, (1,), SeenFile(FOLDER, 0o700, 1000, 1000), files)._replace(**fields)


def test_a_set_that_complies_is_kept():
    assert plan_set(DESIRED, seen(good()), IDS).action == KEEP


def test_a_fresh_host_needs_everything():
    plan = plan_set(DESIRED, SeenSet(), IDS)
    assert (plan.action, sorted(plan.needs)) == (SWAP, sorted(FILES.values()))


@pytest.mark.parametrize('changes, what', [({'mode': 0o640}, 'mode'), ({'gid': 5}, 'group')])
def test_mode_and_group_are_mended_in_place_without_contents(changes, what):
    plan = plan_set(DESIRED, seen(good(key=changes)), IDS)
    assert (plan.action, plan.needs, plan.drift) == (MEND, (), (Drift('client.key', what),))


@pytest.mark.parametrize('changes', [{'sha256': 'x' * 64}, {'sha256': None}, {'uid': 0}, {'kind': LINK}, {'kind': OTHER}])
def test_a_key_that_differs_is_the_only_thing_that_travels(changes):
    plan = plan_set(DESIRED, seen(good(key=changes)), IDS)
    assert (plan.action, plan.needs) == (SWAP, (FILES['client.key'],))


def test_a_new_certificate_does_not_make_the_key_travel():
    plan = plan_set(DESIRED, seen(good(crt={'sha256': 'x' * 64})), IDS)
    assert (plan.needs, exports_first(plan)) == ((FILES['client.crt'],), False)


def test_a_set_that_loses_files_goes_after_its_exports():
    files = dict(good(), **{'sslcrl-file.crl': SeenFile(FILE, 0o600, 1000, 1000, 'l' * 64)})
    plan = plan_set(DESIRED, seen(files), IDS)
    assert (plan.action, plan.needs, exports_first(plan)) == (SWAP, (), True)


def test_a_set_that_loses_files_and_gains_others_goes_before_its_exports():
    files = {'certca.pem' if name == 'cacert.pem' else name: state for name, state in good().items()}
    plan = plan_set(DESIRED, seen(files), IDS)
    assert (plan.action, exports_first(plan)) == (SWAP, False)


def test_files_that_were_never_ours_are_nobodys_business():
    assert plan_set(DESIRED, seen(dict(good(), notes=SeenFile(FILE, 0o644, 0, 0, None))), IDS).action == KEEP


def test_a_folder_made_by_hand_is_taken_over_without_contents():
    plan = plan_set(DESIRED, seen(good(), kind=FOLDER, current=None, numbers=()), IDS)
    assert (plan.action, plan.needs) == (SWAP, ())


def test_a_key_and_passphrase_files_that_were_made_together_travel_together():
    desired = DESIRED._replace(files={'client.crt': 'c' * 64, 'client.key': 'made:k', 'client.key.cipher': 'made:c'})
    seen_files = {'client.crt': SeenFile(FILE, 0o600, 1000, 1000, 'c' * 64), 'client.key': SeenFile(FILE, 0o600, 1000, 1000, 'made:k')}
    assert plan_set(desired, seen(seen_files), IDS).needs == ('made:k', 'made:c')


def test_an_open_folder_is_closed():
    assert plan_set(DESIRED, seen(good(), folder=SeenFile(FOLDER, 0o755, 1000, 1000)), IDS).action == MEND


@pytest.mark.parametrize('state, action', [
    (SeenSet(), KEEP), (SeenSet(FOLDER), KEEP), (SeenSet(LINK, 1, (1,)), REMOVE), (SeenSet(NOTHING, None, (1,)), REMOVE),
    (SeenSet(NOTHING, leftovers=('.sslcert.new',)), REMOVE)])
def test_removal_takes_only_what_is_ours(state, action):
    assert plan_set(DESIRED._replace(state=ABSENT), state, IDS).action == action


EXPORT = Export('/p/dbadmin.sh', 'export A=b\n', 0o600, 'dbadmin')


@pytest.mark.parametrize('changes, action', [
    ({}, KEEP), ({'mode': 0o644}, WRITE), ({'uid': 0}, WRITE), ({'gid': 0}, WRITE), ({'sha256': 'x'}, WRITE), ({'kind': NOTHING}, WRITE)])
def test_exports_are_compared_whole(changes, action):
    file = SeenFile(FILE, 0o600, 1000, 1000, sha256_of(EXPORT.content))._replace(**changes)
    assert plan_export('present', EXPORT, SeenExport(EXPORT.path, file), IDS) == action


def test_exports_that_a_run_left_half_done_are_written():
    file = SeenFile(FILE, 0o600, 1000, 1000, sha256_of(EXPORT.content))
    assert plan_export('present', EXPORT, SeenExport(EXPORT.path, file, unfinished=True), IDS) == WRITE


@pytest.mark.parametrize('seen_export, action', [
    (SeenExport(EXPORT.path, SeenFile(NOTHING)), KEEP), (SeenExport(EXPORT.path, SeenFile(FILE)), REMOVE),
    (SeenExport(EXPORT.path, SeenFile(NOTHING), unfinished=True), REMOVE)])
def test_exports_go_with_their_set(seen_export, action):
    assert plan_export(ABSENT, EXPORT, seen_export, IDS) == action


def test_the_home_is_filled_in_everywhere():
    [one] = desired_sets([{'dest': '{home}/s', 'owner': 'u', 'exports': [
        {'path': '{home}/e', 'content': "'{home}/s'", 'mode': 0o600, 'owner': 'u', 'serves': '{home}/d'}]}])
    assert uses_home(one)
    there = resolve_home(one, '/h')
    assert (there.dest, there.exports[0][:2], there.exports[0].serves) == ('/h/s', ('/h/e', "'/h/s'"), '/h/d')
    assert not uses_home(there)


def test_generation_depends_on_names_and_digests_alone():
    assert generation(FILES) == generation(dict(reversed(FILES.items()))) != generation(dict(FILES, **{'client.key': 'x' * 64}))
    assert (len(generation(FILES)), generation({})) == (16, '')


@pytest.mark.parametrize('names, ca, crl', [
    (['cacert.pem', 'client.crt'], 'cacert.pem', None), (['certca.pem', 'sslcrl-file.crl'], 'certca.pem', 'sslcrl-file.crl'),
    (['certca.pem', 'cacert.pem'], 'cacert.pem', None), ([], 'cacert.pem', None)])
def test_a_set_says_which_ca_and_which_list_it_holds(names, ca, crl):
    assert set_files(dict.fromkeys(names, 'x')) == (ca, crl)
