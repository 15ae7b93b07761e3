# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neither a key nor a passphrase nor a passphrase file's content appears anywhere, whatever is set, whatever goes wrong."""
from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason='needs root: the module acts for another user, and syslog is replaced')

BIN = Path(sys.executable).parent
PLAYBOOK = [str(BIN / 'ansible-playbook'), '-i', 'hosts.yml', 'play.yml', '-f', '2']


@pytest.fixture(scope='module')
def lab():
    # What it needs would make every fork of the other tests dearer.
    from ansible_collections.gaussdb.dws_ssl.tests.faults.secret_lab import Lab
    one = Lab()
    yield one
    one.close()


@pytest.fixture
def no_leaks(lab, record):
    """A function that fails where a secret of the lab was heard; a listener counts as one try."""
    def search(*, under: str) -> None:
        leaks = lab.leaks()
        listeners = sorted(path.name for path in lab.heard.rglob('*') if path.is_file())
        leaky = {leak.split(':')[0] for leak in leaks}
        record(f'listeners {under}', len(listeners), len(listeners) - len(leaky))
        assert not leaks
    return search


ALL = ('-vvvv', '--diff')
# The run with pipelining is the one of ansible-runner.
RUNS = {'without pipelining': ('0', ALL), 'in check mode': ('1', (*ALL, '--check'))}


@pytest.mark.parametrize('under', RUNS)
def test_nothing_secret_is_heard_by_anybody(lab, no_leaks, under):
    pipelining, arguments = RUNS[under]
    done = lab.listen([*PLAYBOOK, '--limit', 'one.example.com', *arguments], ANSIBLE_PIPELINING=pipelining)
    output = done.stdout.decode()
    assert done.returncode == 0, output[-5000:]
    assert output.count('...ignoring') >= (7 if '--check' in arguments else 12)     # what had to fail failed
    for name in ('callback', 'processes', 'facts/s1_one.example.com', 'ansible.log', 'syslog'):
        assert (lab.heard / name).stat().st_size > 1000, name
    assert b'client_certificates' in (lab.heard / 'syslog').read_bytes()
    assert 'everything' in (lab.heard / 'facts' / 's1_one.example.com').read_text()
    assert b'_task_fields' in (lab.heard / 'callback').read_bytes()
    no_leaks(under=under)


def test_nothing_secret_is_in_the_events_of_a_runner(lab, no_leaks):
    """ansible-runner keeps every event of a run as a file, and what it was started with."""
    program = ('import ansible_runner, sys\n'
               'sys.exit(ansible_runner.run(private_data_dir=sys.argv[1], project_dir=sys.argv[2], playbook="play.yml",'
               ' inventory=sys.argv[2] + "/hosts.yml", limit="one.example.com", verbosity=4).rc)')
    done = lab.listen([sys.executable, '-c', program, str(lab.heard), str(lab.folder)], ANSIBLE_PIPELINING='1')
    assert done.returncode == 0 and done.stdout.count(b'...ignoring') >= 12, done.stdout[-5000:]
    events = list((lab.heard / 'artifacts').glob('*/job_events/*.json'))
    assert len(events) > 100 and sum('runner_on_ok' in path.read_text() for path in events) > 10
    no_leaks(under='with ansible-runner and pipelining')


@pytest.mark.parametrize('setting', ['ANSIBLE_KEEP_REMOTE_FILES', 'ANSIBLE_DEBUG'])
def test_nothing_secret_is_heard_where_everything_is_kept_or_printed(lab, no_leaks, setting):
    """The key is not sent, so every deployment fails and says why."""
    done = lab.listen([*PLAYBOOK, '--limit', 'one.example.com', *ALL, '--diff'], **{setting: '1'})
    assert done.returncode != 0 and f'The private key is not sent: {setting}' in ' '.join(done.stdout.decode().split())
    no_leaks(under=f'with {setting}')


def test_a_key_is_not_put_into_a_file_that_ansible_opens_to_another_user(lab, no_leaks):
    """From one user to another without pipelining: Ansible would have to give that user the module's file to read."""
    arguments = ['-i', 'hosts.yml', 'one.example.com', '-m', 'gaussdb.dws_ssl.client_certificates', '-u', 'games', '-a',
                 'src=one.zip owner=nobody dest={{ home }}/direct/sslcert', '-e', f'home={lab.folder}/homes/one.example.com', '-b',
                 '--become-user', 'nobody', '--become-method', 'su', '-vvvv', '-e', 'ansible_become_flags="-s /bin/sh"',
                 '-e', 'ansible_python_interpreter=/usr/bin/python3']
    done = lab.listen([str(BIN / 'ansible'), *arguments], ANSIBLE_PIPELINING='0')
    assert done.returncode != 0 and b'The private key is not sent: pipelining is off' in done.stdout, done.stdout
    no_leaks(under='with become from user to user')


def test_a_passphrase_that_is_masked_after_one_host_is_there_for_the_next(lab, no_leaks):
    done = lab.listen([str(BIN / 'ansible'), '-i', 'hosts.yml', 'all', '-f', '1', '-m', 'gaussdb.dws_ssl.bundle_info', '-e',
                       '@secrets.yml', '-a', 'src=one-alone.zip fail_on=error key_passphrase={{ phrase_one }}'])
    assert done.stdout.count(b'SUCCESS') == 2, done.stdout
    no_leaks(under='of a task that several hosts run')


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
