# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found on a host, as the rules about a deployed set see it. ``None`` means "not known"."""
from typing import Dict, NamedTuple, Optional, Tuple

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import NOTHING, SeenFile


class DeployedExport(NamedTuple):
    """One exports file: where, whose it should be, how it lies there, and whether it says what it should."""
    path: str
    uid: Optional[int]                # that it should have
    mode: int                         # that it should have
    file: SeenFile
    serves: Optional[str] = None      # it loads the files of that folder
    agrees: Optional[bool] = None     # its content, or the variables in it, are the wanted ones
    format: Optional[str] = None      # of a file that is not for login shells


class Deployed(NamedTuple):
    """One set on one host. ``wanted`` is ``{name: identity}`` of the bundle where one was given to compare with."""
    dest: str
    auth_mode: str
    uid: int
    kind: str = NOTHING
    folder: Optional[SeenFile] = None
    files: Dict[str, SeenFile] = {}
    key_encrypted: Optional[bool] = None
    key_fits: Optional[bool] = None   # the key belongs to the certificate, by the host's own OpenSSL
    wanted: Optional[Dict[str, str]] = None
    exports: Tuple[DeployedExport, ...] = ()
    key_forms: Tuple[str, ...] = ()   # names of further key files that should be there
    crl: bool = False                 # a revocation list should be there
