# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives and folders: what is read of them, and what hostile ones cost."""
from __future__ import annotations

import os
import random
import resource
import struct
import subprocess
import sys
import time
import zipfile

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import archive
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import open_source, read_plain
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundle_cases, bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import store, zipped
from hypothesis import given
from hypothesis import strategies as st

GOOD = zipped()
MEMBERS = sorted(bundle_cases.good().members)


def opened(folder, data):
    return open_source(store(str(folder), data), read_plain)


def rules_of(source):
    return [problem.rule for problem in source.problems]


def test_members_are_found_by_base_name_in_every_folder(tmp_path):
    source = opened(tmp_path, bundles.zip_of_names({
        'cacert.pem': b'1', 'a/b/cacert.pem': b'2', './c//certca.pem': b'3', 'd\\client.crt': b'4', 'e/readme': b'5',
        'e/dbadmin.key.rand': b'6', '__MACOSX/a/._cacert.pem': b'7'}))
    assert source == archive.Source({
        '.': {'cacert.pem': b'1'}, 'a/b': {'cacert.pem': b'2'}, 'c': {'certca.pem': b'3'}, 'd': {'client.crt': b'4'},
        'e': {'dbadmin.key.rand': b'6'}}, ())


def test_a_folder_reads_as_its_archive(tmp_path):
    bundles.write_folder(str(tmp_path / 'folder'), bundle_cases.good().members)
    assert sorted(open_source(str(tmp_path / 'folder'), read_plain).files['sslcert']) == MEMBERS
    assert sorted(opened(tmp_path, GOOD).files['sslcert']) == MEMBERS


def test_one_more_name_may_matter(tmp_path):
    path = store(str(tmp_path), bundles.zip_of_names({'a/revoked.pem': b'x', 'a/other.pem': b'y'}))
    assert open_source(path, read_plain, 'revoked.pem').files == {'a': {'revoked.pem': b'x'}}


@pytest.mark.parametrize('name', ['../client.crt', 'a/../../client.crt', '/etc/client.crt', '\\client.crt',
                                  'C:/client.crt', 'a\\..\\..\\client.crt', '..'])
def test_names_that_lead_outside(tmp_path, name):
    assert rules_of(opened(tmp_path, zipped(name))) == ['member-outside']


def test_one_name_in_two_spellings(tmp_path):
    assert rules_of(opened(tmp_path, zipped('sslcert/./client.crt'))) == ['member-duplicate']


@pytest.mark.parametrize('cut', [1, 10, 21, 22, 50, 300, len(GOOD) - 30])
def test_truncated(tmp_path, cut):
    source = opened(tmp_path, GOOD[:-cut])
    assert rules_of(source) == ['archive-damaged']
    assert not source.files


def test_a_damaged_member_is_named(tmp_path):
    data = bytearray(zipped(**{'sslcert/readme.txt': random.Random(1).randbytes(1000)}))
    data[data.rindex(b'sslcert/readme.txt', 0, data.index(b'PK\x01\x02')) + 100] ^= 0xFF
    source = opened(tmp_path, bytes(data))
    assert [(one.rule, one.subject) for one in source.problems] == [('archive-damaged', 'sslcert/readme.txt')]


@pytest.mark.parametrize('flag', [0x1, 0x40, 0x2000])
def test_encrypted(tmp_path, flag):
    assert set(rules_of(opened(tmp_path, bundle_cases.flagged(flag)))) == {'archive-encrypted'}


def test_every_problem_is_told_at_once(tmp_path):
    data = zipped('../x', '/y', 'sslcert/./client.crt')
    assert sorted(rules_of(opened(tmp_path, data))) == ['member-duplicate', 'member-outside', 'member-outside']


def test_problems_are_bounded(tmp_path):
    assert len(opened(tmp_path, zipped(*('../%d' % number for number in range(500)))).problems) == archive.MOST_PROBLEMS


def understated(data: bytes) -> bytes:
    """The archive with sizes of its first member that claim one byte."""
    for mark, offset in ((b'PK\x03\x04', 22), (b'PK\x01\x02', 24)):
        at = data.index(mark) + offset
        data = data[:at] + struct.pack('<I', 1) + data[at + 4:]
    return data


def test_headers_are_not_believed(tmp_path):
    source = opened(tmp_path, understated(bundles.zip_of_names({'client.crt': bytes(100000)})))
    assert rules_of(source) == ['archive-damaged']


MEASURED = '''
import resource, sys
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import open_source, read_plain
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
source = open_source(sys.argv[1], read_plain)
print(",".join(sorted(set(problem.rule for problem in source.problems))))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
'''


def bomb_of_many(count: int) -> bytes:
    """Many members of 63 MiB each, every one too large for a set: none is kept, all are counted."""
    return bundles.zip_of_names({'%d/client.crt' % number: bytes(20 * 2 ** 20) for number in range(count)})


def directory_of_many(count: int) -> bytes:
    """A directory with far more entries than bytes of content."""
    entry = b'PK\x01\x02' + bytes(24) + struct.pack('<H', 1) + bytes(16) + b'x'
    directory = entry * count
    return directory + b'PK\x05\x06' + struct.pack('<4H2IH', 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), 0, 0)


@pytest.mark.parametrize('make, rule', [
    (lambda: bundle_cases.unfolding(200 * 2 ** 20), 'archive-too-large'),
    (lambda: bomb_of_many(8), 'archive-too-large'),
    (lambda: directory_of_many(400000), 'archive-too-many-members')], ids=['one', 'many', 'directory'])
def test_hostile_archives_are_bounded(tmp_path, make, rule):
    path = store(str(tmp_path), make())
    begin = time.monotonic()
    done = subprocess.run([sys.executable, '-c', MEASURED, path], capture_output=True, text=True, check=True,
                          env={**os.environ, 'PYTHONPATH': os.pathsep.join(sys.path)})
    found, megabytes = done.stdout.split()
    assert rule in found.split(',')
    assert int(megabytes) < 100
    assert time.monotonic() - begin < 20    # seconds, on a busy machine; unbounded ones take minutes
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def test_an_archive_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / 'huge.zip'
    with open(path, 'wb') as stream:
        stream.truncate(archive.MOST_BYTES + 1)
    assert rules_of(open_source(str(path), not_to_be_read)) == ['archive-too-large']


def not_to_be_read(path):
    raise AssertionError('%s was opened' % path)


def test_links_of_a_folder_are_not_followed(tmp_path):
    top = tmp_path / 'folder'
    bundles.write_folder(str(top), bundle_cases.good().members)
    os.symlink('/etc', top / 'etc')
    os.remove(top / 'sslcert' / 'client.key')
    os.symlink('/etc/shadow', top / 'sslcert' / 'client.key')
    source = open_source(str(top), read_plain)
    assert [(problem.rule, problem.subject) for problem in source.problems] == [
        ('member-link', 'etc'), ('member-link', 'sslcert/client.key')]
    assert 'client.key' not in source.files['sslcert']


def test_a_link_to_the_bundle_is_followed(tmp_path):
    bundles.write_folder(str(tmp_path / 'real'), bundle_cases.good().members)
    os.symlink('real', tmp_path / 'link')
    assert sorted(open_source(str(tmp_path / 'link'), read_plain).files['sslcert']) == MEMBERS


def test_a_named_pipe_does_not_stop_the_reader(tmp_path):
    os.mkfifo(tmp_path / 'client.key')
    assert rules_of(open_source(str(tmp_path), read_plain)) == ['member-not-regular']
    assert rules_of(open_source(str(tmp_path / 'client.key'), read_plain)) == ['member-not-regular']


def test_deep_and_wide_folders(tmp_path):
    os.makedirs(tmp_path / 'deep' / '/'.join('x' * 20))
    assert rules_of(open_source(str(tmp_path / 'deep'), read_plain)) == ['archive-too-many-members']
    os.mkdir(tmp_path / 'wide')
    for number in range(30):
        (tmp_path / 'wide' / str(number)).touch()
    assert rules_of(open_source(str(tmp_path / 'wide'), read_plain)) == []


def test_a_folder_with_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, 'MOST_MEMBERS', 20)
    for number in range(21):
        (tmp_path / str(number)).touch()
    assert rules_of(open_source(str(tmp_path), read_plain)) == ['archive-too-many-members']


def test_sets_of_a_folder_are_bounded_together(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, 'MOST_BYTES', 1000)
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / 'client.crt').write_bytes(bytes(300))
    assert rules_of(open_source(str(tmp_path), read_plain)) == ['archive-too-large']


@pytest.mark.parametrize('path', ['/nowhere/at/all', '/etc/passwd/x', '/tmp/\0', ''])
def test_nothing_there(path):
    assert rules_of(open_source(path, read_plain)) == ['bundle-missing']


def test_vaulted_files_are_opened_by_the_caller(tmp_path):
    path = store(str(tmp_path), b'$ANSIBLE_VAULT;1.1;AES256\n6162')
    assert rules_of(open_source(path, read_plain)) == ['member-vaulted']
    assert sorted(open_source(path, lambda name: GOOD).files['sslcert']) == MEMBERS


MUTATED = st.builds(lambda place, size, change: GOOD[:place] + change + GOOD[place + size:],
                    st.integers(0, len(GOOD)), st.integers(0, 6), st.binary(max_size=6))
TAIL = st.builds(lambda place, change: GOOD[:-place - 1] + change + GOOD[len(GOOD) - place:],
                 st.integers(0, 700), st.binary(min_size=1, max_size=4))


@given(st.one_of(st.binary(max_size=200), MUTATED, TAIL))
def test_any_bytes(tmp_path, data):
    source = opened(tmp_path, data)
    assert source.problems or source.files
    assert all(isinstance(content, bytes) for members in source.files.values() for content in members.values())


# zipfile ends a name at its first NUL, and before Python 3.11 writes no empty one
@given(st.dictionaries(st.text(st.characters(exclude_categories=('Cs',)), min_size=1, max_size=30).filter(lambda name: name[0] != '\0'),
                       st.binary(max_size=10), max_size=5))
def test_any_names(tmp_path, contents):
    opened(tmp_path, bundles.zip_of_names(contents, compression=zipfile.ZIP_STORED))
