# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a server's certificate bears the name that a client connects to, as libpq compares for verify-full."""
import ipaddress
from typing import Iterable, Tuple

DNS, ADDRESS, COMMON_NAME = 'DNS', 'IP Address', 'commonName'    # as Python's getpeercert() calls them


def bears_name(names: Iterable[Tuple[str, str]], host: str) -> bool:
    """Return whether one of a certificate's ``(type, name)`` pairs is the host.

    Names and addresses are compared alike. The first common name counts where there is no alternative name of the host's own type
    (RFC 6125, section 6.4.4; PostgreSQL 15, fe-secure-openssl.c).
    """
    pairs = list(names)
    wanted = ADDRESS if _address(host) else DNS
    if any(_same(kind, name, host) for kind, name in pairs if kind in (DNS, ADDRESS)):
        return True
    common = [name for kind, name in pairs if kind == COMMON_NAME][:1]
    return all(kind != wanted for kind, _name in pairs) and any(_same(DNS, name, host) for name in common)


def _same(kind: str, name: str, host: str) -> bool:
    if kind == ADDRESS:
        return _address(name) == _address(host) != ''
    name, host = name.lower(), host.lower()
    if name.startswith('*.'):           # one label, and the left-most alone
        label, dot, rest = host.partition('.')
        return bool(label and dot) and rest == name[2:]
    return name == host


def _address(text: str) -> str:
    """Return an IP address in its canonical form, '' for anything else."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return ''
