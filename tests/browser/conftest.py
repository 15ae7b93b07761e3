# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Chromium for the audit's page, one for all tests."""
from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.page import page
from selenium import webdriver

from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import fleet, hostile_fleet

# The browser asks nobody for anything: the page is a file.
ARGUMENTS = ('--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
             '--disable-component-update', '--disable-sync', '--no-proxy-server', '--window-size=1280,1000')
PROXIES = ('http_proxy', 'https_proxy', 'all_proxy', 'no_proxy')


def program(*names: str) -> str:
    """Return the path of a program. Left out, with the reason, where it is not there; a failure under CI."""
    found = next(filter(None, map(shutil.which, names)), None)
    require(None if found else f'{names[0]} (Debian packages chromium and chromium-driver)')
    return str(found)


@pytest.fixture(scope='session')
def browser():
    """Chromium with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = program('chromium', 'chromium-browser', 'google-chrome')
    driver = program('chromedriver')     # by its path: selenium would look for one in the network
    environment = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    with tempfile.TemporaryDirectory(prefix='dws_ssl_browser_', ignore_cleanup_errors=True) as profile:
        for argument in (*ARGUMENTS, f'--user-data-dir={profile}'):
            options.add_argument(argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
        chromium = webdriver.Chrome(options, webdriver.ChromeService(driver, env=dict(environment, HOME=profile)))
        yield chromium
        chromium.quit()


@pytest.fixture(scope='session')
def pages(tmp_path_factory):
    """The addresses of pages: of 3, 200 and 2,000 hosts, and of hostile ones."""
    folder: Path = tmp_path_factory.mktemp('pages')
    reports = {'3': fleet(3), '200': fleet(200), '2000': fleet(2000), 'hostile': hostile_fleet(), 'none': fleet(0)}
    for name, report in reports.items():
        (folder / f'{name}.html').write_text(page(report), encoding='utf-8')
    return {name: (folder / f'{name}.html').as_uri() for name in reports}
