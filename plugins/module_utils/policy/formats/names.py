# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and defaults of the formats for argument specs: a host that complies loads no format for them."""

FORMATS = ('sh', 'csh', 'fish', 'environment', 'service', 'odbc', 'jdbc', 'pkcs12')
# Made on the controller for a person, not on hosts: no file of a set is kept in step with it.
DATA_STUDIO = 'data_studio'

DEFAULT_CLUSTER = 'dws'                  # of a set that names none
DEFAULT_DRIVER = 'PostgreSQL Unicode'    # as Debian's odbc-postgresql registers it
