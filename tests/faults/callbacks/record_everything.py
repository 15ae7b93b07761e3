# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes everything that Ansible hands to a callback into the file that RECORD_EVERYTHING names."""
from __future__ import annotations

import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
name: record_everything
type: notification
short_description: Records every event for tests
description: Records results, and the arguments and fields of tasks, as some callbacks of others do.
'''


class CallbackModule(CallbackBase):
    """As callbacks that feed a log server do it, without leaving anything out."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'notification'
    CALLBACK_NAME = 'record_everything'
    CALLBACK_NEEDS_ENABLED = True

    def v2_on_any(self, *args: Any, **kwargs: Any) -> None:
        with open(os.environ['RECORD_EVERYTHING'], 'a', encoding='utf-8', errors='surrogateescape') as file:
            for thing in (*args, *kwargs.values()):
                for name in ('_result', '_task_fields', 'args', 'vars'):
                    if hasattr(thing, name):
                        file.write(f'{type(thing).__name__}.{name}: {getattr(thing, name)!r}\n')
