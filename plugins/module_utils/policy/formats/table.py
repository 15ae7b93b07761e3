# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All formats by name. A new one is a file beside this one, a template of role dws_client, a line here and a name in ``names.py``."""
from collections import OrderedDict
from typing import Any, List

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import (
    csh, environment, fish, jdbc, odbc, pkcs12, service, sh)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DATA_STUDIO

FORMATS = OrderedDict((one.NAME, one.FORMAT) for one in (sh, csh, fish, environment, service, odbc, jdbc, pkcs12))
CHOICES = tuple(FORMATS) + (DATA_STUDIO,)


def unknown(names: List[Any]) -> List[str]:
    """Return what is wrong with a list of names of formats, a sentence each."""
    return ['dws_client_formats: %s is no format. Known: %s.' % (name, ', '.join(CHOICES)) for name in names if name not in CHOICES]
