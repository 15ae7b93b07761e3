# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a path on the controller to facts and to the exact bytes to deploy."""
from __future__ import annotations

import time
import warnings
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts, files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.catalogue import stops
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import archive, chain, key_forms, key_pair, passphrase_files, trees
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import ReadFile, read_plain
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.members import (
    Member,
    anchors_beside_lists,
    certificates_of,
    revocation_lists_of,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options

Members = dict[str, bytes]


DEFAULTS = Options()


class Reading(NamedTuple):
    """What is known about a bundle, and what to deploy.

    ``contents`` maps base names to exact bytes; it is empty where the facts hold a problem that stops a deployment.
    Where ``facts.pair`` is PAIR_DUE the passphrase files are missing from it: ``with_fresh_pair`` makes them.
    """
    facts: facts.Bundle
    contents: Members


def read_bundle(source: str, options: Options = DEFAULTS, read_file: ReadFile = read_plain,
                now: int | None = None) -> Reading:
    """Return facts and contents of the zip archive or folder at the absolute path ``source``.

    ``read_file`` opens a file on the controller, vaulted ones decrypted; ``now`` (seconds since the epoch, the clock's
    time without it) decides which of several CAs of one name a chain runs through. Never raises for bad input: what is
    wrong stands in ``facts.problems``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')     # cryptography warns of what the rules judge
        return _read(source, options, read_file, int(time.time()) if now is None else now)


def with_fresh_pair(contents: Members, passphrase: str) -> Members:
    """Return contents whose key is encrypted with ``passphrase``, with new passphrase files for it.

    A key that is encrypted stays as it is: ``read_bundle`` has opened it with this passphrase. Raises ValueError where
    the passphrase breaks the vendor's rules (``passphrase_files.objections``).
    """
    secret = passphrase.encode('utf-8')
    if passphrase_files.objections(secret):
        raise ValueError('the passphrase does not meet the rules for passphrase files')
    pair = passphrase_files.encode(secret)
    return dict(contents, **{files.KEY: key_pair.sealed_with(contents[files.KEY], secret), files.CIPHER: pair.cipher,
                             files.RAND: pair.rand})


def read_public(members: Members, auth_mode: str, now: int) -> facts.Bundle:
    """Return the facts of a set whose key stayed where it is: the public files that came back from a host."""
    known = facts.Bundle(source='', members=tuple(sorted(members)))
    if not any(name in members for name in files.CA_NAMES):
        return known
    crl = _ListSource(files.CRL, members[files.CRL]) if files.CRL in members else None
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')     # cryptography warns of what the rules judge
        read = _read_tree(known, members, crl, Options(auth_mode), now, with_key=False).facts
    # Which files are there at all is for the rules about a deployed set.
    return read._replace(problems=tuple(problem for problem in read.problems if problem.rule != 'member-missing'))


def _read(source: str, options: Options, read_file: ReadFile, now: int) -> Reading:
    opened = archive.open_source(source, read_file, options.crl)
    choice = trees.choose(source, trees.candidates(opened.files), options.tree)
    problems = list(opened.problems) + ([choice.problem] if choice.problem else [])
    known = facts.Bundle(source=source, trees=choice.trees, tree=choice.tree)
    if choice.tree is None:
        if not problems:
            problems.append(Problem('ca-missing', source, 'No folder of it holds %s.' % ' or '.join(files.CA_NAMES)))
            if options.crl:
                problems.append(Problem('crl-without-ca', options.crl, 'There is a list and no CA file.'))
        return Reading(known._replace(problems=tuple(problems)), {})
    members = opened.files[choice.tree]
    crl = _list_content(members, options.crl, read_file)
    reading = _read_tree(known._replace(members=tuple(sorted(members))), members, crl, options, now)
    problems.extend(reading.facts.problems)
    return Reading(reading.facts._replace(problems=tuple(problems)), {} if stops(problems) else reading.contents)


class _ListSource(NamedTuple):
    """Where the revocation list comes from: the name to show, and its content or the problem with it."""
    name: str
    content: bytes | Problem


def _list_content(members: Members, named: str | None, read_file: ReadFile) -> _ListSource | None:
    if not named:
        return _ListSource(files.CRL, members[files.CRL]) if files.CRL in members else None
    if named in members:
        return _ListSource(named, members[named])
    if not named.startswith('/'):
        return _ListSource(named, Problem('crl-missing', named, 'The bundle does not hold it.'))
    content = archive.read_one(named, read_file)
    if isinstance(content, Problem):
        content = content._replace(rule='crl-missing')
    return _ListSource(named, content)


def _read_tree(known: facts.Bundle, members: Members, crl: _ListSource | None, options: Options, now: int,
               with_key: bool = True) -> Reading:
    ca_name, problems = _ca_name(members)
    authorities, ca_member = certificates_of(ca_name, members[ca_name])
    parts = [ca_member]
    own: tuple[Loaded, ...] = ()
    pair: key_pair.Result | None = None
    if options.auth_mode == BIDIRECTIONAL:
        own, client_member = _client(members, problems)
        parts += [client_member] if client_member else []
        known = known._replace(strays=_strays(members))
    if options.auth_mode == BIDIRECTIONAL and with_key:
        pair = key_pair.read(members, options.key_passphrase, options.decrypt_key)
        problems.extend(pair.problems)
        known = known._replace(key=_beside(pair.key, own), pair=pair.pair)
        if pair.opened is not None and pair.contents:
            passphrase = options.key_passphrase.encode('utf-8', 'surrogatepass') if options.key_passphrase else None
            pair = pair._replace(contents=dict(pair.contents, **key_forms.forms_of(
                pair.opened, options.key_forms, own, authorities, passphrase)))
    if crl is not None:
        lists, list_member = _lists(crl, authorities + own[1:], own[0] if own else None, problems)
        parts += [list_member] if list_member else []
        known = known._replace(revocation_lists=lists, crl=crl.name)
        if isinstance(crl.content, bytes):
            extra, usable = anchors_beside_lists(crl.content, authorities)
            known = known._replace(certificates_in_list=extra, anchors_in_list=usable)
    path = chain.build(own, authorities, now)
    return _assembled(known._replace(ca=ca_name), path, own, authorities, problems, parts, pair)


def _assembled(known: facts.Bundle, path: chain.Chain, own: tuple[Loaded, ...], authorities: tuple[Loaded, ...],
               problems: list[Problem], parts: list[Member], pair: key_pair.Result | None) -> Reading:
    rewritten = [facts.Rewritten(part.name, part.rewritten) for part in parts if part.rewritten]
    contents = {part.target: part.content for part in parts if part.content}
    if pair is not None:
        contents.update(pair.contents)
        rewritten += [facts.Rewritten(files.KEY, pair.rewritten)] if pair.rewritten else []
    for part in parts:
        problems.extend(part.problems)
    return Reading(known._replace(
        problems=tuple(problems), certificates=tuple(loaded.facts for loaded in own),
        authorities=tuple(loaded.facts for loaded in authorities), issued=path.issued, chain=path.certificates,
        exclusions=path.exclusions, misidentified=path.misidentified,
        ambiguous_authorities=chain.ambiguous(authorities, own),
        keys_beside=tuple(part.name for part in parts if part.holds_key), rewritten=tuple(rewritten)), contents)


def _ca_name(members: Members) -> tuple[str, list[Problem]]:
    present = [name for name in files.CA_NAMES if name in members]
    if len(present) == 2 and members[present[0]] != members[present[1]]:
        return present[0], [Problem('ca-ambiguous', ', '.join(present), 'The two CA files of the set differ.')]
    return present[0], []


def _client(members: Members, problems: list[Problem]) -> tuple[tuple[Loaded, ...], Member | None]:
    if files.CERTIFICATE not in members:
        problems.append(Problem('member-missing', files.CERTIFICATE, 'The set has no client certificate.'))
        return (), None
    return certificates_of(files.CERTIFICATE, members[files.CERTIFICATE])


def _lists(crl: _ListSource, authorities: tuple[Loaded, ...], client: Loaded | None,
           problems: list[Problem]) -> tuple[tuple[facts.RevocationList, ...], Member | None]:
    if isinstance(crl.content, Problem):
        problems.append(crl.content)
        return (), None
    return revocation_lists_of(crl.name, crl.content, authorities, client)


def _beside(key: facts.Key | None, own: tuple[Loaded, ...]) -> facts.Key | None:
    if key is None:
        return None
    return key._replace(matching_later_certificate=any(loaded.facts.public_key == key.public_key for loaded in own[1:]))


def _strays(members: Members) -> tuple[str, ...]:
    return tuple(sorted(name for name in members
                        if name.endswith(('.key.cipher', '.key.rand')) and name not in (files.CIPHER, files.RAND)))
