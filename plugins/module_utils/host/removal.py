# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing: what the collection made, and nothing else."""
import errno
import os
from typing import Any, Callable, Iterable, List, NamedTuple, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import observe_set, set_name
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import Ids, SeenSet, seen_set
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import FOLDER_MODE, MANIFEST, MEMBERS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.plan import too_old


class Site(NamedTuple):
    """Where a set is worked on: the open parent folder, the name in it, and whose files they are.

    ``owner`` is there where root works for the owner, and None where the owner works.
    """
    parent: int
    base: str
    ids: Ids
    owner: Optional[Owner]

    def as_owner(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what the function returns to the owner of the set, as JSON gives it back where root works for the owner."""
        return function(*arguments) if self.owner is None else run_as(self.owner, function, *arguments)

    def observed(self) -> SeenSet:
        """Return what lies at ``dest``, and beside it. Into a set of the owner's only the owner looks."""
        return seen_set(self.as_owner(observe_set, self.parent, self.base))


def tidy(site: Site, seen: SeenSet) -> List[str]:
    """Remove what a run that was cut short has left, and close what it left open; return the warnings.

    Under the unfinished name lies a folder or a link of ours; under a set's name, other than a folder, a link.
    """
    for number in seen.opened:
        close_to_others(site.parent, set_name(site.base, number))
    return [warning for name in seen.leftovers for warning in remove_entry(site, name)]


def close_to_others(parent: int, name: str) -> None:
    """Give a folder made by hand the mode of a set. Nobody is pointed to it any more, and it can hold a key with any mode."""
    try:
        folder = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
        try:
            os.fchmod(folder, FOLDER_MODE)
        finally:
            os.close(folder)
    except PermissionError:     # somebody else's folder: what lies there is theirs to close
        pass


def prune(site: Site, keep: int) -> List[str]:
    """Remove sets that are too old; return the warnings."""
    return remove_sets(site, too_old(site.observed(), keep))


def remove_sets(site: Site, numbers: Iterable[int]) -> List[str]:
    """Remove the sets of these numbers; return the warnings."""
    return [warning for number in numbers for warning in remove_entry(site, set_name(site.base, number))]


def remove_all(site: Site, seen: SeenSet) -> List[str]:
    """Remove the link, and then the sets. A folder made by hand at ``dest`` is not ours."""
    if seen.current is not None:
        os.unlink(site.base, dir_fd=site.parent)
        os.fsync(site.parent)
    return tidy(site, seen) + remove_sets(site, seen.numbers)


def remove_entry(site: Site, name: str) -> List[str]:
    """Remove a set or a link to one: the files that are ours, then the folder, unless somebody keeps something else in it."""
    try:
        folder = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=site.parent)
    except FileNotFoundError:
        return []
    except PermissionError as error:
        return ['%s could not be opened: %s.' % (name, error.strerror)]
    except OSError:     # not a folder: a link, or whatever somebody put under a name of ours
        return _removed(name, lambda: os.unlink(name, dir_fd=site.parent))
    try:
        for member in MEMBERS + (MANIFEST,):
            try:
                os.unlink(member, dir_fd=folder)
            except (FileNotFoundError, IsADirectoryError):
                continue
    except OSError as error:
        return ['%s could not be emptied: %s.' % (name, error.strerror)]
    finally:
        os.close(folder)
    return _removed(name, lambda: os.rmdir(name, dir_fd=site.parent))


def _removed(name: str, remove: Callable[[], None]) -> List[str]:
    try:
        remove()
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return ['%s holds files that the collection did not put there; they were left.' % name]
        return ['%s could not be removed: %s.' % (name, error.strerror)]
    return []
