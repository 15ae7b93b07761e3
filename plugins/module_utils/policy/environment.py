# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Table 2: the client's variables, their values and defaults, and what makes a client ignore a value."""
import os
from typing import Dict, List, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL, VARIABLES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CERTIFICATE, KEY, SetFiles

# Table 2, PGSSLMODE. verify-full is named there as not supported by GaussDB(DWS).
SSLMODES = ('disable', 'allow', 'prefer', 'require', 'verify-ca')
UNSUPPORTED_SSLMODES = ('verify-full',)
DEFAULT_SSLMODE = 'prefer'                # what a client does without the variable
RECOMMENDED_SSLMODE = 'verify-ca'         # Table 1, column "Maintenance"
DATA_STUDIO_SSLMODES = ('require', 'verify-ca')    # those of them that Data Studio offers

# openGauss libpq ignores a value with one of these without a message.
IGNORED_CHARACTERS = ';`\\\'"><$&|!\n'
# Of this many bytes and more openGauss libpq ignores a value, and PostgreSQL libpq cuts it off (MAXPGPATH), without a message.
IGNORED_LENGTH = 1024
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


def is_plain_absolute(path: str) -> bool:
    """Return whether a path is absolute and has no ``..`` in it (which would mean another folder through a link)."""
    return path.startswith('/') and '..' not in path.split('/')


def ignored_characters(value: str) -> List[str]:
    """Return the characters of a value that make the client ignore it, each once, control characters included."""
    return sorted({character for character in value if character in IGNORED_CHARACTERS or character < ' '
                   or character == '\x7f'})


def is_too_long(value: str) -> bool:
    """Return whether a client ignores the value for its length (1024 bytes and more)."""
    return len(value.encode('utf-8', 'surrogateescape')) >= IGNORED_LENGTH


def path_faults(path: str) -> List[Tuple[str, str]]:
    """Return ``(rule, message)`` for everything that makes a path unfit for a variable; hosts and controller ask here."""
    faults: List[Tuple[str, str]] = []
    if not is_plain_absolute(path):
        faults.append(('path-not-absolute', '%s is not an absolute path without "..".' % quoted(path)))
    characters = ignored_characters(path)
    if characters:
        faults.append(('path-characters', '%s holds %s, so the client ignores it.' % (
            quoted(path), ' '.join(quoted(character) for character in characters))))
    if is_too_long(path):
        faults.append(('path-too-long', 'The path is %d bytes or longer, so clients ignore or cut it.' % IGNORED_LENGTH))
    return faults


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
