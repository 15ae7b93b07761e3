# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that could not be quoted before the home directory was known."""


def quoted_for_home(name: str, content: str, home: str) -> str:
    """Return the content of a file of the format of that name, its held values quoted. Raise Unfit."""
    # Loaded only then: most hosts of client_certificates_info have no such file, and what a host loads it has to compile.
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import with_home
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
    return with_home(FORMATS[name], content, home)
