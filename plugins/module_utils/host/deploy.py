# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module run: look at every set, refuse what cannot be, and do what has to be done, all sets or none."""
import base64
import json
import os
from contextlib import closing
from typing import Any, Dict, List, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import (
    ids_of, observe_export, still_served, with_home)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import observe_from, seen_set
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, about, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import Place, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, FOLDER, HOME_TOKEN, LINK, NOTHING, PREVIOUS, DesiredSet, Export, SeenExport, SeenSet, desired_sets, uses_home)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import path_faults
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    GO_BACK, KEEP, PENDING, REMOVE, SWAP, UNCHANGED, WENT_BACK, Ids, Plan, identities, plan_export, plan_set, set_before)


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
                         'desired': [export.content, export.mode, export.owner]}
                        for export, seen, action in self.exports],
            'problems': [problem.as_dict() for problem in self.problems], 'warnings': self.warnings,
        }


def deploy(request: str, contents: Optional[str], check_mode: bool) -> Dict[str, Any]:
    """Return ``{changed, done, sets}`` for a request (JSON, see ``policy/desired.py``) and contents (base64 of JSON).

    ``done`` is false where contents are needed that were not sent, where something was refused, and in check mode.
    """
    works = [observe(desired) for desired in desired_sets(json.loads(request))]
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
        _without_user(work, refusal)
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
        answer = run_as(work.owner, observe_from, place.fd, place.rest, base, desired.files)
    work.seen, work.public, work.public_before = seen_set(answer['set']), answer['public'], answer['public_before']
    work.file_system = answer['file_system']
    work.plan = plan_set(desired, work.seen, work.ids)
    if desired.state != ABSENT and work.seen.kind not in (NOTHING, LINK, FOLDER):
        raise Refused('dest-occupied', desired.dest, 'It is neither a folder nor a link.')
    if work.plan.action == GO_BACK and set_before(work.seen) is None:
        raise Refused('previous-missing', desired.dest, 'There is no set before the current one.')
    if desired.state == ABSENT and work.seen.kind == FOLDER:
        work.warnings.append('%s is a folder made by hand; it was left.' % desired.dest)


def _without_user(work: Work, refusal: Refused) -> None:
    """A user that is not there: an error, or nothing to do, or (removal) only root's files to remove."""
    if work.desired.state == ABSENT:
        work.warnings.append('%s: %s Only exports in folders of root are removed.' % (refusal.subject, refusal.detail))
        work.desired = work.desired._replace(exports=tuple(
            export._replace(owner='root') for export in work.desired.exports
            if HOME_TOKEN not in export.path and _lies_with_root(export.path)))
        return
    if work.desired.skip_missing_user:
        work.warnings.append('%s: %s It was skipped.' % (refusal.subject, refusal.detail))
        work.desired = work.desired._replace(exports=())
        return
    work.plan = Plan(SWAP, needs=tuple(work.desired.files.values()))
    raise refusal


def _lies_with_root(path: str) -> bool:
    with closing(walk(os.path.dirname(path))) as place:
        return place.for_root


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
            seen = observe_export(export)
            action = plan_export(work.desired.state, export, seen, ids_of(export))
            if work.desired.state == PREVIOUS and not _follows(work):
                action = KEEP
            if export.format and seen.file.kind != NOTHING and not seen.ours:
                action = _spare(work, export)
            work.exports.append((export, seen, action))
        except Refused as refusal:
            work.problems.append(about(refusal, export.path))
        except OSError as error:
            work.problems.append(refused_by_system(error, export.path))


def _follows(work: Work) -> bool:
    """Return whether exports follow a set of the user that is, or was, gone back to; else they are another task's business."""
    current = generation(identities(work.seen.files))
    return work.plan.action == GO_BACK or bool(current and work.desired.back_to == current)


def _spare(work: Work, export: Export) -> str:
    """A file that somebody else wrote stays, whatever is asked for."""
    if work.desired.state != ABSENT:
        raise Refused('format-foreign', export.path, 'There is a file that this collection did not write.')
    work.warnings.append('%s was not written by this collection; it was left.' % export.path)
    return KEEP


def decide_on_exports(works: List[Work]) -> None:
    """A file that serves a folder stays as long as the folder holds files of others than these works, which are leaving now."""
    leaving = frozenset(export.path for work in works for export, _seen, action in work.exports
                        if action == REMOVE and not export.serves)
    for work in works:
        work.exports = [(export, seen, KEEP if action == REMOVE and still_served(export, leaving) else action)
                        for export, seen, action in work.exports]


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
