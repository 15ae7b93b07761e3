# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module run of gaussdb.dws_ssl.connection_info: become the owner of the files, and ask the endpoint."""
import json
import os
import pwd
from typing import Any, Dict

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import HOME_TOKEN, USER_TOKEN
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.wire.probe import probe

PATHS = ('dest', 'sslcert', 'sslkey', 'sslrootcert', 'sslcrl')
_GRACE = 5.0        # seconds beyond the time limit, for the files and for a look-up of a name that does not come back


def ask(request: str) -> Dict[str, Any]:
    """Return ``{owner, seen, problems}`` for a request (JSON: that of ``probe``, and ``owner``, or None for whoever runs this).

    ``seen`` is None where a problem was in the way.
    """
    asked = json.loads(request)
    name = asked['owner'] or pwd.getpwuid(os.geteuid()).pw_name
    try:
        owner = find_owner(name)
        resolved = dict(asked, user=asked['user'] or owner.name,
                        **{path: _resolve(asked[path], owner) for path in PATHS if asked.get(path)})
        _require_safe(owner, resolved)
        seen = run_as(owner, probe, resolved, deadline=asked['timeout'] + _GRACE)
    except Refused as refusal:
        return {'owner': name, 'seen': None, 'problems': [refusal.as_dict()]}
    except OSError as error:
        return {'owner': name, 'seen': None, 'problems': [refused_by_system(error, name).as_dict()]}
    return {'owner': name, 'seen': seen, 'problems': []}


def _resolve(path: str, owner: Owner) -> str:
    return path.replace(USER_TOKEN, owner.name).replace(HOME_TOKEN, owner.home.rstrip('/'))


def _require_safe(owner: Owner, request: Dict[str, Any]) -> None:
    """Root reads no file from a folder that others can change: a link there could be to any file."""
    if owner.uid != 0 or os.geteuid() != 0:
        return
    for name in PATHS:
        path = request.get(name)
        if path:
            folder = path if name == 'dest' else os.path.dirname(path)
            if not walk(folder).for_root:
                raise Refused('folder-unsafe', folder, 'Others than root can change this folder or one above it. Give the user '
                                                       'whose files they are as owner.')
