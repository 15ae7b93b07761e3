# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Table 2: the client's variables, their values and defaults."""
import os
from typing import Dict, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL, VARIABLES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CERTIFICATE, KEY, SetFiles
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import DEFAULT_SSLMODE, RECOMMENDED_SSLMODE

# PostgreSQL libpq reads a PGSSLKEY with this in it as the name of an OpenSSL engine and of a key there.
ENGINE_SEPARATOR = ':'


class Variable(NamedTuple):
    """One row of Table 2."""
    name: str
    is_path: bool
    default: Optional[str]


TABLE_2 = (
    Variable('PGSSLCERT', True, None),
    Variable('PGSSLKEY', True, None),
    Variable('PGSSLMODE', False, DEFAULT_SSLMODE),
    Variable('PGSSLROOTCERT', True, None),
    Variable('PGSSLCRL', True, None),
)
# cacert.pem and no list.
USUAL_FILES = SetFiles()

ORDER = tuple(variable.name for variable in TABLE_2)
PATHS = tuple(variable.name for variable in TABLE_2 if variable.is_path)


def environment(directory: str, auth_mode: str = BIDIRECTIONAL, sslmode: str = RECOMMENDED_SSLMODE,
                files: SetFiles = USUAL_FILES) -> Dict[str, str]:
    """Return the variables of Tables 1 and 2 for a set in ``directory``, in the order of Table 2.

    Nothing is checked here: ``policy/rules/environment.py`` judges the result.
    """
    wanted = VARIABLES[auth_mode] + (('PGSSLCRL',) if files.crl else ())
    values = {
        'PGSSLCERT': os.path.join(directory, CERTIFICATE),
        'PGSSLKEY': os.path.join(directory, KEY),
        'PGSSLMODE': sslmode,
        'PGSSLROOTCERT': os.path.join(directory, files.ca),
        'PGSSLCRL': os.path.join(directory, files.crl or ''),
    }
    return {name: values[name] for name in ORDER if name in wanted}


def path_values(variables: Dict[str, str]) -> Tuple[Tuple[str, str], ...]:
    """Return ``(name, path)`` for the variables that hold a path."""
    return tuple((name, variables[name]) for name in PATHS if name in variables)
