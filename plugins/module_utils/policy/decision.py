# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is desired and one look at a host: what has to be done, or what stands in the way.

The controller decides so whether a host has to be asked again, and the host before it writes.
"""
from typing import Any, Collection, Dict, List, Optional, Sequence, Set, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, FOLDER, LINK, NOTHING, PREVIOUS, DesiredSet, Export, Ids, Look, LookedExport, Quote, SeenExport, SeenFile,
    resolve_home, seen_set, set_before)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import path_faults
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    GO_BACK, KEEP, PENDING, SWAP, UNCHANGED, WENT_BACK, Plan, identities, plan_export, plan_set)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.way_back import exports_follow


class Work:
    """One set on its way through the run: what is desired, what was seen, what will be done."""

    def __init__(self, desired: DesiredSet, look: Look) -> None:
        self.desired = desired
        self.look = look
        self.look_was_given = False     # by the controller, without what is only for a report
        self.begun = False              # whether the set was written to
        self.written: Set[str] = set()  # paths of exports that were written or removed
        self.plan = Plan(KEEP)
        self.exports: List[Tuple[Export, SeenExport, str]] = []
        self.problems: List[Dict[str, str]] = []
        self.warnings: List[str] = []

    @property
    def found_user(self) -> bool:
        """Whether the owner is a user of the host."""
        return self.look.ids != Ids()

    @property
    def changes(self) -> bool:
        """Whether anything differs from what is desired."""
        return self.plan.action not in UNCHANGED or any(action != KEEP for _export, _seen, action in self.exports)

    def refuse(self, rule: str, subject: str, detail: str) -> None:
        """Add a problem."""
        self.problems.append({'rule': rule, 'subject': subject, 'detail': detail})

    def result(self) -> Dict[str, Any]:
        """Return the set's part of an answer; nothing in it is secret."""
        look, seen = self.look, self.look.seen
        return {
            'dest': self.desired.dest, 'owner': self.desired.owner, 'found_user': self.found_user, 'look_was_given': self.look_was_given,
            'changed': self.changes, 'action': self.plan.action, 'drift': self.plan.drift, 'needs': self.plan.needs,
            'seen': {'kind': seen.kind, 'folder': seen.folder, 'files': seen.files},
            'before': seen.before, 'public_before': look.public_before, 'file_system': look.file_system,
            'uid': look.ids.uid, 'gid': look.ids.gid, 'home': look.home, 'public': look.public,
            'exports': [{'path': export.path, 'action': action, 'seen': was.file, 'lines': was.lines,
                         'desired': None if action == KEEP else [export.content, export.mode, export.owner]}
                        for export, was, action in self.exports],
            'problems': self.problems, 'warnings': self.warnings,
        }


def answer_of(works: Sequence[Work], done: bool) -> Dict[str, Any]:
    """Return what is known of all sets, as ``{changed, done, sets}``."""
    return {'changed': any(work.changes for work in works), 'done': done, 'sets': [work.result() for work in works]}


def is_ready(works: Sequence[Work], sent: Collection[str] = ()) -> bool:
    """Return whether a host can carry the plans out, with contents of the identities in ``sent``."""
    needy = any(identity not in sent for work in works for identity in work.plan.needs) or any(
        work.plan.action in (GO_BACK, WENT_BACK) and work.desired.back_to is None for work in works)
    return not needy and not any(work.problems for work in works)


def look_of(fields: Sequence[Any]) -> Look:
    """Return the value that JSON turned into lists."""
    dest, home, ids, seen, file_system, public, public_before, exports, problems = fields
    return Look(dest, home, Ids(*ids), seen_set(seen), file_system, public, public_before,
                [_looked_export(*one) for one in exports], problems)


def _looked_export(seen: Optional[List[Any]], ids: List[int], problem: Optional[Dict[str, str]]) -> LookedExport:
    if seen is None:
        return LookedExport(None, Ids(*ids), problem)
    path, file, lines, unfinished, ours = seen
    return LookedExport(SeenExport(path, SeenFile(*file), tuple(lines), unfinished, ours), Ids(*ids), problem)


def lacks_user(look: Look) -> bool:
    """Return whether there is no such user; what is wrong with one that there is, is another problem."""
    return [problem['rule'] for problem in look.problems] == [PENDING]


def decide(desired: DesiredSet, look: Look, quote: Optional[Quote] = None) -> Work:
    """Return the work on one set, with its plan, or with the problems that stand in the way; ``quote`` as in ``resolve_home``."""
    work = Work(desired, look)
    if lacks_user(look):
        _decide_without_user(work)
    else:
        _decide_on_set(work, quote)
    if not work.problems:
        _decide_on_exports(work)
    return work


def _decide_without_user(work: Work) -> None:
    """A user that is not there: an error, or nothing to do, or (removal) only root's files to remove."""
    [problem] = work.look.problems
    said = '%s: %s ' % (problem['subject'], problem['detail'])
    if work.desired.state == ABSENT:
        work.warnings.append(said + 'Only exports in folders of root are removed.')
    elif work.desired.skip_missing_user:
        work.warnings.append(said + 'It was skipped.')
        work.desired = work.desired._replace(exports=())
    else:
        work.plan = Plan(SWAP, needs=tuple(work.desired.files.values()))
        work.problems.append(problem)


def _decide_on_set(work: Work, quote: Optional[Quote]) -> None:
    look = work.look
    if look.home is None:
        work.problems.extend(look.problems)
        return
    try:
        work.desired = desired = resolve_home(work.desired, look.home.rstrip('/'), quote)
    except ValueError as error:
        work.refuse('format-value', '%s (%s)' % (work.desired.dest, work.desired.owner), str(error))
        return
    # The same rule as before the host was asked, now that the home is known.
    for rule, message in path_faults(desired.dest):
        work.refuse(rule, desired.dest, message)
    if not work.problems:
        work.problems.extend(look.problems)
    if work.problems:
        return
    work.plan = plan_set(desired, look.seen, look.ids)
    if desired.state != ABSENT and look.seen.kind not in (NOTHING, LINK, FOLDER):
        work.refuse('dest-occupied', desired.dest, 'It is neither a folder nor a link.')
    elif work.plan.action == GO_BACK and (set_before(look.seen) is None or not identities(look.seen.before)):
        work.refuse('previous-missing', desired.dest, 'There is no set before the current one.')
    elif desired.state == ABSENT and look.seen.kind == FOLDER:
        work.warnings.append('%s is a folder made by hand; it was left.' % desired.dest)


def _decide_on_exports(work: Work) -> None:
    follow = work.desired.state != PREVIOUS or exports_follow(work.desired, work.look.seen, work.plan)
    for export, (seen, ids, problem) in zip(work.desired.exports, work.look.exports):
        if problem is not None:
            work.problems.append(problem)
            continue
        if seen is None:
            raise ValueError('A host that sees nothing says why.')
        action = plan_export(work.desired.state, export, seen, ids) if follow else KEEP
        if not export.format or seen.file.kind == NOTHING or seen.ours:
            work.exports.append((export, seen, action))
        # A file that somebody else wrote stays, whatever is asked for.
        elif work.desired.state == ABSENT:
            work.warnings.append('%s was not written by this collection; it was left.' % export.path)
            work.exports.append((export, seen, KEEP))
        else:
            work.refuse('format-foreign', export.path, 'There is a file that this collection did not write.')
