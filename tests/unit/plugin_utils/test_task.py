# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task from its options to its result, with the host's own code on real folders and without Ansible between them."""
from __future__ import annotations

import json
import os
import pwd
import shutil
import tempfile
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.deploy import deploy
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.host.looking import look_at
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import set_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.generation import generation
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.archive import read_plain
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.deployment_report import (
    Judged,
    failure,
    identities_of,
    report,
    warnings_of,
    with_host_findings,
)
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.format_values import clients_of, judge_formats, values_of
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.host_request import decided, host_request, look_request, packed, write_request
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import judge_order, needs_bundle, orders
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.reading_options import Options
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.verdict import contents, verdict
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import example

ME = pwd.getpwuid(os.geteuid()).pw_name
DEFAULTS = {'auth_mode': 'bidirectional', 'sslmode': 'verify-ca', 'decrypt_key': False, 'key_revision': '', 'keep': 1,
            'expiry_warning_days': 90, 'waive': [], 'missing_user': 'fail', 'state': 'present', 'blocked_generations': [],
            'odbc_driver': 'PostgreSQL Unicode', 'exports': []}


class Playground:
    """A folder that is the tester's alone, with two bundles in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_task_'))
        (self.folder / 'cache').mkdir()
        for number, name in enumerate(('one', 'two')):
            (self.folder / f'{name}.zip').write_bytes(example(ME, number))

    def run(self, check_mode: bool = False, sends: bool = True, **options: object) -> dict:
        """Do what the action plugin does, in its order. ``sends``: whether the host gets what it lacks."""
        args = {**DEFAULTS, 'src': str(self.folder / 'one.zip'), 'dest': str(self.folder / 'sslcert'), 'owner': ME, **options}
        wanted, problems = orders(args)
        assert problems == []
        sets = []
        for order in wanted:
            how = Options(order.auth_mode, decrypt_key=order.decrypt_key)
            judged = verdict(str(order.src), how, read_plain, 90, str(self.folder / 'cache')) if needs_bundle(order) else None
            found = [*(judged.findings if judged else []), *judge_order(order, set_files(judged.digests if judged else {}))]
            sets.append(Judged(order, judged, found))
        answer = self._ask(sets, None, check_mode)
        if not answer['done'] and not check_mode and sends:
            answer = self._ask(sets, answer, check_mode)
        sets = [with_host_findings(one, seen) for one, seen in zip(sets, answer['sets'])]
        return dict(report(sets, answer, args.get('sets') is not None, check_mode, True), warned=warnings_of(sets, answer, check_mode))

    @staticmethod
    def _ask(sets: list[Judged], before: dict | None, check_mode: bool) -> dict:
        request, sent = [], {}
        for one, seen in zip(sets, before['sets'] if before else [None] * len(sets)):
            held = identities_of(one, seen)
            back_to = generation(held) if one.order.state == 'previous' and seen else None
            request.append((one.order, held if one.verdict else {}, one.order.exports, back_to))
            if one.verdict:
                how = Options(one.order.auth_mode, decrypt_key=one.order.decrypt_key)
                sent.update({one.verdict.digests[name]: content for name, content in contents(str(one.order.src), how, read_plain).items()})
        text = host_request(request)
        if before is None and not any(one.order.state == 'absent' for one in sets):
            return json.loads(json.dumps(decided(text, json.loads(json.dumps(look_at(look_request(text))))['sets'])))
        text = write_request(text, [seen['home'] for seen in before['sets']]) if before else text
        return json.loads(json.dumps(deploy(text, packed(sent) if before else None, check_mode)))


@pytest.fixture
def play():
    playground = Playground()
    yield playground
    shutil.rmtree(playground.folder)


def test_deployed_seen_again_rotated_and_taken_back(play):
    first = play.run()
    assert (first['changed'], first['previous'], first['replaced'], len(first['files'])) == (True, None, None, 5)
    assert first['environment']['PGSSLCERT'] == f'{play.folder}/sslcert/client.crt'
    again = play.run()
    assert (again['changed'], again['generation'], again['diff']) == (False, first['generation'], [])
    second = play.run(src=str(play.folder / 'two.zip'))
    assert (second['changed'], second['previous'], second['replaced']) == (True, first['generation'], first['generation'])
    back = play.run(state='previous', replaces=second['generation'])
    assert (back['changed'], back['generation']) == (True, first['generation'])
    assert back['certificate'] == first['certificate'] != second['certificate']
    assert play.run(state='previous', replaces=second['generation'])['changed'] is False


def test_a_diff_tells_of_files_what_is_public_and_of_exports_their_own_lines(play):
    exports = [{'path': f'{play.folder}/exports.sh', 'content': 'export PGSSLMODE=verify-ca\n', 'mode': '0600', 'owner': None}]
    play.run(exports=[dict(exports[0], content='export PGSSLMODE=require\n# a word of mine\n')])
    (play.folder / 'sslcert/cacert.pem').write_bytes(b'nothing that can be read')
    (play.folder / 'sslcert/client.key').chmod(0o640)
    files, file = play.run(src=str(play.folder / 'two.zip'), exports=exports)['diff']
    assert (files['before_header'], file['before_header']) == (f'{play.folder}/sslcert', f'{play.folder}/exports.sh')
    assert 'content: nothing that can be read' in files['before'] and 'mode: 0640' in files['before']
    assert files['after'].count('SHA-256 fingerprint') == 2 and 'PRIVATE KEY' not in files['before'] + files['after']
    assert file['before'] == f'export PGSSLMODE=require\nmode: 0600\nowner: {ME}\n'
    assert file['after'] == f'export PGSSLMODE=verify-ca\nmode: 0600\nowner: {ME}\n'


def test_removed_and_gone(play):
    play.run()
    gone = play.run(state='absent')
    assert (gone['changed'], gone['files'], gone['certificate'], gone['environment']) == (True, [], None, {})
    assert gone['diff'][0]['after'] == '' and sorted(os.listdir(play.folder)) == ['cache', 'one.zip', 'two.zip']
    assert play.run(state='absent')['changed'] is False


def test_check_mode_says_changed_where_an_earlier_task_may_make_the_user(play):
    checked = play.run(check_mode=True, owner='nosuchuser')
    assert checked['changed'] is True and 'failed' not in checked
    assert any('An earlier task may be going to mend that' in text for text in checked['warned'])
    refused = play.run(owner='nosuchuser')
    assert (refused['failed'], refused['changed']) == (True, False)
    assert refused['msg'].startswith('The host refused.\n- nosuchuser: ') and refused['findings'][0]['rule'] == 'user-missing'


def test_a_list_has_a_result_for_each_set_and_the_findings_of_all(play):
    entries = [{'dest': f'{play.folder}/a/sslcert'}, {'dest': f'{play.folder}/b/sslcert', 'decrypt_key': True}]
    done = play.run(sets=entries)
    assert [(one['changed'], one['dest']) for one in done['sets']] == [(True, entry['dest']) for entry in entries]
    assert [finding['rule'] for finding in done['findings']] == ['key-encrypted', 'key-decrypted']


def test_everything_that_is_wrong_with_options_is_said_by_set():
    found, problems = orders(dict(DEFAULTS, dest=None, owner=None, src=None, sets=[
        {'owner': 'u', 'dest': '/d', 'src': '/b.zip', 'keep': -1, 'cluster': 'a b', 'endpoint': 'host:port', 'exports': [
            {'path': '/e', 'content': 'x', 'template': 'y', 'mode': '9'}]}, {'state': 'previous'}]))
    assert len(found) == 2 and [problem.partition(': ')[0] for problem in problems] == ['sets[0]'] * 5 + ['sets[1]'] * 3
    assert orders(dict(DEFAULTS, sets=[]))[1] == ['sets is empty: give at least one set, or leave it out.']


def test_a_bundle_that_fails_names_each_finding_once(play):
    (play.folder / 'bad.zip').write_bytes(b'no archive')
    [order], _problems = orders({**DEFAULTS, 'src': str(play.folder / 'bad.zip'), 'dest': 'relative', 'owner': ME})
    judged = verdict(str(order.src), Options(), read_plain, 90, str(play.folder / 'cache'))
    one = Judged(order, judged, [*judged.findings, *judge_order(order, set_files(judged.digests))])
    failed = failure('Not deployed.', [one, one])
    assert failed['msg'].splitlines()[0] == 'Not deployed.' and len(failed['msg'].splitlines()) == 3
    assert {finding['rule'] for finding in failed['findings']} == {'bundle-not-archive', 'path-not-absolute'}


def test_files_of_formats_speak_of_all_sets_of_a_user(play):
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
