# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a bundle is to be read; apart from the reader, so that a verdict from the cache does not load ``cryptography``."""
from __future__ import annotations

from typing import NamedTuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.authentication import BIDIRECTIONAL


class Options(NamedTuple):
    """What the reader has to know besides the path; the options of ``client_certificates`` of the same names."""
    auth_mode: str = BIDIRECTIONAL
    tree: str | None = None
    crl: str | None = None               # base name of a member, else an absolute path on the controller
    key_passphrase: str | None = None
    decrypt_key: bool = False
    key_forms: tuple[str, ...] = ()      # further forms of the key to deploy: 'pk8', 'p12'
