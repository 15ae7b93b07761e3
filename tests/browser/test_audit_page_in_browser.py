# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's page as a person meets it, in Chromium."""
from __future__ import annotations

import base64
import re

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import HOSTILE
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait


@pytest.fixture
def screen(browser):
    """The browser with an ordinary screen; what a test sets is gone after it."""
    yield browser
    browser.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})
    browser.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': '', 'features': []})
    browser.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': False})


def width(browser, pixels):
    screen = {'width': pixels, 'height': 1000, 'deviceScaleFactor': 1, 'mobile': False}
    browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', screen)


def column(browser, number, table='hosts-table'):
    """Return the texts of one column, the first one being 1. One call: a table has hundreds of cells."""
    return browser.execute_script('return [...document.querySelectorAll(`#${arguments[0]} tbody tr`)].map((row) => '
                                  'row.cells[arguments[1] - 1].textContent)', table, number)


def heads(browser):
    return {head.text.rstrip(' ↕↑↓'): head for head in browser.find_elements(By.CSS_SELECTOR, '#hosts-table thead th')}


def count(browser):
    return browser.find_element(By.ID, 'hosts-count').text


def focused(browser):
    return browser.execute_script('return document.activeElement.textContent.trim()')


@pytest.mark.parametrize('name', ['3', '200', '2000', 'hostile', 'none'])
def test_a_page_loads_without_a_word_on_the_console_and_asks_for_nothing(screen, pages, name):
    screen.get_log('browser')
    screen.get(pages[name])
    assert screen.get_log('browser') == []
    assert screen.execute_script('return performance.getEntriesByType("resource").length') == 0
    assert screen.execute_script('return window.hacked') is None
    headings = [head.text for head in screen.find_elements(By.TAG_NAME, 'h2')]
    assert headings[1:] == ['Ends of validity', 'Findings', 'Who would be cut off by require_ssl', 'Hosts not read', 'All hosts']


def test_the_policy_is_in_force(screen, pages):
    """What slipped into the page would not run: an inline script and an inline style are refused, and the console says so."""
    screen.get(pages['3'])
    screen.execute_script("const one = document.createElement('script'); one.textContent = 'window.hacked = 2'; document.body.append(one);"
                          "document.body.setAttribute('style', 'opacity: 0')")
    assert screen.execute_script('return [window.hacked, getComputedStyle(document.body).opacity]') == [None, '1']
    assert len([line for line in screen.get_log('browser') if 'Content Security Policy' in line['message']]) == 2


def test_hostile_names_are_text_wherever_they_stand(screen, pages):
    screen.get(pages['hostile'])
    expected = screen.execute_script("return JSON.parse(document.getElementById('data').textContent).rows.map((row) => row.host)")
    assert len(expected) == 3 * len(HOSTILE) and sorted(column(screen, 1)) == sorted(expected)
    for details in screen.find_elements(By.CSS_SELECTOR, '#findings details'):
        screen.execute_script('arguments[0].open = true', details)
    for button in screen.find_elements(By.CSS_SELECTOR, '#hosts-table td button'):
        screen.execute_script('arguments[0].click()', button)
    WebDriverWait(screen, 10).until(lambda one: len(one.find_elements(By.CSS_SELECTOR, '#findings details table')) == len(HOSTILE) + 2)
    tags = set(screen.execute_script('return [...document.querySelectorAll("body *")].map((one) => one.localName)'))
    assert not tags & {'img', 'b', 'iframe', 'link', 'object'} and screen.execute_script('return window.hacked') is None
    assert len(screen.find_elements(By.TAG_NAME, 'script')) == 2 and screen.get_log('browser') == []


def test_rows_are_sorted_by_a_button_that_says_so(screen, pages):
    screen.get(pages['200'])
    assert heads(screen)['State'].get_attribute('aria-sort') == 'ascending' and column(screen, 3)[0] == 'not compliant'
    heads(screen)['Days left'].find_element(By.TAG_NAME, 'button').click()
    days = [int(text) for text in column(screen, 4)]
    assert days == sorted(days) and days[0] == -12
    assert heads(screen)['Days left'].get_attribute('aria-sort') == 'ascending'
    assert heads(screen)['State'].get_attribute('aria-sort') == 'none'
    heads(screen)['Days left'].find_element(By.TAG_NAME, 'button').click()
    days = [int(text) for text in column(screen, 4)]
    assert days == sorted(days, reverse=True) and days[0] > 600
    assert heads(screen)['Days left'].get_attribute('aria-sort') == 'descending'
    heads(screen)['Host'].find_element(By.TAG_NAME, 'button').click()
    assert column(screen, 1)[:4] == ['db0000.example.com', 'db0001.example.com', 'db0001.example.com', 'db0002.example.com']


def test_rows_are_filtered_by_text_state_and_rule(screen, pages):
    screen.get(pages['200'])
    assert count(screen) == '266 rows of 266, the first 100 shown' and len(column(screen, 1)) == 100
    text = screen.find_element(By.ID, 'filter-text')
    text.send_keys('db0001 report')
    assert (count(screen), column(screen, 1), column(screen, 2)) == ('1 row of 266', ['db0001.example.com'], ['report'])
    text.clear()
    Select(screen.find_element(By.ID, 'filter-state')).select_by_value('unread')
    assert (count(screen), set(column(screen, 3))) == ('4 rows of 266', {'not read'})
    screen.find_element(By.CSS_SELECTOR, '#filter button').click()
    WebDriverWait(screen, 10).until(lambda one: count(one).startswith('266 rows'))
    Select(screen.find_element(By.ID, 'filter-rule')).select_by_value('certificate-expired')
    assert (count(screen), set(column(screen, 4))) == ('5 rows of 266', {'-12'})
    text.send_keys('nothing has this name')
    assert (count(screen), column(screen, 1)) == ('0 rows of 266', [])


def test_a_finding_and_a_figure_lead_to_their_hosts(screen, pages):
    screen.get(pages['200'])
    article = next(one for one in screen.find_elements(By.CSS_SELECTOR, '#findings article') if 'certificate-expired' in one.text)
    article.find_element(By.TAG_NAME, 'button').click()
    assert count(screen) == '5 rows of 266' and screen.execute_script('return document.activeElement.id') == 'hosts'
    screen.find_element(By.LINK_TEXT, 'Sets with errors').click()
    assert count(screen) == '12 rows of 266' and set(column(screen, 3)) == {'not compliant'}


def test_a_row_opens_to_its_findings_with_the_remedy(screen, pages):
    screen.get(pages['200'])
    button = screen.find_element(By.CSS_SELECTOR, '#hosts-table tbody button')
    assert button.get_attribute('aria-expanded') == 'false'
    button.click()
    detail = screen.find_element(By.CSS_SELECTOR, '#hosts-table tr.detail')
    assert button.get_attribute('aria-expanded') == 'true'
    assert 'certificate-expired' in detail.text and 'Download a new bundle' in detail.text
    button.click()
    assert screen.find_elements(By.CSS_SELECTOR, '#hosts-table tr.detail') == []


def test_everything_can_be_done_with_the_keyboard(screen, pages):
    screen.get(pages['200'])
    keys = screen.switch_to.active_element
    keys.send_keys(Keys.TAB)
    assert focused(screen) == 'Skip to all hosts'
    assert screen.switch_to.active_element.is_displayed() and screen.switch_to.active_element.rect['x'] >= 0
    screen.switch_to.active_element.send_keys(Keys.ENTER)
    screen.switch_to.active_element.send_keys(Keys.TAB)
    assert screen.execute_script('return document.activeElement.id') == 'filter-text'
    screen.switch_to.active_element.send_keys('db0004', Keys.TAB, Keys.TAB, Keys.TAB)
    assert focused(screen) == 'Clear' and count(screen) == '2 rows of 266'
    screen.switch_to.active_element.send_keys(Keys.TAB)
    assert focused(screen) == 'Host'
    outline = screen.execute_script('return getComputedStyle(document.activeElement).outlineWidth')
    assert outline == '3px'
    screen.switch_to.active_element.send_keys(Keys.SPACE)
    assert heads(screen)['Host'].get_attribute('aria-sort') == 'ascending' and focused(screen) == 'Host'
    for _head in heads(screen):
        screen.switch_to.active_element.send_keys(Keys.TAB)
    assert focused(screen) == '1 error'
    screen.switch_to.active_element.send_keys(Keys.ENTER)
    assert 'certificate-expired' in screen.find_element(By.CSS_SELECTOR, 'tr.detail').text


def test_the_rest_of_a_long_table_is_one_button_away_and_the_reader_stays_in_place(screen, pages):
    screen.get(pages['2000'])
    assert len(column(screen, 1)) == 100
    screen.find_element(By.CSS_SELECTOR, '#hosts-table button.more').send_keys(Keys.ENTER)
    rows = column(screen, 1)
    assert len(rows) == 2657 and len(set(rows)) == 2000
    assert screen.execute_script('return document.activeElement.rowIndex') == 101


def test_those_who_would_be_cut_off_come_first(screen, pages):
    screen.get(pages['200'])
    assert column(screen, 4, 'require_ssl-table')[:5] == ['yes', 'yes', 'yes', 'yes', 'no']
    assert '4 of 262 connect today and would not with require_ssl.' in screen.find_element(By.ID, 'require_ssl').text


def test_each_end_names_the_hosts_and_those_of_one_day_stand_by_how_many_sets_have_them(screen, pages):
    screen.get(pages['200'])
    hosts = column(screen, 5, 'ends-table')
    assert hosts[:2] == ['db0004.example.com', 'db0045.example.com'] and len(hosts) == 10
    screen.find_element(By.CSS_SELECTOR, '#ends-table button.more').click()
    assert [words[-1] for words in (column(screen, number, 'ends-table') for number in (3, 5, 6))] == [
        'CA certificate', 'db0000.example.com, db0001.example.com and 194 more', '262']


def test_a_waived_finding_is_called_waived(screen, pages):
    screen.get(pages['200'])
    screen.find_element(By.ID, 'filter-text').send_keys('db0007')
    assert column(screen, 7) == ['1 waived', '']


def test_hosts_that_were_not_read_are_listed_with_the_reason(screen, pages):
    screen.get(pages['200'])
    assert column(screen, 1, 'unread-table') == ['db0002.example.com', 'db0060.example.com', 'db0099.example.com', 'db0196.example.com']
    assert column(screen, 2, 'unread-table') == ['unreachable', 'failed', 'unreachable', 'unreachable']
    assert column(screen, 3, 'unread-table')[1] == 'sudo: a password is required'


@pytest.mark.parametrize('pixels', [1280, 400, 320])
@pytest.mark.parametrize('name', ['200', 'hostile'])
def test_no_width_needs_scrolling_sideways(screen, pages, name, pixels):
    width(screen, pixels)
    screen.get(pages[name])
    assert screen.execute_script('return document.documentElement.scrollWidth') <= pixels


def contrast(colors):
    """Return the ratio of two colours (WCAG 2.2, contrast ratio)."""
    def luminance(color):
        parts = [int(part) / 255 for part in re.findall(r'[0-9]+', color)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    dark, light = sorted(map(luminance, colors))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_every_text_stands_out_in_light_and_in_dark(screen, pages, scheme):
    screen.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
    screen.get(pages['200'])
    pairs = screen.execute_script('''
        const behind = (element) => {
          for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (!color.startsWith('rgba(0, 0, 0, 0')) return color;
          }
          return getComputedStyle(document.documentElement).backgroundColor;
        };
        const texts = [...document.querySelectorAll('body *')].filter((one) => one.getClientRects().length &&
          [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
        return [...new Set(texts.map((one) => `${getComputedStyle(one).color}|${behind(one)}`))];''')
    assert len(pairs) > 5
    ratios = {pair: contrast(pair.split('|')) for pair in pairs}
    assert min(ratios.values()) >= 4.5, ratios
    background = screen.execute_script('return getComputedStyle(document.body).backgroundColor')
    assert (contrast([background, 'rgb(0, 0, 0)']) < 2) == (scheme == 'dark')


def test_paper_gets_no_buttons_and_is_told_what_it_lacks(screen, pages):
    screen.get(pages['200'])
    assert not screen.find_element(By.CSS_SELECTOR, '#hosts-table .paper').is_displayed()
    dark = [{'name': 'prefers-color-scheme', 'value': 'dark'}]
    screen.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': 'print', 'features': dark})
    shown = [one for one in screen.find_elements(By.CSS_SELECTOR, 'nav, form, details, button.more') if one.is_displayed()]
    assert shown == []
    assert screen.find_element(By.CSS_SELECTOR, '#hosts-table .paper').text == 'The first 100 of 266; audit.csv has them all.'
    assert screen.execute_script('return getComputedStyle(document.body).backgroundColor') == 'rgb(255, 255, 255)'
    document = base64.b64decode(screen.execute_cdp_cmd('Page.printToPDF', {'preferCSSPageSize': True})['data'])
    assert document.startswith(b'%PDF') and 3 <= len(re.findall(rb'/Type */Page\b', document)) <= 12


def test_without_the_script_the_figures_the_time_line_and_the_rules_can_be_read(screen, pages):
    screen.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': True})
    screen.get(pages['200'])
    text = screen.find_element(By.TAG_NAME, 'body').text
    assert '184 of 200 hosts are compliant' in text and 'certificate-expired' in text and 'audit.csv' in text
    assert not screen.find_element(By.ID, 'filter').is_displayed()
    assert len(screen.find_elements(By.CSS_SELECTOR, '.timeline li')) == 26
