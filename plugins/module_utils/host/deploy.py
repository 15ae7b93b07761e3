# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module run: plan every set, from a look at it, and do what has to be done, all sets or none."""
import base64
import json
from typing import Any, Dict, List, Optional, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.looking import look, looked_exports
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.missing_user import with_roots_exports
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, about, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.served import decide_on_exports
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.decision import (
    Work, answer_of, decide, is_ready, lacks_user, look_of)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, DesiredSet, Export, LookedExport, desired_sets)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import GO_BACK, KEEP, SWAP, Plan


def deploy(request: str, contents: Optional[str], check_mode: bool) -> Dict[str, Any]:
    """Return ``{changed, done, sets}`` for a request (JSON, see ``policy/desired.py``) and contents (base64 of JSON).

    ``done`` is false where contents are needed that were not sent, where something was refused, and in check mode. A set of the
    request can have a ``look``: the fields of ``Look`` that the host has answered a moment ago. It is planned from, and not looked at
    before there is a lock.
    """
    asked = json.loads(request)
    looks = [one.pop('look', None) for one in asked]
    wanted = desired_sets(asked)
    works = _works(wanted, looks)
    sent = _sent(contents)
    ready = not check_mode and is_ready(works, sent)
    changing = [work for work in works if work.changes]
    if ready and changing:
        _refuse_foreign_files(changing)
        ready = not any(work.problems for work in changing)
        if ready and not _apply(changing, sent):
            works, ready = _works(wanted, [None] * len(wanted)), False
    return answer_of(works, ready)


def _refuse_foreign_files(works: Sequence[Work]) -> None:
    """See before anything is written whether somebody has put a file of their own in the place of a format's since the look."""
    known: Dict[Export, LookedExport] = {}
    for work in works:
        if work.look_was_given and any(export.format for export in work.desired.exports):
            work.problems += decide(work.desired, work.look._replace(exports=looked_exports(work.desired.exports, known))).problems


def _works(wanted: Sequence[DesiredSet], looks: Sequence[Optional[List[Any]]]) -> List[Work]:
    known: Dict[Export, LookedExport] = {}
    works = []
    for desired, fields in zip(wanted, looks):
        work = decide(desired, look_of(fields)) if fields else observe(desired, known)
        work.look_was_given = bool(fields)
        works.append(work)
    decide_on_exports(works)
    return works


def observe(desired: DesiredSet, known: Dict[Export, LookedExport], seen: Optional[Dict[str, Any]] = None) -> Work:
    """Return the work on one set, with its plan, or with the problems that stand in the way; ``known`` and ``seen`` as in ``look``."""
    found = look(desired, known, seen)
    if desired.state == ABSENT and lacks_user(found):
        try:
            desired = with_roots_exports(desired)
            found = found._replace(exports=looked_exports(desired.exports, known))
        except OSError as error:
            found = found._replace(problems=(refused_by_system(error, desired.dest).as_dict(),))
    return decide(desired, found)


def _sent(contents: Optional[str]) -> Dict[str, bytes]:
    """Return ``{SHA-256: content}``."""
    if not contents:
        return {}
    listed = json.loads(base64.b64decode(contents).decode('ascii'))
    return {digest: base64.b64decode(content) for digest, content in listed.items()}


def _apply(works: Sequence[Work], sent: Dict[str, bytes]) -> bool:
    """Do what the plans say. Return False where nothing was done, since the first set lacks other contents by now."""
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host import writing     # not compiled where nothing changes
    for number, work in enumerate(works):
        try:
            writing.write(work, sent)
        except Refused as refusal:
            if isinstance(refusal, writing.Overtaken) and number == 0:
                return False
            _stop(work, about(refusal, work.desired.dest))
        except OSError as error:
            _stop(work, refused_by_system(error, work.desired.dest))
    return True


def _stop(work: Work, refusal: Refused) -> None:
    """End the work on a set. What was not written by then counts as unchanged; what cannot be seen any more, as it was planned."""
    if not work.begun or _is_as_before(work):
        work.plan = Plan(KEEP)
    work.exports = [(export, was, action if export.path in work.written else KEEP) for export, was, action in work.exports]
    work.problems.append(refusal.as_dict())


def _is_as_before(work: Work) -> bool:
    try:
        now = observe(work.desired, {})
    except Exception:     # the answers of the other sets matter more
        return False
    # A set that has still to be replaced was not: what was cleared away beside it is no change that anybody would look for.
    still_to_be_replaced = work.plan.action in (SWAP, GO_BACK) and now.plan.action == work.plan.action
    return not now.look.problems and (now.look.seen == work.look.seen or still_to_be_replaced)
