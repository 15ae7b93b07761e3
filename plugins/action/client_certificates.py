# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of gaussdb.dws_ssl.client_certificates: judge, ask the host, send what it lacks, report."""
from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any, Mapping

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SECRET, SetFiles, set_files, sorted_members
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    WARNING,
    Finding,
    Problem,
    as_dict,
    errors,
    sentence,
    waive,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.difference import difference
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.export_templates import ExportTemplates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import host_request
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import (
    Order,
    environment_of,
    judge_order,
    needs_bundle,
    orders,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict, contents, verdict

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import Options

MODULE = 'gaussdb.dws_ssl.client_certificates'


class ActionModule(ActionBase):
    """One task on one host."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        self._controller = ControllerFiles(self)
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        wanted = self._orders(args)
        self._passphrase = args.get('key_passphrase')
        verdicts = [self._verdict(order) if needs_bundle(order) else None for order in wanted]
        findings = [_findings(order, one) for order, one in zip(wanted, verdicts)]
        if any(errors(found) for found in findings):
            return dict(result, **_failure('The certificates were not deployed, and no host was contacted.', findings))
        answer = self._ask_host(wanted, verdicts)
        if not isinstance(answer.get('sets'), list):
            return dict(result, **answer)
        return dict(result, **self._report(wanted, verdicts, findings, answer))

    def _orders(self, args: Mapping[str, Any]) -> list[Order]:
        wanted, problems = orders(args)
        if problems:
            raise AnsibleActionFail('\n'.join(problems))
        return [order._replace(src=self._controller.find(order.src)) if needs_bundle(order) else order for order in wanted]

    def _options(self, order: Order) -> Options:
        return self._controller.options(order.auth_mode, order.tree, order.crl, self._passphrase, order.decrypt_key)

    def _verdict(self, order: Order) -> Verdict:
        return verdict(str(order.src), self._options(order), self._controller.read, order.expiry_warning_days,
                       C.DEFAULT_LOCAL_TMP, order.key_revision)

    def _ask_host(self, wanted: list[Order], verdicts: list[Verdict | None]) -> dict[str, Any]:
        """Run the module; run it again with contents where the host lacks some."""
        templates = ExportTemplates(self, self._task_vars)
        request = host_request([
            (order, one.digests if one else {}, templates.rendered(order, _files(one)) if one else order.exports)
            for order, one in zip(wanted, verdicts)])
        answer = self._run_module({'request': request})
        if not isinstance(answer.get('sets'), list) or answer['done'] or self._task.check_mode or _refused(answer):
            return answer
        lacking = self._contents(wanted, verdicts, answer)
        if lacking is None:
            return {'failed': True, 'msg': 'The bundle on the controller was changed while the task ran; run it again.'}
        return self._run_module({'request': request, 'contents': lacking})

    def _run_module(self, module_args: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(module_name=MODULE, module_args=module_args, task_vars=self._task_vars)
        answer.pop('invocation', None)
        return answer

    def _contents(self, wanted: list[Order], verdicts: list[Verdict | None], answer: Mapping[str, Any]) -> str | None:
        """Return what the host lacks, as one line; None where the bundle no longer is the one that was judged."""
        sent: dict[str, str] = {}
        for order, judged, seen in zip(wanted, verdicts, answer['sets']):
            if not seen['needs'] or judged is None:
                continue
            names = [name for name, digest in judged.digests.items() if digest in seen['needs']]
            if any(name in SECRET for name in names):
                self._refuse_to_leak()
            found = contents(str(order.src), self._options(order), self._controller.read)
            for name in names:
                if name not in found:
                    return None
                sent[judged.digests[name]] = base64.b64encode(found[name]).decode()
        return base64.b64encode(json.dumps(sent).encode()).decode()

    def _refuse_to_leak(self) -> None:
        """Both settings would leave the private key in a place where others may find it."""
        for setting, what in ((C.DEFAULT_KEEP_REMOTE_FILES, 'ANSIBLE_KEEP_REMOTE_FILES would leave it in a file on the host'),
                              (C.DEFAULT_DEBUG, 'ANSIBLE_DEBUG would print it')):
            if setting:
                raise AnsibleActionFail(f'The private key is not sent: {what}. Unset it and run the task again.')
        if not self._is_pipelining_enabled('new'):
            self._display.warning('Pipelining is off, so the private key lies in a temporary file of the connecting user on '
                                  'the host while the task runs. Set ansible_pipelining to true for this task.')

    def _report(self, wanted: list[Order], verdicts: list[Verdict | None], findings: list[list[Finding]],
                answer: dict[str, Any]) -> dict[str, Any]:
        found = [waive([*own, *_host_findings(seen)], order.waive) for own, seen, order
                 in zip(findings, answer['sets'], wanted)]
        for seen in answer['sets']:
            for warning in seen['warnings']:
                self._display.warning(f'{seen["dest"]}: {warning}')
        for text in dict.fromkeys(sentence(one) for own in found for one in own if one.severity == WARNING and not one.waived):
            self._display.warning(text)
        results = [_set_result(*parts) for parts in zip(wanted, verdicts, found, answer['sets'])]
        report: dict[str, Any] = {'changed': answer['changed']}
        if self._task.args.get('sets') is not None:
            report.update(sets=results, findings=[one for result in results for one in result['findings']])
        else:
            report.update({name: value for name, value in results[0].items() if name not in ('changed', 'owner', 'dest')})
        if self._task.diff:
            report['diff'] = [entry for order, judged, seen in zip(wanted, verdicts, answer['sets'])
                              for entry in difference(order, judged, seen)]
        pending = self._task.check_mode and not _refused(answer)
        if any(errors(one) for one in found) and not pending:
            report.update(_failure('The host refused.' if not answer['done'] else 'Not every step succeeded.', found))
            report['changed'] = answer['done'] and answer['changed']
        for seen in answer['sets']:
            if pending and seen['problems']:
                self._display.warning('%s: %s An earlier task may be going to mend that, so check mode says changed.' % (
                    seen['problems'][0]['subject'], seen['problems'][0]['detail']))
        return report


def _files(judged: Verdict | None) -> SetFiles:
    return set_files(judged.digests) if judged else SetFiles()


def _findings(order: Order, judged: Verdict | None) -> list[Finding]:
    return waive([*(judged.findings if judged else []), *judge_order(order, _files(judged))], order.waive)


def _refused(answer: Mapping[str, Any]) -> bool:
    """Whether the host found something in the way that no earlier task is going to mend."""
    return any(problem['rule'] != 'user-missing' for seen in answer['sets'] for problem in seen['problems'])


def _host_findings(seen: Mapping[str, Any]) -> list[Finding]:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import finding_of
    return [finding_of(Problem(**problem)) for problem in seen['problems']]


def _failure(summary: str, findings: list[list[Finding]]) -> dict[str, Any]:
    """Return a failed result that names every finding that stops the task, each once."""
    flat = list(dict.fromkeys(one for found in findings for one in found))
    lines = [f'- {sentence(one)}' for one in errors(flat)]
    return {'failed': True, 'changed': False, 'msg': '\n'.join([summary, *lines]), 'findings': [as_dict(one) for one in flat]}


def _set_result(order: Order, judged: Verdict | None, found: list[Finding], seen: Mapping[str, Any]) -> dict[str, Any]:
    digests = judged.digests if judged else {}
    present = order.state != ABSENT
    return {
        'owner': order.owner, 'dest': seen['dest'], 'changed': seen['changed'],
        'generation': generation(digests),
        'files': [_file_result(order, seen['dest'], name, digests[name]) for name in sorted_members(digests)],
        'certificate': judged.certificate if judged and order.auth_mode == 'bidirectional' else None,
        'environment': environment_of(order, seen['dest'], _files(judged)) if present else {},
        'findings': [as_dict(one) for one in found],
    }


def _file_result(order: Order, dest: str, name: str, digest: str) -> dict[str, Any]:
    described = {'path': os.path.join(dest, name), 'mode': '0600', 'owner': order.owner}
    return described if name in SECRET else dict(described, sha256=digest)
