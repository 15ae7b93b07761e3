# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of modules says of where they run and what they need there.

Of two fragments that speak of one attribute the first one counts: these stand before ansible.builtin.action_common_attributes.
"""
from __future__ import annotations


class ModuleDocFragment:
    """Ansible's list of fragments in this file."""

    CONTROLLER = r'''
attributes:
  platform:
    platforms: posix
    support: full
    details:
      - Runs on the controller alone; no host is contacted.
'''

    HOST = r'''
attributes:
  platform:
    platforms: posix
    support: full
    details:
      - Linux, with Python 3.6 or newer. Nothing else is needed on the host; the controller needs C(cryptography).
requirements:
  - On the controller, the Python package C(cryptography).
'''
