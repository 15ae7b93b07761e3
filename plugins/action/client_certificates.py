# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of gaussdb.dws_ssl.client_certificates: judge, ask the host, send what it lacks, report."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ansible import constants as C
from ansible.errors import AnsibleActionFail

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, PREVIOUS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SECRET, set_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import errors, ordered, waive
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import GO_BACK, WENT_BACK
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import judge_generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.key import serves_gsql_alone
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.deployment_report import (
    Answer,
    Judged,
    failure,
    identities_of,
    report,
    warnings_of,
    with_host_findings,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.export_templates import ExportTemplates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.format_values import judge_formats
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import (
    decided,
    host_request,
    layers,
    look_request,
    packed,
    with_report,
    write_request,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order, judge_order, needs_bundle, orders
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import PassphraseTask
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.redaction import redacted
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict, contents, unchanged, verdict
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import warn_of_unknown_names

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options

LOOKS = 'gaussdb.dws_ssl.client_certificates_look'     # all that a host which complies is sent
DEPLOYS = 'gaussdb.dws_ssl.client_certificates_write'

# What becomes of an answer that no module of ours gives, or of a name in it that is no text.
UNUSABLE = (AttributeError, LookupError, TypeError, ValueError)

# Between the look and what is done another run may have been there, so that the host lacks other contents.
ATTEMPTS = 2


class ActionModule(PassphraseTask):
    """One task on one host."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        self._task_vars = task_vars or {}
        self._controller = ControllerFiles(self)
        self._held: list[Mapping[str, str]] | None = None
        self._looks: list[Any] = []     # what the host has answered
        self._exports: list[list[dict[str, Any]]] = []
        self._verdicts: dict[tuple[Any, ...], Verdict] = {}
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        sets = self._with_formats([self._judge(order) for order in self._orders(args)])
        if any(errors(one.findings) for one in sets):
            return dict(result, **failure('The certificates were not deployed, and no host was contacted.', sets))
        answer = self._ask_host(sets)
        if not isinstance(answer.get('sets'), list):
            return dict(result, **answer)
        sets = [with_host_findings(one, seen) for one, seen in zip(sets, answer['sets'])]
        for text in warnings_of(sets, answer, self._task.check_mode):
            self._display.warning(text)
        return dict(result, **report(sets, answer, args['sets'] is not None, self._task.check_mode, self._task.diff))

    def _orders(self, args: Mapping[str, Any]) -> list[Order]:
        wanted, problems = orders(args)
        if problems:
            raise AnsibleActionFail('\n'.join(problems))
        warn_of_unknown_names(self._display, [name for order in wanted for name in order.waive])
        return [order._replace(src=self._controller.find(order.src)) if needs_bundle(order) else order for order in wanted]

    def _judge(self, order: Order) -> Judged:
        judged = self._verdict(order) if needs_bundle(order) else None
        found = list(judged.findings) if judged else []
        found += judge_order(order, set_files(judged.digests if judged else {}), serves_gsql_alone(found))
        if judged:
            found += judge_generation(generation(judged.digests), order.blocked_generations)
        return Judged(order, judged, ordered(waive(found, order.waive)))

    def _with_formats(self, sets: Sequence[Judged]) -> list[Judged]:
        """Return the sets with the findings about their files of formats, which may speak of all sets of a user."""
        held = [(one.order, one.verdict.digests if one.verdict else {}) for one in sets]
        return [one._replace(findings=ordered([*one.findings, *waive(
            judge_formats(held, place, bool(self._passphrase)), one.order.waive)])) for place, one in enumerate(sets)]

    def _verdict(self, order: Order) -> Verdict:
        """Return the verdict on the bundle of a set; one for all users who have the same one."""
        options = self._options(order)
        asked = (order.src, options, order.expiry_warning_days, order.key_revision)
        if asked not in self._verdicts:
            self._verdicts[asked] = verdict(str(order.src), options, self._controller.read, order.expiry_warning_days,
                                            C.DEFAULT_LOCAL_TMP, order.key_revision)
        return self._verdicts[asked]

    def _options(self, order: Order) -> Options:
        return self._controller.options(order.auth_mode, order.tree, order.crl, self._passphrase, order.decrypt_key,
                                        order.key_forms)

    def _ask_host(self, sets: Sequence[Judged]) -> dict[str, Any]:
        """Look; where something has to change, run the module with what the host lacks.

        That is contents, or the word to go back to what the host has shown.
        """
        answer = self._run_module(sets, None, None)
        if not isinstance(answer.get('sets'), list) or _all_leave(sets):
            return answer
        if any(seen['problems'] for seen in answer['sets']):     # the host would not take what it is sent
            return answer
        # What goes with a removal is for the host to see. Exports of a set that was gone back to can be compared only when the host has
        # shown which one that is.
        open_yet = any(one.order.state == ABSENT or seen['action'] == WENT_BACK for one, seen in zip(sets, answer['sets']))
        if not open_yet and (answer['done'] or self._task.check_mode):
            return answer
        return self._deploy(sets, answer)

    def _deploy(self, sets: Sequence[Judged], answer: dict[str, Any]) -> dict[str, Any]:
        """Run the module with what the host lacks; once more where it lacks other contents by then."""
        for _attempt in range(ATTEMPTS):
            lacking = packed({}) if self._task.check_mode else self._contents(sets, answer)
            if lacking is None:
                return {'failed': True, 'msg': 'The bundle on the controller was changed while the task ran; run it again.'}
            answer = self._run_module(sets, answer, lacking)
            if not isinstance(answer.get('sets'), list):
                return redacted(answer, layers(lacking))
            if self._task.check_mode or answer['done'] or any(seen['problems'] for seen in answer['sets']):
                return answer
        return {'failed': True, 'msg': 'Another process works on the same sets on this host, so nothing was changed; run the task again.'}

    def _run_module(self, sets: Sequence[Judged], before: Answer | None, lacking: str | None) -> dict[str, Any]:
        answers = before['sets'] if before else [None] * len(sets)
        held = [identities_of(one, seen) for one, seen in zip(sets, answers)]
        if held != self._held:     # else the second run gets what the first one got
            self._held, self._exports = held, ExportTemplates(self, self._task_vars).rendered([
                (one.order, set_files(identities)) for one, identities in zip(sets, held)])
        # A file of formats may name all sets of a user: the exports of those that stay follow one that goes back.
        back = {one.order.owner for one, seen in zip(sets, answers) if seen and seen['action'] in (GO_BACK, WENT_BACK)}
        request = []
        for one, identities, ours in zip(sets, held, self._exports):
            back_to = generation(identities) if one.order.state == PREVIOUS and one.order.owner in back else None
            request.append((one.order, identities if one.verdict else {}, ours, back_to))
        text = host_request(request)
        return self._look(text) if before is None and not _all_leave(sets) else self._write(text, before, lacking)

    def _look(self, request: str) -> dict[str, Any]:
        answer = self._on_host(LOOKS, {'request': look_request(request)})
        if not isinstance(answer.get('sets'), list):
            return answer
        self._looks = answer['sets']
        try:
            return decided(request, self._looks)
        except UNUSABLE as error:
            return _unusable(error)

    def _write(self, request: str, before: Answer | None, lacking: str | None) -> dict[str, Any]:
        try:
            asked = write_request(request, [seen['home'] for seen in before['sets']] if before else [], self._looks)
        except UNUSABLE as error:
            return _unusable(error)
        self._looks = []     # good for one run
        answer = self._on_host(DEPLOYS, {'request': asked, **({'contents': lacking} if lacking else {})})
        try:
            return with_report(answer, before) if before and isinstance(answer.get('sets'), list) else answer
        except UNUSABLE as error:
            return _unusable(error, 'It may have been changed; run the task again.')

    def _on_host(self, module_name: str, module_args: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._execute_module(module_name=module_name, module_args=module_args, task_vars=self._task_vars)
        answer.pop('invocation', None)
        return answer

    def _contents(self, sets: Sequence[Judged], answer: Answer) -> str | None:
        """Return what the host lacks, as one line; None where a bundle no longer is the one that was judged."""
        lacking: dict[tuple[str, Options, str], dict[str, str]] = {}
        for one, seen in zip(sets, answer['sets']):
            if seen['needs'] and one.verdict is not None:
                needed = {name: identity for name, identity in one.verdict.digests.items() if identity in seen['needs']}
                lacking.setdefault((str(one.order.src), self._options(one.order), one.order.key_revision), {}).update(needed)
        if any(name in SECRET for needed in lacking.values() for name in needed):
            self._refuse_to_leak()
        sent: dict[str, bytes] = {}
        for (source, options, _revision), needed in lacking.items():
            bundle = (source, options, self._controller.read)
            found = unchanged(*bundle, needed) or contents(*bundle)
            for name, identity in needed.items():
                if name not in found:
                    return None
                sent[identity] = found[name]
        return packed(sent)

    def _refuse_to_leak(self) -> None:
        """Both settings would leave the private key in a place where others may find it."""
        for setting, what in ((C.DEFAULT_KEEP_REMOTE_FILES, 'ANSIBLE_KEEP_REMOTE_FILES would leave it in a file on the host'),
                              (C.DEFAULT_DEBUG, 'ANSIBLE_DEBUG would print it')):
            if setting:
                raise AnsibleActionFail(f'The private key is not sent: {what}. Unset it and run the task again.')
        if self._is_pipelining_enabled('new'):
            return
        if self._is_become_unprivileged():
            raise AnsibleActionFail('The private key is not sent: pipelining is off and the task becomes a user other than root, so '
                                    'that Ansible would put it into a file and open that to the user. Set ansible_pipelining to '
                                    'true for this task.')
        self._display.warning('Pipelining is off, so the private key lies in a temporary file of the connecting user on '
                              'the host while the task runs. Set ansible_pipelining to true for this task.')


def _all_leave(sets: Sequence[Judged]) -> bool:
    """Return whether there is nothing but removals, which the host does at once: what goes with them is for it to see."""
    return all(one.order.state == ABSENT for one in sets)


def _unusable(error: Exception, consequence: str = 'Nothing was changed.') -> dict[str, Any]:
    return {'failed': True, 'msg': f'What the host answered cannot be used: {type(error).__name__}. {consequence}'}
