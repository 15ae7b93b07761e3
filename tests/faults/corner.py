# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's corner of a host: a home, root's folder of exports beside it, and what a client would find there."""
from __future__ import annotations

import base64
import hashlib
import json
import os
import pwd
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any, Mapping

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import MEMBERS, set_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.tests.faults.tracing import Step, run

OWNER = 'nobody'
IDS = pwd.getpwnam(OWNER)
LOADER = 'loader\n'

Contents = Mapping[str, bytes]


def some_set(word: str, *more: str) -> dict[str, bytes]:
    """Return a set whose files say which set they are of; ``more`` are names beside certificate, key and CA."""
    return {name: f'{name} of {word}\n'.encode() for name in ('client.crt', 'client.key', 'cacert.pem', *more)}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def generation_of(contents: Contents) -> str:
    return generation({name: digest(content) for name, content in contents.items()})


class Corner:
    """``home`` is the user's, ``profile`` is root's; with ``roots`` the sets lie in a folder that is root's alone."""

    def __init__(self, base: Path, roots: bool = False) -> None:
        self.base = base
        self.home = base / 'home'
        self.profile = base / 'profile.d'
        self.dest = (base / 'srv/sslcert') if roots else (self.home / 'dws_ssl/sslcert')
        for folder in (self.home, self.profile, *((self.dest.parent,) if roots else ())):
            folder.mkdir()
            folder.chmod(0o755)
        os.chown(self.home, IDS.pw_uid, IDS.pw_gid)

    def exports(self, contents: Contents | None) -> list[dict[str, Any]]:
        """Return the exports for a set: the user's file and the loader in root's folder, and one in the home."""
        text = ''
        if contents is not None:
            files = set_files(dict.fromkeys(contents, ''))
            mode = 'bidirectional' if 'client.key' in contents else 'unidirectional'
            text = ''.join(f"export {name}='{value}'\n" for name, value in
                           environment(str(self.dest), mode, 'verify-ca', files).items())
        return [
            {'path': f'{self.profile}/dws_ssl/{OWNER}.sh', 'content': text, 'mode': 0o600, 'owner': OWNER},
            {'path': f'{self.profile}/dws_ssl.sh', 'content': LOADER, 'mode': 0o644, 'owner': 'root', 'serves': f'{self.profile}/dws_ssl'},
            {'path': f'{self.home}/.dws_ssl.sh', 'content': text, 'mode': 0o600, 'owner': OWNER}]

    def step(self, contents: Contents, **changes: Any) -> Step:
        """Return the step that deploys a set."""
        files = {name: digest(content) for name, content in contents.items()}
        one = dict({'dest': str(self.dest), 'owner': OWNER, 'files': files, 'exports': self.exports(contents)}, **changes)
        sent = {digest(content): base64.b64encode(content).decode() for content in contents.values()}
        return Step(json.dumps([one]), base64.b64encode(json.dumps(sent).encode()).decode())

    def removal(self) -> Step:
        return self.step({}, state='absent', exports=self.exports(None))

    def way_back(self, current: Contents, before: Contents) -> Step:
        return self.step({}, state='previous', replaces=generation_of(current), back_to=generation_of(before),
                         exports=self.exports(before))

    def by_hand(self, contents: Contents) -> None:
        """Lay a set where a person would have put it."""
        self.dest.mkdir(parents=True)
        for name, content in contents.items():
            (self.dest / name).write_bytes(content)
            (self.dest / name).chmod(0o600)
        for path in [self.dest.parent, self.dest, *self.dest.iterdir()]:
            if path != self.base / 'srv':
                os.chown(path, IDS.pw_uid, IDS.pw_gid)
        self.dest.parent.chmod(0o755)

    # ---- what is there

    def contents(self) -> dict[str, bytes] | None:
        """Return what a client finds at ``dest``; None where there is nothing."""
        if not self.dest.exists():
            return None
        return {path.name: path.read_bytes() for path in self.dest.iterdir() if path.name in MEMBERS}

    def named(self) -> dict[str, list[str]]:
        """Return, for each file of exports that is there, the names in ``dest`` that it names."""
        files = [Path(export['path']) for export in self.exports(None) if not export.get('serves')]
        return {str(path): re.findall(re.escape(f'{self.dest}/') + r"([^']+)'", path.read_text()) for path in files if path.exists()}

    def tree(self) -> dict[str, tuple[Any, ...]]:
        """Return everything below the base, as values to compare; sets are numbered from the oldest on."""
        found = self.everything()
        numbers = sorted({int(number) for name in found for number in re.findall(r'/\.sslcert\.(\d+)(?=$|/)', name)})

        def renumbered(value: Any) -> Any:
            if not isinstance(value, str):
                return value
            return re.sub(r'\.sslcert\.(\d+)', lambda seen: f'.sslcert.{numbers.index(int(seen.group(1))) + 1}', value)

        return {renumbered(name): tuple(renumbered(value) for value in values) for name, values in found.items()}

    def everything(self) -> dict[str, tuple[Any, ...]]:
        """Return, for each path below the base: mode, owner, group, and content or target."""
        found = {path: path.lstat() for path in sorted(self.base.rglob('*'))}
        return {str(path.relative_to(self.base)): (oct(seen.st_mode), seen.st_uid, seen.st_gid, self._content(path, seen))
                for path, seen in found.items()}

    @staticmethod
    def _content(path: Path, seen: os.stat_result) -> str | bytes | None:
        if stat.S_ISLNK(seen.st_mode):
            return os.readlink(path)
        return path.read_bytes() if stat.S_ISREG(seen.st_mode) else None

    def exposed(self) -> list[str]:
        """Return files of the set, finished or not, that somebody else than the owner and root could read."""
        return [str(path) for path in self.base.rglob('*')
                if path.name in MEMBERS and not path.is_symlink() and path.lstat().st_mode & 0o077]

    def usable(self) -> bool:
        """Return whether the user can read every file of the set, by the path that the variables name."""
        names = [str(self.dest / name) for name in self.contents() or {}]
        return subprocess.run(['cat', *names], stdout=subprocess.DEVNULL, check=False, user=IDS.pw_uid, group=IDS.pw_gid,
                              extra_groups=[]).returncode == 0

    # ---- the same corner again and again

    def save(self) -> Path:
        """Keep a copy of everything, for ``restore``."""
        saved = self.base.with_name(f'{self.base.name}_saved')
        subprocess.run(['cp', '-a', str(self.base), str(saved)], check=True)
        return saved

    def restore(self, saved: Path) -> None:
        for path in self.base.iterdir():
            shutil.rmtree(path)
        subprocess.run(['cp', '-a', f'{saved}/.', str(self.base)], check=True)


def do(step: Step, **options: Any) -> dict[str, Any]:
    """Run a step that has to succeed; return the answer."""
    answer = run(step, **options)
    assert answer['done'] and not any(seen['problems'] for seen in answer['sets']), answer
    return answer
