# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at what is deployed, without changing anything: the host's half of gaussdb.dws_ssl.client_certificates_info."""
import json
import os
import re
import ssl
from contextlib import closing
from typing import Any, Dict, List, Optional

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.exports import observe_export
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.file_system import file_system_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.observe import kind_of, observe_folder, observe_set, read_file
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.owner import Owner, find_owner, run_as
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.public_part import public_blocks
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.refusal import Refused, refused_by_system
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.walk import DIRECTORY, enter, require_roots_own, walk
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import (
    FILE, FOLDER, LINK, NOTHING, DesiredSet, Export, SeenFile, desired_sets, resolve_home)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CERTIFICATE, KEY, PUBLIC
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.home import quoted_for_home

# The two forms in which PEM says that a key is encrypted (RFC 7468, section 11; RFC 1421, section 4.6.1.1).
ENCRYPTED = re.compile(rb'-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED', re.MULTILINE)


def inspect(request: str) -> Dict[str, Any]:
    """Return ``{sets: [...]}`` for a request as ``policy/desired.py`` describes it. Nothing in the answer is secret."""
    return {'sets': [_inspect(desired) for desired in desired_sets(json.loads(request))]}


def _inspect(desired: DesiredSet) -> Dict[str, Any]:
    found: Dict[str, Any] = {
        'dest': desired.dest, 'owner': desired.owner, 'uid': None, 'problems': [], 'kind': NOTHING, 'folder': None, 'files': {},
        'public': {}, 'key_encrypted': None, 'key_fits': None, 'file_system': '', 'exports': []}
    try:
        owner = find_owner(desired.owner, desired.group)
        desired = _with_home(desired, owner)
        found.update(dest=desired.dest, uid=owner.uid)
        parent, base = os.path.split(desired.dest.rstrip('/'))
        with closing(walk(parent)) as place:
            require_roots_own(place, parent, owner.uid)
            found.update(run_as(owner, inspect_from, place.fd, place.rest, base))
    except Refused as refusal:
        found['problems'].append(refusal.as_dict())
        return found
    except OSError as error:
        found['problems'].append(refused_by_system(error, desired.dest).as_dict())
        return found
    found['exports'] = [_inspect_export(export, owner, found['problems']) for export in desired.exports]
    return found


def _with_home(desired: DesiredSet, owner: Owner) -> DesiredSet:
    try:
        return resolve_home(desired, owner.home.rstrip('/'), quoted_for_home)
    except ValueError as error:
        raise Refused('format-value', owner.name, str(error)) from None


def _inspect_export(export: Export, owner: Owner, problems: List[Dict[str, str]]) -> Dict[str, Any]:
    """An exports file that cannot even be looked for is a problem, and otherwise as good as missing."""
    answer: Dict[str, Any] = {
        'path': export.path, 'serves': export.serves, 'uid': None, 'file': SeenFile(NOTHING), 'lines': [],
        'desired': export.content}
    try:
        seen, ids = observe_export(export)
        answer.update(uid=ids.uid, file=seen.file, lines=seen.lines)
    except Refused as refusal:
        problems.append(refusal.as_dict())
    except OSError as error:
        problems.append(refused_by_system(error, export.path).as_dict())
    return answer


def inspect_from(fd: int, rest: List[str], base: str) -> Dict[str, Any]:
    """The child's task, as the owner: the set, its public parts, and what can be said about the key without showing it."""
    answer: Dict[str, Any] = {'file_system': file_system_of(fd, rest)}
    parent = enter(fd, rest)
    if parent is None:
        return answer
    seen = observe_set(parent, base)
    answer['kind'] = seen.kind
    if seen.kind not in (LINK, FOLDER):
        return answer
    folder, files = observe_folder(parent, base)
    answer.update(folder=folder, files=files, public={})
    if folder is not None:
        answer['public'] = public_blocks(parent, base, [name for name in PUBLIC if name in files])
        if KEY in files:
            answer.update(_key(parent, base))
    return answer


def _key(parent: int, base: str) -> Dict[str, Optional[bool]]:
    """Say whether the key is encrypted and, of a plain one, whether it belongs to the certificate; None where unknown."""
    folder = os.open(base, DIRECTORY, dir_fd=parent)
    try:
        content = read_file(folder, KEY)
    except OSError:
        return {'key_encrypted': None, 'key_fits': None}
    if ENCRYPTED.search(content):
        return {'key_encrypted': True, 'key_fits': None}
    if kind_of(folder, CERTIFICATE) != FILE:     # a pipe would be waited for
        return {'key_encrypted': False, 'key_fits': None}
    os.fchdir(folder)
    try:
        # Without the function OpenSSL would ask the terminal where it knows better than we what is encrypted.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(CERTIFICATE, KEY, lambda: b'')
        return {'key_encrypted': False, 'key_fits': True}
    except ssl.SSLError as error:
        return {'key_encrypted': False, 'key_fits': False if error.reason == 'KEY_VALUES_MISMATCH' else None}
    except OSError:
        return {'key_encrypted': False, 'key_fits': None}
