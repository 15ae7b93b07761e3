# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set as it lies on a host, changed as by a mistake, and what the policy says of it there."""
from __future__ import annotations

import json
import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.inspection import inspect
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed, DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import SeenFile, seen_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.deployed import judge_deployed
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import judge_rotation
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import OTHER
from cryptography.hazmat.primitives import serialization

IS_ROOT = os.geteuid() == 0
STRANGER = 'daemon'    # a user who is neither root nor the owner of the files


class Place(NamedTuple):
    """Where a set lies and how a client is started. ``exports`` are judged beside it; ``wanted`` as in ``Deployed``."""
    dest: Path
    variables: dict[str, str]
    folder: Path
    user: str
    auth_mode: str = 'bidirectional'
    exports: tuple[DeployedExport, ...] = ()
    wanted: dict[str, str] | None = None
    judged: tuple[Finding, ...] = ()      # what the policy says of the change besides


Change = Callable[[Place], Place]


def judge(place: Place) -> list[Finding]:
    """Return the findings about the set on the host, looked at as the module does."""
    answer = inspect(json.dumps([{'dest': str(place.dest), 'owner': place.user}]))
    seen = json.loads(json.dumps(answer))['sets'][0]
    return [*place.judged, *judge_deployed(Deployed(
        seen['dest'], place.auth_mode, seen['uid'], seen['kind'], SeenFile(*seen['folder']) if seen['folder'] else None,
        seen_files(seen['files']), seen['key_encrypted'], seen['key_fits'], place.wanted, place.exports))]


def mode(name: str, bits: int, owner: str = '', group: str = '') -> Change:
    """Give a file (``.`` for the folder) another mode and, with ``owner``, another owner and group."""
    def change(place: Place) -> Place:
        for path in _with_copy(place.dest / name):
            path.chmod(bits)
            if owner:
                shutil.chown(path, owner, group or pwd.getpwnam(owner).pw_gid)
        return place
    return change


def _with_copy(path: Path) -> list[Path]:
    """Return the path and, of the key, that of its form for JDBC."""
    return [one for one in (path, path.with_name(path.name + '.pk8')) if one.exists()]


def removed(*names: str) -> Change:
    """Remove files; without names the whole set."""
    def change(place: Place) -> Place:
        for name in names:
            for path in _with_copy(place.dest / name):
                path.unlink()
        if not names:
            shutil.rmtree(place.dest)
        return place
    return change


def linked(name: str) -> Change:
    """Put a link in the place of a file."""
    def change(place: Place) -> Place:
        path = place.dest / name
        path.rename(place.folder / name)
        path.symlink_to(place.folder / name)
        return place
    return change


def moved(below: str) -> Change:
    """Move the set to a folder below, and point the variables there."""
    def change(place: Place) -> Place:
        dest = place.folder / below / 'sslcert'
        dest.parent.mkdir(parents=True)
        place.dest.rename(dest)
        return at(place, str(dest))._replace(dest=dest)
    return change


def long_path(length: int) -> Change:
    """Move the set so far down that PGSSLROOTCERT has so many bytes."""
    def change(place: Place) -> Place:
        left = length - len(str(place.folder)) - len('//sslcert/cacert.pem')
        names = ['d' * 199] * ((left - 1) // 200)
        return moved('/'.join([*names, 'd' * (left - 200 * len(names))]))(place)
    return change


def at(place: Place, directory: str) -> Place:
    """Return the place with variables that name its files by another directory."""
    return place._replace(variables={
        name: os.path.join(directory, os.path.basename(value)) if value.startswith('/') else value
        for name, value in place.variables.items()})


def relative(place: Place) -> Place:
    """Name the files by relative paths, and start the client elsewhere."""
    return at(place, 'sslcert')._replace(folder=Path('/'))


def through_a_link(place: Place) -> Place:
    """Name the files by a path that leads over a link and back up, to where the link leads."""
    (place.folder / 'far' / 'away').mkdir(parents=True)
    (place.folder / 'link').symlink_to('far/away')
    return at(place, f'{place.folder}/link/../sslcert')


def as_root(change: Change) -> Change:
    """Let the set belong to root, who is also the client, and the folder around it: root looks nowhere that somebody else leads."""
    def changed(place: Place) -> Place:
        for path in (place.folder, place.dest, *place.dest.iterdir()):
            shutil.chown(path, 'root', 'root')
        return change(place._replace(user='root'))
    return changed


def half_replaced(place: Place) -> Place:
    """Leave the set as a client sees it that opens the certificate before a rotation and the key after it."""
    another = bundles.key('prime256v1', 'of the next set')
    (place.dest / 'client.key').write_bytes(bundles.plain_pem(another))
    (place.dest / 'client.key.pk8').write_bytes(another.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return place._replace(judged=tuple(judge_rotation(place.variables['PGSSLMODE'], True, ())))


def other_ca(place: Place) -> Place:
    """Leave the CA file of another cluster on the host."""
    (place.dest / 'cacert.pem').write_bytes(OTHER.pem)
    return place._replace(wanted={'cacert.pem': 'the digest of the right one'})


def exported(found: str, variables: dict[str, str] | None = None, bits: int = 0o600, uid: int = 1, serves: str | None = None,
             agrees: bool = True) -> Change:
    """Let exports lie on the host as said, with the variables that then reach a login shell: none, or the ones given."""
    def change(place: Place) -> Place:
        export = DeployedExport('/etc/profile.d/dws_ssl/user.sh', 1, 0o600, SeenFile(found, bits, uid), serves, agrees)
        return place._replace(exports=(export,), variables=place.variables if variables is None else variables)
    return change
