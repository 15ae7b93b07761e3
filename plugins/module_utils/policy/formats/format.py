# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a format is: one kind of file that a family of clients reads, made from the same variables as all the others.

Each format stands in a file of its own beside this one, with a template of the same name in role dws_client; ``table.py`` lists them.
"""
import json
import re
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import HOME_TOKEN, USER_TOKEN
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted

# What a section's name, an option and a file name can all carry.
CLUSTER_NAME = re.compile(r'^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\Z')

# Around a value that waits for the home directory, which the host knows. No value holds these two characters.
_HELD = re.compile('\x02([^\x03]*)\x03')


class Client(NamedTuple):
    """One set as the formats see it. ``pointers`` are variables that name files of other formats, ``PGSERVICEFILE`` say."""
    cluster: str
    dest: str
    environment: Dict[str, str]                # Tables 1 and 2
    endpoint: Optional[Tuple[str, int]] = None
    odbc_driver: str = ''
    pointers: Dict[str, str] = {}


class Places(NamedTuple):
    """Where files of formats go: root's folders that shells read, '' or () for none, and what lies beside the set."""
    dest: str
    profile_dir: str = ''
    csh_dirs: Tuple[str, ...] = ()
    fish_dir: str = ''


class Format(NamedTuple):
    """One format.

    ``files(places)`` returns entries of the option ``exports``; ``entries(client)`` what such a file says, as ``{name: value}``;
    ``quote(value)`` a value as the syntax wants it, or Unfit where it has no way to carry it.
    """
    name: str
    clients: str                               # who reads it, for the docs
    file: str                                  # where it lies, for the docs
    found: str                                 # how a client comes to read it, for the docs
    template: str
    files: Callable[[Places], List[Dict[str, Any]]]
    entries: Callable[[Client], Dict[str, str]]
    quote: Callable[[str], str]
    of_user: bool = False                      # one file for all sets of a user, else one for each set
    variable: Optional[str] = None             # that clients find the file by
    loader: Optional[str] = None               # template of the file that loads those of a folder, where shells need one
    key_form: Optional[str] = None             # a further form of the key that has to be in the set
    home_in_place: bool = False                # quoting is the same whatever the home is: its path is judged as dest is
    libpq: bool = False                        # read by clients that cannot open an encrypted key


class Unfit(ValueError):
    """A value that a format has no way to carry. The text names format, value and remedy."""


def unfit(name: str, value: str, reason: str, remedy: str = 'Choose another directory.') -> Unfit:
    """Return the error for a value of the format of that name."""
    return Unfit('Format %s cannot carry %s: %s. %s' % (name, quoted(value), reason, remedy))


def refuse_unprintable(name: str, value: str) -> None:
    """Raise Unfit for control characters and lone surrogates, which no path that clients accept holds."""
    if any(character < ' ' or character == '\x7f' or '\ud800' <= character <= '\udfff' for character in value):
        raise unfit(name, value, 'it holds a control character, or one that is no text')


def literal(name: str, value: str, longest: int) -> str:
    """Return a value of a syntax that takes everything up to the end of the line, of at most ``longest`` bytes of UTF-8."""
    refuse_unprintable(name, value)
    if value != value.strip():
        raise unfit(name, value, 'spaces at the start or the end of a value are not kept')
    if len(value.encode('utf-8')) > longest:
        raise unfit(name, value, 'readers cut it off after %d bytes' % longest, 'Choose a shorter directory.')
    return value


def keywords(environment: Dict[str, str]) -> Dict[str, str]:
    """Return the variables by the keywords of libpq's connection strings: ``PGSSLMODE`` is ``sslmode``."""
    return {name[2:].lower(): value for name, value in environment.items()}


def own_file(path: str, one: str) -> Dict[str, Any]:
    """Return the exports entry of a file for the user alone."""
    return {'path': path, 'format': one, 'mode': '0600'}


def loader(path: str, one: str, folder: str) -> Dict[str, Any]:
    """Return the exports entry of root's loader of the files in ``folder``. Which file a shell may run: SECURITY.md."""
    return {'path': path, 'format': one, 'mode': '0644', 'owner': 'root', 'group': 'root', 'serves': folder}


def users_folder(places: Places) -> str:
    """Return root's folder of the files that loaders pick from."""
    return places.profile_dir.rstrip('/') + '/dws_ssl'


def users_file(places: Places, suffix: str) -> str:
    """Return the path of the user's own file in that folder."""
    return '%s/%s.%s' % (users_folder(places), USER_TOKEN, suffix)


def beside(places: Places, suffix: str) -> str:
    """Return the path of a file beside the set, and named after it: as much the user's own as the set."""
    return places.dest.rstrip('/') + suffix


def held(one: Format, value: str) -> str:
    """Return the value quoted, or held back until the home directory is known where quoting depends on it. Raise Unfit."""
    if HOME_TOKEN not in value or one.home_in_place:
        return one.quote(value)
    return '\x02%s\x03' % json.dumps(value)


def with_home(one: Format, content: str, home: str) -> str:
    """Return a content whose held values are quoted, now that the home directory is known. Raise Unfit."""
    return _HELD.sub(lambda found: one.quote(json.loads(found.group(1)).replace(HOME_TOKEN, home)), content)
