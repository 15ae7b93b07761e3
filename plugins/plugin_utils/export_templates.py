# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of exports files, rendered on the controller."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.plugins.loader import lookup_loader

from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import environment_of

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase

    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order


class ExportTemplates:
    """Templates as one task sees them: found and rendered as ansible.builtin.template does it."""

    def __init__(self, action: ActionBase, task_vars: dict[str, Any]) -> None:
        self._action = action
        self._variables = dict(task_vars, ansible_search_path=action._task.get_search_path())

    def rendered(self, order: Order, files: SetFiles) -> list[dict[str, Any]]:
        """Return the exports of a set, those with a template with its result as their content."""
        variables = environment_of(order, order.dest.rstrip('/'), files)
        return [dict(export, content=self._render(order, export, variables)) if export.get('template') else export
                for export in order.exports]

    def _render(self, order: Order, export: dict[str, Any], environment: dict[str, str]) -> str:
        lookup = lookup_loader.get('ansible.builtin.template', loader=self._action._loader, templar=self._action._templar)
        rendered = lookup.run([export['template']], variables=self._variables, template_vars={
            'environment': environment, 'export': export, 'owner': order.owner})
        return str(rendered[0])
