# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The curves of rule certificate-curve: it depends on TLS version and server, so the rule warns of P-384 and P-521."""
from __future__ import annotations

import shutil

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import RULES
from ansible_collections.gaussdb.dws_ssl.tests.clients import agreement
from ansible_collections.gaussdb.dws_ssl.tests.clients.cases import Peer, case_of
from ansible_collections.gaussdb.dws_ssl.tests.clients.postgresql import CERTIFICATE
from ansible_collections.gaussdb.dws_ssl.tests.clients.real_clients import Psql
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import ROOT, own


@pytest.mark.parametrize('curve', ['secp384r1', 'secp521r1'])
@pytest.mark.parametrize('newest, offered, works', [
    ('TLSv1.2', None, False), ('TLSv1.2', 'right', True), ('', None, True)])
def test_curves_of_the_client_certificate(server, curve, newest, offered, works):
    top = agreement.new_folder()
    try:
        trial = agreement.prepare(case_of(curve, (), own(own_key=bundles.key(curve)), peer=Peer()), top).trial
        identity = bundles.server(ROOT)
        server.start(certificate=identity.pem, key=bundles.plain_pem(identity.key), ca=ROOT.pem, hba=CERTIFICATE, newest_tls=newest,
                     settings={'ssl_ecdh_curve': curve} if offered else None)
        answer = Psql().connect(server.port, trial)
    finally:
        shutil.rmtree(top)
    assert answer.connects is works
    assert works or (answer.words == 'SSL error: sslv3 alert illegal parameter' and answer.words in RULES['certificate-curve'].explanation)
