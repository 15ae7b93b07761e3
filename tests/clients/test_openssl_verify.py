# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second opinion on chains: does `openssl verify` refuse what the rules about certificates, chains and CAs call an error?"""
from __future__ import annotations

import subprocess

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ERROR
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import authority, certificate, chain
from ansible_collections.gaussdb.dws_ssl.tests.clients.cases import Case
from ansible_collections.gaussdb.dws_ssl.tests.clients.corpus import bundle_rules
from ansible_collections.gaussdb.dws_ssl.tests.clients.more_bundles import cases
from ansible_collections.gaussdb.dws_ssl.tests.unit.judging import judged, reading_of

ABOUT_CHAINS = {rule.name for module in (certificate, chain, authority) for rule in module.RULES}
# Not a matter of the chain of the client's certificate below the server's CAs.
OTHER_MATTERS = {
    'certificate-curve': 'refused in the handshake, by TLS and not by X.509',
    'ca-anchors-nothing': 'about the client\'s CA file; the server has the root',
    'ca-same-name': 'about the other CA of the name',
    'certificate-unparsable': 'about any file; below where it is client.crt',
}
# Without member-der: the program reads both forms, where clients want PEM.
UNREADABLE = ('certificate-unparsable', 'pem-malformed', 'member-empty')


def _about_a_chain(case: Case) -> bool:
    """Return whether the case has a client.crt whose first certificate is the client's, and a server that looks at it."""
    return bool('client.crt' in case.setup.members and case.peer.trusted and 'key-mismatch' not in case.rules)


CASES = {case.name: case for case in (*bundle_rules(), *cases()) if _about_a_chain(case)}


@pytest.mark.parametrize('name', sorted(CASES))
def test_openssl_and_the_rules_agree(name, tmp_path):
    case = CASES[name]
    found = [one for one in judged(reading_of(case.setup, tmp_path / 'bundle'), **case.setup.options) if one.severity == ERROR]
    refused = {one.rule for one in found if one.rule in ABOUT_CHAINS - set(OTHER_MATTERS)}
    unreadable = {one.rule for one in found if one.subject == 'client.crt' and one.rule in UNREADABLE}
    own, authorities = tmp_path / 'client.crt', tmp_path / 'server_cas.pem'
    own.write_bytes(case.setup.members['client.crt'])
    authorities.write_bytes(b''.join(one.pem for one in case.peer.trusted))
    done = subprocess.run(['openssl', 'verify', '-purpose', 'sslclient', '-auth_level', '2', '-CAfile', str(authorities),
                           '-untrusted', str(own), str(own)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode != 0) is bool(refused | unreadable), (refused, unreadable, done.stdout + done.stderr)
