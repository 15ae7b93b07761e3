# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host made of real folders: one that is root's alone (or the user's own, without root), and one of another user."""
from __future__ import annotations

import base64
import hashlib
import json
import os
import pwd
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Unfit
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import decided, with_report, write_request
from ansible_collections.gaussdb.dws_ssl.tests.unit.host.asking import asked_after, looked

OTHER_USER = 'nobody'


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Host:
    """One user's corner of a host: ``folder`` is the parent of ``dest``."""

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        self.owner = owner
        self.dest = folder / 'sslcert'

    def request(self, contents: dict[str, bytes], **changes: object) -> str:
        files = {name: digest(content) for name, content in contents.items()}
        return json.dumps([dict({'dest': str(self.dest), 'owner': self.owner, 'files': files}, **changes)])

    def ask(self, contents: dict[str, bytes], check_mode: bool = False, **changes: object) -> dict:
        """Run without contents."""
        return self._run(self.request(contents, **changes), None, check_mode)

    def send(self, contents: dict[str, bytes], **changes: object) -> dict:
        """Run with all contents."""
        sent = {digest(content): base64.b64encode(content).decode() for content in contents.values()}
        return self._run(self.request(contents, **changes), base64.b64encode(json.dumps(sent).encode()).decode(), False)

    @staticmethod
    def _run(request: str, sent: str | None, check_mode: bool) -> dict:
        """Look first, as a task does: what the controller decides has to be what the host would, in check mode."""
        if '"state": "absent"' in request:
            return plain(deploy(request, sent, check_mode))
        looks = looked(request)
        seen = plain(decided(request, looks))
        try:
            planned = plain(deploy(write_request(request, [one['home'] for one in seen['sets']]), None, True))
        except Unfit:     # a format cannot carry the home
            return seen
        assert (seen['sets'], seen['changed']) == (planned['sets'], planned['changed'])
        assert not (seen['done'] and (planned['changed'] or any(one['problems'] for one in planned['sets'])))
        return with_report(plain(deploy(asked_after(request, looks), sent, check_mode)), seen)

    def names(self) -> list[str]:
        return sorted(os.listdir(self.folder))

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.dest.iterdir()}


def plain(answer: dict) -> dict:
    """Return the answer as the action gets it, through JSON."""
    return json.loads(json.dumps(answer))


@pytest.fixture(autouse=True)
def children_end_by_themselves(monkeypatch):
    """Let a child that has answered write down what coverage has seen in it, before the parent ends it."""
    kill = os.kill

    def kill_later(pid, number):
        deadline = time.monotonic() + 2
        while number == signal.SIGKILL and time.monotonic() < deadline:
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                break
            time.sleep(0.001)
        kill(pid, number)
    monkeypatch.setattr(os, 'kill', kill_later)


USERS = ['root', OTHER_USER] if os.geteuid() == 0 else ['self']
# For what cannot happen to root, who may read everything and works in folders of its own alone.
of_a_user = pytest.mark.parametrize('host', USERS[-1:], indirect=True)


@pytest.fixture(params=USERS)
def host(request):
    """As root: a folder that is root's alone, and a folder of an unprivileged user. Otherwise the tester's own."""
    owner = pwd.getpwuid(os.geteuid()).pw_name if request.param == 'self' else request.param
    base = Path(tempfile.mkdtemp(prefix='dws_ssl_host_'))
    os.chmod(base, 0o755)
    folder = base / 'folder'
    folder.mkdir(mode=0o755)
    entry = pwd.getpwnam(owner)
    if os.geteuid() == 0:
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    yield Host(folder, owner)
    shutil.rmtree(base)
