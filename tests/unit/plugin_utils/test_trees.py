# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tree of a bundle is taken."""
from __future__ import annotations

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import trees


def chosen(*folders, named=None):
    files = {folder: {'cacert.pem': b''} for folder in folders}
    choice = trees.choose('x.zip', trees.candidates(files), named)
    return choice.tree if choice.problem is None else choice.problem.rule


@pytest.mark.parametrize('folders, tree', [
    (['sslcert'], 'sslcert'), (['.'], '.'), (['v1/sslcert', 'v2/sslcert'], 'v2/sslcert'),
    (['v9/sslcert', 'v10/sslcert'], 'v10/sslcert'), (['V1', 'v2'], 'v2'), (['v1.9', 'v1.10', 'v1'], 'v1.10'),
    (['x/v1/sslcert', 'x/v2/sslcert'], 'x/v2/sslcert'), (['v1/v3/a', 'v2/v1/a'], 'v1/v3/a'),
    (['one', 'two'], 'tree-ambiguous'), (['sslcert', 'v2/sslcert'], 'tree-ambiguous'),
    (['v2/a', 'v2/b', 'v1/a'], 'tree-ambiguous'), (['v2/a', 'v2.0/a'], 'v2.0/a'), ([], None)])
def test_default(folders, tree):
    assert chosen(*folders) == tree


@pytest.mark.parametrize('named, tree', [
    ('v1/sslcert', 'v1/sslcert'), ('v1', 'v1/sslcert'), ('V2', 'v2/sslcert'), ('v2/sslcert/', 'v2/sslcert'),
    ('./v1/sslcert', 'v1/sslcert'), ('v3', 'tree-unknown'), ('sslcert', 'tree-ambiguous'), ('v', 'tree-unknown')])
def test_named(named, tree):
    assert chosen('v1/sslcert', 'v2/sslcert', named=named) == tree


def test_the_top_can_be_named():
    assert chosen('.', 'v1', named='.') == '.'
    assert chosen('.', 'v1', named='./') == '.'


def test_candidates_hold_a_ca():
    assert trees.candidates({'a': {'client.crt': b''}, 'b': {'certca.pem': b''}}) == ('b',)


def test_candidates_are_listed_and_bounded():
    names = ['set%d' % number for number in range(30)]
    problem = trees.choose('x.zip', names, None).problem
    assert '"set0"' in problem.detail and 'and 20 more' in problem.detail and '"set11"' not in problem.detail


def test_names_are_escaped():
    assert '\x1b' not in trees.choose('x.zip', ['a\x1b[2J', 'b'], None).problem.detail
