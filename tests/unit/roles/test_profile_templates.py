# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loader and the exports of role dws_client, read by every real shell of this machine."""
from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats import sh
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.paths import path_faults
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.shipped_templates import shipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SHELLS = [shell for shell in (['dash'], ['bash'], ['bash', '--posix'], ['ksh93'], ['mksh'], ['zsh', '--emulate', 'sh'], ['busybox', 'ash'],
                              ['yash']) if shutil.which(shell[0])]
ME = pwd.getpwuid(os.geteuid()).pw_name

each_shell = pytest.mark.parametrize('shell', SHELLS, ids=' '.join)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason='only root can log in as several users')


@pytest.fixture
def profile():
    """A profile folder with a loader; the folder of the exports has a quotation mark and a space in its name."""
    base = Path(tempfile.mkdtemp(prefix="dws_ssl profile' "))
    base.chmod(0o755)
    folder = base / 'dws_ssl'
    folder.mkdir(mode=0o755)
    (base / 'dws_ssl.sh').write_text(shipped('loader.sh.j2', {'folder': sh.quote(str(folder))}))
    yield base
    shutil.rmtree(base)


def exports_of(profile: Path, user: str, owner: str, mode: int = 0o600) -> Path:
    file = profile / 'dws_ssl' / f'{user}.sh'
    file.write_text(shipped('exports.sh.j2', {'owner': user, 'entries': environment(f'/home/{user}/dws_ssl/sslcert')}))
    file.chmod(mode)
    if os.geteuid() == 0:
        os.chown(file, pwd.getpwnam(owner).pw_uid, -1)
    return file


def log_in(shell: list[str], profile: Path, user: str, before: str = 'set -eu') -> str:
    script = f'{before}\n. "$1/dws_ssl.sh"\necho "${{PGSSLCERT-none}} ${{dws_ssl_user-}}${{dws_ssl_file-}}"'
    command = [*shell, '-c', script, 'login', str(profile)]
    if user != ME:
        command = ['runuser', '-u', user, '--', *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd='/', check=False,
                          env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'})
    assert (done.returncode, done.stderr) == (0, '')
    return done.stdout.rstrip('\n')


def test_the_shells_of_this_machine_are_tried():
    assert ['dash'] in SHELLS or ['bash'] in SHELLS


@each_shell
def test_a_user_gets_the_own_exports_and_nothing_is_left_behind(shell, profile):
    exports_of(profile, ME, ME)
    assert log_in(shell, profile, ME) == f'/home/{ME}/dws_ssl/sslcert/client.crt '


@each_shell
def test_a_user_without_exports_gets_none(shell, profile):
    assert log_in(shell, profile, ME) == 'none '


@needs_root
@each_shell
def test_nobody_gets_the_exports_of_another_user(shell, profile):
    exports_of(profile, 'nobody', 'nobody')
    assert log_in(shell, profile, 'nobody') == '/home/nobody/dws_ssl/sslcert/client.crt '
    assert log_in(shell, profile, 'daemon') == 'none '
    assert log_in(shell, profile, ME) == 'none '


@needs_root
@each_shell
def test_a_file_under_the_users_name_that_is_somebody_elses_is_not_run(shell, profile):
    exports_of(profile, ME, 'nobody', 0o644)
    assert log_in(shell, profile, ME) == 'none '
    exports_of(profile, 'nobody', 'root', 0o644)
    assert log_in(shell, profile, 'nobody') == 'none '


@each_shell
def test_functions_and_variables_of_the_user_cannot_lie_about_the_name(shell, profile):
    exports_of(profile, ME, ME)
    lies = 'set -eu\nid() { echo root; }\nUSER=daemon; LOGNAME=daemon\nPATH=/nowhere'
    assert log_in(shell, profile, ME, lies) == f'/home/{ME}/dws_ssl/sslcert/client.crt '


@pytest.mark.parametrize('shell', SHELLS[:1], ids=' '.join)
@given(text=st.text(st.characters(exclude_characters='\0', exclude_categories=['Cs']), max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_shell_reads_back_what_the_template_wrote(shell, text):
    directory = '/' + text.strip('/')
    if path_faults(directory):
        return
    values = environment(directory)
    script = shipped('exports.sh.j2', {'owner': 'u', 'entries': {name: sh.quote(value) for name, value in values.items()}})
    script += 'printf "%s" "$PGSSLROOTCERT"'
    shown = subprocess.run([*shell, '-c', script], capture_output=True, timeout=20, check=True).stdout
    assert shown == values['PGSSLROOTCERT'].encode()
