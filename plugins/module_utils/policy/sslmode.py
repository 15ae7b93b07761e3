# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of PGSSLMODE."""

# Table 2, PGSSLMODE. verify-full is named there as not supported by GaussDB(DWS).
SSLMODES = ('disable', 'allow', 'prefer', 'require', 'verify-ca')
UNSUPPORTED_SSLMODES = ('verify-full',)
DEFAULT_SSLMODE = 'prefer'                # what a client does without the variable
RECOMMENDED_SSLMODE = 'verify-ca'         # Table 1, column "Maintenance"
DATA_STUDIO_SSLMODES = ('require', 'verify-ca')    # those of them that Data Studio offers
