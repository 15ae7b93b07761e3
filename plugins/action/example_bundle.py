# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a bundle on the controller for demos and tests."""
from __future__ import annotations

import os
import secrets
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.gaussdb.dws_ssl.plugins.modules.example_bundle import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import PATHS, make_example
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import require
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import PassphraseTask


class ActionModule(PassphraseTask):
    """One task; no host is contacted."""

    PASSPHRASE = 'passphrase'
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        dest = self._loader.path_dwim(args['dest'])
        paths = {name: os.path.join(dest, path) for name, path in PATHS.items()}
        changed = not all(os.path.exists(path) for path in paths.values())
        if changed and not self._task.check_mode:
            self._make(dest, args)
        return dict(result, changed=changed, **paths)

    def _make(self, dest: str, args: dict[str, Any]) -> None:
        require()
        passphrase = self._passphrase or 'Aa1@' + secrets.token_hex(5)     # 14 bytes, three character classes and more
        try:
            example = make_example(args['common_name'], passphrase.encode(), args['server_names'], args['days'])
        except ValueError as error:
            raise AnsibleActionFail(f'passphrase: {error}') from None
        for path, content in example.files.items():
            target = os.path.join(dest, path)
            os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as file:
                file.write(content)
