# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is asked for, and what it was seen to have: the plain values that the plan is made from."""
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

PRESENT = 'present'
ABSENT = 'absent'
PREVIOUS = 'previous'
STATES = (PRESENT, ABSENT, PREVIOUS)

# The tokens of a path. The user is known to the controller, the home only to the host (getpwnam).
USER_TOKEN = '{user}'
HOME_TOKEN = '{home}'

# Kinds of things at a path.
FILE, FOLDER, LINK, OTHER, NOTHING = 'file', 'folder', 'link', 'other', 'nothing'


class Export(NamedTuple):
    """A file kept in step with a set. ``serves`` names a folder: with state absent the file goes only after its files.

    ``format`` names the format of a file in a folder of the user's: values in it may wait for the home to be quoted, and a file
    that this collection did not write is never replaced or removed.
    """
    path: str
    content: str
    mode: int
    owner: str
    group: Optional[str] = None
    serves: Optional[str] = None
    format: Optional[str] = None


class DesiredSet(NamedTuple):
    """One set of files for one user. ``files`` is ``{name: SHA-256 of the content}``."""
    dest: str
    owner: str
    group: Optional[str] = None
    state: str = PRESENT
    files: Dict[str, str] = {}
    exports: Tuple[Export, ...] = ()
    keep: int = 1
    skip_missing_user: bool = False
    replaces: Optional[str] = None      # with state previous: the generation to go back from
    back_to: Optional[str] = None       # and the one to be at then, once the controller has seen which one that is


class SeenFile(NamedTuple):
    """One file as it lies on the host. ``sha256`` is None where the owner cannot read it, or it is not a regular file."""
    kind: str
    mode: int = 0
    uid: int = -1
    gid: int = -1
    sha256: Optional[str] = None


class SeenSet(NamedTuple):
    """What lies at ``dest``.

    ``kind`` is what ``dest`` itself is; ``current`` the number of the set it points to (None for a hand-made directory or a
    link to somewhere else); ``numbers`` all sets beside it; ``before`` the files of the set before the current one, ``after``
    those of the set above it, from which was gone back. Of the sets not in use, ``foreign`` are those in which nothing of ours
    is left, ``opened`` others into which more than their owner may look. ``interrupted`` is the number that ``dest`` was about to
    point to when a take-over ended between its two renames.
    """
    kind: str = NOTHING
    current: Optional[int] = None
    numbers: Tuple[int, ...] = ()
    folder: Optional[SeenFile] = None
    files: Dict[str, SeenFile] = {}
    leftovers: Tuple[str, ...] = ()
    before: Dict[str, SeenFile] = {}
    after: Dict[str, SeenFile] = {}
    foreign: Tuple[int, ...] = ()
    opened: Tuple[int, ...] = ()
    interrupted: Optional[int] = None


class SeenExport(NamedTuple):
    """One exports file as it lies on the host; ``lines`` are its PGSSL lines alone, for the diff.

    ``unfinished`` says that a run that was cut short left the beginning of a new one beside it; ``ours`` says whether this
    collection wrote it.
    """
    path: str
    file: SeenFile
    lines: Tuple[str, ...] = ()
    unfinished: bool = False
    ours: bool = True


def desired_sets(request: List[Dict[str, Any]]) -> List[DesiredSet]:
    """Return the sets of a request as the action sends it: a list of dicts with the fields of ``DesiredSet``."""
    return [DesiredSet(**dict(one, exports=tuple(Export(**export) for export in one.get('exports', ())))) for one in request]


def seen_files(files: Mapping[str, Sequence[Any]]) -> Dict[str, SeenFile]:
    """Return the files that JSON turned into lists."""
    return {name: SeenFile(*fields) for name, fields in files.items()}


def resolve_home(one: DesiredSet, home: str) -> DesiredSet:
    """Return the set with ``{home}`` replaced in ``dest`` and in ``path`` and ``content`` of its exports.

    Raise ValueError with the name of the format where one cannot carry this home.
    """
    return one._replace(
        dest=one.dest.replace(HOME_TOKEN, home),
        exports=tuple(export._replace(path=export.path.replace(HOME_TOKEN, home),
                                      content=_content_with_home(export, home),
                                      serves=export.serves and export.serves.replace(HOME_TOKEN, home))
                      for export in one.exports))


def uses_home(one: DesiredSet) -> bool:
    """Return whether any path or content of the set depends on the user's home."""
    return HOME_TOKEN in one.dest or any(HOME_TOKEN in export.path + export.content for export in one.exports)


def _content_with_home(export: Export, home: str) -> str:
    content = export.content
    if export.format:     # loaded only then: most hosts have no such file
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import with_home
        from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
        content = with_home(FORMATS[export.format], content, home)
    return content.replace(HOME_TOKEN, home)
