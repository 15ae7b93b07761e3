# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan: the set and its exports in the order in which no variable ever names a missing file.

Loaded only where something has to be written.
"""
import os
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.apply import converge, converge_from
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import observe
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.export_files import remove_export, write_export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.lock import Held, locked
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.looking import looked_exports
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, about, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.removal import Site
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.served import decide_on_exports
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import Place, enter, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.decision import decide
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, Ids, SeenSet
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import FOLDER_MODE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import (
    KEEP, MEND, REMOVE, UNCHANGED, WRITE, Plan, exports_first)

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.decision import Work


class Overtaken(Refused):
    """Nothing was written: another run has been there since the look that the plan is from, and now the host lacks other contents."""


def write(work: 'Work', sent: Dict[str, bytes]) -> None:
    """Carry out the plan of one set: a set that gains files goes before its exports, one that only loses files after them.

    From a look under the lock to the last step, no other run works on the same set. Where that look shows what the plan was made
    from, the owner's process goes on with the plan at once. Raise Overtaken, Refused or OSError.
    """
    if not work.found_user:
        _look_again(work)     # what serves several users may have gone with the one before
        if work.found_user:
            raise Refused('host-busy', work.desired.owner, 'The user was made while this task ran.')
        _write_exports(work)
        return
    owner = find_owner(work.desired.owner, work.desired.group)
    _require_same_user(work, owner)
    present = work.desired.state != ABSENT
    parent, base = os.path.split(work.desired.dest.rstrip('/'))

    def go_on(folder: int, seen: SeenSet) -> Optional[Tuple[bool, List[str]]]:
        return converge(Site(folder, base, work.look.ids, None), work.desired, sent) if seen == work.look.seen else None

    at_once = work.plan.action not in UNCHANGED and not exports_first(work.plan)
    in_child = at_once
    try:
        with locked(owner, parent, base, present, go_on if at_once else None) as held:
            in_child = False
            if held is not None:
                _write_all(work, owner, held, sent)
                return
    except Refused as refusal:     # the owner's process may have been at it, unless it did not get the lock
        work.begun |= in_child and refusal.rule != 'host-busy'
        raise
    # A removal without a folder, and so without a lock: what is left are exports. A deployment that has begun meanwhile may have
    # counted on them, or not have written its own yet; so it is waited for, and what it made goes, too.
    _look_again(work)
    _write_exports(work)
    with locked(owner, parent, base, present) as held:
        if held is not None:
            _write_all(work, owner, held, sent)


def _require_same_user(work: 'Work', owner: Owner) -> None:
    if (work.look.ids, work.look.home) != (Ids(owner.uid, owner.gid), owner.home):
        raise Refused('host-busy', owner.name, 'The user was changed while this task ran.')


def _write_all(work: 'Work', owner: Owner, held: Held, sent: Dict[str, bytes]) -> None:
    if held.done is not None:
        work.begun = True
        _take_over(work, *held.done)
        _look_at_exports(work)
        _write_exports(work)
        return
    _look_again(work, held.seen)
    _require_same_user(work, owner)
    if any(identity not in sent for identity in work.plan.needs):
        raise Overtaken('host-busy', work.desired.dest, 'Another process changed it while this task ran.')
    if exports_first(work.plan):
        _write_exports(work)
        _write_set(work, owner, held.place, sent)
    else:
        _write_set(work, owner, held.place, sent)
        _write_exports(work)
    if work.desired.state == ABSENT:
        # Under the lock: whoever waits for it sees that the folder is another one.
        _remove_empty_folder(owner, os.path.dirname(work.desired.dest.rstrip('/')))


def _look_again(work: 'Work', seen: Optional[Dict[str, Any]] = None) -> None:
    """Take over what another run has done between the first look and the lock; ``seen`` is what the owner saw when it had the lock.

    Of several users that leave, the last one takes with it what served them all: until then others have their files there.
    """
    fresh = observe(work.desired, {}, seen)
    if fresh.problems:
        raise Refused(**fresh.problems[0])
    decide_on_exports([fresh])
    work.look, work.look_was_given, work.plan, work.exports = fresh.look, False, fresh.plan, fresh.exports


def _look_at_exports(work: 'Work') -> None:
    """Plan the exports from what is there now that the set is: a run for another user may have removed what serves both."""
    fresh = decide(work.desired, work.look._replace(exports=looked_exports(work.desired.exports, {})))
    if fresh.problems:
        raise Refused(**fresh.problems[0])
    work.exports = fresh.exports


def _write_exports(work: 'Work') -> None:
    # What serves a folder goes last: it stays as long as there are files in it.
    for place in sorted(range(len(work.exports)), key=lambda number: bool(work.exports[number][0].serves)):
        export, seen, action = work.exports[place]
        try:
            if action == WRITE:
                write_export(export)
            elif action == REMOVE and not remove_export(export):
                work.exports[place] = (export, seen, KEEP)
                continue
            if action != KEEP:
                work.written.add(export.path)
        except Refused as refusal:
            raise about(refusal, export.path) from None
        except OSError as error:
            raise refused_by_system(error, export.path) from None


def _write_set(work: 'Work', owner: Owner, place: Place, sent: Dict[str, bytes]) -> None:
    if work.plan.action in UNCHANGED:
        return
    work.begun = True
    base = os.path.basename(work.desired.dest.rstrip('/'))
    # Modes inside a set are set by the owner even where the folder around it is root's.
    if place.for_root and not place.missing and work.plan.action != MEND:
        changed, warnings = converge(Site(place.fd, base, work.look.ids, owner), work.desired, sent)
    else:
        changed, warnings = run_as(owner, converge_from, place.fd, place.rest, base, work.desired, work.look.ids, sent)
    _take_over(work, changed, warnings)


def _take_over(work: 'Work', changed: bool, warnings: List[str]) -> None:
    work.warnings.extend(warnings)
    if not changed:
        work.plan = Plan(KEEP)


def _remove_empty_folder(owner: Owner, path: str) -> None:
    """Remove the folder that held the sets where it is as this collection makes it, and nothing is left in it.

    Never the home: a fresh one can be empty.
    """
    above, name = os.path.split(path)
    with closing(walk(above)) as place:
        if place.for_root and not place.missing:
            _rmdir(place.fd, [], name, owner.uid, owner.home)
        else:
            run_as(owner, _rmdir, place.fd, place.rest, name, owner.uid, owner.home)


def _rmdir(fd: int, rest: List[str], name: str, uid: int, home: str) -> None:
    folder = enter(fd, rest)
    if folder is None:
        return
    try:
        seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if seen.st_uid == uid and stat.S_IMODE(seen.st_mode) == FOLDER_MODE and not _is_same(seen, home):
            os.rmdir(name, dir_fd=folder)
    except OSError:     # in use, gone, or not a folder
        pass
    finally:
        os.close(folder)


def _is_same(seen: os.stat_result, path: str) -> bool:
    try:
        return os.path.samestat(seen, os.stat(path))
    except FileNotFoundError:
        return False
