# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries psql with the corpus and writes what it says to docs/observed_messages.json. Root alone can try every case.

./dev run python tests/clients/record_messages.py
./dev run python docs/rule_catalogue.py            then writes the page of rules with the messages
"""
from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / '.cache'))    # made by ./dev: the clone under its name as a collection

from ansible_collections.gaussdb.dws_ssl.docs.rule_catalogue import OBSERVED
from ansible_collections.gaussdb.dws_ssl.tests.clients import agreement, corpus, placed, postgresql, real_clients


def main() -> int:
    """Write the file. Return the exit status."""
    if not placed.IS_ROOT:
        print('root alone can try every case', file=sys.stderr)
        return 1
    top = agreement.new_folder()
    try:
        with postgresql.PostgreSQL() as server:
            table = agreement.Run(server, [real_clients.Psql()], top).table(corpus.corpus())
    finally:
        shutil.rmtree(top)
    observed = {'client': real_clients.psql_version(), 'rules': table.messages('psql')}
    OBSERVED.write_text(json.dumps(observed, indent=1, sort_keys=True) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
