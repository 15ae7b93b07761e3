# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a connection ends before its time."""
from typing import Optional


class Broken(Exception):
    """The connection cannot go on. ``fault`` is one of ``policy/endpoint.py``; ``detail`` is public text of bounded length."""

    def __init__(self, fault: str, detail: str = '', verify_code: Optional[int] = None) -> None:
        Exception.__init__(self, fault)
        self.fault = fault
        self.detail = detail[:LONGEST_DETAIL]
        self.verify_code = verify_code


LONGEST_DETAIL = 200     # characters


def printable(data: bytes) -> str:
    """Return the start of what a server sent in a form that a person can read."""
    return repr(data[:40])[1:]
