# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-ups that real clients are tried with: each rule broken and mended, rules in pairs, and what must not be overdone.

What a case is about stands in its name: ``RULE`` is broken, ``RULE, mended`` is not, ``RULE: ...`` is one more way to break
it, and ``A and B`` breaks two. ``Case.rules`` names the rules that have to be found. The server of a case is a ``Peer``; without
one of its own a case gets a server whose certificate, and whose clients', the CA of the set has issued.
"""
from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import FILE, NOTHING
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import JDBC, LIBPQ
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.service import LONGEST
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.host import FALLING_BACK
from ansible_collections.gaussdb.dws_ssl.tests.clients import formatted, more_bundles, placed
from ansible_collections.gaussdb.dws_ssl.tests.clients.cases import Case, Peer, case_of, identities, usual_peer
from ansible_collections.gaussdb.dws_ssl.tests.clients.declarations import ON_LIBPQ, UNPROTECTED
from ansible_collections.gaussdb.dws_ssl.tests.clients.placed import STRANGER, Change
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundle_cases
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundle_cases import CRL, INTERMEDIATE, OTHER, ROOT, Setup, good, plain
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import Members

# Servers other than the usual one, by the rule whose case needs it.
_PEERS: dict[str, Callable[[Setup], Peer]] = {
    # the server's CA is the other one of two candidates
    'ca-ambiguous': lambda setup: Peer(*identities(setup.members['certca.pem']), (ROOT,)),
    # it trusts another CA for clients than the one that it was issued by
    'certificate-not-issued': lambda setup: Peer(ROOT, (ROOT, OTHER)),
    # it does not have the intermediate CA
    'intermediate-not-sent': lambda setup: Peer(ROOT, (ROOT,)),
    'ca-anchors-nothing': lambda setup: Peer(INTERMEDIATE, (ROOT, INTERMEDIATE), (INTERMEDIATE,)),
    'tree-ambiguous': lambda setup: Peer(ROOT, (ROOT,)),
    'tree-chosen': lambda setup: Peer(ROOT, (ROOT,)),
    # the second of two CAs of one name has issued its certificate
    'ca-same-name': lambda setup: Peer(identities(setup.members['cacert.pem'])[1], identities(setup.members['cacert.pem'])),
    # its own name is one that the CA allows
    'chain-name-constraints': lambda setup: usual_peer(setup)._replace(name='db.example.com'),
    'crl-revokes-client': lambda setup: Peer(ROOT, (ROOT,), crl=setup.members[CRL]),
    'crl-revokes-ca': lambda setup: Peer(INTERMEDIATE, (ROOT, INTERMEDIATE), (INTERMEDIATE,)),
    'crl-issuer-missing': lambda setup: Peer(INTERMEDIATE, (ROOT, INTERMEDIATE), (INTERMEDIATE,)),
}

# Limits and cautions of the collection itself. A client that is given the same files by hand sees nothing of them.
OWN_RULES = ('archive-compression', 'archive-too-large', 'archive-too-many-members', 'member-outside', 'member-link',
             'member-not-regular', 'member-too-large')


def bundle_rules() -> Iterator[Case]:
    """Yield the broken and the mended case of every rule about bundles; mended ones that are equal come once."""
    seen: list[tuple[Members, dict[str, Any]]] = []
    for rule, case in bundle_cases.CASES.items():
        if rule in OWN_RULES:
            continue
        broken, mended = case.broken(), case.mended()
        peer = _PEERS.get(rule, usual_peer)
        yield case_of(rule, (rule,), broken, peer=peer(broken))
        if mended.write is None and (mended.members, mended.options) not in seen:
            seen.append((mended.members, mended.options))
            yield case_of(rule + ', mended', (), mended, peer=peer(mended))


def pairs() -> Iterator[Case]:
    """Yield two mistakes at once: of the client's certificate and of the list, and one of either with a mode or a file mode."""
    certificates = ('certificate-expired', 'certificate-purpose', 'certificate-expires-soon', 'certificate-curve')
    lists = ('crl-expired', 'crl-unreadable', 'crl-delta', 'crl-expires-soon')
    authorities = ('member-der', 'pem-rewritten')
    broken = {rule: bundle_cases.CASES[rule].broken().members for rule in certificates + lists + authorities}
    for first, second in [*itertools.product(certificates, lists), *itertools.product(authorities, certificates[:2] + lists[:2])]:
        changed = {name: content for rule in (second, first) for name, content in broken[rule].items()
                   if plain().members.get(name) != content}
        yield case_of(f'{first} and {second}', (first, second), Setup({**plain().members, **changed}), peer=Peer(ROOT, (ROOT,)))
    for rule in ('certificate-expired', 'certificate-expires-soon', 'member-der', 'crl-expired', 'crl-unreadable', 'key-mismatch'):
        setup = bundle_cases.CASES[rule].broken()
        yield case_of(f'{rule} and sslmode-clear-text', (rule, 'sslmode-clear-text'), setup, peer=Peer(ROOT, (ROOT,)), sslmode='prefer')
    for name, change in (('file-mode', placed.mode('client.key', 0o640)), ('file-missing', placed.removed('cacert.pem')),
                         ('path-colon', placed.moved('a:b')), ('path-too-long', placed.long_path(1024))):
        families = (LIBPQ,) if name.startswith('path-') else (LIBPQ, JDBC)
        yield _on_host(f'{name} and sslmode-clear-text', change, 'prefer', (name, 'sslmode-clear-text'), families=families)
        yield case_of(f'{name} and certificate-purpose', (name, 'certificate-purpose'), bundle_cases.CASES['certificate-purpose'].broken(),
                      change=change, families=families)


def _on_host(name: str, change: Change | None, sslmode: str = 'verify-ca', rules: tuple[str, ...] | None = None,
             **options: Any) -> Case:
    """A sound set with a mistake on the host. The part of the name before a colon is the rule that is broken."""
    return case_of(name, (name.split(':')[0],) if rules is None else rules, plain(), change=change, sslmode=sslmode, **options)


def _variables(name: str, change: Change, **options: Any) -> Case:
    """A mistake in the variables, which JDBC does not read."""
    return _on_host(name, change, families=(LIBPQ,), **options)


def environment_rules() -> Iterator[Case]:
    """Yield the cases about the variables."""
    yield _variables('path-not-absolute', placed.relative)
    yield _variables('path-not-absolute: over a link and back', placed.through_a_link)
    yield _variables('path-characters', placed.moved('R&D'))
    yield _variables('path-characters, mended: spaces, other signs and letters', placed.moved('a b%*?#(){[~=,@^+\u00e9'), rules=())
    yield _variables('path-too-long', placed.long_path(1024))
    yield _variables('path-too-long, mended', placed.long_path(1023), rules=())
    yield _variables('path-colon', placed.moved('a:b'))
    yield _on_host('sslmode-unknown', None, 'verify_ca')
    yield _on_host('sslmode-unsupported', None, 'verify-full')
    for sslmode in ('disable', 'allow', 'prefer'):
        yield _on_host('sslmode-clear-text: ' + sslmode, None, sslmode)
    yield _on_host('sslmode-unverified', None, 'require')


def host_rules() -> Iterator[Case]:
    """Yield the cases about files and exports on a host."""
    for name, bits in (('client.crt', 0o644), ('client.key', 0o640), ('client.key', 0o604), ('client.key', 0o400),
                       ('client.key', 0o500), ('client.key', 0o700), ('cacert.pem', 0o644)):
        yield _on_host(f'file-mode: {name} {bits:04o}', placed.mode(name, bits))
    yield _on_host('file-missing', placed.removed('cacert.pem'))
    yield _on_host('file-missing: require', placed.removed('cacert.pem'), 'require')
    yield _on_host('file-missing: client.crt', placed.removed('client.crt'))
    yield _on_host('file-missing: client.key', placed.removed('client.key'))
    yield _on_host('file-link', placed.linked('client.crt'))
    yield _on_host('set-missing', placed.removed())
    yield _on_host('set-folder-writable', placed.mode('.', 0o777))
    yield _on_host('set-drift', placed.other_ca)
    yield _on_host('exports-missing', placed.exported(NOTHING, {}))
    yield _on_host('exports-drift', placed.exported(FILE, {}, agrees=False))
    yield _on_host('exports-owner', placed.exported(FILE, {}, uid=2))
    yield _on_host('exports-mode', placed.exported(FILE, bits=0o644))
    yield _on_host('loader-missing', placed.exported(NOTHING, {}, serves='/etc/profile.d/dws_ssl'))
    if placed.IS_ROOT:
        yield from _owners()


def format_rules() -> Iterator[Case]:
    """Yield the cases about files of formats."""
    yield _variables('a service file', formatted.by_service(), rules=())
    yield _variables('format-missing', formatted.by_service(there=False))
    yield _variables('format-drift', formatted.by_service(sslmode='prefer'))
    yield _variables('format-value', lambda place: formatted.by_service()(placed.long_path(LONGEST + 1)(place)))
    yield _variables('format-value, mended', lambda place: formatted.by_service()(placed.long_path(LONGEST)(place)), rules=())
    yield case_of('format-key-encrypted', ('format-key-encrypted',), good(), change=formatted.by_service(), families=(LIBPQ,))
    yield _on_host('store-without-passphrase', formatted.in_a_bare_store, families=(JDBC,))


def rotation_rules() -> Iterator[Case]:
    """Yield what a client meets that opens its files while a set is replaced."""
    for sslmode in FALLING_BACK:
        shows = {'pgjdbc': UNPROTECTED} if sslmode == 'allow' else {}    # it tries clear text first, and reads no file for it
        yield _on_host(f'rotation-clear-text: {sslmode}', placed.half_replaced, sslmode, shows=shows)
    yield _on_host('rotation-clear-text, mended: verify-ca', placed.half_replaced, rules=('key-mismatch',))


def _owners() -> Iterator[Case]:
    """Yield the cases for which files have to belong to several users, which root alone can bring about."""
    yield _on_host('file-unreadable', placed.mode('cacert.pem', 0o600, 'root'))
    yield _on_host('file-unreadable: require', placed.mode('cacert.pem', 0o600, 'root'), 'require')
    yield _on_host('file-unreadable: client.key', placed.mode('client.key', 0o600, 'root'))
    yield _on_host('file-owner', placed.mode('client.crt', 0o644, STRANGER), rules=('file-owner', 'file-mode'))
    yield _on_host("file-owner: another user's client.key", placed.mode('client.key', 0o640, STRANGER, 'nogroup'),
                   rules=('file-owner', 'file-mode'))
    yield _on_host("file-mode: root's client.key 0640", placed.mode('client.key', 0o640, 'root', 'nogroup'))
    yield _on_host("file-mode: root's client.key 0640, root connects", placed.as_root(placed.mode('client.key', 0o640)))
    yield _on_host("file-owner: root connects with another user's client.key", placed.as_root(
        placed.mode('client.key', 0o600, STRANGER)), rules=('file-owner',))
    yield _on_host('set-unsearchable', placed.mode('.', 0o700, 'root'))
    yield _on_host('set-unsearchable: require', placed.mode('.', 0o700, 'root'), 'require')
    alone = bundle_cases.unidirectional({'cacert.pem': ROOT.pem})
    without_certificate = dict.fromkeys((*ON_LIBPQ, 'pgjdbc'), UNPROTECTED)     # there is none to stumble over
    yield case_of('set-unsearchable: unidirectional, require', ('set-unsearchable',), alone, peer=Peer(),
                  change=placed.mode('.', 0o700, 'root'), sslmode='require', shows=without_certificate)
    yield case_of('file-unreadable: unidirectional, require', ('file-unreadable',), alone, peer=Peer(),
                  change=placed.mode('cacert.pem', 0o600, 'root'), sslmode='require')


def corpus() -> list[Case]:
    """Return every case, each name once."""
    found = [*bundle_rules(), *more_bundles.cases(), *environment_rules(), *host_rules(), *format_rules(), *rotation_rules(), *pairs()]
    assert len({case.name for case in found}) == len(found)
    return found
