# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller as an action plugin finds and reads them: in Ansible's search path, vaulted ones opened."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Sequence

from ansible.errors import AnsibleActionFail, AnsibleError

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase


class ControllerFiles:
    """The files that one task can see."""

    def __init__(self, action: ActionBase) -> None:
        self._action = action

    def find(self, name: str | None) -> str:
        """Return the absolute path of a file or folder, looked for as ansible.builtin.copy does it, and then in the working folder.

        The playbooks of a collection lie in the collection: whoever runs one of them names files as a shell does.
        Raise AnsibleActionFail, with the places that were searched, where there is none.
        """
        try:
            return str(self._action._find_needle('files', name))
        except AnsibleError as error:
            if name and os.path.exists(name):
                return os.path.abspath(name)
            searched = [line.strip() for line in str(error).splitlines() if line.startswith('\t')]
            searched.append(os.path.abspath(name or ''))
            places = '\n'.join(f'- {place.removesuffix(" on the Ansible Controller.")}' for place in searched)
            raise AnsibleActionFail(f'{name} was not found on the controller. These places were searched:\n{places}') from None

    def read(self, path: str) -> bytes:
        """Return a file's content; one that is encrypted with Ansible Vault is opened in memory."""
        content, _in_clear = self._action._loader._get_file_contents(path)
        return bytes(content)

    def options(self, auth_mode: str, tree: str | None, crl: str | None, key_passphrase: str | None,
                decrypt_key: bool, key_forms: Sequence[str] = ()) -> Options:
        """Return how a bundle is to be read. A revocation list with a folder in its name is a file of the controller."""
        return Options(auth_mode=auth_mode, tree=tree, crl=self.find(crl) if crl and '/' in crl else crl,
                       key_passphrase=key_passphrase, decrypt_key=decrypt_key, key_forms=tuple(key_forms))
