# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host is asked for, and what it was seen to have: the plain values that the plan is made from."""
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

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
    home: Optional[str] = None          # the home that the values in exports were quoted for, once the controller has seen it


class Ids(NamedTuple):
    """Numbers of the user and of the group that the files should have; -1 where there is no such user."""
    uid: int = -1
    gid: int = -1


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


class LookedExport(NamedTuple):
    """What was seen of one exports file and the numbers that it should have; or the problem, as ``{rule, subject, detail}``."""
    seen: Optional[SeenExport] = None
    ids: Ids = Ids()
    problem: Optional[Dict[str, str]] = None


class Look(NamedTuple):
    """What a host answers about one set; ``policy/decision.py`` plans from it.

    ``dest`` is with the home in it; ``home`` is None where there is no user, or none with the home that is needed. ``public`` and
    ``public_before`` are ``{name: base64 of PEM}`` of public files that are not the wanted ones, and of the set before where it is to be
    gone back to. Where there are ``problems``, as ``{rule, subject, detail}``, nothing was seen of exports.
    """
    dest: str
    home: Optional[str] = None
    ids: Ids = Ids()
    seen: SeenSet = SeenSet()
    file_system: str = ''
    public: Dict[str, str] = {}
    public_before: Dict[str, str] = {}
    exports: Sequence[LookedExport] = ()
    problems: Sequence[Dict[str, str]] = ()


def set_before(seen: SeenSet) -> Optional[int]:
    """Return the number of the set before the current one."""
    return max((number for number in seen.numbers if number < (seen.current or 0)), default=None)


def desired_sets(request: List[Dict[str, Any]]) -> List[DesiredSet]:
    """Return the sets of a request as the action sends it: a list of dicts with the fields of ``DesiredSet``."""
    return [DesiredSet(**dict(one, exports=tuple(Export(**export) for export in one.get('exports', ())))) for one in request]


def seen_files(files: Mapping[str, Sequence[Any]]) -> Dict[str, SeenFile]:
    """Return the files that JSON turned into lists."""
    return {name: SeenFile(*fields) for name, fields in files.items()}


def seen_set(fields: List[Any]) -> SeenSet:
    """Return the value that JSON turned into lists."""
    kind, current, numbers, folder, files, leftovers, before, after, foreign, opened, interrupted = fields
    return SeenSet(kind, current, tuple(numbers), SeenFile(*folder) if folder else None, seen_files(files), tuple(leftovers),
                   seen_files(before), seen_files(after), tuple(foreign), tuple(opened), interrupted)


# ``(name of a format, content, home)`` to the content with the values quoted that the format could not quote without the home.
# Raises ValueError with the name of the format where it cannot carry this home.
Quote = Callable[[str, str, str], str]


def resolve_home(one: DesiredSet, home: str, quote: Optional[Quote] = None) -> DesiredSet:
    """Return the set with ``{home}`` replaced in ``dest`` and in ``path`` and ``content`` of its exports.

    ``quote`` is left out where no content waits for it. Raise what it raises.
    """
    return one._replace(
        dest=one.dest.replace(HOME_TOKEN, home),
        exports=tuple(export._replace(path=export.path.replace(HOME_TOKEN, home),
                                      content=_content_with_home(export, home, quote),
                                      serves=export.serves and export.serves.replace(HOME_TOKEN, home))
                      for export in one.exports))


def uses_home(one: DesiredSet) -> bool:
    """Return whether any path or content of the set depends on the user's home."""
    return HOME_TOKEN in one.dest or any(HOME_TOKEN in export.path + export.content for export in one.exports)


def _content_with_home(export: Export, home: str, quote: Optional[Quote]) -> str:
    content = quote(export.format, export.content, home) if quote and export.format else export.content
    return content.replace(HOME_TOKEN, home)
