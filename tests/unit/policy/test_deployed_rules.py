# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a set and of exports as they lie on a host."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed, DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import FILE, FOLDER, LINK, NOTHING, SeenFile
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.deployed import judge_deployed

GOOD = SeenFile(FILE, 0o600, 1000, 1000, 'a' * 64)
NAMES = ('client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem', 'sslcrl-file.crl')
FILES = dict.fromkeys(NAMES, GOOD)
EXPORTS = DeployedExport('/e/u.sh', 1000, 0o600, GOOD, agrees=True)
LOADER = DeployedExport('/e.sh', 0, 0o644, SeenFile(FILE, 0o644, 0, 0, 'b' * 64), '/e')
WELL = Deployed('/d', 'bidirectional', 1000, LINK, SeenFile(FOLDER, 0o700, 1000, 1000), FILES, True, True,
                dict.fromkeys(NAMES, 'a' * 64), (EXPORTS, LOADER))


def found(seen):
    return [(one.rule, one.severity, one.subject, one.message) for one in judge_deployed(seen)]


def without(*names):
    return {name: state for name, state in FILES.items() if name not in names}


def test_a_good_set_is_nothing_to_speak_of():
    assert found(WELL) == []


@pytest.mark.parametrize('change, rule, severity, words', [
    ({'kind': NOTHING}, 'set-missing', 'error', 'no folder'),
    ({'folder': None}, 'set-unsearchable', 'error', 'cannot enter'),
    ({'folder': SeenFile(FOLDER, 0o720, 1000, 1000)}, 'set-folder-writable', 'warning', '0720'),
    ({'files': without('client.crt')}, 'file-missing', 'error', 'not in /d'),
    ({'files': dict(FILES, **{'client.key.rand': SeenFile(LINK)})}, 'file-link', 'error', 'link'),
    ({'files': dict(FILES, **{'client.key': SeenFile(FOLDER)})}, 'file-link', 'error', 'no file'),
    ({'files': dict(FILES, **{'cacert.pem': SeenFile(LINK)})}, 'file-link', 'warning', 'link'),
    ({'files': dict(FILES, **{'cacert.pem': GOOD._replace(sha256=None)})}, 'file-unreadable', 'error', '0600'),
    ({'files': dict(FILES, **{'client.key': GOOD._replace(uid=7)})}, 'file-owner', 'warning', 'user id 7 instead of 1000'),
    ({'files': dict(FILES, **{'client.key': GOOD._replace(mode=0o644)})}, 'file-mode', 'error', '0644'),
    ({'files': dict(FILES, **{'client.key': GOOD._replace(mode=0o400)})}, 'file-mode', 'warning', 'Clients take it'),
    ({'files': dict(FILES, **{'sslcrl-file.crl': GOOD._replace(mode=0o644)})}, 'file-mode', 'info', 'No client checks'),
    ({'key_fits': False}, 'key-mismatch', 'error', 'first certificate'),
    ({'files': without('client.key.cipher', 'client.key.rand'), 'wanted': None}, 'passphrase-files-missing', 'error', 'no passphrase'),
    ({'files': without('client.key.cipher'), 'wanted': None}, 'passphrase-files-incomplete', 'error', 'other'),
    ({'wanted': {name: 'a' * 64 for name in NAMES if name != 'sslcrl-file.crl'}}, 'set-drift', 'error', 'does not have it'),
    ({'wanted': dict.fromkeys(NAMES, 'a' * 64) | {'cacert.pem': 'c' * 64}}, 'set-drift', 'error', 'differs'),
    ({'files': without('sslcrl-file.crl')}, 'set-drift', 'error', 'the host does not'),
    ({'exports': (EXPORTS._replace(file=SeenFile(NOTHING)),)}, 'exports-missing', 'error', 'no such file'),
    ({'exports': (EXPORTS._replace(file=GOOD._replace(uid=7)),)}, 'exports-owner', 'error', 'user id 7'),
    ({'exports': (EXPORTS._replace(file=GOOD._replace(mode=0o640)),)}, 'exports-mode', 'warning', '0640 instead of 0600'),
    ({'exports': (EXPORTS._replace(agrees=False),)}, 'exports-drift', 'error', 'should'),
    ({'exports': (LOADER._replace(file=SeenFile(NOTHING)),)}, 'loader-missing', 'error', 'no such file'),
    ({'exports': (LOADER._replace(file=GOOD),)}, 'loader-missing', 'error', '0644'),
    ({'exports': (LOADER._replace(agrees=False),)}, 'loader-missing', 'error', '0644')])
def test_one_thing_wrong_is_one_finding(change, rule, severity, words):
    one, = found(WELL._replace(**change))
    assert one[:2] == (rule, severity)
    assert words in one[3]


def test_the_ca_may_have_either_name_and_one_way_needs_it_alone():
    files = dict(without('cacert.pem'), **{'certca.pem': GOOD})
    assert found(WELL._replace(files=files, wanted=None)) == []
    assert found(WELL._replace(files={'cacert.pem': GOOD}, wanted=None, key_encrypted=None, auth_mode='unidirectional')) == []
    assert found(WELL._replace(exports=(EXPORTS._replace(uid=None, file=GOOD._replace(uid=7)),))) == []
