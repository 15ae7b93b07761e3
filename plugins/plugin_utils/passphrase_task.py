# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A passphrase that a task was given: taken out of the task's arguments, which callback plugins may record."""
from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

# What Ansible itself shows in place of an argument with no_log.
MASK = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'


class PassphraseTask(ActionBase):
    """An action whose task may be given a passphrase.

    Ansible hands the arguments of a task to its callbacks when the task is done, whether they have no_log or not.
    """

    PASSPHRASE = 'key_passphrase'     # the name of the argument

    _passphrase: str | None = None

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Keep the passphrase as ``_passphrase``, with a mask in its place, whatever else is wrong with the task.

        A task that is tried again (``until``) has the same action, which has kept it.
        """
        given = self._task.args.get(self.PASSPHRASE)
        if given is not None and given != MASK:
            self._passphrase = str(given)
            self._task.args[self.PASSPHRASE] = MASK
        result: dict[str, Any] = super().run(tmp, task_vars)
        return result
