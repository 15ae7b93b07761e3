# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller concludes about a bundle, once a run: findings, digests and public facts, never a content.

Ansible judges for each host in a process of its own, so the verdict is kept in the run's private temporary folder
(``DEFAULT_LOCAL_TMP``, mode 0700, removed at the end of the run). A hit costs neither ``cryptography`` nor a key derivation.
"""
from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any, Callable, Mapping, NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import PAIR_DUE
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CIPHER, KEY, RAND, made_identity
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Finding
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificate_results import certificate_result

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import Reading
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options

ReadFile = Callable[[str], bytes]


class Verdict(NamedTuple):
    """``digests`` is ``{name: SHA-256}`` of what would be deployed; ``described`` ``{name: lines}`` for a diff."""
    findings: list[Finding]
    digests: dict[str, str]
    certificate: dict[str, Any] | None
    authorities: list[dict[str, Any]]
    tree: str | None
    trees: list[str]
    described: dict[str, list[str]]


def verdict(source: str, options: Options, read_file: ReadFile, expiry_warning_days: int, cache_folder: str,
            key_revision: str = '') -> Verdict:
    """Return the verdict on a bundle, from the cache where this run has judged the same bytes by the same options.

    A passphrase given as an option is part of the judgement and must not be written anywhere, so there is no cache for it.
    """
    if options.key_passphrase is not None:
        return judge(source, options, read_file, expiry_warning_days, key_revision)
    try:
        name = 'dws_ssl_verdict_' + _cache_key(source, options, expiry_warning_days)
    except OSError:     # a file that cannot be read: whoever reads the bundle says which, where it matters
        return judge(source, options, read_file, expiry_warning_days, key_revision)
    path = os.path.join(cache_folder, name)
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), 'r+', encoding='utf-8') as file:
        fcntl.flock(file, fcntl.LOCK_EX)     # the first process judges, the others wait for it
        kept = file.read()
        if kept:
            return _from_json(kept)
        judged = judge(source, options, read_file, expiry_warning_days)
        file.write(json.dumps(judged))
        return judged


def judge(source: str, options: Options, read_file: ReadFile, expiry_warning_days: int, key_revision: str = '') -> Verdict:
    """Read and judge a bundle."""
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.key_forms import made_forms
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.judge import judge_bundle
    reading = read(source, options, read_file)
    bundle = reading.facts
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in reading.contents.items()}
    made = made_forms(digests, key_revision) if options.key_passphrase else {}
    if bundle.pair == PAIR_DUE and reading.contents:
        digests.update(_identities(bundle, digests, key_revision))
    digests.update(made)
    return Verdict(
        judge_bundle(bundle, options.auth_mode, int(time.time()), expiry_warning_days, options.decrypt_key, options.key_forms),
        digests,
        certificate_result(bundle.certificates[0]) if bundle.certificates else None,
        [certificate_result(authority) for authority in bundle.authorities],
        bundle.tree, list(bundle.trees), described(reading))


def _identities(bundle: facts.Bundle, digests: dict[str, str], key_revision: str) -> dict[str, str]:
    """Return the identities of the files that are made for each host: the passphrase files, and a key that came plain."""
    encrypted = bundle.key is not None and bundle.key.encrypted
    return {name: made_identity(name, digests[KEY], key_revision) for name in (CIPHER, RAND, *(() if encrypted else (KEY,)))}


def read(source: str, options: Options, read_file: ReadFile) -> Reading:
    """Read a bundle. With ``contents`` the one place that loads ``cryptography``."""
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import read_bundle
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import require
    require()
    return read_bundle(source, options, read_file)


def unchanged(source: str, options: Options, read_file: ReadFile, digests: Mapping[str, str]) -> dict[str, bytes] | None:
    """Return ``{name: content}`` for ``{name: SHA-256}`` as the files stand in the bundle; None where one of them is made from it.

    It spares a fresh host's process the reading of certificates and keys, for which it would have to load ``cryptography``.
    """
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import open_source
    held = {hashlib.sha256(content).hexdigest(): content
            for members in open_source(source, read_file, options.crl).files.values() for content in members.values()}
    return {name: held[digest] for name, digest in digests.items()} if held.keys() >= set(digests.values()) else None


def contents(source: str, options: Options, read_file: ReadFile) -> dict[str, bytes]:
    """Return ``{name: content}`` to deploy, with fresh passphrase files where the bundle has none and needs them."""
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.bundle import with_fresh_pair
    reading = read(source, options, read_file)
    if reading.facts.pair == PAIR_DUE and reading.contents and options.key_passphrase is not None:
        return with_fresh_pair(reading.contents, options.key_passphrase)
    return reading.contents


def described(reading: Reading) -> dict[str, list[str]]:
    """Return, for each file that would be deployed, what a person wants to know of its content."""
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.difference import describe_content
    lines = {name: describe_content(name, content, reading.facts.key) for name, content in reading.contents.items()}
    if reading.facts.pair == PAIR_DUE and lines:
        lines.update({name: ['content: passphrase file made for this host'] for name in (CIPHER, RAND)})
    return lines


def _cache_key(source: str, options: Options, expiry_warning_days: int) -> str:
    digest = hashlib.sha256(json.dumps([source, list(options), expiry_warning_days]).encode())
    for path in [*_files(source, options.crl), *([options.crl] if options.crl and os.path.isfile(options.crl) else [])]:
        digest.update(json.dumps(os.path.relpath(path, source)).encode())
        with open(path, 'rb') as file:
            digest.update(hashlib.file_digest(file, 'sha256').digest() if hasattr(hashlib, 'file_digest')
                          else hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:32]


def _files(source: str, crl: str | None) -> list[str]:
    """Return the files of a bundle that are read, in a stable order; links and other things are the reader's matter."""
    if not os.path.isdir(source):
        return [source] if os.path.isfile(source) else []
    from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import matters
    return sorted(os.path.join(folder, name) for folder, _folders, names in os.walk(source) for name in names
                  if matters(name, crl) and os.path.isfile(os.path.join(folder, name)) and not os.path.islink(os.path.join(folder, name)))


def _from_json(text: str) -> Verdict:
    fields = json.loads(text)
    found = [Finding(*one)._replace(clients=tuple(one[Finding._fields.index('clients')])) for one in fields[0]]
    return Verdict(found, *fields[1:])
