# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about a set and its exports as they lie on a host."""
from typing import Iterator, List, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.deployed import Deployed, DeployedExport
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import FILE, FOLDER, LINK, NOTHING, SeenFile
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.file_modes import refusing_clients
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import (
    CA_NAMES, CERTIFICATE, CIPHER, CRL, FILE_MODE, KEY, KEY_FORMS, MEMBERS, RAND, sorted_members)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS, ERROR, GSQL, INFO, JDBC, NATIVE, WARNING, Finding, Rule, finding)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import formats
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import key as key_rules
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules import passphrase

_DEPLOY = formats.DEPLOY_AGAIN

SET_MISSING = Rule(
    'set-missing', ERROR, ALL_CLIENTS, 'There is no set at dest',
    'The variables point to files that are not there: psql says root certificate file "..." does not exist; under prefer the '
    'connection is in clear text without a word.', _DEPLOY, 'Guide, Table 2')
SET_UNSEARCHABLE = Rule(
    'set-unsearchable', ERROR, ALL_CLIENTS, 'The user cannot enter the folder of the set',
    'Clients say that the files do not exist. psql says: root certificate file "..." does not exist. Under require, and without a '
    'client certificate, it connects and does not verify the server, without a word.',
    'Give the folder to the user, mode 0700.', 'path_resolution(7)')
SET_DRIFT = Rule(
    'set-drift', ERROR, ALL_CLIENTS, 'A file differs from the bundle',
    'The host holds another version of the file than the bundle that it was compared with, or a file that the bundle does not have.',
    _DEPLOY, 'Comparison with src')
SET_FOLDER_WRITABLE = Rule(
    'set-folder-writable', WARNING, ALL_CLIENTS, 'Others can write into the folder of the set',
    'Whoever can write there can put another CA in the place of this one.',
    'Set the folder\'s mode to 0700.', 'path_resolution(7)')
FILE_MISSING = Rule(
    'file-missing', ERROR, ALL_CLIENTS, 'A file of the set is not there',
    'A missing certificate means silently no client certificate; a missing CA file means no verification under require and a failure '
    'under verify-ca.', _DEPLOY, 'Guide, Table 1; client behaviour')
FILE_LINK = Rule(
    'file-link', WARNING, (GSQL,), 'A file of the set is a link or no regular file',
    'gsql refuses passphrase files that are links, and follows links to the other files, to wherever they may lead tomorrow.',
    _DEPLOY, 'openGauss libpq, lstat of passphrase files')
FILE_UNREADABLE = Rule(
    'file-unreadable', ERROR, ALL_CLIENTS, 'The user cannot read a file of the set',
    'psql fails, under require as under verify-ca: could not read root certificate file "...". Under require gsql goes on without '
    'verifying the server, silently.', _DEPLOY, 'PostgreSQL and openGauss libpq')
FILE_OWNER = Rule(
    'file-owner', WARNING, ALL_CLIENTS, 'A file of the set belongs to another user',
    'Clients take it where they can read it; no client looks at the owner. Whoever owns a file can change it.',
    _DEPLOY, 'Client behaviour')
FILE_MODE_RULE = Rule(
    'file-mode', ERROR, NATIVE, 'A file of the set has another mode than 0600',
    'gsql says: The file "..." permission should be u=rw(600) or less. Of the CA file: The ca file "..." permission should be '
    'u=rw(600) or less. It takes 0600, 0400 and 0500. psql checks the private key alone: private key file "..." has group or world '
    'access; file must have permissions u=rw (0600) or less if owned by the current user, or permissions u=rw,g=r (0640) or less if '
    'owned by root.',
    'Set the mode to 0600.', 'Guide: "must be 600"; openGauss libpq; PostgreSQL, libpq')
EXPORTS_MISSING = Rule(
    'exports-missing', ERROR, ALL_CLIENTS, 'The exports of the user are not there',
    'A login shell sets none of the variables, so a client connects with prefer: unverified, or in clear text.',
    _DEPLOY, 'Guide, Table 2, default values')
EXPORTS_DRIFT = Rule(
    'exports-drift', ERROR, ALL_CLIENTS, 'The exports differ from what they should be',
    'Clients use other files or another mode than the ones that were deployed.', _DEPLOY, 'Guide, Tables 1 and 2')
EXPORTS_OWNER = Rule(
    'exports-owner', ERROR, ALL_CLIENTS, 'The exports belong to another user',
    'The loader runs a file only for the user who owns it, so the variables do not arrive.', _DEPLOY, 'Loader of the exports')
EXPORTS_MODE = Rule(
    'exports-mode', WARNING, ALL_CLIENTS, 'The exports have another mode than they should',
    'Others can read, or change, which files and which server check a user relies on.', _DEPLOY, 'Guide: files of mode 600')
LOADER_MISSING = Rule(
    'loader-missing', ERROR, ALL_CLIENTS, 'The loader of the exports is not there or not as it should be',
    'Without it no login shell reads the exports of any user.', _DEPLOY, 'Loader of the exports')

RULES = (SET_MISSING, SET_UNSEARCHABLE, SET_DRIFT, SET_FOLDER_WRITABLE, FILE_MISSING, FILE_LINK, FILE_UNREADABLE, FILE_OWNER,
         FILE_MODE_RULE, EXPORTS_MISSING, EXPORTS_DRIFT, EXPORTS_OWNER, EXPORTS_MODE, LOADER_MISSING)


def judge_deployed(seen: Deployed) -> List[Finding]:
    """Return what is wrong with a set and its exports on a host; its certificates are judged as those of a bundle are."""
    found = list(_set(seen))
    for export in seen.exports:
        if export.serves:
            found.extend(_loader(export))
        elif export.format:
            found.extend(_export(export, formats.MISSING, formats.DRIFT, formats.DRIFT))
        else:
            found.extend(_export(export, EXPORTS_MISSING, EXPORTS_OWNER, EXPORTS_DRIFT))
    return found


def _set(seen: Deployed) -> Iterator[Finding]:
    if seen.kind not in (LINK, FOLDER):
        yield finding(SET_MISSING, seen.dest, 'There is no folder and no link to one.')
        return
    if seen.folder is None:
        yield finding(SET_UNSEARCHABLE, seen.dest, 'The user cannot enter it, or it leads nowhere.')
        return
    if seen.folder.mode & 0o022:
        yield finding(SET_FOLDER_WRITABLE, seen.dest, 'Its mode is %04o.' % seen.folder.mode)
    for name in needed_files(seen):
        if name not in seen.files:
            yield finding(FILE_MISSING, name, 'It is not in %s.' % seen.dest)
    for name in sorted_members(name for name in seen.files if name in MEMBERS):
        yield from _file(name, seen.files[name], seen.uid)
    yield from _key(seen)
    yield from _drift(seen)


def needed_files(seen: Deployed) -> Tuple[str, ...]:
    """Return the names that variables and formats point to; the CA by the name that is there, else by the usual one."""
    ca = tuple(name for name in CA_NAMES if name in seen.files)[:1] or CA_NAMES[:1]
    return ((CERTIFICATE, KEY) if seen.auth_mode == BIDIRECTIONAL else ()) + seen.key_forms + ca + ((CRL,) if seen.crl else ())


def _file(name: str, state: SeenFile, uid: int) -> Iterator[Finding]:
    if state.kind != FILE:
        severity = ERROR if name in (CIPHER, RAND) or state.kind != LINK else None
        yield finding(FILE_LINK, name, 'It is a %s.' % ('link' if state.kind == LINK else 'thing that is no file'), severity)
        return
    if state.sha256 is None:
        yield finding(FILE_UNREADABLE, name, 'The user cannot read it (mode %04o).' % state.mode)
    if state.uid != uid:
        yield finding(FILE_OWNER, name, 'It belongs to user id %d instead of %d.' % (state.uid, uid))
    if state.mode != FILE_MODE:
        yield from _mode(name, state)


def _mode(name: str, state: SeenFile) -> Iterator[Finding]:
    message = 'Its mode is %04o.' % state.mode
    if name == CRL:
        yield finding(FILE_MODE_RULE, name, message + ' No client checks the mode of a revocation list.', INFO)
        return
    if name in KEY_FORMS.values():
        yield finding(FILE_MODE_RULE, name, message + ' No client checks it, and others could read the key.',
                      ERROR if state.mode & 0o077 else WARNING, clients=(JDBC,))
        return
    refusing = refusing_clients(state.mode, name == KEY, state.uid == 0)
    if refusing:
        yield finding(FILE_MODE_RULE, name, message, clients=refusing)
    else:
        yield finding(FILE_MODE_RULE, name, message + ' Clients take it; the guide asks for 0600.', WARNING)


def _key(seen: Deployed) -> Iterator[Finding]:
    if seen.key_fits is False:
        yield finding(key_rules.MISMATCH, KEY, 'It does not belong to the first certificate of client.crt.')
    if seen.key_encrypted:
        pair = [name for name in (CIPHER, RAND) if name in seen.files]
        if not pair:
            yield finding(passphrase.MISSING, KEY, 'It is encrypted, and there are no passphrase files.')
        elif len(pair) == 1:
            yield finding(passphrase.INCOMPLETE, pair[0], 'The other passphrase file is not there.')


def _drift(seen: Deployed) -> Iterator[Finding]:
    if seen.wanted is None:
        return
    for name in sorted_members(set(seen.wanted) | {name for name in seen.files if name in MEMBERS}):
        if name not in seen.wanted:
            yield finding(SET_DRIFT, name, 'The bundle does not have it.')
        elif name in seen.files and seen.files[name].sha256 not in (None, seen.wanted[name]):
            yield finding(SET_DRIFT, name, 'It differs from the bundle.')
        elif name not in seen.files and name not in needed_files(seen):
            yield finding(SET_DRIFT, name, 'The bundle has it, and the host does not.')


def _export(export: DeployedExport, missing: Rule, owner: Rule, drift: Rule) -> Iterator[Finding]:
    if export.file.kind != FILE:
        yield finding(missing, export.path, 'There is no such file.')
        return
    if export.uid is not None and export.file.uid != export.uid:
        yield finding(owner, export.path, 'It belongs to user id %d instead of %d.' % (export.file.uid, export.uid))
    if export.file.mode != export.mode:
        yield finding(EXPORTS_MODE, export.path, 'Its mode is %04o instead of %04o.' % (export.file.mode, export.mode))
    if export.agrees is False:
        yield finding(drift, export.path, 'It does not say what it should.')


def _loader(export: DeployedExport) -> Iterator[Finding]:
    if export.file.kind == NOTHING:
        yield finding(LOADER_MISSING, export.path, 'There is no such file.')
    elif export.file.kind != FILE or export.file.uid != export.uid or export.file.mode != export.mode or export.agrees is False:
        yield finding(LOADER_MISSING, export.path, 'It is not the loader that was deployed, or not root\'s with mode %04o.' % export.mode)
