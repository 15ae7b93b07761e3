# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks the module that writes for, on the host that the tests are."""
from __future__ import annotations

import json
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.looking import look_at
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import decided, look_request, write_request


def asked(request: str) -> str:
    """Return a request with what a look shows now; as it is where a task does not look."""
    if all(one.get('state') == 'absent' for one in json.loads(request)):
        return request
    return asked_after(request, looked(request))


def looked(request: str) -> list[Any]:
    """Return what the module that looks answers now, as a task gets it."""
    return json.loads(json.dumps(look_at(look_request(request))))['sets']


def asked_after(request: str, looks: list[Any]) -> str:
    """Return a request as a task sends it after these looks; without them where a task would send nothing."""
    refused = any(one['problems'] for one in decided(request, looks)['sets'])
    return write_request(request, [look[1] for look in looks], () if refused else looks)
