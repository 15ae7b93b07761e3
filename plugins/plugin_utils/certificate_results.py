# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and revocation lists as results show them."""
from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy import facts


def certificate_result(certificate: facts.Certificate) -> dict[str, Any]:
    """Return a certificate as results show it."""
    return {
        'subject': certificate.subject, 'issuer': certificate.issuer, 'serial': certificate.serial,
        'not_before': timestamp(certificate.not_before), 'not_after': timestamp(certificate.not_after),
        'fingerprint_sha256': certificate.fingerprint, 'public_key_sha256': certificate.public_key,
    }


def list_result(revocation_list: facts.RevocationList) -> dict[str, Any]:
    """Return a revocation list as results show it."""
    ends = revocation_list.next_update
    return {'issuer': revocation_list.issuer, 'last_update': timestamp(revocation_list.last_update),
            'next_update': None if ends is None else timestamp(ends)}


def timestamp(seconds: int) -> str:
    """Return a time in ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
