# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for links within a site that lead nowhere. Usage: python links.py FOLDER; exit status 1 where there are some."""
from __future__ import annotations

import argparse
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Iterator
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """Collects what a page links to, and the places in it that others can link to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ('href', 'src') and value:
                self.links.append(value)
            elif name == 'id' and value:
                self.places.add(value)


def broken_links(site: Path) -> Iterator[str]:
    """Yield ``PAGE: LINK`` for each link of a page below the folder to a file or a place in a page that is not there."""
    pages = {path: _Page(path) for path in sorted(site.resolve().rglob('*.html'))}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            if not target.is_file() or place and target in pages and place not in pages[target].places:
                yield f'{path.relative_to(site.resolve())}: {link}'


def main() -> int:
    """Look at one site; print the broken links and return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument('site', type=Path)
    broken = list(broken_links(parser.parse_args().site))
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


if __name__ == '__main__':
    sys.exit(main())
