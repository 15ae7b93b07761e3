# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task from its options to its result, with the host's own code on real folders."""
from __future__ import annotations

import os
import zipfile

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import set_files
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils import verdict
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.format_values import clients_of, judge_formats, values_of
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import orders
from ansible_collections.gaussdb.dws_ssl.tests.unit.plugin_utils.stage import ME

DEFAULTS = {'auth_mode': 'bidirectional', 'sslmode': 'verify-ca', 'decrypt_key': False, 'key_revision': '', 'keep': 1,
            'expiry_warning_days': 90, 'waive': [], 'missing_user': 'fail', 'state': 'present', 'blocked_generations': [],
            'odbc_driver': 'PostgreSQL Unicode', 'exports': []}


def test_deployed_seen_again_rotated_and_taken_back(play):
    first = play().result
    assert (first['changed'], first['previous'], first['replaced'], len(first['files'])) == (True, None, None, 5)
    assert first['environment']['PGSSLCERT'] == f'{play.folder}/sslcert/client.crt'
    again = play().result
    assert (again['changed'], again['generation'], again['diff']) == (False, first['generation'], [])
    second = play(src=str(play.folder / 'two.zip')).result
    assert (second['changed'], second['previous'], second['replaced']) == (True, first['generation'], first['generation'])
    back = play(state='previous', replaces=second['generation']).result
    assert (back['changed'], back['generation']) == (True, first['generation'])
    assert back['certificate'] == first['certificate'] != second['certificate']
    assert play(state='previous', replaces=second['generation']).result['changed'] is False


def test_a_diff_tells_of_files_what_is_public_and_of_exports_their_own_lines(play):
    exports = [{'path': f'{play.folder}/exports.sh', 'content': 'export PGSSLMODE=verify-ca\n', 'mode': '0600', 'owner': None}]
    play(exports=[dict(exports[0], content='export PGSSLMODE=require\n# a word of mine\n')])
    (play.folder / 'sslcert/cacert.pem').write_bytes(b'nothing that can be read')
    (play.folder / 'sslcert/client.key').chmod(0o640)
    files, file = play(src=str(play.folder / 'two.zip'), exports=exports).result['diff']
    assert (files['before_header'], file['before_header']) == (f'{play.folder}/sslcert', f'{play.folder}/exports.sh')
    assert 'content: nothing that can be read' in files['before'] and 'mode: 0640' in files['before']
    assert files['after'].count('SHA-256 fingerprint') == 2 and 'PRIVATE KEY' not in files['before'] + files['after']
    assert file['before'] == f'export PGSSLMODE=require\nmode: 0600\nowner: {ME}\n'
    assert file['after'] == f'export PGSSLMODE=verify-ca\nmode: 0600\nowner: {ME}\n'


def test_removed_and_gone(play):
    play()
    gone = play(state='absent').result
    assert (gone['changed'], gone['files'], gone['certificate'], gone['environment']) == (True, [], None, {})
    assert gone['diff'][0]['after'] == '' and sorted(os.listdir(play.folder)) == ['one.zip', 'two.zip']
    assert play(state='absent').result['changed'] is False


def test_check_mode_says_changed_where_an_earlier_task_may_make_the_user(play):
    checked, _ran, warned = play(check_mode=True, owner='nosuchuser')
    assert checked['changed'] is True and 'failed' not in checked
    assert any('An earlier task may be going to mend that' in text for text in warned)
    refused = play(owner='nosuchuser').result
    assert (refused['failed'], refused['changed']) == (True, False)
    assert refused['msg'].startswith('The host refused.\n- nosuchuser: ') and refused['findings'][0]['rule'] == 'user-missing'


def test_a_list_has_a_result_for_each_set_and_the_findings_of_all(play):
    entries = [{'owner': ME, 'dest': f'{play.folder}/a/sslcert'}, {'owner': ME, 'dest': f'{play.folder}/b/sslcert', 'decrypt_key': True}]
    done = play(dest=None, owner=None, sets=entries).result
    assert [(one['changed'], one['dest']) for one in done['sets']] == [(True, entry['dest']) for entry in entries]
    assert [finding['rule'] for finding in done['findings']] == ['key-encrypted', 'key-decrypted']


def test_everything_that_is_wrong_with_options_is_said_by_set():
    found, problems = orders(dict(DEFAULTS, dest=None, owner=None, src=None, sets=[
        {'owner': 'u', 'dest': '/d', 'src': '/b.zip', 'keep': -1, 'cluster': 'a b', 'endpoint': 'host:port', 'exports': [
            {'path': '/e', 'content': 'x', 'template': 'y', 'mode': '9'}]}, {'state': 'previous'}]))
    assert len(found) == 2 and [problem.partition(': ')[0] for problem in problems] == ['sets[0]'] * 5 + ['sets[1]'] * 3
    one, other = ({'owner': owner, 'dest': dest, 'src': '/b.zip'} for owner, dest in (('u', '/srv/{user}/d'), ('v', '/srv//u/d/')))
    assert orders(dict(DEFAULTS, dest=None, owner=None, src=None, sets=[one, other]))[1] == [
        'dest: /srv/u/d is that of sets[0] and sets[1]; give each set its own.']
    assert orders(dict(DEFAULTS, sets=[]))[1] == ['sets is empty: give at least one set, or leave it out.']


def test_a_bundle_that_fails_names_each_finding_once(play):
    (play.folder / 'bad.zip').write_bytes(b'no archive')
    sets = [{'owner': ME, 'dest': dest, 'src': str(play.folder / 'bad.zip')} for dest in ('relative', str(play.dest))]
    failed, ran, _warned = play(dest=None, owner=None, sets=sets)
    assert failed['msg'].splitlines()[0] == 'The certificates were not deployed, and no host was contacted.'
    assert len(failed['msg'].splitlines()) == 3 and ran == []
    assert {finding['rule'] for finding in failed['findings']} == {'bundle-not-archive', 'path-not-absolute'}


def test_files_of_formats_speak_of_all_sets_of_a_user():
    export = {'path': '/d/pg_service.conf', 'format': 'service', 'mode': '0600', 'owner': None}
    wanted, problems = orders(dict(DEFAULTS, owner='u', src='/b.zip', sets=[
        {'dest': '/d/a', 'exports': [export], 'endpoint': 'dws.example.com:8000'},
        {'dest': '/d/b', 'cluster': 'b', 'key_forms': ['pk8', 'p12']}]))
    digests = dict.fromkeys(('client.crt', 'client.key', 'client.key.cipher', 'client.key.rand', 'cacert.pem'), 'x')
    sets = [(order, set_files(digests)) for order in wanted]
    values = values_of(export, clients_of(sets, 'u'), clients_of(sets, 'u')[0])
    assert problems == [] and list(values['sections']) == ['dws', 'b'] and values['entries']['host'] == 'dws.example.com'
    held = [(order, digests) for order in wanted]
    assert [found.rule for found in judge_formats(held, 0, False)] == ['format-key-encrypted']
    assert [found.rule for found in judge_formats(held, 1, False)] == ['key-decrypted', 'store-without-passphrase']
    assert not list(judge_formats([(wanted[0]._replace(state='absent'), {})], 0, False))
    hostile = wanted[0]._replace(dest='/d/a\nb', exports=[dict(export, format='service')])
    assert 'format-value' in [found.rule for found in judge_formats([(hostile, {})], 0, False)]


def test_a_file_of_a_bundles_folder_that_nobody_needs_may_be_unreadable(play, monkeypatch):
    """Also where the verdict cannot be kept, which asks for every file that matters."""
    folder = play.folder / 'bundle'
    folder.mkdir()
    with zipfile.ZipFile(play.folder / 'one.zip') as archive:
        for name in archive.namelist():
            (folder / os.path.basename(name)).write_bytes(archive.read(name))
    (folder / 'server.key').write_bytes(b'not ours')
    opened: list[str] = []
    monkeypatch.setattr(verdict, 'open', lambda path, *more, **named: (opened.append(str(path)), open(path, *more, **named))[1],
                        raising=False)
    first = play(src=str(folder)).result
    assert first['changed'] and str(folder / 'client.key') in opened and str(folder / 'server.key') not in opened

    def refuse(*_arguments):
        raise PermissionError(13, 'Permission denied')
    monkeypatch.setattr(verdict, '_cache_key', refuse)
    assert play(src=str(folder)).result['generation'] == first['generation']
