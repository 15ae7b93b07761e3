# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What gaussdb.dws_ssl.client_certificates_info returns of a set: a host's answer with the controller's judgement."""
from __future__ import annotations

import base64
import os
import shlex
from typing import TYPE_CHECKING, Any, Mapping

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import finding_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed, DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import SeenFile, seen_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import KEY_FORMS, PUBLIC, set_files, sorted_members
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem, as_dict, errors, for_gsql_alone, ordered, waive
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.judge import judge_bundle
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import identities, sha256_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.deployed import judge_deployed
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import USER_MISSING, judge_place
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificate_results import certificate_result, list_result
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import format_for_host
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import environment_of, judge_order, mode_of

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict


def report(order: Order, judged: Verdict | None, exports: list[dict[str, Any]], seen: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Return what is said of one set, whose exports and bundle were wanted so. ``now`` is in seconds since the epoch, UTC."""
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import read_public
    files = seen_files(seen['files'])
    present = identities(files)
    variables = environment_of(order, seen['dest'], set_files(present))
    public = {name: base64.b64decode(content) for name, content in seen['public'].items()}
    bundle = read_public(public, order.auth_mode, now)
    findings = [finding_of(Problem(**problem)) for problem in seen['problems']]
    if seen['uid'] is not None:
        findings += judge_deployed(_deployed(order, judged, exports, seen, variables))
        certificates = judge_bundle(bundle, order.auth_mode, now, order.expiry_warning_days)
        # As at the deployment, where the key itself was there to be judged.
        gsql_alone = seen['key_encrypted'] and order.auth_mode == BIDIRECTIONAL
        findings += for_gsql_alone(certificates, order.key_forms) if gsql_alone else certificates
        findings += judge_place(seen['dest'], seen['file_system'])
    findings += judge_order(order, set_files(present), bool(seen['key_encrypted']))
    findings = ordered(waive(findings, [*order.waive, USER_MISSING.name] if order.missing_user == 'skip' else order.waive))
    return {
        'owner': order.owner, 'dest': seen['dest'], 'compliant': not errors(findings), 'generation': generation(present),
        'files': [_file_result(seen['dest'], name, files[name]) for name in sorted_members(files)],
        'certificate': certificate_result(bundle.certificates[0]) if bundle.certificates else None,
        'authorities': [certificate_result(one) for one in bundle.authorities],
        'issuers': [certificate_result(one) for one in bundle.chain[1:]],
        'revocation_lists': [list_result(one) for one in bundle.revocation_lists],
        'environment': variables, 'findings': [as_dict(found) for found in findings],
    }


def _deployed(order: Order, judged: Verdict | None, exports: list[dict[str, Any]], seen: Mapping[str, Any],
              variables: dict[str, str]) -> Deployed:
    return Deployed(
        seen['dest'], order.auth_mode, seen['uid'], seen['kind'], SeenFile(*seen['folder']) if seen['folder'] else None,
        seen_files(seen['files']), seen['key_encrypted'], seen['key_fits'], judged.digests if judged else None,
        tuple(_deployed_export(export, one, variables) for export, one in zip(exports, seen['exports'])),
        tuple(KEY_FORMS[one] for one in order.key_forms) if order.auth_mode == BIDIRECTIONAL else (), bool(order.crl))


def _deployed_export(export: Mapping[str, Any], seen: Mapping[str, Any], variables: dict[str, str]) -> DeployedExport:
    file = SeenFile(*seen['file'])
    if export.get('content') is not None:
        agrees: bool | None = file.sha256 == sha256_of(seen['desired'])
    elif export.get('serves'):
        agrees = None
    else:
        agrees = exported(seen['lines']) == variables
    return DeployedExport(seen['path'], seen['uid'], mode_of(export) or 0, file, export.get('serves'), agrees, format_for_host(export))


def exported(lines: list[str]) -> dict[str, str]:
    """Return the variables that the ``export`` lines of a shell script set."""
    found: dict[str, str] = {}
    for line in lines:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:     # an open quotation mark: no shell would set anything by this line alone
            continue
        if words[:1] == ['export']:
            for name, assigned, value in (word.partition('=') for word in words[1:]):
                if assigned:
                    found[name] = value
    return found


def _file_result(dest: str, name: str, state: SeenFile) -> dict[str, Any]:
    result = {'path': os.path.join(dest, name), 'kind': state.kind, 'mode': f'{state.mode:04o}', 'uid': state.uid}
    return dict(result, sha256=state.sha256) if name in PUBLIC else result
