# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diff of a deployment: what a person wants to know about each file, and never a line of a secret one."""
from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Mapping

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, FILE, NOTHING
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import escaped
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import (
    CRL,
    FILE_MODE,
    KEY,
    KEY_FORMS,
    SECRET,
    sorted_members,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import GO_BACK, KEEP, UNCHANGED
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificate_results import timestamp

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict

ANOTHER = ['content: not shown']
LONGEST_LINE = 1100    # characters: the longest path that clients take (MAXPGPATH), and what stands before it


def describe_content(name: str, content: bytes, key: facts.Key | None) -> list[str]:
    """Return the lines about the content of one file of a set."""
    if name == KEY:
        public = key.public_key if key else None
        return [f'content: private key for the public key with SHA-256 {public}']
    if name in KEY_FORMS.values():
        return ['content: the private key of client.key in another form']
    if name in SECRET:
        return ['content: passphrase file of the bundle']
    return describe_public(name, content)


def describe_public(name: str, content: bytes) -> list[str]:
    """Return the lines about a certificate file or a revocation list."""
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.members import certificates_of, revocation_lists_of
    lines = []
    if name == CRL:
        for one in revocation_lists_of(name, content, (), None)[0]:
            end = timestamp(one.next_update) if one.next_update else 'never'
            lines += [f'issuer: {escaped(one.issuer)}', f'next update: {end}']
    else:
        for certificate in (loaded.facts for loaded in certificates_of(name, content)[0]):
            lines += [f'subject: {escaped(certificate.subject)}', f'serial: {certificate.serial}',
                      f'not after: {timestamp(certificate.not_after)}', f'SHA-256 fingerprint: {certificate.fingerprint}']
    return lines or ['content: nothing that can be read']


def difference(order: Order, verdict: Verdict | None, answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return Ansible's diff of one set and its exports: a list of ``{before_header, after_header, before, after}``."""
    diffs = []
    if answer['action'] not in UNCHANGED:
        seen = _as_dicts(answer['seen']['files'])
        after = _desired_text(order, verdict)
        if answer['action'] == GO_BACK:
            after = _seen_text(order, None, dict(answer, public=answer['public_before']), _as_dicts(answer['before']))
        diffs.append(_entry(answer['dest'], _seen_text(order, verdict, answer, seen), after))
    for export in answer['exports']:
        if export['action'] != KEEP:
            diffs.append(_export_entry(order, answer, export))
    return diffs


def _as_dicts(files: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: dict(zip(('kind', 'mode', 'uid', 'gid', 'sha256'), fields)) for name, fields in files.items()}


def _entry(path: str, before: str, after: str) -> dict[str, str]:
    return {'before_header': path, 'after_header': path, 'before': before, 'after': after}


def _seen_text(order: Order, verdict: Verdict | None, answer: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    digests = verdict.digests if verdict else {}
    blocks = []
    for name in sorted_members(seen):
        state = seen[name]
        if state['kind'] != FILE:
            lines = [f'kind: {state["kind"]}']
        elif verdict and state['sha256'] == digests.get(name):
            lines = verdict.described[name]
        elif name in answer['public']:
            lines = describe_public(name, base64.b64decode(answer['public'][name]))
        else:
            lines = ANOTHER
        owner = order.owner if state['uid'] == answer['uid'] else f'uid {state["uid"]}'
        blocks.append(_block(name, lines, state['mode'], owner))
    return ''.join(blocks)


def _desired_text(order: Order, verdict: Verdict | None) -> str:
    if order.state == ABSENT or verdict is None:
        return ''
    return ''.join(_block(name, verdict.described[name], FILE_MODE, order.owner) for name in sorted_members(verdict.digests))


def _block(name: str, lines: list[str], mode: int, owner: str) -> str:
    return ''.join([f'{name}\n'] + [f'  {line}\n' for line in [*lines, f'mode: {mode:04o}', f'owner: {owner}']])


def _export_entry(order: Order, answer: Mapping[str, Any], export: Mapping[str, Any]) -> dict[str, str]:
    """Of a file on the host only its PGSSL lines are shown: people write other things into such files."""
    kind, mode, uid, _gid, _sha256 = export['seen']
    before = ''
    if kind != NOTHING:
        owner = order.owner if uid == answer['uid'] else f'uid {uid}'
        shown = [escaped(line, LONGEST_LINE) for line in export['lines']]
        before = ''.join(f'{line}\n' for line in [*shown, f'mode: {mode:04o}', f'owner: {owner}'])
    content, new_mode, new_owner = export['desired']
    after = '' if order.state == ABSENT else f'{content}mode: {new_mode:04o}\nowner: {new_owner}\n'
    return _entry(export['path'], before, after)
