# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell scripts for csh and tcsh."""
from typing import Any, Dict, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import (
    Client, Format, Places, loader, own_file, refuse_unprintable, users_file, users_folder)

NAME = 'csh'


def files(places: Places) -> List[Dict[str, Any]]:
    """The user's file, and a loader wherever a distribution looks: /etc/profile.d (EL, SLES), /etc/csh/login.d (Debian)."""
    if not places.profile_dir:
        return []
    folder = users_folder(places)
    return [own_file(users_file(places, 'csh'), NAME)] + [
        loader(place.rstrip('/') + '/dws_ssl.csh', NAME, folder) for place in places.csh_dirs or (places.profile_dir,)]


def entries(client: Client) -> Dict[str, str]:
    """The variables."""
    return dict(client.environment, **client.pointers)


def quote(value: str) -> str:
    """Return one word of csh. Its history substitution works inside quotation marks, too (tcsh(1), History substitution)."""
    refuse_unprintable(NAME, value)
    return "'%s'" % value.replace("'", "'\\''").replace('!', '\\!')


FORMAT = Format(
    NAME, 'login shells: csh, tcsh', '/etc/profile.d/dws_ssl/<user>.csh',
    'loaders /etc/profile.d/dws_ssl.csh and /etc/csh/login.d/dws_ssl.csh', 'exports.csh.j2', files, entries, quote, of_user=True,
    loader='loader.csh.j2', home_in_place=True)
