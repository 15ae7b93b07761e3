# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of exports files, rendered on the controller."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Sequence

from ansible.errors import AnsibleActionFail
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import template as _loaded_once_for_all_hosts  # noqa: F401

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Unfit
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.format_values import clients_of, values_of
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import environment_of, needs_contents

if TYPE_CHECKING:
    from ansible.plugins.action import ActionBase

    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import SetFiles
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order

# Where the templates of the formats are, for tasks outside of the role.
SHIPPED = os.path.join(os.path.dirname(__file__), '..', '..', 'roles', 'dws_client', 'templates')


class _Variables(dict[str, Any]):
    """The variables of a task for lookup ``template``, which copies all of them in depth to add its own.

    The values stay the task's: templates do not change them, and with the facts of a large fleet copies cost more than all else.
    """

    def __deepcopy__(self, _memo: dict[int, Any]) -> dict[str, Any]:
        return dict(self)


class ExportTemplates:
    """Templates as one task sees them: found and rendered as ansible.builtin.template does it."""

    def __init__(self, action: ActionBase, task_vars: dict[str, Any]) -> None:
        self._action = action
        search = [*action._task.get_search_path(), os.path.abspath(os.path.join(SHIPPED, '..'))]
        self._variables = _Variables(task_vars, ansible_search_path=search)

    def rendered(self, sets: Sequence[tuple[Order, SetFiles]]) -> list[list[dict[str, Any]]]:
        """Return the exports of each set of a task, those with a template with its result as their content.

        Raise AnsibleActionFail where a format cannot carry a value.
        """
        try:
            return [[self._with_content(export, sets, place) for export in order.exports] for place, (order, _files) in enumerate(sets)]
        except Unfit as error:
            raise AnsibleActionFail(str(error)) from None

    def _with_content(self, export: dict[str, Any], sets: Sequence[tuple[Order, SetFiles]], place: int) -> dict[str, Any]:
        order, files = sets[place]
        name = export.get('format')
        template = export.get('template') or (FORMATS[name].template if name else None)
        if not template or not needs_contents(order):
            return export
        values = values_of(export, clients_of(sets, order.owner), clients_of([sets[place]], order.owner)[0]) if name else {}
        return dict(export, content=self.text(template, dict(
            values, environment=environment_of(order, order.dest.rstrip('/'), files), export=export, owner=order.owner)))

    def text(self, template: str, variables: dict[str, Any]) -> str:
        """Return a template with these variables besides those of the task."""
        lookup = lookup_loader.get('ansible.builtin.template', loader=self._action._loader, templar=self._action._templar)
        rendered = lookup.run([template], variables=self._variables, template_vars=variables)
        return str(rendered[0])
