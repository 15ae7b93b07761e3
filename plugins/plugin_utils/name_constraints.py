# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Name constraints of CAs (RFC 5280, section 4.2.1.10), checked as OpenSSL does.

The names are the subject, the e-mail addresses in it, the alternative names, and the common name where it looks like a
host.
"""
from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Exclusion
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.optional_cryptography import ExtensionOID, NameOID, x509
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.certificates import Loaded, comparable

_Name = tuple[str, Any]    # type as shown, value
UNSUPPORTED = 'other'       # OpenSSL refuses a name of these types as soon as a constraint speaks of the type


def excluded_names(chain: Sequence[Loaded]) -> Iterator[Exclusion]:
    """Yield every name of the chain (the client's certificate first) that a CA above it does not allow."""
    for place, subject in enumerate(chain):
        if place and subject.name == subject.issuer_name:      # self-issued CAs are exempt (RFC 5280, section 6.1.3)
            continue
        names = list(_names(subject, place == 0))
        for authority in chain[place + 1:]:
            constraints = _extension(authority, ExtensionOID.NAME_CONSTRAINTS)
            if constraints is None:
                continue
            for name in names:
                if _excluded(name, constraints):
                    yield Exclusion(subject.facts.subject, _shown(name), authority.facts.subject)


def _extension(loaded: Loaded, oid: Any) -> Any:
    try:
        return loaded.certificate.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None


def _names(loaded: Loaded, client: bool) -> Iterator[_Name]:
    subject = loaded.certificate.subject
    if subject.rdns:
        yield 'DN', subject
    for attribute in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
        yield 'email', attribute.value
    alternatives = list(_extension(loaded, ExtensionOID.SUBJECT_ALTERNATIVE_NAME) or ())
    for name in alternatives:
        yield _typed(name)
    if client and not any(isinstance(name, x509.DNSName) for name in alternatives):
        for attribute in subject.get_attributes_for_oid(NameOID.COMMON_NAME):
            if _like_dns(attribute.value):
                yield 'DNS', attribute.value


def _typed(name: Any) -> _Name:
    for kind, shown in ((x509.DNSName, 'DNS'), (x509.RFC822Name, 'email'), (x509.UniformResourceIdentifier, 'URI'),
                        (x509.IPAddress, 'IP'), (x509.DirectoryName, 'DN')):
        if isinstance(name, kind):
            return shown, name.value
    return UNSUPPORTED, type(name).__name__


def _excluded(name: _Name, constraints: Any) -> bool:
    permitted = _of_type(name[0], constraints.permitted_subtrees)
    excluded = _of_type(name[0], constraints.excluded_subtrees)
    if name[0] == UNSUPPORTED or name[0] == 'URI' and '://' not in name[1]:
        return bool(permitted or excluded)    # OpenSSL cannot tell, and refuses
    if permitted and not any(_within(name, base) for base in permitted):
        return True
    return any(_within(name, base) for base in excluded)


def _of_type(kind: str, subtrees: Any) -> list[Any]:
    typed = [_typed(subtree) for subtree in subtrees or ()]
    return [found[1] for found in typed if found[0] == kind]


def _within(name: _Name, base: Any) -> bool:
    kind, value = name
    if kind == 'DN':
        return comparable(value)[:len(base.rdns)] == comparable(base)
    if kind == 'IP':
        return isinstance(base, (ipaddress.IPv4Network, ipaddress.IPv6Network)) and not isinstance(
            value, (ipaddress.IPv4Network, ipaddress.IPv6Network)) and value.version == base.version and value in base
    if kind == 'email':
        return _within_mailboxes(value, base)
    value, base = value.lower(), base.lower()
    if kind == 'DNS':
        return not base or value == base or value.endswith(base if base.startswith('.') else '.' + base)
    return _within_hosts(re.split('[:/]', value.partition('://')[2])[0], base)


def _within_mailboxes(mailbox: str, base: str) -> bool:
    """Return whether a mailbox is ``base`` or is at a host of it; what stands before the at sign is case sensitive."""
    local, _at, host = mailbox.rpartition('@')
    wanted, at, wanted_host = base.rpartition('@')
    return (not at or local == wanted) and (_within_hosts(host.lower(), wanted_host.lower()) if not at
                                            else host.lower() == wanted_host.lower())


def _within_hosts(host: str, base: str) -> bool:
    return host.endswith(base) if base.startswith('.') else host == base


def _like_dns(value: Any) -> bool:
    """Return whether OpenSSL takes a common name for a host name: two labels or more (cn2dnsid)."""
    return isinstance(value, str) and re.match(
        r'[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)+\Z', value) is not None


def _shown(name: _Name) -> str:
    return '%s:%s' % (name[0], name[1].rfc4514_string() if isinstance(name[1], x509.Name) else name[1])
