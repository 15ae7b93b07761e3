# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neither a key nor a passphrase nor a passphrase file's content appears anywhere, whatever is set, whatever goes wrong."""
from __future__ import annotations

import base64
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='needs root: the module acts for another user, and syslog is replaced')

BIN = Path(sys.executable).parent
PLAYBOOK = [str(BIN / 'ansible-playbook'), '-i', 'hosts.yml', 'play.yml', '-f', '2']


@pytest.fixture(scope='module')
def make_lab():
    # What it needs would make every fork of the other tests dearer.
    from ansible_collections.gaussdb.dws_ssl.tests.faults.secret_lab import Lab
    made = []

    def make():
        made.append(Lab())
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope='module')
def lab(make_lab):
    return make_lab()


@pytest.fixture
def no_leaks(record):
    """A function that fails where a secret of a lab was heard; a listener counts as one try."""
    def search(lab, *, under: str) -> None:
        leaks = lab.leaks()
        listeners = sorted(path.name for path in lab.heard.rglob('*') if path.is_file())
        leaky = {leak.split(':')[0] for leak in leaks}
        record(f'listeners {under}', len(listeners), len(listeners) - len(leaky))
        assert not leaks
    return search


ALL = ('-vvvv', '--diff')
PLAYS = {'without pipelining': ('0', ALL), 'in check mode': ('1', (*ALL, '--check'))}
RUNNER = 'with ansible-runner and pipelining'


def _play(lab, under):
    """Let the whole playbook run for one host."""
    if under == RUNNER:
        program = ('import ansible_runner, sys\n'
                   'sys.exit(ansible_runner.run(private_data_dir=sys.argv[1], project_dir=sys.argv[2], playbook="play.yml",'
                   ' inventory=sys.argv[2] + "/hosts.yml", limit="one.example.com", verbosity=4).rc)')
        return lab.listen([sys.executable, '-c', program, str(lab.heard), str(lab.folder)], ANSIBLE_PIPELINING='1')
    pipelining, arguments = PLAYS[under]
    return lab.listen([*PLAYBOOK, '--limit', 'one.example.com', *arguments], ANSIBLE_PIPELINING=pipelining)


@pytest.fixture(scope='module')
def played(make_lab):
    """The runs of the whole playbook, at the same time, each in a lab of its own: ``{under: (lab, what came of it)}``."""
    labs = {under: make_lab() for under in (*PLAYS, RUNNER)}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(labs, zip(labs.values(), pool.map(_play, labs.values(), labs))))


@pytest.mark.parametrize('under', PLAYS)
def test_nothing_secret_is_heard_by_anybody(played, no_leaks, under):
    lab, done = played[under]
    output = done.stdout.decode()
    assert done.returncode == 0, output[-5000:]
    assert output.count('...ignoring') >= (7 if under == 'in check mode' else 12)     # what had to fail failed
    for name in ('callback', 'processes', 'facts/s1_one.example.com', 'ansible.log', 'syslog'):
        assert (lab.heard / name).stat().st_size > 1000, name
    assert b'client_certificates' in (lab.heard / 'syslog').read_bytes()
    assert 'everything' in (lab.heard / 'facts' / 's1_one.example.com').read_text()
    assert b'_task_fields' in (lab.heard / 'callback').read_bytes()
    assert b'AnsiballZ_client_certificates_write.py' in (lab.heard / 'processes').read_bytes() or under != 'without pipelining'
    no_leaks(lab, under=under)


def test_nothing_secret_is_in_the_events_of_a_runner(played, no_leaks):
    """ansible-runner keeps every event of a run as a file, and what it was started with."""
    lab, done = played[RUNNER]
    assert done.returncode == 0 and done.stdout.count(b'...ignoring') >= 12, done.stdout[-5000:]
    events = list((lab.heard / 'artifacts').glob('*/job_events/*.json'))
    assert len(events) > 100 and sum('runner_on_ok' in path.read_text() for path in events) > 10
    no_leaks(lab, under=RUNNER)


@pytest.mark.parametrize('setting', ['ANSIBLE_KEEP_REMOTE_FILES', 'ANSIBLE_DEBUG'])
def test_nothing_secret_is_heard_where_everything_is_kept_or_printed(lab, no_leaks, setting):
    """The key is not sent, so every deployment fails and says why."""
    done = lab.listen([*PLAYBOOK, '--limit', 'one.example.com', *ALL, '--diff'], **{setting: '1'})
    assert done.returncode != 0 and f'The private key is not sent: {setting}' in ' '.join(done.stdout.decode().split())
    no_leaks(lab, under=f'with {setting}')


def test_a_key_is_not_put_into_a_file_that_ansible_opens_to_another_user(lab, no_leaks):
    """From one user to another without pipelining: Ansible would have to give that user the module's file to read."""
    arguments = ['-i', 'hosts.yml', 'one.example.com', '-m', 'gaussdb.dws_ssl.client_certificates', '-u', 'games', '-a',
                 'src=one.zip owner=nobody dest={{ home }}/direct/sslcert', '-e', f'home={lab.folder}/homes/one.example.com', '-b',
                 '--become-user', 'nobody', '--become-method', 'su', '-vvvv', '-e', 'ansible_become_flags="-s /bin/sh"',
                 '-e', 'ansible_python_interpreter=/usr/bin/python3']
    done = lab.listen([str(BIN / 'ansible'), *arguments], ANSIBLE_PIPELINING='0')
    assert done.returncode != 0 and b'The private key is not sent: pipelining is off' in done.stdout, done.stdout
    no_leaks(lab, under='with become from user to user')


def test_a_passphrase_that_is_masked_after_one_host_is_there_for_the_next(lab, no_leaks):
    done = lab.listen([str(BIN / 'ansible'), '-i', 'hosts.yml', 'all', '-f', '1', '-m', 'gaussdb.dws_ssl.bundle_info', '-e',
                       '@secrets.yml', '-a', 'src=one-alone.zip fail_on=error key_passphrase={{ phrase_one }}'])
    assert done.stdout.count(b'SUCCESS') == 2, done.stdout
    no_leaks(lab, under='of a task that several hosts run')


def test_the_search_finds_what_is_there(lab):
    """In every form, at every alignment: what the other tests rely on."""
    found = 0
    for secret in (lab.phrases['one'].encode(), lab.needles.piece_of('client.key'), lab.needles.piece_of('client.key.cipher')):
        for before in range(3):
            text = b'x' * before + secret + b'yz'
            for hidden in (text, text.hex().encode(), base64.b64encode(text), base64.b64encode(base64.b64encode(text)),
                           json.dumps({'text': text.decode('latin-1')}).encode(), repr(text).encode()):
                assert lab.needles.found_in(b'some text' + hidden + b'more text'), hidden
                found += 1
    assert found == 54 and not lab.needles.found_in(base64.b64encode(b'something else entirely, which is as long as they are'))
