# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user whose folder root works in, as an attacker: what can be planted there, and what root must not be led to.

The prizes are two folders of root's: a closed one, whose contents nobody may ever see, and an open one, in which nothing
may ever change. Files in both have the names of a set's files, so that a link to a folder leads to something.
"""
from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import MANIFEST, MEMBERS
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.asking import asked

USER = 'nobody'
ENTRY = pwd.getpwnam(USER)
RENAME_EXCHANGE = 2    # renameat2(2)
AT_FDCWD = -100
_C = ctypes.CDLL(None, use_errno=True)


class Stage:
    """Folders of a test: ``home`` is the user's, ``shared`` root's and open to all, and the two prizes are root's."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix='dws_ssl_attack_'))
        self.base.chmod(0o755)
        self.home, self.shared, self.closed, self.open = (self.base / name for name in ('home', 'shared', 'closed', 'open'))
        for folder in (self.home, self.shared, self.closed, self.open):
            folder.mkdir()
        os.chown(self.home, ENTRY.pw_uid, ENTRY.pw_gid)
        self.closed.chmod(0o700)
        self.secret = secrets.token_hex(32)
        for folder, mode, text in ((self.closed, 0o600, self.secret), (self.open, 0o644, 'known to all')):
            for name in (*MEMBERS, MANIFEST, 'exports.sh'):
                path = folder / name
                path.write_text(f'# {name} PGSSLMODE {text}\n')
                path.chmod(mode)
        self._before = self._prizes()

    @property
    def inodes(self) -> set[int]:
        """The inodes of the closed files, for hard links to them."""
        return {path.stat().st_ino for path in self.closed.iterdir()}

    def _prizes(self) -> dict[str, tuple[object, ...]]:
        """Link counts and change times are left out: an attacker's hard link changes them, without any help."""
        found = {}
        for top in (self.closed, self.open):
            for path in [top, *top.rglob('*')]:
                seen = path.lstat()
                found[str(path)] = (seen.st_mode, seen.st_uid, seen.st_gid, seen.st_ino, seen.st_mtime_ns,
                                    path.read_bytes() if path.is_file() else sorted(os.listdir(path)))
        return found

    def losses(self, answers: object) -> list[str]:
        """Return what the attacker has won: what changed in the prizes, and what of the secret is known outside of them."""
        after = self._prizes()
        lost = [path for path in {*self._before, *after} if self._before.get(path) != after.get(path)]
        told = json.dumps(answers, default=str)
        hidden = [self.secret, *(base64.b64encode(path.read_bytes()).decode() for path in self.closed.iterdir())]
        hidden += [hashlib.sha256(path.read_bytes()).hexdigest() for path in self.closed.iterdir()]
        lost += [f'an answer tells {word}' for word in hidden if word in told]
        inodes = self.inodes
        for top in (self.home, self.shared):
            for path in top.rglob('*'):
                if path.is_symlink() or not path.is_file() or path.stat().st_ino in inodes:
                    continue
                if path.stat().st_size < 2 ** 20 and self.secret.encode() in path.read_bytes():
                    lost.append(f'{path} holds the secret')
        return lost

    def close(self) -> None:
        shutil.rmtree(self.base)


def contents(version: int) -> dict[str, bytes]:
    """Return a set that a host takes for one; what stands in it is the controller's business."""
    names = ('client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem')
    return {name: f'{name} of version {version}\n'.encode() for name in names}


def converge(dest: Path, files: dict[str, bytes], held: dict[str, str] | None = None, **changes: object) -> dict[str, object]:
    """Run the host's half for one set, with its contents; the answer is as the controller gets it.

    ``held`` is ``{name: identity}`` of files that are not sent because the host has them.
    """
    sent = {hashlib.sha256(content).hexdigest(): base64.b64encode(content).decode() for content in files.values()}
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    request = json.dumps([dict({'dest': str(dest), 'owner': USER, 'files': {**listed, **(held or {})}}, **changes)])
    packed = base64.b64encode(json.dumps(sent).encode()).decode()
    return json.loads(json.dumps(deploy(asked(request), packed, False)))


def exchange(one: str, other: str) -> None:
    """Let two names change places, in one step."""
    _C.renameat2(AT_FDCWD, one.encode(), AT_FDCWD, other.encode(), RENAME_EXCHANGE)


@contextmanager
def meanwhile(action: Callable[[], None], user: pwd.struct_passwd | None = ENTRY) -> Iterator[int]:
    """Let a process do something over and over, as the user (as root: None), until the block ends; yield its id."""
    child = os.fork()
    if child == 0:
        try:
            if user is not None:
                os.setgroups([])
                os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
                os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
            while True:
                try:
                    action()
                except OSError:
                    pass
        finally:
            os._exit(1)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
