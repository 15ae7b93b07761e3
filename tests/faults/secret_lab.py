# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook that does everything that has to do with secrets, also where it fails, and everything that listens to it."""
from __future__ import annotations

import io
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import yaml
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.example_bundle import make_example
from ansible_collections.gaussdb.dws_ssl.tests.faults.attacker import USER
from ansible_collections.gaussdb.dws_ssl.tests.faults.needles import Needles

HERE = Path(__file__).parent
MODULE = 'gaussdb.dws_ssl.client_certificates'

# An interpreter that goes wrong in the one module run that carries the contents, and nowhere else.
INTERPRETER = '''#!/bin/sh
module=${1:-}
if [ -z "$module" ]; then
    module=$(mktemp %(folder)s/module.XXXXXX)
    trap 'rm -f "$module"' EXIT
    cat > "$module"
fi
if grep -q '"contents"' "$module"; then
    %(fault)s
fi
if [ $# -eq 0 ]; then %(python)s < "$module"; else %(python)s "$@"; fi
'''
FAULTS = {
    'little memory': 'ulimit -v 90000',
    'no room for files': 'ulimit -f 0',
    'killed': '%(python)s < "$module" & sleep 0.2; kill -9 $!; exit 137',
    'a chatty shell': 'echo "Last login: today"; echo "profile: oops" >&2',
    'prints what it runs': 'cat "$module"; exit 1',
    'shows the lines of a crash': 'sed -i "s/^    encoded_params = .*/    raise RuntimeError(params)/" "$module"',
}


class Lab:
    """Bundles, a home, a playbook, and a folder for what each listener has heard."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='dws_ssl_secrets_'))
        self.folder.chmod(0o755)
        self.heard = self.folder / 'heard'
        for name in ('heard', 'interpreters', 'dev', 'remote', 'local', 'modules'):
            (self.folder / name).mkdir(mode=0o700)
        self.phrases = {name: f'{start}{secrets.token_hex(4)}' for name, start in (
            ('one', 'Aa1@on'), ('two', 'Bb2@tw'), ('wrong', 'Cc3@wr'))}
        self.phrases['long'] = 'Dd4@' + secrets.token_hex(16)
        archives = {name: make_example('dbadmin', self.phrases[name].encode(), ['localhost'], 200).files['dws_ssl_cert.zip']
                    for name in ('one', 'two')}
        for name, archive in archives.items():
            (self.folder / f'{name}.zip').write_bytes(archive)
            (self.folder / f'{name}-alone.zip').write_bytes(without_pair(archive))
        self.needles = Needles(archives.values(), self.phrases.values())
        python = sys.executable
        for number, fault in enumerate(FAULTS.values()):
            path = self.folder / 'interpreters' / f'python{number}'
            values = {'python': python, 'folder': self.folder / 'modules'}
            path.write_text(INTERPRETER % dict(values, fault=fault.replace('%(python)s', python)))
            path.chmod(0o755)
        (self.folder / 'secrets.yml').write_text(yaml.safe_dump({f'phrase_{name}': phrase for name, phrase in self.phrases.items()}))
        (self.folder / 'hosts.yml').write_text(yaml.safe_dump({'all': {'hosts': {
            'one.example.com': {}, 'two.example.com': {}}, 'vars': {
                'ansible_connection': 'local', 'ansible_python_interpreter': python, 'ansible_remote_tmp': str(self.folder / 'remote')}}}))
        (self.folder / 'play.yml').write_text(yaml.safe_dump([{
            'hosts': 'all', 'gather_facts': True, 'gather_subset': ['min'], 'vars_files': ['secrets.yml'], 'tasks': list(self._tasks())}]))

    def _tasks(self) -> list[dict[str, object]]:
        top = f'{self.folder}/homes/{{{{ inventory_hostname }}}}'
        task: dict[str, object] = {'src': 'one.zip', 'owner': USER, 'dest': f'{top}/direct/sslcert'}
        role = {'dws_client_users': [USER], 'dws_client_directory': f'{top}/role/sslcert',
                'dws_client_profile_dir': f'{self.folder}/profile/{{{{ inventory_hostname }}}}'}
        alone = dict(task, src='one-alone.zip', key_passphrase='{{ phrase_one }}', dest=f'{top}/alone/sslcert')

        def run(module: str, options: dict[str, object], **more: object) -> dict[str, object]:
            return {'name': f'Run {module}', module: options, **more}

        def fail(options: dict[str, object], **more: object) -> dict[str, object]:
            return run(MODULE, options, ignore_errors=True, **more)
        return [
            {'ansible.builtin.include_role': {'name': 'gaussdb.dws_ssl.dws_client'}, 'vars': dict(role, dws_client_bundle='one.zip')},
            {'ansible.builtin.set_fact': {'everything': '{{ dws_client_result }}', 'cacheable': True}},
            {'ansible.builtin.include_role': {'name': 'gaussdb.dws_ssl.dws_client'}, 'vars': dict(
                role, dws_client_bundle='two-alone.zip', dws_client_decrypt_key=True, dws_client_key_passphrase='{{ phrase_two }}')},
            {'ansible.builtin.include_role': {'name': 'gaussdb.dws_ssl.dws_client', 'apply': {'ignore_errors': True}}, 'vars': dict(
                role, dws_client_bundle='one-alone.zip', dws_client_decrypt_key=True, dws_client_key_passphrase='{{ phrase_one }}',
                dws_client_endpoint='127.0.0.1:1', dws_client_verify='first')},
            run(MODULE, task), run(MODULE, dict(task, src='two.zip')), run(MODULE, dict(task, src='two.zip', decrypt_key=True)),
            run(MODULE, alone, register='tried', until='tried is success and tried.attempts > 1', retries=3, delay=0, ignore_errors=True),
            run(MODULE, dict(alone, key_revision='{{ item }}'), loop=['one', 'two']),
            run('gaussdb.dws_ssl.client_certificates_info', dict(alone, exports=[])),
            run('gaussdb.dws_ssl.bundle_info', {'src': 'one-alone.zip', 'key_passphrase': '{{ phrase_one }}'}),
            run('gaussdb.dws_ssl.connection_info', {'endpoint': '127.0.0.1:1', 'owner': USER, 'dest': f'{top}/alone/sslcert'}),
            fail(dict(alone, key_passphrase='{{ phrase_wrong }}')),
            fail(dict(alone, key_passphrase='{{ phrase_long }}')),
            fail(dict(alone, keep='many')), fail(dict(alone, unknown='option')), fail(alone, **{'async': 10, 'poll': 1}),
            fail(dict(alone, owner='nosuchuser')),
            fail(dict(alone, dest='/dev/null/sslcert')), fail(dict(alone, dest='/proc/sslcert')),
            *(fail(dict(task, dest=f'{top}/fault{number}/sslcert', decrypt_key=True),
                   vars={'ansible_python_interpreter': f'{self.folder}/interpreters/python{number}'}) for number in range(len(FAULTS))),
            run(MODULE, dict(alone, state='absent')),
        ]

    def environment(self, **more: str) -> dict[str, str]:
        heard = self.heard
        return dict(os.environ, ANSIBLE_LOG_PATH=str(heard / 'ansible.log'), ANSIBLE_CALLBACK_PLUGINS=str(HERE / 'callbacks'),
                    ANSIBLE_CALLBACKS_ENABLED='record_everything', RECORD_EVERYTHING=str(heard / 'callback'),
                    ANSIBLE_CACHE_PLUGIN='jsonfile', ANSIBLE_CACHE_PLUGIN_CONNECTION=str(heard / 'facts'),
                    ANSIBLE_LOCAL_TEMP=str(self.folder / 'local'), **more)

    def start_anew(self) -> None:
        """Forget what was heard and deployed."""
        self._processes: set[bytes] = set()
        self._older = {name for name in os.listdir('/proc') if name.isdigit()}
        for folder in (self.heard, self.folder / 'homes', self.folder / 'profile'):
            shutil.rmtree(folder, ignore_errors=True)
        self.heard.mkdir(mode=0o700)
        for host in ('one.example.com', 'two.example.com'):
            home = self.folder / 'homes' / host
            home.mkdir(parents=True)
            os.chown(home, pwd.getpwnam(USER).pw_uid, -1)
            (self.folder / 'profile' / host).mkdir(parents=True)

    def listen(self, command: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command with everybody listening: its output, its log, a callback, facts, syslog, and who lists processes."""
        self.start_anew()
        log, stop = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), threading.Event()
        log.bind(str(self.folder / 'syslog'))
        log.settimeout(0.2)
        threads = [threading.Thread(target=self._until(stop, one)) for one in (lambda: self._syslog(log), self._list_processes)]
        for thread in threads:
            thread.start()
        try:
            done = subprocess.run([str(HERE / 'namespace.sh'), str(self.folder / 'syslog'), str(self.folder / 'dev'), *command],
                                  cwd=self.folder, env=self.environment(**environment), capture_output=True, timeout=400, check=False)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            log.close()
            (self.folder / 'syslog').unlink()
        (self.heard / 'processes').write_bytes(b'\n'.join(self._processes))
        (self.heard / 'output').write_bytes(done.stdout + done.stderr)
        return done

    @staticmethod
    def _until(stop: threading.Event, action: Callable[[], None]) -> Callable[[], None]:
        def loop() -> None:
            while not stop.is_set():
                action()
        return loop

    def _syslog(self, log: socket.socket) -> None:
        try:
            message = log.recv(2 ** 20)
        except TimeoutError:
            return
        with open(self.heard / 'syslog', 'ab') as file:
            file.write(message + b'\n')

    def _list_processes(self) -> None:
        """Look at what has started since ``start_anew``, again and again: programs change, and some live for milliseconds only."""
        for process in os.listdir('/proc'):
            if not process.isdigit() or process in self._older:
                continue
            for name in ('cmdline', 'environ'):
                try:
                    with open(f'/proc/{process}/{name}', 'rb') as file:
                        self._processes.add(file.read())
                except OSError:     # ended meanwhile
                    pass
        time.sleep(0.002)

    def leaks(self) -> list[str]:
        """Return the secrets that were heard, or that lie in a temporary file when all is over."""
        places = [path for folder in ('heard', 'remote', 'local') for path in (self.folder / folder).rglob('*')]
        return [f'{path.relative_to(self.folder)}: {found}' for path in places if path.is_file()
                for found in self.needles.found_in(path.read_bytes())]

    def close(self) -> None:
        shutil.rmtree(self.folder)


def without_pair(archive: bytes) -> bytes:
    """Return a bundle without its passphrase files."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, 'w') as new:
        for name in old.namelist():
            if not name.endswith(('.cipher', '.rand')):
                new.writestr(name, old.read(name))
    return made.getvalue()
