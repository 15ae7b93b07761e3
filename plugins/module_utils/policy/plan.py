# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired against observed: the one place that decides whether something changes, and what the host needs for it."""
import hashlib
from typing import Collection, Dict, List, NamedTuple, Optional, Set, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    ABSENT, FILE, FOLDER, LINK, NOTHING, PREVIOUS, DesiredSet, Export, Ids, SeenExport, SeenFile, SeenSet)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import FILE_MODE, FOLDER_MODE, MADE, MEMBERS

# What is done to a set.
KEEP = 'keep'       # it is as it should be
MEND = 'mend'       # only modes or groups differ: they are set in place
SWAP = 'swap'       # a whole new set is written and takes the place of the current one
TIDY = 'tidy'       # the set is as it should be, and what earlier runs left beside it is removed
REMOVE = 'remove'
GO_BACK = 'go back'   # dest points to the set before the current one again
WENT_BACK = 'went back'     # it does so already: only the exports may have to follow
UNCHANGED = (KEEP, WENT_BACK)

# What is done to an exports file.
WRITE = 'write'

# The rule about what cannot be done now and may be possible later in the same play (a user that another task makes): check mode says
# "changed" where only this is in the way.
PENDING = 'user-missing'


class Drift(NamedTuple):
    """One difference. ``what`` is one of kind, content, mode, owner, group, extra."""
    name: str
    what: str


class Plan(NamedTuple):
    """What has to happen to one set. ``needs`` are the SHA-256 digests of contents that the host does not hold."""
    action: str
    drift: Tuple[Drift, ...] = ()
    needs: Tuple[str, ...] = ()
    loses_files: bool = False


def plan_set(desired: DesiredSet, seen: SeenSet, ids: Ids) -> Plan:
    """Return what has to happen at ``dest``."""
    if desired.state == ABSENT:
        ours = seen.current is not None or seen.leftovers or set(seen.numbers) - set(seen.foreign)
        return Plan(REMOVE, loses_files=True) if ours else Plan(KEEP)
    if desired.state == PREVIOUS:
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.way_back import plan_way_back
        return plan_way_back(desired, seen)
    drift = tuple(_set_drift(seen) + files_drift(desired.files, seen.files, ids))
    if not drift:
        return Plan(TIDY if seen.leftovers or seen.opened or too_old(seen, desired.keep) else KEEP)
    if all(one.what in ('mode', 'group') for one in drift):
        return Plan(MEND, drift)
    here = {one.sha256 for one in seen.files.values() if one.kind == FILE and one.uid == ids.uid}
    return Plan(SWAP, drift, _needs(desired.files, here), loses(seen.files, desired.files))


def identities(files: Dict[str, SeenFile]) -> Dict[str, str]:
    """Return ``{name: identity}`` of the members of a set as it was seen; '' for one that could not be read."""
    return {name: state.sha256 or '' for name, state in files.items() if name in MEMBERS}


def too_old(seen: SeenSet, keep: int) -> Tuple[int, ...]:
    """Return the numbers of sets that are older than those to be kept, which is at least one, and still hold files of ours."""
    older = sorted((number for number in seen.numbers if number < (seen.current or 0)), reverse=True)
    return tuple(number for number in older[max(keep, 1):] if number not in seen.foreign)


def _needs(files: Dict[str, str], here: Set[Optional[str]]) -> Tuple[str, ...]:
    """Return the identities that the host lacks. Files that are made together (a key and its passphrase files) go together."""
    lacking = [identity for identity in files.values() if identity not in here]
    if any(identity.startswith(MADE) for identity in lacking):
        lacking = [identity for identity in files.values() if identity not in here or identity.startswith(MADE)]
    return tuple(lacking)


def _set_drift(seen: SeenSet) -> List[Drift]:
    """Return how the folder itself differs: it has to be a link to a set of ours, and that set closed to others."""
    if seen.kind != LINK or seen.current is None or seen.folder is None or seen.folder.kind != FOLDER:
        return [Drift('', 'kind')]
    return [Drift('', 'mode')] if seen.folder.mode != FOLDER_MODE else []


def files_drift(desired: Dict[str, str], seen: Dict[str, SeenFile], ids: Ids) -> List[Drift]:
    """Return how the files differ. Files that were never ours are nobody's business."""
    drift = [Drift(name, 'extra') for name in seen if name in MEMBERS and name not in desired]
    for name, digest in desired.items():
        drift.extend(Drift(name, what) for what in file_drift(seen.get(name), digest, FILE_MODE, ids))
    return drift


def file_drift(seen: Optional[SeenFile], sha256: str, mode: int, ids: Ids) -> List[str]:
    """Return how one file differs from what it should be: any of kind, content, owner, mode, group."""
    if seen is None or seen.kind != FILE:
        return ['kind']
    checks = (('content', seen.sha256 == sha256), ('owner', seen.uid == ids.uid), ('mode', seen.mode == mode),
              ('group', seen.gid == ids.gid))
    return [what for what, same in checks if not same]


def plan_export(state: str, desired: Export, seen: SeenExport, ids: Ids) -> str:
    """Return WRITE, REMOVE or KEEP for one exports file. Whether a served folder is empty is for the host to see."""
    if state == ABSENT:
        return KEEP if seen.file.kind == NOTHING and not seen.unfinished else REMOVE
    if seen.unfinished:
        return WRITE
    return WRITE if file_drift(seen.file, sha256_of(desired.content), desired.mode, ids) else KEEP


def loses(files: Collection[str], wanted: Collection[str]) -> bool:
    """Return whether a set loses files and gains none. Where it gains some, its exports would name them before they are there."""
    return any(name in MEMBERS and name not in wanted for name in files) and all(name in files for name in wanted)


def exports_first(plan: Plan) -> bool:
    """Return whether the exports go before the set: where it loses files alone, so that no export names a missing file."""
    return plan.loses_files


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode('utf-8')).hexdigest()
