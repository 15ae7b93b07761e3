# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which folder of a bundle is the set: newer clusters ship several, ``v1/sslcert`` and ``v2/sslcert``."""
from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.escape import quoted
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import CA_NAMES
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import Problem
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import Files

_VERSION = re.compile(r'[vV]([0-9]{1,9}(?:\.[0-9]{1,9}){0,7})\Z')


class Choice(NamedTuple):
    """The candidates, the chosen one, and why none could be chosen."""
    trees: tuple[str, ...]
    tree: str | None
    problem: Problem | None = None


def candidates(files: Files) -> tuple[str, ...]:
    """Return the folders that hold a CA, lowest version first."""
    return tuple(sorted((folder for folder, members in files.items() if any(name in members for name in CA_NAMES)),
                        key=lambda folder: (version(folder) or (), folder)))


def version(folder: str) -> tuple[int, ...] | None:
    """Return the version in a folder's path (``v2/sslcert``: 2), the last one of several; None without one."""
    found = [match.group(1) for match in map(_VERSION.match, folder.split('/')) if match]
    return tuple(int(part) for part in found[-1].split('.')) if found else None


def choose(source: str, trees: Sequence[str], named: str | None) -> Choice:
    """Return the tree to use: the named one, the only one, or the one with the highest version."""
    if named:
        return _named(source, tuple(trees), named)
    if len(trees) < 2:
        return Choice(tuple(trees), trees[0] if trees else None)
    versions = [version(tree) for tree in trees]
    if None not in versions and versions.count(max(found for found in versions if found is not None)) == 1:
        return Choice(tuple(trees), trees[-1])
    return Choice(tuple(trees), None, Problem('tree-ambiguous', source, 'It holds several sets: %s.' % _listed(trees)))


def _named(source: str, trees: tuple[str, ...], named: str) -> Choice:
    wanted = named.strip().rstrip('/')
    wanted = wanted[2:] if wanted.startswith('./') else wanted or '.'
    fitting = [tree for tree in trees if tree == wanted]
    fitting = fitting or [tree for tree in trees if wanted.lower() in tree.lower().split('/')]
    if len(fitting) == 1:
        return Choice(trees, fitting[0])
    if fitting:
        return Choice(trees, None, Problem('tree-ambiguous', source, '%s fits several sets: %s.' % (
            quoted(named), _listed(fitting))))
    return Choice(trees, None, Problem('tree-unknown', source, 'It holds no set %s; it holds %s.' % (
        quoted(named), _listed(trees) or 'none')))


def _listed(trees: Sequence[str]) -> str:
    shown = [quoted(tree) for tree in trees[:10]]
    return ', '.join(shown + ['and %d more' % (len(trees) - 10)] if len(trees) > 10 else shown)
