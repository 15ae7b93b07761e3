# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module run: look at every set, refuse what cannot be, and do what has to be done, all sets or none.

A host compiles what it loads on every run, and twice with Python 3.10 and newer (``zipimport`` does so to find out a module's file name).
That is the larger part of what the module costs on a host which complies, so what only some hosts need is loaded where they need it.
"""
import base64
import json
import os
from contextlib import closing
from typing import Any, Dict, List, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import observe_export, with_home
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import observe_from, seen_set, set_name
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, about, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import Place, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, FOLDER, LINK, NOTHING, PREVIOUS, DesiredSet, Export, SeenExport, SeenSet, desired_sets, uses_home)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import PUBLIC
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import path_faults
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    GO_BACK, KEEP, PENDING, REMOVE, UNCHANGED, WENT_BACK, Ids, Plan, plan_export, plan_set, set_before)


class Work:
    """One set on its way through the run: what is desired, who owns it, what was seen, what will be done."""

    def __init__(self, desired: DesiredSet) -> None:
        self.desired = desired
        self.owner: Optional[Owner] = None
        self.seen = SeenSet()
        self.public: Dict[str, str] = {}
        self.public_before: Dict[str, str] = {}
        self.file_system = ''     # type of the one that dest lies on, where it is known
        self.plan = Plan(KEEP)
        self.exports: List[Tuple[Export, SeenExport, str]] = []
        self.problems: List[Refused] = []
        self.warnings: List[str] = []

    @property
    def ids(self) -> Ids:
        """The numbers that the files should have."""
        return Ids(self.owner.uid, self.owner.gid) if self.owner else Ids(-1, -1)

    @property
    def changes(self) -> bool:
        """Whether anything differs from what is desired."""
        return self.plan.action not in UNCHANGED or any(action != KEEP for _export, _seen, action in self.exports)

    def result(self) -> Dict[str, Any]:
        """Return the set's part of the module's answer; nothing in it is secret."""
        return {
            'dest': self.desired.dest, 'owner': self.desired.owner, 'found_user': self.owner is not None,
            'changed': self.changes, 'action': self.plan.action, 'drift': self.plan.drift, 'needs': self.plan.needs,
            'seen': {'kind': self.seen.kind, 'folder': self.seen.folder, 'files': self.seen.files},
            'before': self.seen.before, 'public_before': self.public_before, 'file_system': self.file_system,
            'uid': self.ids.uid, 'gid': self.ids.gid, 'public': self.public,
            'exports': [{'path': export.path, 'action': action, 'seen': seen.file, 'lines': seen.lines,
                         'desired': None if action == KEEP else [export.content, export.mode, export.owner]}
                        for export, seen, action in self.exports],
            'problems': [problem.as_dict() for problem in self.problems], 'warnings': self.warnings,
        }


def deploy(request: str, contents: Optional[str], check_mode: bool) -> Dict[str, Any]:
    """Return ``{changed, done, sets}`` for a request (JSON, see ``policy/desired.py``) and contents (base64 of JSON).

    ``done`` is false where contents are needed that were not sent, where something was refused, and in check mode.
    """
    works = [observe(desired) for desired in desired_sets(json.loads(request))]
    if any(action == REMOVE for work in works for _export, _seen, action in work.exports):
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.served import decide_on_exports
        decide_on_exports(works)
    sent = _sent(contents)
    refused = any(problem.rule != PENDING for work in works for problem in work.problems)
    needy = any(digest not in sent for work in works for digest in work.plan.needs) or any(
        work.plan.action in (GO_BACK, WENT_BACK) and work.desired.back_to is None for work in works)
    pending = any(work.problems for work in works)
    ready = not (check_mode or refused or needy or pending)
    if ready and any(work.changes for work in works):
        _apply(works, sent)
    return {'changed': any(work.changes for work in works), 'done': ready, 'sets': [work.result() for work in works]}


def _sent(contents: Optional[str]) -> Dict[str, bytes]:
    """Return ``{SHA-256: content}``."""
    if not contents:
        return {}
    listed = json.loads(base64.b64decode(contents).decode('ascii'))
    return {digest: base64.b64decode(content) for digest, content in listed.items()}


def observe(desired: DesiredSet) -> Work:
    """Return the work on one set, with its plan, or with the problems that stand in the way."""
    work = Work(desired)
    try:
        _observe_set(work)
    except Refused as refusal:
        work.problems.append(about(refusal, desired.dest))
    except OSError as error:
        work.problems.append(refused_by_system(error, desired.dest))
    if not work.problems:
        _observe_exports(work)
    return work


def _observe_set(work: Work) -> None:
    desired = work.desired
    try:
        work.owner = find_owner(desired.owner, desired.group)
    except Refused as refusal:
        if refusal.rule != PENDING:
            raise
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.missing_user import without_user
        without_user(work, refusal)
        return
    if uses_home(desired):
        _require_home(work.owner, desired)
        work.desired = desired = with_home(desired, work.owner)
    # The same rule as on the controller, now that the home is known.
    work.problems.extend(Refused(rule, desired.dest, message) for rule, message in path_faults(desired.dest))
    if work.problems:
        return
    parent, base = os.path.split(desired.dest.rstrip('/'))
    with closing(walk(parent)) as place:
        _require_safe(work.owner, place, parent)
        answer = run_as(work.owner, observe_from, place.fd, place.rest, base)
        work.seen, work.file_system = seen_set(answer['set']), answer['file_system']
        _read_public_parts(work, work.owner, place, base)
    work.plan = plan_set(desired, work.seen, work.ids)
    if desired.state != ABSENT and work.seen.kind not in (NOTHING, LINK, FOLDER):
        raise Refused('dest-occupied', desired.dest, 'It is neither a folder nor a link.')
    if work.plan.action == GO_BACK and set_before(work.seen) is None:
        raise Refused('previous-missing', desired.dest, 'There is no set before the current one.')
    if desired.state == ABSENT and work.seen.kind == FOLDER:
        work.warnings.append('%s is a folder made by hand; it was left.' % desired.dest)


def _read_public_parts(work: Work, owner: Owner, place: Place, base: str) -> None:
    """Read what the controller describes: public files that are not the wanted ones, and of the set to go back to."""
    differing = [name for name in PUBLIC if name in work.seen.files and work.seen.files[name].sha256 != work.desired.files.get(name)]
    before = [] if work.desired.files else [name for name in PUBLIC if name in work.seen.before]
    if differing or before:
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.public_part import public_blocks_from
        wanted = ((base, differing), (set_name(base, set_before(work.seen) or 0), before))
        work.public, work.public_before = run_as(owner, public_blocks_from, place.fd, place.rest, wanted)


def _require_home(owner: Owner, desired: DesiredSet) -> None:
    if not owner.home.startswith('/') or owner.home.strip('/') == '':
        raise Refused('user-without-home', owner.name, 'The user has no home directory.')
    # A file system may hide from root what it shows to the owner.
    if desired.state != ABSENT and not os.path.isdir(owner.home) and not run_as(owner, os.path.isdir, owner.home):
        raise Refused('user-without-home', owner.name, 'Its home directory %s does not exist.' % owner.home)


def _require_safe(owner: Owner, place: Place, parent: str) -> None:
    if owner.uid == 0 and os.geteuid() == 0 and not place.for_root:
        raise Refused('folder-unsafe', parent, 'This folder, or one above it, can be changed by others than root.')


def _observe_exports(work: Work) -> None:
    for export in work.desired.exports:
        try:
            seen, ids = observe_export(export)
            action = plan_export(work.desired.state, export, seen, ids)
            if work.desired.state == PREVIOUS:
                from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.way_back import exports_follow
                action = action if exports_follow(work.desired, work.seen, work.plan) else KEEP
            if export.format and seen.file.kind != NOTHING and not seen.ours:
                action = _spare(work, export)
            work.exports.append((export, seen, action))
        except Refused as refusal:
            work.problems.append(about(refusal, export.path))
        except OSError as error:
            work.problems.append(refused_by_system(error, export.path))


def _spare(work: Work, export: Export) -> str:
    """A file that somebody else wrote stays, whatever is asked for."""
    if work.desired.state != ABSENT:
        raise Refused('format-foreign', export.path, 'There is a file that this collection did not write.')
    work.warnings.append('%s was not written by this collection; it was left.' % export.path)
    return KEEP


def _apply(works: List[Work], sent: Dict[str, bytes]) -> None:
    """Do what the plans say. The writing code is loaded only here: a host that complies never compiles it."""
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import writing
    for work in works:
        if work.changes:
            try:
                writing.write(work, sent)
            except Refused as refusal:
                work.problems.append(about(refusal, work.desired.dest))
            except OSError as error:
                work.problems.append(refused_by_system(error, work.desired.dest))
