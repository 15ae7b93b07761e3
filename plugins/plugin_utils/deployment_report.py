# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the host's answer to the result of a task: what changed, what was found, what a person should read."""
from __future__ import annotations

import base64
import os
from typing import Any, Mapping, NamedTuple, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import finding_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, PRESENT, seen_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import (
    CERTIFICATE,
    FILE_MODE,
    SECRET,
    set_files,
    sorted_members,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    WARNING,
    Finding,
    Problem,
    as_dict,
    errors,
    ordered,
    sentence,
    waive,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    GO_BACK,
    KEEP,
    MEND,
    PENDING,
    SWAP,
    TIDY,
    WENT_BACK,
    identities,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import judge_place, judge_rotation
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificate_results import certificate_result
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.difference import difference
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order, environment_of
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import Verdict

Answer = Mapping[str, Any]


class Judged(NamedTuple):
    """One set of a task: what is asked for, the verdict on its bundle (None without one), and all findings so far."""
    order: Order
    verdict: Verdict | None
    findings: list[Finding]


def identities_of(one: Judged, seen: Answer | None) -> dict[str, str]:
    """Return ``{name: identity}`` of the set that ``dest`` points to when the task is done."""
    if one.verdict is not None:
        return one.verdict.digests
    if one.order.state == ABSENT or seen is None:
        return {}
    return identities(seen_files(seen['before'])) if seen['action'] == GO_BACK else _current(seen)


def is_refused(answer: Answer) -> bool:
    """Return whether the host found something in the way that no earlier task of the play is going to mend."""
    return any(problem['rule'] != PENDING for seen in answer['sets'] for problem in seen['problems'])


def with_host_findings(one: Judged, seen: Answer) -> Judged:
    """Return the set with what the host found."""
    found = [finding_of(Problem(**problem)) for problem in seen['problems']]
    lines = [line for export in seen['exports'] for line in export['lines']]
    found += judge_rotation(one.order.sslmode, _replaced(seen) is not None, lines)
    if one.order.state != ABSENT:
        found += judge_place(seen['dest'], seen['file_system'])
    return one._replace(findings=ordered(waive([*one.findings, *found], one.order.waive)))


def _current(seen: Answer) -> dict[str, str]:
    """Return ``{name: identity}`` of the set that ``dest`` pointed to when the host looked."""
    return identities(seen_files(seen['seen']['files']))


def failure(summary: str, sets: Sequence[Judged]) -> dict[str, Any]:
    """Return a failed result that names every finding that stops the task, each once."""
    flat = ordered(found for one in sets for found in one.findings)
    lines = [f'- {sentence(found)}' for found in errors(flat)]
    return {'failed': True, 'changed': False, 'msg': '\n'.join([summary, *lines]),
            'findings': [as_dict(found) for found in flat]}


def warnings_of(sets: Sequence[Judged], answer: Answer, check_mode: bool) -> list[str]:
    """Return what a person should read: warnings of the rules, of the host, and what check mode cannot know."""
    texts = [sentence(found) for one in sets for found in one.findings if found.severity == WARNING and not found.waived]
    texts += [f'{seen["dest"]}: {warning}' for seen in answer['sets'] for warning in seen['warnings']]
    if check_mode and not is_refused(answer):
        texts += [f'{problem["subject"]}: {problem["detail"]} An earlier task may be going to mend that, so check mode says '
                  'changed.' for seen in answer['sets'] for problem in seen['problems']]
    return list(dict.fromkeys(texts))


def report(sets: Sequence[Judged], answer: Answer, as_list: bool, check_mode: bool, diff_mode: bool) -> dict[str, Any]:
    """Return the result of the task. ``as_list`` says that the task gave a list of sets."""
    failed = any(errors(one.findings) for one in sets) and not (check_mode and not is_refused(answer))
    planned = answer['sets']
    if failed and not answer['done']:
        answer = _untouched(answer)
    results = [_set_result(one, seen) for one, seen in zip(sets, answer['sets'])]
    found: dict[str, Any] = {'changed': answer['changed']}
    if as_list:
        found.update(sets=results, findings=[entry for result in results for entry in result['findings']])
    else:
        found.update({name: value for name, value in results[0].items() if name not in ('changed', 'first', 'skipped', 'owner', 'dest')})
    if diff_mode:
        found['diff'] = [entry for one, seen in zip(sets, planned if check_mode else answer['sets'])
                         for entry in difference(one.order, one.verdict, seen)]
    if failed:
        found.update(failure('Not every step succeeded.' if answer['done'] else 'The host refused.', sets), changed=answer['changed'])
    return found


def _untouched(answer: Answer) -> Answer:
    """Return the answer of a host that did nothing of what was planned: all sets or none."""
    return dict(answer, changed=False, sets=[
        dict(seen, changed=False, action=KEEP, stays=True, exports=[dict(export, action=KEEP, desired=None) for export in seen['exports']])
        for seen in answer['sets']])


def _set_result(one: Judged, seen: Answer) -> dict[str, Any]:
    order, held = one.order, identities_of(one, seen)
    if seen.get('stays') or seen['problems'] and seen['action'] == KEEP:     # what is there, and not what was asked for
        held = _current(seen)
    return {
        'owner': order.owner, 'dest': seen['dest'], 'changed': seen['changed'],
        'first': seen['action'] == SWAP and not _current(seen),
        'skipped': order.state != ABSENT and not seen['found_user'] and not seen['problems'], 'generation': generation(held),
        'previous': _previous(seen), 'replaced': _replaced(seen),
        'files': [_file_result(order, seen['dest'], name, held[name]) for name in sorted_members(held)],
        'certificate': _certificate(one, seen),
        'environment': {} if order.state == ABSENT else environment_of(order, seen['dest'], set_files(held)),
        'findings': [as_dict(found) for found in one.findings],
    }


def _previous(seen: Answer) -> str | None:
    """Return the generation that state=previous would go back to after this task, None where it cannot be told."""
    if seen['action'] == SWAP:
        return _replaced(seen)
    return generation(identities(seen_files(seen['before']))) or None if seen['action'] in (KEEP, MEND, TIDY, WENT_BACK) else None


def _replaced(seen: Answer) -> str | None:
    """Return the generation that another set took the place of, None where the set stayed or is the first one."""
    return generation(_current(seen)) or None if seen['action'] in (SWAP, GO_BACK) else None


def _file_result(order: Order, dest: str, name: str, identity: str) -> dict[str, Any]:
    described = {'path': os.path.join(dest, name), 'mode': f'{FILE_MODE:04o}', 'owner': order.owner}
    return described if name in SECRET else dict(described, sha256=identity)


def _certificate(one: Judged, seen: Answer) -> dict[str, Any] | None:
    if one.order.auth_mode != BIDIRECTIONAL or one.order.state == ABSENT:
        return None
    if one.order.state == PRESENT:
        certificate = one.verdict.certificate if one.verdict else None
        return certificate and dict(certificate)     # for this set alone: of one that two sets share YAML would print a reference
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.members import certificates_of
    public = seen['public_before'] if seen['action'] == GO_BACK else seen['public']
    found = certificates_of(CERTIFICATE, base64.b64decode(public.get(CERTIFICATE, '')))[0]
    return certificate_result(found[0].facts) if found else None
