# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at every set of a request: who its owner is, what lies there, what stands in the way. Nothing here writes or decides.

This is all that a host which complies is sent and has to compile; the controller plans from it. Python reads a program from a pipe byte by
byte, about 0.35 ms for 1 KB, and compiles it on every run, twice with Python 3.10 and newer (``zipimport`` does so to find out a
module's file name). Ansible sends whatever an import statement names, wherever it stands.
"""
import json
import os
from contextlib import closing
from typing import Any, Dict, List, Optional, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import observe_export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import observe_from, set_name
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, about, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import Place, require_roots_own, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, DesiredSet, Export, Ids, Look, LookedExport, SeenSet, desired_sets, resolve_home, seen_set, set_before,
    uses_home)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import PUBLIC


def look_at(request: str) -> Dict[str, Any]:
    """Return ``{sets: [fields of Look]}`` for a request (JSON, see ``policy/desired.py``). Nothing in the answer is secret."""
    known: Dict[Export, LookedExport] = {}     # one loader serves all users
    return {'sets': [look(desired, known) for desired in desired_sets(json.loads(request))]}


def look(desired: DesiredSet, known: Dict[Export, LookedExport], seen: Optional[Dict[str, Any]] = None) -> Look:
    """Return what is to be seen of one set and of its exports, or what stands in the way.

    ``known`` are exports that were looked at already; those of this set join them. ``seen`` is what ``observe_from`` answered, where
    the owner has looked at the set already.
    """
    found = Look(desired.dest)
    try:
        owner = find_owner(desired.owner, desired.group)
        found = found._replace(ids=Ids(owner.uid, owner.gid))
        if desired.home not in (None, owner.home):
            raise Refused('host-busy', owner.name, 'Its home directory was changed while this task ran.')
        if uses_home(desired):
            _require_home(owner, desired)
        desired = resolve_home(desired, owner.home.rstrip('/'))
        found = found._replace(dest=desired.dest, home=owner.home)
        if not desired.dest.startswith('/') or '\0' in desired.dest:     # a rule of the policy says so
            return found
        found = _look_at_set(found, desired, owner, seen)
    except Refused as refusal:
        return found._replace(problems=(about(refusal, desired.dest).as_dict(),))
    except OSError as error:
        return found._replace(problems=(refused_by_system(error, desired.dest).as_dict(),))
    return found._replace(exports=looked_exports(desired.exports, known))


def looked_exports(exports: Sequence[Export], known: Dict[Export, LookedExport]) -> List[LookedExport]:
    """Return what is to be seen of exports files, in their order; those that are not in ``known`` are looked at, and join it."""
    for export in exports:
        if export not in known:
            known[export] = _look_at_export(export)
    return [known[export] for export in exports]


def _look_at_export(export: Export) -> LookedExport:
    try:
        return LookedExport(*observe_export(export))
    except Refused as refusal:
        return LookedExport(problem=about(refusal, export.path).as_dict())
    except OSError as error:
        return LookedExport(problem=refused_by_system(error, export.path).as_dict())


def _look_at_set(found: Look, desired: DesiredSet, owner: Owner, answer: Optional[Dict[str, Any]]) -> Look:
    parent, base = os.path.split(desired.dest.rstrip('/'))
    with closing(walk(parent)) as place:
        require_roots_own(place, parent, owner.uid)
        if answer is None:
            answer = run_as(owner, observe_from, place.fd, place.rest, base)
        seen = seen_set(answer['set'])
        public = _public_parts(desired, seen, owner, place, base)
    return found._replace(seen=seen, file_system=answer['file_system'], public=public[0], public_before=public[1])


def _public_parts(desired: DesiredSet, seen: SeenSet, owner: Owner, place: Place, base: str) -> List[Dict[str, str]]:
    """Read what the controller describes: public files that are not the wanted ones, and of the set to go back to."""
    differing = [name for name in PUBLIC if name in seen.files and seen.files[name].sha256 != desired.files.get(name)]
    before = [] if desired.files else [name for name in PUBLIC if name in seen.before]
    if not (differing or before):
        return [{}, {}]
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.public_part import public_blocks_from
    wanted = ((base, differing), (set_name(base, set_before(seen) or 0), before))
    answer: List[Dict[str, str]] = run_as(owner, public_blocks_from, place.fd, place.rest, wanted)
    return answer


def _require_home(owner: Owner, desired: DesiredSet) -> None:
    if not owner.home.startswith('/') or owner.home.strip('/') == '':
        raise Refused('user-without-home', owner.name, 'The user has no home directory.')
    # A file system may hide from root what it shows to the owner.
    if desired.state != ABSENT and not os.path.isdir(owner.home) and not run_as(owner, os.path.isdir, owner.home):
        raise Refused('user-without-home', owner.name, 'Its home directory %s does not exist.' % owner.home)
