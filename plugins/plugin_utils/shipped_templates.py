# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The templates of role dws_client, read once a run.

They see the values that they are given and no variable of a task, so they need nothing of Ansible. The action plugins import this file
before Ansible starts a process for each host: what is compiled here is compiled for all hosts. Lookup ``template`` would
compile each of them again for every host, which costs a host that complies more than all else on the controller.
"""
from __future__ import annotations

import os
from typing import Any, Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = os.path.join(os.path.dirname(__file__), '..', '..', 'roles', 'dws_client', 'templates')

# White space as ansible.builtin.template has it; a name that is missing is an error and not an empty text.
_ENVIRONMENT = Environment(loader=FileSystemLoader(FOLDER), trim_blocks=True, keep_trailing_newline=True, auto_reload=False,
                           undefined=StrictUndefined)
_TEMPLATES = {name: _ENVIRONMENT.get_template(name) for name in _ENVIRONMENT.list_templates(extensions=['j2'])}


def shipped(name: str, values: Mapping[str, Any]) -> str:
    """Return a template of the role with these values. Raise KeyError for one that is not there."""
    return _TEMPLATES[name].render(values)
