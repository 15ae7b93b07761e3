# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a bundle on the controller."""
from __future__ import annotations

from typing import Any

from ansible import constants as C

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    as_dict,
    failing_severities,
    sentence,
    waive,
)
from ansible_collections.gaussdb.dws_ssl.plugins.modules.bundle_info import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import PassphraseTask
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import verdict
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import warn_of_unknown_names


class ActionModule(PassphraseTask):
    """One task; no host is contacted."""

    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        warn_of_unknown_names(self._display, args['waive'])
        files = ControllerFiles(self)
        options = files.options(args['auth_mode'], args['tree'], args['crl'], self._passphrase, False)
        judged = verdict(files.find(args['src']), options, files.read, args['expiry_warning_days'], C.DEFAULT_LOCAL_TMP)
        findings = waive(judged.findings, args['waive'])
        result.update(
            changed=False, findings=[as_dict(found) for found in findings], trees=judged.trees, tree=judged.tree,
            certificate=judged.certificate, authorities=judged.authorities,
            ca=judged.authorities[0] if judged.authorities else None)
        severities = failing_severities(args['fail_on'])
        failing = [found for found in findings if found.severity in severities and not found.waived]
        if failing:
            result.update(failed=True, msg='\n'.join(['The bundle is not fit for use.', *(f'- {sentence(one)}' for one in failing)]))
        return result
