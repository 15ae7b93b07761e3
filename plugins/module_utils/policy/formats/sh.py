# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell scripts for sh and its kin: bash, dash, ksh, zsh as login shells."""
import shlex
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, loader, own_file, refuse_unprintable, users_file, users_folder)

NAME = 'sh'


def files(places: Places) -> List[Dict[str, Any]]:
    """The user's file, and the loader that all users share."""
    if not places.profile_dir:
        return []
    folder = users_folder(places)
    return [own_file(users_file(places, 'sh'), NAME), loader(folder + '.sh', NAME, folder)]


def entries(client: Client) -> Dict[str, str]:
    """The variables."""
    return dict(client.environment, **client.pointers)


def quote(value: str) -> str:
    """Return one word of the shell's language (POSIX, section 2.2.2)."""
    refuse_unprintable(NAME, value)
    return shlex.quote(value)


FORMAT = Format(
    NAME, 'login shells: bash, dash, ksh, zsh', '/etc/profile.d/dws_ssl/<user>.sh', 'loader /etc/profile.d/dws_ssl.sh',
    'exports.sh.j2', files, entries, quote, of_user=True, loader='loader.sh.j2', home_in_place=True)
