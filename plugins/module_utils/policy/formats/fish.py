# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell scripts for fish."""
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, loader, own_file, refuse_unprintable, users_file, users_folder)

NAME = 'fish'


def files(places: Places) -> List[Dict[str, Any]]:
    """The user's file, and the loader that every fish reads, login shell or not."""
    if not places.profile_dir or not places.fish_dir:
        return []
    folder = users_folder(places)
    return [own_file(users_file(places, 'fish'), NAME),
            loader(places.fish_dir.rstrip('/') + '/dws_ssl.fish', NAME, folder)]


def entries(client: Client) -> Dict[str, str]:
    """The variables."""
    return dict(client.environment, **client.pointers)


def quote(value: str) -> str:
    """Return one word of fish: between single quotation marks only these two characters mean something (fish-language, Quotes)."""
    refuse_unprintable(NAME, value)
    return "'%s'" % value.replace('\\', '\\\\').replace("'", "\\'")


FORMAT = Format(
    NAME, 'fish', '/etc/profile.d/dws_ssl/<user>.fish', 'loader /etc/fish/conf.d/dws_ssl.fish', 'exports.fish.j2', files, entries,
    quote, of_user=True, loader='loader.fish.j2', home_in_place=True)
