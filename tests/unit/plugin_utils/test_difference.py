# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diff of a deployment shows public things, and reading them prints nothing."""
from __future__ import annotations

import warnings

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SECRET
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.difference import describe_content, describe_public, difference
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_issuer, pem, revocation_list
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import orders


def test_certificates_and_lists_are_described_without_a_warning():
    issuer = make_issuer('Some CA', 30)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        certificate = describe_public('cacert.pem', pem(issuer.certificate))
        crl = describe_public('sslcrl-file.crl', revocation_list(issuer, 30))
    assert certificate[0] == 'subject: CN=Some CA' and certificate[3].startswith('SHA-256 fingerprint: ')
    assert crl[0] == 'issuer: CN=Some CA' and crl[1].startswith('next update: 2')


def test_what_comes_from_a_host_moves_no_cursor():
    issuer = make_issuer('Some \x1b[2J CA', 30)
    assert describe_public('cacert.pem', pem(issuer.certificate))[0] == 'subject: CN=Some \\x1b[2J CA'
    assert describe_public('sslcrl-file.crl', revocation_list(issuer, 30))[0] == 'issuer: CN=Some \\x1b[2J CA'
    given = {name: option.get('default') for name, option in ARGUMENT_SPEC.items()}
    [order], _problems = orders(dict(given, owner='a', dest='/a/b', src='bundle.zip'))
    export = {'path': '/a/b.sh', 'action': 'write', 'seen': ['file', 0o600, 1, 1, 'x'], 'lines': ['export PGSSLMODE="\x1b]0;x\x07"'],
              'desired': ['new\n', 0o600, 'a']}
    [entry] = difference(order, None, {'action': 'keep', 'uid': 1, 'exports': [export]})
    assert entry['before'] == 'export PGSSLMODE="\\x1b]0;x\\x07"\nmode: 0600\nowner: a\n'


def test_nothing_of_a_secret_file_is_described():
    for name in SECRET:
        assert 'TOPSECRET' not in ''.join(describe_content(name, b'TOPSECRET', None))
