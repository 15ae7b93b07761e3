# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say what a set is, for the argument specs of the modules that deploy it and of those that look at it."""
from typing import Any, Dict, Mapping

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import AUTH_MODES, BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import KEY_FORMS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.names import DEFAULT_CLUSTER, DEFAULT_DRIVER, FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.sslmode import RECOMMENDED_SSLMODE

Options = Mapping[str, Dict[str, Any]]

EXPORT_OPTIONS: Options = {
    'path': {'type': 'str', 'required': True},
    'content': {'type': 'str'},
    'template': {'type': 'str'},
    'mode': {'type': 'str', 'default': '0600'},
    'owner': {'type': 'str'},
    'group': {'type': 'str'},
    'serves': {'type': 'str'},
    'format': {'type': 'str', 'choices': list(FORMATS)},
}

SET_OPTIONS: Options = {
    'src': {'type': 'path'},
    'tree': {'type': 'str'},
    'auth_mode': {'type': 'str', 'choices': list(AUTH_MODES), 'default': BIDIRECTIONAL},
    'sslmode': {'type': 'str', 'default': RECOMMENDED_SSLMODE},
    'crl': {'type': 'str'},
    'key_revision': {'type': 'str', 'default': '', 'no_log': False},
    'decrypt_key': {'type': 'bool', 'default': False, 'no_log': False},
    'dest': {'type': 'str'},
    'owner': {'type': 'str'},
    'group': {'type': 'str'},
    'exports': {'type': 'list', 'elements': 'dict', 'default': [], 'options': EXPORT_OPTIONS},
    'expiry_warning_days': {'type': 'int', 'default': 90},
    'waive': {'type': 'list', 'elements': 'str', 'default': []},
    'missing_user': {'type': 'str', 'choices': ['fail', 'skip'], 'default': 'fail'},
    'cluster': {'type': 'str', 'default': DEFAULT_CLUSTER},
    'endpoint': {'type': 'str'},
    'odbc_driver': {'type': 'str', 'default': DEFAULT_DRIVER},
    'key_forms': {'type': 'list', 'elements': 'str', 'choices': list(KEY_FORMS), 'default': [], 'no_log': False},
}


def with_sets(options: Options) -> Dict[str, Dict[str, Any]]:
    """Return the options beside ``sets``, a list whose entries have them, too.

    What an entry leaves out is taken from the option beside the list, so there are no defaults in it.
    """
    entry = {name: {word: value for word, value in option.items() if word != 'default'} for name, option in options.items()}
    return dict(options, sets={'type': 'list', 'elements': 'dict', 'options': entry})
