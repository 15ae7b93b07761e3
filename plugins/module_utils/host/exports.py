# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The exports files as they lie on the host, in root's folder or in the user's. Nothing here writes."""
import os
import re
from contextlib import closing
from typing import List, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import kind_of, observe_file
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import enter, require_roots_own, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import NOTHING, Export, Ids, SeenExport, SeenFile

# What a diff may show of a file that somebody may have written other things into.
SHOWN_LINE = re.compile(r'PGSSL[A-Z]+|^ *(ssl(mode|cert|key|rootcert|crl)|Sslmode) *=')
# What such a line may set besides, a password say.
OTHER_VALUE = re.compile(r'''\b(?!PGSSL)([A-Z][A-Z0-9_]*)=("[^"]*"|'[^']*'|[^\s;]+)''')
# What a file of ours says in its first line.
MARK = b'gaussdb.dws_ssl'


class Spot:
    """One exports file's folder and how to work in it: ``place`` as ``walk`` found it, ``owner`` of the file."""

    def __init__(self, export: Export) -> None:
        self.folder, self.name = os.path.split(export.path)
        self.owner = find_owner(export.owner, export.group)
        if os.geteuid() not in (0, self.owner.uid):
            raise Refused('become-needed', export.path, 'It belongs to %s and the task runs as another user.' % export.owner)
        self.place = walk(self.folder)
        try:
            require_roots_own(self.place, self.folder, self.owner.uid)
        except Refused:
            self.close()
            raise

    @property
    def ids(self) -> Ids:
        """The numbers that the file should have."""
        return Ids(self.owner.uid, self.owner.gid)

    def close(self) -> None:
        """Give the folder's descriptor back."""
        self.place.close()


def observe_export(export: Export) -> Tuple[SeenExport, Ids]:
    """Return what lies at the path of an exports file, and the numbers that it should have.

    Raise Refused where nobody could safely write there.
    """
    with closing(Spot(export)) as spot:
        if spot.place.missing:     # not looked for again: in /tmp somebody may make the folder by now, as a link to another
            return SeenExport(export.path, SeenFile(NOTHING)), spot.ids
        arguments = (spot.place.fd, spot.place.rest, spot.name)
        fields = _observe(*arguments) if spot.place.for_root else run_as(spot.owner, _observe, *arguments)
        return SeenExport(export.path, SeenFile(*fields[0]), tuple(fields[1]), fields[2], fields[3]), spot.ids


def unfinished_export(name: str) -> str:
    """Return the name under which an exports file is prepared. No login shell reads a hidden name."""
    return '.%s.new' % name


def _observe(fd: int, rest: List[str], name: str) -> Tuple[SeenFile, List[str], bool, bool]:
    folder = enter(fd, rest)
    if folder is None:
        return SeenFile(NOTHING), [], False, True
    try:
        state, content = observe_file(folder, name)
        unfinished = kind_of(folder, unfinished_export(name)) != NOTHING
    finally:
        os.close(folder)
    lines = content.decode('utf-8', 'replace').splitlines()
    shown = [OTHER_VALUE.sub(r'\1=...', line) for line in lines if SHOWN_LINE.search(line)]
    return state, shown, unfinished, MARK in content.split(b'\n', 1)[0]
