# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of gaussdb.dws_ssl.client_certificates_info: ask the host, judge what came back."""
from __future__ import annotations

import time
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles, set_files
from ansible_collections.gaussdb.dws_ssl.plugins.modules.client_certificates_info import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.export_templates import ExportTemplates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import host_request
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.inspection_report import report
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order, orders
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import PassphraseTask
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict, verdict
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import warn_of_unknown_names

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
        warn_of_unknown_names(self._display, [name for order in wanted for name in order.waive])
        verdicts = [self._verdict(order) if order.src else None for order in wanted]
        held = [set_files(judged.digests if judged else {}) for judged in verdicts]
        exports, answer = self._ask_host(wanted, held, variables)
        if not isinstance(answer.get('sets'), list):
            return dict(result, **answer)
        # Without a bundle the host has to tell which CA and which list the files of formats should name.
        there = [files if judged else set_files(seen['files']) for files, judged, seen in zip(held, verdicts, answer['sets'])]
        if there != held and any(export.get('template') or export.get('format') for order in wanted for export in order.exports):
            exports, answer = self._ask_host(wanted, there, variables)
        now = int(time.time())
        found = [report(*parts, now) for parts in zip(wanted, verdicts, exports, answer['sets'])]
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
