# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``client.key`` and its passphrase files: what opens the key, and which bytes of it are deployed.

Passphrases live in local variables of this file and go nowhere else.
"""
from __future__ import annotations

from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts, files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import keys, passphrase_files, pem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.members import not_pem

# Published by the vendor for the default key of the console's download.
DEFAULT_PASSPHRASE = b'Gauss@MppDB'

Members = dict[str, bytes]


class Result(NamedTuple):
    """The key's public side, the members to deploy, and what was wrong."""
    key: facts.Key | None = None
    pair: str | None = None
    contents: Members = {}
    problems: tuple[Problem, ...] = ()
    rewritten: str = ''
    opened: keys.PrivateKey | None = None    # for further forms of it


def read(members: Members, key_passphrase: str | None, decrypt: bool) -> Result:
    """Return what is known about the key of a set and what to deploy of it."""
    if files.KEY not in members:
        return Result(problems=(Problem('member-missing', files.KEY, 'The set has no private key.'),))
    data = members[files.KEY]
    text = pem.read(data)
    block = keys.find(text.blocks)
    if block is None:
        return Result(problems=(_no_key(text, data),))
    try:
        sealed = keys.examine(block)
        given = key_passphrase.encode('utf-8', 'surrogatepass') if key_passphrase else None
        if sealed.encryption:
            return _encrypted(sealed, data, members, given, decrypt)
        return _plain(sealed, data, members, given, decrypt)
    except keys.KeyDamaged as error:
        return _unreadable('key-unparsable', 'is damaged', error)
    except keys.KeyUnsupported as error:
        return _unreadable('key-unsupported', 'is not supported', error)
    except keys.KeyTooCostly as error:
        return _unreadable('key-costly', 'is too costly to open', error)


def sealed_with(content: bytes, passphrase: bytes) -> bytes:
    """Return a canonical key file as it is where it is encrypted, else encrypted with ``passphrase``."""
    block = keys.find(pem.read(content).blocks)
    if block is None:
        raise ValueError('the content holds no private key')
    sealed = keys.examine(block)
    return content if sealed.encryption else keys.encrypted(keys.open_key(sealed, None), passphrase)


def _unreadable(rule: str, what: str, error: Exception) -> Result:
    return Result(problems=(Problem(rule, files.KEY, 'The private key %s: %s.' % (what, error)),))


def _no_key(text: pem.Text, data: bytes) -> Problem:
    if text.fault is not None:
        return Problem('pem-malformed', files.KEY, 'Line %d: %s.' % (text.fault.line, text.fault.reason))
    if text.blocks:
        return Problem('key-unparsable', files.KEY, 'The file holds no private key.')
    problem = not_pem(files.KEY, data, 'private key')
    return problem._replace(rule='key-der') if problem.rule == 'member-der' else problem


def _plain(sealed: keys.Sealed, data: bytes, members: Members, given: bytes | None, decrypt: bool) -> Result:
    key = keys.open_key(sealed, None)
    known = facts.Key(False, True, keys.public_digest(key), keys.public_kind(key))
    content, rewritten = _canonical(sealed, data)
    if given is None or decrypt:
        return Result(known, facts.PAIR_UNNEEDED, {files.KEY: content}, (), rewritten, key)
    objections = _objections(given)
    return Result(known, facts.PAIR_UNUSABLE if objections else facts.PAIR_DUE, {files.KEY: content}, objections, rewritten, key)


def _encrypted(sealed: keys.Sealed, data: bytes, members: Members, given: bytes | None, decrypt: bool) -> Result:
    held, problems = _held(members)
    key, used = _opened(sealed, (held, given, DEFAULT_PASSPHRASE))
    known = facts.Key(True, False, None, '', sealed.encryption, used == DEFAULT_PASSPHRASE)
    if key is not None:
        known = known._replace(opened=True, public_key=keys.public_digest(key), kind=keys.public_kind(key))
    if decrypt:
        if key is None:
            problems.append(Problem('key-not-opened', files.KEY, 'It does not open with %s.' % _tried(held, given)))
            return Result(known, facts.PAIR_UNUSABLE, {}, tuple(problems))
        return Result(known, facts.PAIR_UNNEEDED, {files.KEY: keys.plain(key)}, opened=key)
    content, rewritten = _canonical(sealed, data)
    if held is not None and held != used:
        problems.append(Problem('passphrase-mismatch', files.CIPHER, 'The passphrase files do not open client.key.'))
    elif held is None and not problems:
        if key is None or used != given:
            problems.append(_unopened(held, given))
        else:
            return Result(known, facts.PAIR_DUE, {files.KEY: content}, _objections(given), rewritten, key)
    if problems:
        return Result(known, facts.PAIR_UNUSABLE, {}, tuple(problems), rewritten)
    return Result(known, facts.PAIR_GIVEN, dict(
        {name: members[name] for name in (files.CIPHER, files.RAND)}, **{files.KEY: content}), (), rewritten, key)


def _held(members: Members) -> tuple[bytes | None, list[Problem]]:
    """Return the passphrase that the pair holds, None without a pair; half a pair and a corrupt one are problems."""
    present = [name for name in (files.CIPHER, files.RAND) if name in members]
    if not present:
        return None, []
    if len(present) == 1:
        missing = files.RAND if present[0] == files.CIPHER else files.CIPHER
        return None, [Problem('passphrase-files-incomplete', missing, 'The set has %s and not this file.' % present[0])]
    empty = [Problem('member-empty', name, 'The file is empty.') for name in present if not members[name]]
    if empty:
        return None, empty
    try:
        return passphrase_files.decode(members[files.CIPHER], members[files.RAND]), []
    except passphrase_files.PassphraseTooLong as error:
        return None, [Problem('passphrase-too-long', files.CIPHER, 'The passphrase files cannot be used: %s.' % error)]
    except passphrase_files.PassphraseFileError as error:
        return None, [Problem('passphrase-files-corrupt', files.CIPHER, 'The pair is damaged: %s.' % error)]


def _opened(sealed: keys.Sealed,
            passphrases: tuple[bytes | None, ...]) -> tuple[keys.PrivateKey | None, bytes | None]:
    """Return the key and the first passphrase that opens it; None and None where none does."""
    tried = set()
    for passphrase in passphrases:
        if not passphrase or passphrase in tried:
            continue
        tried.add(passphrase)
        try:
            return keys.open_key(sealed, passphrase), passphrase
        except keys.WrongPassphrase:
            pass
    return None, None


def _unopened(held: bytes | None, given: bytes | None) -> Problem:
    if held is None and given is None:
        return Problem('passphrase-files-missing', files.KEY,
                       'The private key is encrypted, and there are no passphrase files and no key_passphrase.')
    return Problem('passphrase-mismatch', files.KEY, 'The private key does not open with %s.' % _tried(held, given))


def _tried(held: bytes | None, given: bytes | None) -> str:
    named = ['the passphrase files'] * (held is not None) + ['key_passphrase'] * (given is not None)
    return ' nor with '.join(named or ['the published default passphrase, and no other is given'])


def _objections(passphrase: bytes | None) -> tuple[Problem, ...]:
    found = passphrase_files.objections(passphrase or b'')
    if not found:
        return ()
    return (Problem('passphrase-refused', 'key_passphrase', 'It cannot be put into passphrase files: %s.' % (
        '; '.join(found))),)


def _canonical(sealed: keys.Sealed, data: bytes) -> tuple[bytes, str]:
    content = pem.canonical((sealed.block,))
    if content == data:
        return content, ''
    return content, pem.NOT_CANONICAL if len(pem.read(data).blocks) == 1 else 'the first private key alone is kept'
