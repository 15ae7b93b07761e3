# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What gaussdb.dws_ssl.connection_info returns: a host's answer with the controller's judgement."""
from __future__ import annotations

import base64
from typing import Any, Iterable, Mapping

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import endpoint, facts
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import finding_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import SEVERITIES, Problem, as_dict, waive
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.outcomes import expected_outcomes
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.connection import Question, judge, set_works
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.environment import judge_sslmode
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import certificates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificate_results import certificate_result


def report(answer: Mapping[str, Any], args: Mapping[str, Any], host: str, port: int, now: int) -> dict[str, Any]:
    """Return the results that the module's documentation names. ``now`` is in seconds since the epoch, UTC."""
    probe = endpoint.probe_of(answer['seen']) if answer['seen'] else endpoint.Probe()
    chain = _certificates(endpoint.chain(probe) or ())
    question = Question(host, port, args['sslmode'], now, args['expiry_warning_days'], chain,
                        _certificates(probe.files.authorities))
    found = [finding_of(Problem(**problem)) for problem in answer['problems']]
    if answer['seen']:
        found += [*judge(probe, question), *judge_sslmode(args['sslmode'])]
    found.sort(key=lambda one: SEVERITIES.index(one.severity))
    outcomes = {sslmode: one._asdict()
                for sslmode, one in expected_outcomes(probe, host, endpoint.require_ssl(probe)).items()}
    return {
        'endpoint': question.subject, 'address': probe.address, 'owner': answer['owner'], 'sslmode': args['sslmode'],
        'reachable': endpoint.reachable(probe), 'ssl': endpoint.ssl_on(probe), 'require_ssl': endpoint.require_ssl(probe),
        'tls': _tls(probe), 'server_chain': [certificate_result(one) for one in chain] or None,
        'client_certificate': {'asked_for': endpoint.asked_for_certificate(probe),
                               'sent': probe.files.certificate is not None if answer['seen'] else None,
                               'accepted': endpoint.certificate_accepted(probe)},
        'verification': _verification(probe), 'outcome': outcomes[args['sslmode']], 'outcomes': outcomes,
        'outcomes_with_require_ssl': {sslmode: one._asdict()
                                      for sslmode, one in expected_outcomes(probe, host, True).items()},
        'set_works': set_works(probe), 'findings': [as_dict(one) for one in waive(found, args['waive'])],
    }


def _certificates(encoded: Iterable[str]) -> tuple[facts.Certificate, ...]:
    """Return what can be read of certificates; one that OpenSSL takes and cryptography does not is left out."""
    found = []
    for one in encoded:
        try:
            found.append(certificates.load(base64.b64decode(one)).facts)
        except (certificates.CertificateDamaged, ValueError):
            continue
    return tuple(found)


def _tls(probe: endpoint.Probe) -> dict[str, str | None]:
    for attempt in (probe.verified, probe.unverified, probe.inspection):
        if attempt is not None and attempt.version:
            return {'version': attempt.version, 'cipher': attempt.cipher}
    return {'version': None, 'cipher': None}


def _verification(probe: endpoint.Probe) -> dict[str, Any]:
    failed = probe.verified is not None and probe.verified.fault == endpoint.UNVERIFIED
    return {'ok': endpoint.verification(probe), 'reason': probe.verified.detail if failed and probe.verified else None,
            'revocation': probe.files.crl_used}
