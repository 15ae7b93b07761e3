# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment file: NAME=value lines for systemd units, containers and wrappers of cron jobs."""
import re
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, beside, own_file, refuse_unprintable, unfit)

NAME = 'environment'

# systemd, sh and the --env-file of podman and docker read these in the same way, without quotation marks.
_PLAIN = re.compile(r'[A-Za-z0-9_@%+=:,./-]*')


def files(places: Places) -> List[Dict[str, Any]]:
    """One file beside each set."""
    return [own_file(beside(places, '.env'), NAME)]


def entries(client: Client) -> Dict[str, str]:
    """The variables."""
    return dict(client.environment, **client.pointers)


def quote(value: str) -> str:
    """Return a value for systemd and for sh alike (systemd.exec(5), EnvironmentFile=).

    They differ in how a quotation mark or a backslash is escaped, so there is no way to carry one.
    """
    refuse_unprintable(NAME, value)
    if _PLAIN.fullmatch(value):
        return value
    if "'" in value or '\\' in value:
        raise unfit(NAME, value, 'systemd and sh read quotation marks and backslashes differently')
    return "'%s'" % value


FORMAT = Format(
    NAME, 'systemd units, containers, wrappers of cron jobs', '<directory>.env', 'EnvironmentFile=, --env-file, or set -a and a dot',
    'environment.j2', files, entries, quote)
