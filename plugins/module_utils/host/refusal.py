# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the host says no: the name of a rule, what it is about, and the details; the controller words the rest."""
from typing import Dict


class Refused(Exception):
    """Something that the host will not or cannot do. Carries public text alone, never a file's content."""

    def __init__(self, rule: str, subject: str, detail: str) -> None:
        Exception.__init__(self, rule)
        self.rule = rule
        self.subject = subject
        self.detail = detail

    def as_dict(self) -> Dict[str, str]:
        """Return ``{rule, subject, detail}``."""
        return {'rule': self.rule, 'subject': self.subject, 'detail': self.detail}


def about(refusal: Refused, path: str) -> Refused:
    """Return the refusal with a full path: whoever works in an open folder knows only the names in it."""
    subject = refusal.subject
    if subject.startswith('/') or refusal.rule.startswith(('user-', 'group-')):
        return refusal
    return Refused(refusal.rule, '%s (%s)' % (path, subject) if subject and subject != path.rsplit('/', 1)[-1] else path, refusal.detail)


def refused_by_system(error: OSError, subject: str = '') -> Refused:
    """Return the refusal that stands for an error of the operating system."""
    name = error.filename if isinstance(error.filename, str) else ''
    refusal = Refused('host-error', name, '%s.' % (error.strerror or type(error).__name__))
    return about(refusal, subject) if subject else refusal


def fault_of_ours(error: Exception) -> str:
    """Return what a module says when it breaks down: the type alone, for the text of the error could hold a content."""
    return ('internal error on the host: %s. This is a fault of the collection; nothing secret was printed. Please report it.'
            % type(error).__name__)
