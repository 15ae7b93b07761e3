# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the time that a certificate is valid for is told."""
import time

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.facts import Certificate, Purpose

DAY = 86400    # seconds


def days_left(certificate: Certificate, purpose: Purpose) -> int:
    """Return the whole days until the certificate ends; negative when it has ended."""
    return (certificate.not_after - purpose.now) // DAY


def day(moment: int) -> str:
    """Return a time, in seconds since the epoch, as ``2026-11-25 04:12 UTC``; the number itself where it is no date."""
    try:
        return time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime(moment))
    except (ValueError, OverflowError, OSError):
        return str(moment)
