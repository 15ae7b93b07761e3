# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local connection that is lost after as many commands as LOST_AFTER says; the host's commands are counted in folder LOST_COUNT."""
from __future__ import annotations

DOCUMENTATION = r'''
name: lost
short_description: A local connection that is lost
description: For tests.
author: the gaussdb.dws_ssl contributors
extends_documentation_fragment:
  - connection_pipelining
'''

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as LocalConnection


class Connection(LocalConnection):
    """Connects to this machine, for a while."""

    transport = 'lost'

    def exec_command(self, *arguments: Any, **options: Any) -> tuple[int, bytes, bytes]:
        count = Path(os.environ['LOST_COUNT']) / str(self._play_context.remote_addr)
        with count.open('a+') as file:
            file.write('.')
        if count.stat().st_size > int(os.environ['LOST_AFTER']):
            raise AnsibleConnectionFailure('the host was lost')
        return super().exec_command(*arguments, **options)
