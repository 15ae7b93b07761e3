# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's Table 1: the authentication modes and the variables that each of them needs."""
from typing import Dict, Tuple

BIDIRECTIONAL = 'bidirectional'
UNIDIRECTIONAL = 'unidirectional'

# Table 1, column "Environment Variables Configured on a Client". PGSSLCRL comes on top where there is a list (Table 2).
VARIABLES: Dict[str, Tuple[str, ...]] = {
    BIDIRECTIONAL: ('PGSSLCERT', 'PGSSLKEY', 'PGSSLMODE', 'PGSSLROOTCERT'),
    UNIDIRECTIONAL: ('PGSSLMODE', 'PGSSLROOTCERT'),
}
AUTH_MODES = tuple(VARIABLES)
