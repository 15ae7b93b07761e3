# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit knows of one host, made from the results of the modules that read it.

Times are text in ISO 8601, UTC, as results carry them. ``None`` means "not known". Text stands here as it came; whoever
shows it escapes it (``policy/escape.py``).
"""
from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    Finding,
    Rule,
    errors,
    finding,
    ordered,
)
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.readiness import readiness
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.rules.audit import (
    HOST_LEFT_OUT,
    HOST_NOT_READ,
    HOST_UNREACHABLE,
)

# What has an end of validity. An issuer is a CA above the client's certificate, an authority any other of the CA file.
CLIENT, ISSUER, AUTHORITY, REVOCATION_LIST, SERVER = KINDS = ('client', 'issuer', 'authority', 'revocation_list', 'server')

READ, UNREACHABLE, FAILED, LEFT_OUT = STATES = ('read', 'unreachable', 'failed', 'left_out')
_RULES = {UNREACHABLE: HOST_UNREACHABLE, FAILED: HOST_NOT_READ, LEFT_OUT: HOST_LEFT_OUT}

_CONNECTION = ('endpoint', 'reachable', 'ssl', 'require_ssl', 'set_works')
_READINESS = ('connects', 'cut_off', 'clear_text', 'unverified')


class End(NamedTuple):
    """One end of validity. ``identity`` is equal for equal certificates or lists: a fingerprint, or issuer and time of issue."""
    kind: str
    subject: str
    not_after: str
    identity: str


class SetRecord(NamedTuple):
    """One user's set. ``connection`` is None where the server was not asked, otherwise a dict with the keys of ``CONNECTION_KEYS``."""
    owner: str
    dest: str
    sslmode: str | None
    generation: str | None
    ends: tuple[End, ...]
    connection: dict[str, Any] | None
    findings: tuple[Finding, ...]

    @property
    def compliant(self) -> bool:
        return not errors(self.findings)


class HostRecord(NamedTuple):
    """One host. ``message`` says why it was not read; ``findings`` are about the host as such."""
    host: str
    time: str
    state: str
    message: str | None
    findings: tuple[Finding, ...]
    sets: tuple[SetRecord, ...]

    @property
    def compliant(self) -> bool | None:
        """Whether all of it is. A host that was not read is not known to be."""
        if self.state != READ:
            return None
        return not errors(self.findings) and all(one.compliant for one in self.sets)

    def all_findings(self) -> list[Finding]:
        return [*self.findings, *(found for one in self.sets for found in one.findings)]


CONNECTION_KEYS = (*_CONNECTION, 'tls', *_READINESS)


def host_record(host: str, time: str, certificates: Mapping[str, Any] | None, connections: Mapping[str, Any] | None,
                waive: Iterable[str] = ()) -> HostRecord:
    """Return the record of a host.

    ``certificates`` is the result of client_certificates_info with ``sets``, ``connections`` that of connection_info in a loop
    over these sets; None, or a result without them, where the task did not come that far. ``waive`` is for what is said here of
    the host; the modules have waived what they found themselves.
    """
    waived = frozenset(waive)
    seen = certificates or {}
    if seen.get('unreachable'):
        state = UNREACHABLE
    elif isinstance(seen.get('sets'), Sequence) and not seen.get('failed'):
        state = READ
    else:
        state = FAILED if seen.get('failed') else LEFT_OUT
    if state != READ:
        message = _message(seen)
        return HostRecord(host, time, state, message, (_unknown(_RULES[state], host, message, waived),), ())
    asked = list((connections or {}).get('results') or ())
    asked += [{}] * (len(seen['sets']) - len(asked))
    return HostRecord(host, time, READ, None, (), tuple(_set(one, asked[number], waived) for number, one in enumerate(seen['sets'])))


def also_waived(findings: Iterable[Finding], names: frozenset[str]) -> tuple[Finding, ...]:
    """Return the findings, each once and errors first, those of the named rules waived as well as those that are already."""
    return tuple(ordered(one._replace(waived=one.waived or one.rule in names) for one in findings))


def finding_from(result: Mapping[str, Any]) -> Finding:
    """Return a finding from the dict that results and reports carry. Raises KeyError where a part is missing."""
    parts = {name: result[name] for name in Finding._fields}
    texts = {name: str(parts[name]) for name in ('rule', 'severity', 'subject', 'message', 'remedy', 'reference')}
    return Finding(**texts, clients=tuple(str(one) for one in parts['clients']), waived=bool(parts['waived']))


def _message(result: Mapping[str, Any]) -> str | None:
    message = result.get('msg')
    return ' '.join(str(message).split()) if message else None


def _unknown(rule: Rule, subject: str, message: str | None, waived: frozenset[str]) -> Finding:
    return finding(rule, subject, message or rule.title + '.')._replace(waived=rule.name in waived)


def _set(seen: Mapping[str, Any], asked: Mapping[str, Any], waived: frozenset[str]) -> SetRecord:
    findings = [finding_from(one) for one in seen['findings']]
    findings += also_waived((finding_from(one) for one in asked.get('findings') or ()), frozenset(
        one.rule for one in findings if one.waived))     # such as that there is no such user
    if asked.get('failed') or asked.get('unreachable'):
        rule = HOST_UNREACHABLE if asked.get('unreachable') else HOST_NOT_READ
        findings.append(_unknown(rule, str(seen['dest']), _message(asked), waived))
    return SetRecord(
        str(seen['owner']), str(seen['dest']), _text((seen.get('environment') or {}).get('PGSSLMODE')), _text(seen.get('generation')),
        tuple(_ends(seen, asked)), _connection(asked), tuple(ordered(findings)))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _connection(asked: Mapping[str, Any]) -> dict[str, Any] | None:
    if not asked.get('outcomes'):
        return None
    [row] = readiness([asked])
    return dict({name: asked.get(name) for name in _CONNECTION}, tls=(asked.get('tls') or {}).get('version'),
                **{name: row[name] for name in _READINESS})


def _ends(seen: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterable[End]:
    issuers = seen.get('issuers') or []
    above = {one['fingerprint_sha256'] for one in issuers}
    others = [one for one in seen.get('authorities') or [] if one['fingerprint_sha256'] not in above]
    for kind, certificates in ((CLIENT, [seen['certificate']] if seen.get('certificate') else []), (ISSUER, issuers),
                               (AUTHORITY, others), (SERVER, (asked.get('server_chain') or [])[:1])):
        for one in certificates:
            yield End(kind, str(one['subject']), str(one['not_after']), str(one['fingerprint_sha256']))
    for one in seen.get('revocation_lists') or ():
        if one['next_update']:
            yield End(REVOCATION_LIST, str(one['issuer']), str(one['next_update']), f"{one['issuer']} {one['last_update']}")
