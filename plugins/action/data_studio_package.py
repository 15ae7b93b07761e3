# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an archive for a person who uses Data Studio."""
from __future__ import annotations

import hashlib
import os
from typing import Any, Mapping

from ansible import constants as C
from ansible.errors import AnsibleActionFail

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, USER_TOKEN
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.endpoint import parse_endpoint
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CA_NAMES, CERTIFICATE, PK8
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    WARNING,
    Finding,
    as_dict,
    errors,
    finding,
    ordered,
    sentence,
    waive,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.key import DECRYPTED
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import DATA_STUDIO_SSLMODES, RECOMMENDED_SSLMODE
from ansible_collections.gaussdb.dws_ssl.plugins.modules.data_studio_package import ARGUMENT_SPEC
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import data_studio
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import PassphraseTask
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.shipped_templates import shipped
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict, contents, verdict
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.waivers import warn_of_unknown_names

TEMPLATE = 'data_studio.html.j2'


class ActionModule(PassphraseTask):
    """One task; no host is contacted."""

    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, args = self.validate_argument_spec(ARGUMENT_SPEC)
        warn_of_unknown_names(self._display, args['waive'])
        path = self._loader.path_dwim(args['dest'].replace(USER_TOKEN, args['owner']))
        try:
            if args['state'] == ABSENT:
                return dict(result, path=path, findings=[], changed=self._remove(path))
            return dict(result, path=path, **self._make(path, args))
        except data_studio.Foreign:
            raise AnsibleActionFail(f'{path} was not made by this module. Move it away, or choose another dest.') from None
        except OSError as error:
            raise AnsibleActionFail(f'{error.filename or path}: {error.strerror}.') from None

    def _remove(self, path: str) -> bool:
        there = data_studio.identities_at(path) is not None
        if there and not self._task.check_mode:
            os.unlink(path)
        return there

    def _make(self, path: str, args: Mapping[str, Any]) -> dict[str, Any]:
        if not args['src']:
            raise AnsibleActionFail('src is required with state=present.')
        files = ControllerFiles(self)
        source = files.find(args['src'].replace(USER_TOKEN, args['owner']))
        options = files.options(args['auth_mode'], args['tree'], None, self._passphrase, False, ('pk8',))
        judged = verdict(source, options, files.read, args['expiry_warning_days'], C.DEFAULT_LOCAL_TMP, args['key_revision'])
        found = ordered(waive([*judged.findings, *self._reported(args['auth_mode'])], args['waive']))
        findings = [as_dict(one) for one in found]
        if errors(found):
            lines = [f'- {sentence(one)}' for one in errors(found)]
            return {'failed': True, 'changed': False, 'findings': findings, 'msg': '\n'.join(['No package was made.', *lines])}
        for one in found:
            if one.severity == WARNING and not one.waived:
                self._display.warning(sentence(one))
        page = self._page(args, judged)
        wanted = [name for name in (CERTIFICATE, PK8, *CA_NAMES) if name in judged.digests]
        identities = {**{name: judged.digests[name] for name in wanted}, data_studio.PAGE: hashlib.sha256(page).hexdigest()}
        changed = not data_studio.is_current(path, identities)
        if changed and not self._task.check_mode:
            held = contents(source, options, files.read)
            members = {**{name: held[name] for name in wanted}, data_studio.PAGE: page}
            data_studio.write(path, data_studio.archive(members, identities), identities)
        return {'changed': changed, 'findings': findings}

    def _reported(self, auth_mode: str) -> list[Finding]:
        if self._passphrase or auth_mode != BIDIRECTIONAL:
            return []
        return [finding(DECRYPTED, PK8, 'The key in the package is not encrypted: whoever gets the package can connect with it.', WARNING)]

    def _page(self, args: Mapping[str, Any], judged: Verdict) -> bytes:
        host, port = _endpoint(args['endpoint'])
        ca = [name for name in CA_NAMES if name in judged.digests]
        return shipped(TEMPLATE, {
            'owner': args['owner'], 'cluster': args['cluster'], 'host': host, 'port': port, 'ca': ca[0],
            'certificate': CERTIFICATE if PK8 in judged.digests else None, 'key': PK8, 'encrypted': bool(self._passphrase),
            'sslmode': args['sslmode'] if args['sslmode'] in DATA_STUDIO_SSLMODES else RECOMMENDED_SSLMODE,
            'not_after': judged.certificate['not_after'] if judged.certificate else None}).encode()


def _endpoint(text: str | None) -> tuple[str | None, int | None]:
    if not text:
        return None, None
    try:
        return parse_endpoint(text)
    except ValueError as error:
        raise AnsibleActionFail(f'{error}.') from None
