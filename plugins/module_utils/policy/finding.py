# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rule is and what it finds.

A rule is data: it is declared once, in a file of ``policy/rules/``, and everything that a person reads about it (results,
messages, the rule catalogue in the docs) is made from that declaration.
"""
from collections import OrderedDict
from typing import Collection, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

ERROR = 'error'
WARNING = 'warning'
INFO = 'info'
SEVERITIES = (ERROR, WARNING, INFO)
NEVER = 'never'    # with fail_on, in place of a severity

# Families of clients; each stands for all clients that read certificates in the same way.
GSQL = 'gsql'      # gsql and every client on the DWS flavour of libpq
LIBPQ = 'libpq'    # psql, psycopg, psqlODBC, dbt and whatever else uses the stock libpq
JDBC = 'jdbc'
NATIVE = (GSQL, LIBPQ)    # both flavours of libpq, which leave TLS to OpenSSL
ALL_CLIENTS = (GSQL, LIBPQ, JDBC)


class Rule(NamedTuple):
    """One way in which a bundle, an environment or a host can be wrong.

    ``name`` is a stable kebab-case word; ``title`` one line without a full stop; ``explanation`` says what the named
    clients do; ``remedy`` starts with a verb; ``reference`` names the guide's table, an RFC or the client's behaviour.
    """
    name: str
    severity: str
    clients: Tuple[str, ...]
    title: str
    explanation: str
    remedy: str
    reference: str


class Finding(NamedTuple):
    """One case of a rule. ``subject`` is the file, variable, tree or path that it is about."""
    rule: str
    severity: str
    subject: str
    clients: Tuple[str, ...]
    message: str
    remedy: str
    reference: str
    waived: bool = False


class Problem(NamedTuple):
    """What a reader could not make sense of, as data: the name of the rule that covers it, and the details.

    Readers (archives, X.509, keys) return problems; ``policy/judge.py`` turns them into findings.
    """
    rule: str
    subject: str
    detail: str


def finding(rule: Rule, subject: str, message: str, severity: Optional[str] = None,
            clients: Optional[Sequence[str]] = None) -> Finding:
    """Return one case of ``rule``; severity and clients are the rule's own unless the case is a special one."""
    return Finding(rule.name, severity or rule.severity, subject, tuple(clients or rule.clients), message, rule.remedy,
                   rule.reference)


def waive(findings: Iterable[Finding], names: Iterable[str]) -> List[Finding]:
    """Return the findings, those of the named rules marked as waived. A waived finding stays visible."""
    waived = frozenset(names)
    return [found._replace(waived=found.rule in waived) for found in findings]


def errors(findings: Iterable[Finding]) -> List[Finding]:
    """Return the findings that stop a deployment: severity ``error`` and not waived."""
    return [found for found in findings if found.severity == ERROR and not found.waived]


def failing_severities(fail_on: str) -> Tuple[str, ...]:
    """Return the severities that make a task fail: the given one and worse, none for ``NEVER``."""
    return SEVERITIES[:SEVERITIES.index(fail_on) + 1] if fail_on != NEVER else ()


def for_gsql_alone(findings: Iterable[Finding], key_forms: Collection[str] = ()) -> List[Finding]:
    """Return the findings about a set whose key gsql alone can read; what other clients would refuse besides is information.

    With further ``key_forms`` JDBC has a key of its own, and counts.
    """
    clients = {GSQL, JDBC} if key_forms else {GSQL}
    return [found if clients & set(found.clients) else found._replace(severity=INFO) for found in findings]


def ordered(findings: Iterable[Finding]) -> List[Finding]:
    """Return the findings, each once, errors first and otherwise in the order in which they were found."""
    once = OrderedDict((found, None) for found in findings)     # a hostile bundle can have many
    return sorted(once, key=lambda found: SEVERITIES.index(found.severity))


def as_dict(found: Finding) -> Dict[str, object]:
    """Return the finding as results carry it: ``{rule, severity, subject, clients, message, remedy, reference, waived}``."""
    return dict(found._asdict(), clients=list(found.clients))


def sentence(found: Finding) -> str:
    """Return one finding as one line for the person at the terminal."""
    return '%s: %s [%s] %s' % (found.subject, found.message, found.rule, found.remedy)
