# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the kernel's list of mounts."""
from __future__ import annotations

import os

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import file_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.file_system import file_system_of, type_of_device

MOUNTS = r'''22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:45 / /home rw,nosuid shared:12 master:3 - nfs4 server:/export/home rw,vers=4.2
31 22 0:46 / /mnt/a\040-\040b rw - fuse.sshfs user@server:/ rw
32 22 0:47 /sub /srv rw - btrfs /dev/sdb rw
'''


@pytest.mark.parametrize('device, name', [((8, 1), 'ext4'), ((0, 45), 'nfs4'), ((0, 46), 'fuse.sshfs'), ((0, 99), ''), ((0, 4), '')])
def test_the_type_is_that_of_the_device(device, name):
    assert type_of_device(MOUNTS, os.makedev(*device)) == name


@pytest.mark.parametrize('mounts', ['', '\n\n', 'a', 'a b c d', '1 2 0:45', '1 2 0:45 - '])
def test_a_list_that_is_cut_off_says_nothing(mounts):
    assert type_of_device(mounts, os.makedev(0, 45)) == ''


def test_the_last_folder_that_exists_counts(tmp_path):
    fd = os.open('/', os.O_RDONLY)
    try:
        there = file_system_of(fd, tmp_path.parts[1:])
        assert there and file_system_of(fd, [*tmp_path.parts[1:], 'to', 'be', 'made']) == there
        assert file_system_of(fd, ['proc', 'self']) == 'proc'
    finally:
        os.close(fd)


def test_without_a_list_of_mounts_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(file_system, 'MOUNTS', str(tmp_path / 'none'))
    fd = os.open('/', os.O_RDONLY)
    try:
        assert file_system_of(fd, []) == ''
    finally:
        os.close(fd)
