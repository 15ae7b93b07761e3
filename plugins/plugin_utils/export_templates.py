# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of exports files, rendered on the controller."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from ansible.errors import AnsibleActionFail
from ansible.plugins.loader import lookup_loader

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Unfit
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.format_values import clients_of, template_of, values_of
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import environment_of, needs_contents
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.shipped_templates import shipped

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase

    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order


class _Variables(dict[str, Any]):
    """The variables of a task for lookup ``template``, which copies all of them in depth to add its own.

    The values stay the task's: templates do not change them, and with the facts of a large fleet copies cost more than all else.
    """

    def __deepcopy__(self, _memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


class ExportTemplates:
    """The exports of one task: the role's own templates for formats; a task's templates as ansible.builtin.template has them."""

    def __init__(self, action: ActionBase, task_vars: dict[str, Any]) -> None:
        self._action = action
        self._task_vars = task_vars

    def rendered(self, sets: Sequence[tuple[Order, SetFiles]]) -> list[list[dict[str, Any]]]:
        """Return the exports of each set of a task, those with a template or a format with its result as their content.

        Raise AnsibleActionFail where a format cannot carry a value.
        """
        try:
            return [[self._with_content(export, sets, place) for export in order.exports] for place, (order, _files) in enumerate(sets)]
        except Unfit as error:
            raise AnsibleActionFail(str(error)) from None

    def _with_content(self, export: dict[str, Any], sets: Sequence[tuple[Order, SetFiles]], place: int) -> dict[str, Any]:
        order, files = sets[place]
        name, template = export.get('format'), export.get('template')
        if not (name or template) or not needs_contents(order):
            return export
        values = values_of(export, clients_of(sets, order.owner), clients_of([sets[place]], order.owner)[0]) if name else {}
        if not template:
            return dict(export, content=shipped(template_of(export), dict(values, owner=order.owner)))
        return dict(export, content=self._of_task(template, dict(
            values, environment=environment_of(order, order.dest.rstrip('/'), files), export=export, owner=order.owner)))

    def _of_task(self, template: str, variables: dict[str, Any]) -> str:
        """Return a template with these variables besides those of the task."""
        lookup = lookup_loader.get('ansible.builtin.template', loader=self._action._loader, templar=self._action._templar)
        all_variables = _Variables(self._task_vars, ansible_search_path=self._action._task.get_search_path())
        return str(lookup.run([template], variables=all_variables, template_vars=variables)[0])
