# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/architecture.svg, the picture of which part uses which, from the imports and from the names of plugins in YAML.

./dev run python docs/architecture_picture.py            writes the picture
./dev run python docs/architecture_picture.py --check    only compares; exit status 1 where the picture is not current
"""
from __future__ import annotations

import argparse
import ast
import graphlib
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple
from xml.sax.saxutils import escape

_ROOT = Path(__file__).resolve().parent.parent
PICTURE = _ROOT / 'docs' / 'architecture.svg'
COMMAND = './dev run python docs/architecture_picture.py'

_PLUGINS = 'ansible_collections.gaussdb.dws_ssl.plugins.'
_NAME_IN_YAML = re.compile(r'\bgaussdb\.dws_ssl\.(\w+)')


class Box(NamedTuple):
    """A part of the collection: where it stands in the picture, in columns and rows, and what it is for."""
    column: float
    row: int
    width: float
    about: tuple[str, ...]


TEXT_ALONE = 'doc_fragments'    # a folder of plugins that holds no code

# A part that is not here stops the script: whoever adds one says what it is for.
PARTS = {
    'playbooks': Box(0, 0, 2, ('one for each thing', 'that people do')),
    'roles': Box(0, 1, 2, ('variables, tasks,', 'templates of exports')),
    'plugins/action': Box(1, 2, 1, ("the controller's half", 'of a module')),
    'plugins/filter': Box(0, 2, 1, ('the policy,', 'for templates')),
    'plugins/modules': Box(2, 2, 1, ('documentation and', 'argument specs')),
    'plugins/plugin_utils': Box(1, 3, 1, ('archives, X.509, keys;', 'uses cryptography')),
    'plugins/module_utils/wire': Box(2, 3, 1, ("PostgreSQL's SSLRequest", 'and TLS')),
    'plugins/module_utils/host': Box(2, 4, 1, ('observes, plans, applies;', 'becomes the owner')),
    'plugins/module_utils/policy': Box(
        0, 5, 3, ("the guide's tables, the rules, the formats:", 'pure functions over plain data, no input or output')),
}


def uses() -> dict[str, set[str]]:
    """Return the parts that each part uses. Raises KeyError for a part that is not in ``PARTS``."""
    found: dict[str, set[str]] = {part: set() for part in PARTS}
    code = [path for path in (_ROOT / 'plugins').rglob('*.py') if path.stat().st_size > 0 and path.parent.name != TEXT_ALONE]
    for path in sorted(code):
        found[_part_of(path)].update(map(_part_of, _imported(path)))
    for folder in ('roles', 'playbooks'):
        for path in sorted([*(_ROOT / folder).rglob('*.yml'), *(_ROOT / folder).rglob('*.j2')]):
            found[folder].update(_named(path))
    return {part: others - {part} for part, others in found.items()}


def drawn(graph: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Return the arrows to draw: without those to a part that another arrow leads to as well. Raises graphlib.CycleError."""
    reached: dict[str, set[str]] = {}
    for part in graphlib.TopologicalSorter(graph).static_order():
        reached[part] = set(graph[part]).union(*(reached[other] for other in graph[part]))
    return {(part, other) for part, others in graph.items() for other in others
            if not any(other in reached[between] for between in others - {other})}


def _part_of(path: Path) -> str:
    parts = path.relative_to(_ROOT).parts
    part = '/'.join(parts[:3 if parts[1] == 'module_utils' else 2])
    if part not in PARTS:
        raise KeyError(f'{part} is not in PARTS')
    return part


def _imported(path: Path) -> Iterator[Path]:
    """Yield the files and folders of the collection that a file of Python imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        names = [node.module or ''] if isinstance(node, ast.ImportFrom) else [
            alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            # "from ...module_utils.policy import x" names a package of the third level as well
            if name.startswith(_PLUGINS) and not name.endswith('.module_utils'):
                yield _ROOT / 'plugins' / name[len(_PLUGINS):].replace('.', '/')


def _named(path: Path) -> Iterator[str]:
    """Yield the parts whose roles and plugins a file of YAML or a template names. A module with an action plugin is that."""
    for name in _NAME_IN_YAML.findall(path.read_text(encoding='utf-8')):
        if (_ROOT / 'roles' / name).is_dir():
            yield 'roles'
        for part in ('plugins/action', 'plugins/filter'):
            if (_ROOT / part / f'{name}.py').exists():
                yield part


# ---- drawing; units are those of SVG at its size in pixels
_COLUMN, _ROW, _GAP, _HEIGHT, _MARGIN = 250, 116, 30, 74, 20
_HEAD = '''\
<!-- Copyright (c) the gaussdb.dws_ssl contributors
     GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
     SPDX-License-Identifier: GPL-3.0-or-later
     Made by: {command} -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"
     font-family="sans-serif" font-size="13" text-anchor="middle">
<title>Which part of the collection uses which</title>
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>
<rect width="{width}" height="{height}" fill="#fff"/>
'''


def _edges(box: Box) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box."""
    left, top = _MARGIN + box.column * _COLUMN, _MARGIN + 24 + box.row * _ROW
    return left, top, left + box.width * _COLUMN - _GAP, top + _HEIGHT


def _arrow(start: Box, end: Box) -> str:
    """Draw an arrow downwards where the boxes overlap in a column or stand apart, or to the right in one row."""
    left, top, right, bottom = _edges(start)
    end_left, end_top, end_right, _end_bottom = _edges(end)
    if start.row == end.row:
        x, y, end_x, end_y = right, (top + bottom) / 2, end_left, (top + bottom) / 2
    else:
        y, end_y = bottom, end_top
        x = end_x = (max(left, end_left) + min(right, end_right)) / 2
    return f'<path d="M{x:g} {y:g} {end_x:g} {end_y:g}" stroke="#444" fill="none" marker-end="url(#head)"/>'


def _box(name: str, box: Box) -> Iterator[str]:
    left, top, right, _bottom = _edges(box)
    middle = (left + right) / 2
    colour = '#e3f1e3' if 'module_utils' in name else '#fdf3d8' if name == 'plugins/modules' else '#e4ecf7'
    yield f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{_HEIGHT}" rx="6" fill="{colour}" stroke="#444"/>'
    yield f'<text x="{middle:g}" y="{top + 22:g}" font-weight="bold">{escape(name)}</text>'
    for number, line in enumerate(box.about):
        yield f'<text x="{middle:g}" y="{top + 42 + 18 * number:g}">{escape(line)}</text>'


def picture() -> str:
    """Return the picture as SVG."""
    columns = max(box.column + box.width for box in PARTS.values())
    rows = max(box.row for box in PARTS.values()) + 1
    parts = [_HEAD.format(command=COMMAND, width=f'{columns * _COLUMN - _GAP + 2 * _MARGIN:g}',
                          height=f'{rows * _ROW + 24:g}')]
    parts += [f'<text x="{_MARGIN + 1 * _COLUMN - _GAP / 2:g}" y="30" fill="#555">on the controller</text>',
              f'<text x="{_MARGIN + 2.5 * _COLUMN - _GAP / 2:g}" y="{30 + 2 * _ROW:g}" fill="#555">on managed hosts</text>']
    for name, box in PARTS.items():
        parts.extend(_box(name, box))
    parts.extend(_arrow(PARTS[one], PARTS[other]) for one, other in sorted(drawn(uses())))
    return '\n'.join([*parts, '</svg>', ''])


def is_current() -> bool:
    """Return whether the picture in the clone is the one that the code makes."""
    return PICTURE.is_file() and PICTURE.read_text(encoding='utf-8') == picture()


def main() -> int:
    """Write the picture, or compare it. Return the exit status."""
    parser = argparse.ArgumentParser(description='Write the picture of which part uses which.')
    parser.add_argument('--check', action='store_true', help='write nothing; exit status 1 where the picture is not current')
    if not parser.parse_args().check:
        PICTURE.write_text(picture(), encoding='utf-8')
    elif not is_current():
        print(f'{PICTURE.relative_to(_ROOT)} is not current. Write it with: {COMMAND}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
