# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report, with ordinary and with hostile names: CSV, Prometheus, JSON, and how they are written."""
from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import unicodedata

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.comma_separated import COLUMNS, cell, csv_text
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.prometheus import METRICS, prometheus_text
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.record import host_record
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.report import report_of
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.slices import document, merged, read_slice
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.audit.writing import contents, differing, write
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.audit.fleets import (
    HOSTILE,
    TIME,
    WARNING_DAYS,
    connection,
    fleet,
    hostile_fleet,
    one_set,
    records,
)

# Exposition format 0.0.4: a comment, or a name, labels in quotes with three escapes, and a number.
LABEL = r'[a-z_]+="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf'([a-z_]+)(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+)')
COMMENT = re.compile(r'# (?:HELP|TYPE) ([a-z_]+) .+')


def rows(report):
    return list(csv.DictReader(io.StringIO(csv_text(report), newline='')))


def samples(report):
    """Return ``{(metric, labels): value}`` of a text that holds nothing else than the format allows."""
    found = {}
    text = prometheus_text(report)
    assert text.endswith('\n')
    for line in text[:-1].split('\n'):
        match = SAMPLE.fullmatch(line)
        assert match or COMMENT.fullmatch(line), line
        if match:
            assert (match[1], match[2]) not in found
            found[match[1], match[2]] = int(match[3])
    return found


def is_printable(text):
    return all(unicodedata.category(one)[0] != 'C' and one not in '\u2028\u2029' for one in text if one not in '\r\n')


# ---- CSV

def test_csv_has_a_line_for_each_set_and_each_host_without():
    lines = rows(fleet(200))
    assert len(lines) == sum(len(record.sets) or 1 for record in fleet(200).hosts) and tuple(lines[0]) == COLUMNS
    assert lines[0] == {
        'host': 'db0000.example.com', 'state': 'read', 'user': 'dbadmin', 'dest': '/home/dbadmin/dws_ssl/sslcert', 'compliant': 'yes',
        'errors': '0', 'warnings': '1', 'rules': 'certificate-expires-soon', 'subject': 'CN=dbadmin0,OU=Data Warehouse,O=Example',
        'first_end': '2026-12-25T12:00:00Z', 'days_left': '30', 'sslmode': 'verify-ca', 'generation': lines[0]['generation'],
        'endpoint': 'dws.example.com:8000', 'connects': 'yes', 'cut_off': 'no', 'clear_text': 'no', 'unverified': 'no', 'message': ''}
    gone = next(line for line in lines if line['state'] == 'unreachable')
    assert (gone['user'], gone['compliant'], gone['errors'], gone['rules']) == ('', '', '1', 'host-unreachable')
    assert gone['message'].endswith('Connection timed out')


def test_csv_keeps_numbers_as_numbers_and_text_as_text():
    assert [cell(value) for value in (-12, 0, None, True, False)] == [-12, 0, '', 'yes', 'no']
    assert next(line for line in rows(fleet(200)) if 'certificate-expired' in line['rules'])['days_left'] == '-12'
    for text in ('=1+1', '+1', '-1', '@SUM(1)', '\uff1d1'):
        assert cell(text) == "'" + text
    assert cell('\t=1') == '\\t=1' and cell('a=1') == 'a=1'


def test_csv_of_hostile_names_has_no_formula_and_no_hidden_character():
    lines = rows(hostile_fleet())
    assert len(lines) == 3 * len(HOSTILE) and is_printable(csv_text(hostile_fleet()))
    cells = [value for line in lines for name, value in line.items() if name not in ('errors', 'warnings', 'days_left')]
    assert not any(value.startswith(('=', '+', '-', '@', '\t', '\r')) for value in cells)
    assert any(value.startswith("'=cmd") for value in cells)


# ---- Prometheus

def test_prometheus_has_days_left_and_compliance_by_host_and_user():
    found = samples(fleet(200))
    labels = 'host="db0004.example.com",user="dbadmin",dest="/home/dbadmin/dws_ssl/sslcert"'
    assert found['dws_ssl_days_left', labels] == -12 and found['dws_ssl_compliant', labels] == 0
    assert found['dws_ssl_findings', labels + ',severity="error"'] == 1
    assert found['dws_ssl_first_end_timestamp_seconds', labels] == 1794571200
    assert found['dws_ssl_host_read', 'host="db0002.example.com"'] == 0 and found['dws_ssl_host_read', 'host="db0004.example.com"'] == 1
    assert found['dws_ssl_audit_timestamp_seconds', None] == 1795564800
    assert {name for name, _labels in found} == set(METRICS)


def test_prometheus_has_no_sample_for_what_is_not_known():
    found = samples(fleet(200))
    assert not any('db0002' in (labels or '') for name, labels in found if name != 'dws_ssl_host_read')
    unseen = report_of(TIME, WARNING_DAYS, [host_record('db1', TIME, {'sets': [one_set(certificate=None, authorities=[])]}, {
        'results': [connection(later=None, checked=None, server_chain=None)]})])
    assert {name for name, _labels in samples(unseen)} == {
        'dws_ssl_audit_timestamp_seconds', 'dws_ssl_host_read', 'dws_ssl_compliant', 'dws_ssl_findings'}


def test_prometheus_says_help_and_type_once_before_the_samples_of_a_metric():
    names = [line.split()[2] for line in prometheus_text(fleet(50)).splitlines() if line.startswith('# TYPE')]
    assert names == [name for name in METRICS if name in names] and len(names) == len(set(names))


def test_prometheus_takes_hostile_names():
    found = samples(hostile_fleet())
    assert sum(name == 'dws_ssl_host_read' for name, _labels in found) == 3 * len(HOSTILE)
    assert is_printable(prometheus_text(hostile_fleet()))
    assert r'host="a\"b\\c\\nd\\te\\r8"' in prometheus_text(hostile_fleet())


# ---- JSON and slices

def slice_of(report):
    return json.dumps(document(report)).encode()


def test_a_slice_is_read_back_as_it_was_written():
    for report in (fleet(200), hostile_fleet()):
        assert tuple(read_slice(slice_of(report))) == report.hosts


def test_slices_merged_in_any_order_are_the_report_of_one_run():
    hosts = records(60)
    parts = [slice_of(report_of(TIME, WARNING_DAYS, hosts[number::3])) for number in (2, 0, 1)]
    together = report_of(TIME, WARNING_DAYS, merged(record for part in parts for record in read_slice(part)))
    assert contents(together) == contents(fleet(60))


def test_the_newest_of_a_host_counts_and_of_one_time_the_one_that_was_read():
    down, up = fleet(3).hosts[2], fleet(3).hosts[0]._replace(host=fleet(3).hosts[2].host)
    later = down._replace(time='2026-11-26T00:00:00Z')
    assert merged([up, down]) == merged([down, up]) == [up]
    assert merged([up, later]) == merged([later, up]) == [later]


def test_a_merge_can_waive_more_and_never_less():
    rules = {found.rule: found.waived for record in read_slice(slice_of(fleet(60)), ['file-mode']) for found in record.all_findings()}
    assert rules['file-mode'] and rules['exports-drift'] and not rules['certificate-expires-soon']


def spoilt(change):
    content = json.loads(slice_of(fleet(3)))
    change(content)
    return json.dumps(content).encode()


@pytest.mark.parametrize('content, words', [
    (b'not json', 'it is not JSON'), (b'[]', 'it is not a report'), (b'{"hosts": []}', 'it is not a report'),
    (b'[' * 100000, 'it is not JSON'), (b'\xff\xfe', 'it is not JSON'),
    (spoilt(lambda one: one.update(version=9)), 'version 9'), (spoilt(lambda one: one.update(hosts={})), 'no list of hosts'),
    (spoilt(lambda one: one['hosts'].append('db')), 'host number 4'), (spoilt(lambda one: one['hosts'][1].pop('host')), 'host number 2'),
    (spoilt(lambda one: one['hosts'][0].update(state='<b>')), 'host number 1'),
    (spoilt(lambda one: one['hosts'][0].update(time='today')), '"today" is not a time'),
    (spoilt(lambda one: one['hosts'][0]['sets'][0]['ends'][0].update(not_after='1e9')), '"1e9" is not a time'),
    (spoilt(lambda one: one['hosts'][0]['sets'][0]['connection'].update(cut_off='<b>')), 'host number 1'),
    (spoilt(lambda one: one['hosts'][0]['sets'][0]['findings'][0].pop('remedy')), 'host number 1')])
def test_what_is_not_a_report_is_refused_with_the_place(content, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_slice(content)


def test_json_is_plain_ascii_so_that_nothing_in_it_is_hidden():
    assert is_printable(contents(hostile_fleet())['audit.json'].decode('ascii'))


# ---- writing

def test_files_are_for_the_one_who_ran_the_audit_alone(tmp_path):
    folder, files = tmp_path / 'new' / 'report', contents(fleet(3))
    write(folder, differing(folder, files))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(os.listdir(folder)) == ['audit.csv', 'audit.html', 'audit.json', 'audit.prom']
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert differing(folder, files) == {}


def test_only_what_differs_is_written_again_and_a_link_is_replaced_not_followed(tmp_path):
    files = contents(fleet(3))
    write(tmp_path, files)
    (tmp_path / 'audit.csv').chmod(0o644)
    (tmp_path / 'audit.html').write_text('x' * len(files['audit.html']))
    (tmp_path / 'audit.prom').rename(tmp_path / 'elsewhere')
    (tmp_path / 'audit.prom').symlink_to('elsewhere')
    (tmp_path / 'elsewhere').chmod(0o600)
    changes = differing(tmp_path, files)
    assert set(changes) == {'audit.csv', 'audit.html', 'audit.prom'}
    write(tmp_path, dict(changes, **{'audit.prom': b'new'}))
    assert not (tmp_path / 'audit.prom').is_symlink() and (tmp_path / 'elsewhere').read_bytes() == files['audit.prom']


def test_a_file_that_could_not_be_written_leaves_no_half_behind(tmp_path):
    (tmp_path / 'audit.csv').mkdir()
    with pytest.raises(OSError):
        write(tmp_path, {'audit.csv': b'x'})
    assert os.listdir(tmp_path) == ['audit.csv']
