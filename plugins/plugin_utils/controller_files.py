# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller as an action plugin finds and reads them: in Ansible's search path, vaulted ones opened."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase

    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import Options


class ControllerFiles:
    """The files that one task can see. ``find`` and ``read`` raise Ansible's own errors, which name the file."""

    def __init__(self, action: ActionBase) -> None:
        self._action = action

    def find(self, name: str | None) -> str:
        """Return the absolute path of a file or folder, looked for as ansible.builtin.copy does it."""
        return str(self._action._find_needle('files', name))

    def read(self, path: str) -> bytes:
        """Return a file's content; one that is encrypted with Ansible Vault is opened in memory."""
        content, _in_clear = self._action._loader._get_file_contents(path)
        return bytes(content)

    def options(self, auth_mode: str, tree: str | None, crl: str | None, key_passphrase: str | None,
                decrypt_key: bool) -> Options:
        """Return how a bundle is to be read. A revocation list with a folder in its name is a file of the controller."""
        from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import Options
        return Options(auth_mode=auth_mode, tree=tree, crl=self.find(crl) if crl and '/' in crl else crl,
                       key_passphrase=key_passphrase, decrypt_key=decrypt_key)
