# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts on which something is full, read-only, limited, immutable, elsewhere or missing: success, or an error that says what."""
from __future__ import annotations

import json
import os
import pwd
import subprocess
from contextlib import contextmanager

import pytest

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import inspect
from ansible_collections.gaussdb.dws_ssl.tests.faults.corner import IDS, OWNER, do
from ansible_collections.gaussdb.dws_ssl.tests.faults.places import PAGE, btrfs, ext4, fill, memory, mounted, refuses_root
from ansible_collections.gaussdb.dws_ssl.tests.faults.scenarios import NEW, OLD, OLDEST, WITH_LIST
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import run
from ansible_collections.gaussdb.dws_ssl.tests.faults.trying import faults_of_state


def problems(answer):
    return [f'{one["subject"]}: {one["detail"]}' for seen in answer['sets'] for one in seen['problems']]


def rules(answer):
    return [one['rule'] for seen in answer['sets'] for one in seen['problems']]


def faults(corner, answer, words, before=OLD, after=NEW):
    """Return what is wrong after a run that may have failed for the reason that ``words`` give."""
    told = problems(answer)
    found = faults_of_state(corner, before, after)
    if told and not all(words in one and str(corner.base) in one for one in told):
        found.append(f'the error is not clear: {told}')
    if not told and corner.contents() != after:
        found.append('no error, and not the new set')
    return found


def test_a_full_file_system(make_corner, record):
    """With room for 0, 1, 2 ... pages: the run ends at another write each time, and at last it ends well."""
    corner = make_corner()
    tried, failed, refused = 0, {}, 0
    for left in range(12):
        with memory(corner.home, 256 * PAGE):
            do(corner.step(OLD))
            filler = fill(corner.home, left)
            answer = run(corner.step(NEW))
            found = faults(corner, answer, 'No space left on device')
            refused += bool(problems(answer))
            filler.unlink()
            do(corner.step(NEW))
            if corner.contents() != NEW or '.sslcert.new' in os.listdir(corner.dest.parent):
                found.append('with room again, the next run did not heal it')
        tried += 1
        if found:
            failed[left] = found
    record('a file system with room for 0 to 11 pages', tried, tried - len(failed))
    assert not failed and 0 < refused < tried, (failed, refused)


def test_a_read_only_file_system(make_corner, record):
    corner = make_corner()
    failed = []
    with memory(corner.home):
        do(corner.step(OLD))
        subprocess.run(['mount', '-o', 'remount,ro', str(corner.home)], check=True)
        for step in (corner.step(NEW), corner.removal()):
            exports = corner.named()
            answer = run(step)
            failed += faults(corner, answer, 'Read-only file system') if step != corner.removal() else []
            if not problems(answer) or corner.contents() != OLD or len(exports) != 2:
                failed.append(str(answer))
        subprocess.run(['mount', '-o', 'remount,rw', str(corner.home)], check=True)
        do(corner.step(NEW))
    record('a read-only file system', 2, 2 - len(failed))
    assert not failed


def test_a_quota(make_corner, record, tmp_path):
    """btrfs counts per subvolume; ext4 and xfs need quota formats that not every kernel has."""
    corner = make_corner()
    failed = []
    with btrfs(corner.home, tmp_path / 'image'):
        corner.home.chmod(0o755)
        folder = corner.dest.parent
        subprocess.run(['btrfs', '-q', 'subvolume', 'create', str(folder)], check=True)
        os.chown(folder, IDS.pw_uid, IDS.pw_gid)
        do(corner.step(OLD))
        subprocess.run(['btrfs', 'qgroup', 'limit', str(256 * 1024), str(folder)], check=True)
        fill_up = 'i=0; while head -c 4000 /dev/zero > "$0/$i" && sync -f "$0" && [ $i -lt 200 ]; do i=$((i+1)); done'
        filled = subprocess.run(['sh', '-c', fill_up, str(folder)], user=IDS.pw_uid, group=IDS.pw_gid, extra_groups=[], check=False,
                                capture_output=True, text=True)
        answer = run(corner.step(NEW))
        failed += faults(corner, answer, 'Disk quota exceeded')
        if 'quota exceeded' not in filled.stderr or not problems(answer) or corner.contents() != OLD:
            failed.append(f'{filled.stderr} {answer}')
        subprocess.run(['btrfs', 'qgroup', 'limit', 'none', str(folder)], check=True)
        do(corner.step(NEW))
    record('a quota (btrfs)', 1, int(not failed))
    assert not failed


@contextmanager
def immutable(path):
    subprocess.run(['chattr', '+i', str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(['chattr', '-i', str(path)], check=True)


@pytest.mark.parametrize('which, succeeds', [
    ('home/dws_ssl', False), ('home/dws_ssl/.sslcert.1/client.key', True), ('home/dws_ssl/.sslcert.2/client.key', True),
    ('home/.dws_ssl.sh', False), ('home', False)])
def test_an_immutable_file(which, succeeds, make_corner, record, tmp_path):
    corner = make_corner()
    with ext4(corner.home, tmp_path / 'image'):
        do(corner.step(OLDEST))
        do(corner.step(OLD))
        with immutable(corner.base / which):
            answer = run(corner.step(WITH_LIST))
            failed = faults(corner, answer, 'Operation not permitted', after=WITH_LIST)
            if bool(problems(answer)) == succeeds:
                failed.append(f'{problems(answer)}')
            if which.endswith('.1/client.key'):     # too old, and it cannot go: that is said, and said again
                again = run(corner.step(WITH_LIST))
                if '.sslcert.1 could not be emptied' not in str(again['sets'][0]['warnings']) or again['changed']:
                    failed.append(f'{again}')
        do(corner.step(WITH_LIST))
        if corner.contents() != WITH_LIST or (corner.dest.parent / '.sslcert.1/client.key').exists():
            failed.append('the next run did not heal it')
    record('an immutable file or folder', 1, int(not failed))
    assert not failed


def test_an_immutable_key_that_removal_cannot_take_is_an_error(make_corner, record, tmp_path):
    corner = make_corner()
    with ext4(corner.home, tmp_path / 'image'):
        do(corner.step(OLD))
        with immutable((corner.dest / 'client.key').resolve()):
            answer = run(corner.removal())
        told = problems(answer)
        do(corner.removal())
        left = os.listdir(corner.home)
    good = len(told) == 1 and 'could not be emptied: Operation not permitted' in told[0] and left == []
    record('an immutable file or folder', 1, int(good))
    assert good, (told, left)


def test_folders_on_other_file_systems(make_corner, record):
    corner = make_corner()
    corner.dest.parent.mkdir(mode=0o700)
    os.chown(corner.dest.parent, IDS.pw_uid, IDS.pw_gid)
    good = []
    with memory(corner.dest.parent), memory(corner.profile):
        for contents in (OLD, WITH_LIST, NEW):
            do(corner.step(contents))
            good.append(corner.contents() == contents and corner.usable())
    record('sets and exports on file systems of their own', len(good), sum(good))
    assert all(good), good


@pytest.mark.parametrize('exchange', [True, False])
@pytest.mark.parametrize('kind', ['another file system', 'the same file system'])
def test_a_mount_point_at_dest_is_refused(kind, exchange, make_corner, record):
    """It cannot be renamed, so it is refused, and nothing is left beside it."""
    corner = make_corner()
    corner.by_hand(OLD)
    options = ['-t', 'tmpfs', 'faults'] if kind == 'another file system' else ['--bind', str(corner.dest)]
    with mounted(corner.dest, *options):
        if not any(corner.dest.iterdir()):
            for name, content in OLD.items():
                (corner.dest / name).write_bytes(content)
                (corner.dest / name).chmod(0o600)
                os.chown(corner.dest / name, IDS.pw_uid, IDS.pw_gid)
        answer = run(corner.step(NEW), exchange=exchange)
        good = (rules(answer) == ['dest-occupied'] and 'mount point' in problems(answer)[0] and corner.contents() == OLD
                and os.listdir(corner.dest.parent) == ['sslcert'] and not list(corner.profile.iterdir()))
    record('dest is a mount point', 1, int(good))
    assert good, (answer, os.listdir(corner.dest.parent))


def test_a_link_to_another_file_system_is_replaced_and_its_target_left(make_corner, record):
    corner = make_corner()
    elsewhere = corner.base / 'elsewhere'
    elsewhere.mkdir()
    corner.by_hand({})
    corner.dest.rmdir()
    with memory(elsewhere):
        for name, content in OLD.items():
            (elsewhere / name).write_bytes(content)
        corner.dest.symlink_to(elsewhere)
        do(corner.step(NEW))
        good = corner.contents() == NEW and {path.name: path.read_bytes() for path in elsewhere.iterdir()} == OLD
    record('dest is a link to another file system', 1, int(good))
    assert good


def test_a_user_without_a_home(make_corner, record):
    """Debian has users whose home is not there; one of them does, and a folder outside of the home needs none."""
    homeless = [one for one in pwd.getpwall() if one.pw_uid and not os.path.exists(one.pw_dir) and pwd.getpwuid(one.pw_uid) == one][0]
    corner = make_corner(roots=True)
    answer = run(corner.step(NEW, owner=homeless.pw_name, dest='{home}/dws_ssl/sslcert', exports=[]))
    good = [rules(answer) == ['user-without-home'] and homeless.pw_dir in problems(answer)[0] and not os.path.exists(homeless.pw_dir)]
    do(corner.step(NEW, owner=homeless.pw_name, exports=[]))
    good.append(corner.contents() == NEW and (corner.dest / 'client.key').stat().st_uid == homeless.pw_uid)
    record('a user without a home', len(good), sum(good))
    assert all(good), answer


def test_a_home_that_refuses_root(make_corner, record):
    """Everything that there is to do, in a home where root gets EACCES."""
    corner = make_corner()
    behind = corner.base / 'behind'
    dest = behind / 'dws_ssl/sslcert'
    good = {}
    with refuses_root(corner.home, behind, OWNER):
        with pytest.raises(PermissionError):
            os.listdir(corner.home)
        for name, contents in (('deploy', OLD), ('rotate', NEW)):
            do(corner.step(contents))
            good[name] = {path.name: path.read_bytes() for path in dest.iterdir()} == contents
        good['comply'] = run(corner.step(NEW))['changed'] is False
        [seen] = inspect(corner.step(NEW).request)['sets']
        good['look'] = not seen['problems'] and sorted(seen['files']) == sorted(NEW)
        do(corner.way_back(NEW, OLD))
        good['go back'] = {path.name: path.read_bytes() for path in dest.iterdir()} == OLD
        do(corner.removal())
        good['remove'] = list(behind.iterdir()) == [] and list(corner.profile.iterdir()) == []
        request = json.loads(corner.step(OLD).request)
        good['by hand'] = _taken_over(corner, behind, request)
    record('a home that refuses root (FUSE)', len(good), sum(good.values()))
    assert all(good.values()), good


def _taken_over(corner, behind, request):
    """bindfs knows no exchange of names: the take-over says that there was a gap."""
    subprocess.run(['sh', '-c', 'mkdir -m 700 "$0/dws_ssl" && mkdir "$0/dws_ssl/sslcert" && echo mine > "$0/dws_ssl/sslcert/notes"',
                    str(corner.home)], user=IDS.pw_uid, group=IDS.pw_gid, extra_groups=[], check=True)
    answer = do(corner.step(OLD))
    return (request[0]['dest'] == str(corner.dest) and (behind / 'dws_ssl/.sslcert.1/notes').read_text() == 'mine\n'
            and 'made by hand' in str(answer['sets'][0]['warnings']))


@pytest.mark.parametrize('umask', [0o000, 0o077])
@pytest.mark.parametrize('roots', [False, True])
def test_the_umask_of_the_task(umask, roots, make_corner, record):
    usual, corner = make_corner(roots), make_corner(roots)
    good = []
    for contents in (OLD, WITH_LIST):
        do(usual.step(contents))
        do(corner.step(contents), umask=umask)
        modes = [{name: fields[:3] for name, fields in one.tree().items()} for one in (usual, corner)]
        good.append(modes[0] == modes[1] and corner.usable() and not corner.exposed())
    record('a umask of 000 and of 077', len(good), sum(good))
    assert all(good), good
