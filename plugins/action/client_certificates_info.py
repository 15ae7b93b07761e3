# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of gaussdb.dws_ssl.client_certificates_info: ask the host, judge what came back."""
from __future__ import annotations

import os
import shlex
import time
from typing import Any, Mapping

from ansible import constants as C
from ansible.errors import AnsibleActionFail

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import finding_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed, DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import SeenFile, seen_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import (
    KEY_FORMS,
    MEMBERS,
    PUBLIC,
    SetFiles,
    set_files,
    sorted_members,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    Problem,
    as_dict,
    errors,
    ordered,
    waive,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.judge import judge_bundle
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import sha256_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.deployed import judge_deployed
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import judge_place
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates_info import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.export_templates import ExportTemplates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import format_for_host, host_request
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order, environment_of, judge_order, mode_of, orders
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import PassphraseTask
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict, certificate_result, list_result, verdict

MODULE = 'gaussdb.dws_ssl.client_certificates_info'


class ActionModule(PassphraseTask):
    """One task on one host."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        wanted, problems = orders(dict(args, state='present'), deploys=False)
        if problems:
            raise AnsibleActionFail('\n'.join(problems))
        verdicts = [self._verdict(order) if order.src else None for order in wanted]
        held = [set_files(judged.digests if judged else {}) for judged in verdicts]
        exports, answer = self._ask_host(wanted, held, variables)
        if not isinstance(answer.get('sets'), list):
            return dict(result, **answer)
        # Without a bundle the host has to tell which CA and which list the files of formats should name.
        there = [files if judged else set_files(seen['files']) for files, judged, seen in zip(held, verdicts, answer['sets'])]
        if there != held and any(export.get('template') or export.get('format') for order in wanted for export in order.exports):
            exports, answer = self._ask_host(wanted, there, variables)
        found = [_judged(*parts) for parts in zip(wanted, verdicts, exports, answer['sets'])]
        if args['sets'] is None:
            return dict(result, changed=False, **{name: value for name, value in found[0].items() if name not in ('owner', 'dest')})
        return dict(result, changed=False, sets=found, findings=[one for part in found for one in part['findings']])

    def _ask_host(self, wanted: list[Order], held: list[SetFiles],
                  variables: dict[str, Any]) -> tuple[list[list[dict[str, Any]]], dict[str, Any]]:
        exports = ExportTemplates(self, variables).rendered(list(zip(wanted, held)))
        request = host_request([(order, {}, ours, None) for order, ours in zip(wanted, exports)])
        answer: dict[str, Any] = self._execute_module(module_name=MODULE, module_args={'request': request}, task_vars=variables)
        answer.pop('invocation', None)
        return exports, answer

    def _verdict(self, order: Order) -> Verdict:
        files = ControllerFiles(self)
        options = files.options(order.auth_mode, order.tree, order.crl, self._passphrase, order.decrypt_key, order.key_forms)
        return verdict(files.find(order.src), options, files.read, order.expiry_warning_days, C.DEFAULT_LOCAL_TMP,
                       order.key_revision)


def _judged(order: Order, judged: Verdict | None, exports: list[dict[str, Any]], seen: Mapping[str, Any]) -> dict[str, Any]:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import decoded
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import read_public
    files = seen_files(seen['files'])
    present = {name: state.sha256 or '' for name, state in files.items() if name in MEMBERS}
    variables = environment_of(order, seen['dest'], set_files(present))
    now = int(time.time())
    bundle = read_public(decoded(seen['public']), order.auth_mode, now)
    findings = [finding_of(Problem(**problem)) for problem in seen['problems']]
    if seen['uid'] is not None:
        findings += judge_deployed(_deployed(order, judged, exports, seen, variables))
        findings += judge_bundle(bundle, order.auth_mode, now, order.expiry_warning_days)
        findings += judge_place(seen['dest'], seen['file_system'])
    findings += judge_order(order, set_files(present), bool(seen['key_encrypted']))
    findings = ordered(waive(findings, order.waive))
    return {
        'owner': order.owner, 'dest': seen['dest'], 'compliant': not errors(findings), 'generation': generation(present),
        'files': [_file_result(seen['dest'], name, files[name]) for name in sorted_members(files)],
        'certificate': certificate_result(bundle.certificates[0]) if bundle.certificates else None,
        'authorities': [certificate_result(one) for one in bundle.authorities],
        'revocation_lists': [list_result(one) for one in bundle.revocation_lists],
        'environment': variables, 'findings': [as_dict(found) for found in findings],
    }


def _deployed(order: Order, judged: Verdict | None, exports: list[dict[str, Any]], seen: Mapping[str, Any],
              variables: dict[str, str]) -> Deployed:
    return Deployed(
        seen['dest'], order.auth_mode, seen['uid'], seen['kind'], SeenFile(*seen['folder']) if seen['folder'] else None,
        seen_files(seen['files']), seen['key_encrypted'], seen['key_fits'], judged.digests if judged else None,
        tuple(_deployed_export(export, one, variables) for export, one in zip(exports, seen['exports'])),
        tuple(KEY_FORMS[one] for one in order.key_forms) if order.auth_mode == BIDIRECTIONAL else ())


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
    found = {}
    for line in lines:
        try:
            words = shlex.split(line, comments=True)
        except ValueError:     # an open quotation mark: no shell would set anything by this line alone
            continue
        if words[:1] == ['export']:
            found.update(word.split('=', 1) for word in words[1:] if '=' in word)
    return found


def _file_result(dest: str, name: str, state: SeenFile) -> dict[str, Any]:
    result = {'path': os.path.join(dest, name), 'kind': state.kind, 'mode': f'{state.mode:04o}', 'uid': state.uid}
    return dict(result, sha256=state.sha256) if name in PUBLIC else result
