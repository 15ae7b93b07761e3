# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root's loaders for csh, tcsh and fish follow the rules of the one for sh: each runs the current user's own file alone."""
from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.environment import environment
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.shipped_templates import shipped
from ansible_collections.gaussdb.dws_ssl.tests.unit.formats.reading import needed
from ansible_collections.gaussdb.dws_ssl.tests.unit.needs import require

ME = pwd.getpwuid(os.geteuid()).pw_name
SHELLS = {'csh': ['tcsh', '-f'], 'fish': ['fish', '--no-config']}
# What the user sets to lie about the name, and a report of the variable and of what a loader has left behind.
LIES = {'csh': 'alias id "echo root"; setenv USER daemon; set path = ( /nowhere )',
        'fish': 'function id; echo root; end; set -gx USER daemon; set -gx PATH /nowhere'}
REPORT = {'csh': 'if ( ! $?PGSSLCERT ) setenv PGSSLCERT none\necho $PGSSLCERT $?dws_ssl_user $?dws_ssl_file',
          'fish': 'set -q PGSSLCERT; or set PGSSLCERT none\n'
                  'echo $PGSSLCERT (set -q dws_ssl_user; and echo 1; or echo 0) (set -q dws_ssl_file; and echo 1; or echo 0)'}

each_shell = pytest.mark.parametrize('name', SHELLS)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason='only root can log in as several users')


@pytest.fixture
def profile(name):
    """A profile folder with a loader; the folder of the exports has quotation and exclamation marks and a space in its name."""
    require(needed(SHELLS[name][0]))
    base = Path(tempfile.mkdtemp(prefix="dws_ssl profile' !x "))
    base.chmod(0o755)
    folder = base / 'dws_ssl'
    folder.mkdir(mode=0o755)
    (base / f'loader.{name}').write_text(shipped(f'loader.{name}.j2', {'folder': FORMATS[name].quote(str(folder))}))
    yield base
    shutil.rmtree(base)


def exports_of(profile: Path, name: str, user: str, owner: str, mode: int = 0o600) -> None:
    file = profile / 'dws_ssl' / f'{user}.{name}'
    values = environment(f'/home/{user}/dws_ssl/sslcert')
    entries = {key: FORMATS[name].quote(value) for key, value in values.items()}
    file.write_text(shipped(f'exports.{name}.j2', {'owner': user, 'entries': entries}))
    file.chmod(mode)
    if os.geteuid() == 0:
        os.chown(file, pwd.getpwnam(owner).pw_uid, -1)


def log_in(profile: Path, name: str, user: str, before: str = '') -> str:
    script = profile / f'login.{name}'
    script.write_text(f'{before}\nsource {FORMATS[name].quote(str(profile / f"loader.{name}"))}\n{REPORT[name]}\n')
    script.chmod(0o644)
    command = [*SHELLS[name], str(script)]
    if user != ME:
        command = ['runuser', '-u', user, '--', *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd='/', check=False,
                          env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/nonexistent', 'TERM': 'dumb'})
    assert (done.returncode, done.stderr) == (0, '')
    return done.stdout.rstrip('\n')


@each_shell
def test_a_user_gets_the_own_exports_and_nothing_is_left_behind(name, profile):
    assert log_in(profile, name, ME) == 'none 0 0'
    exports_of(profile, name, ME, ME)
    assert log_in(profile, name, ME) == f'/home/{ME}/dws_ssl/sslcert/client.crt 0 0'


@needs_root
@each_shell
def test_nobody_gets_the_exports_of_another_user(name, profile):
    exports_of(profile, name, 'nobody', 'nobody')
    assert log_in(profile, name, 'nobody') == '/home/nobody/dws_ssl/sslcert/client.crt 0 0'
    assert log_in(profile, name, 'daemon') == 'none 0 0'
    assert log_in(profile, name, ME) == 'none 0 0'


@needs_root
@each_shell
def test_a_file_under_the_users_name_that_is_somebody_elses_is_not_run(name, profile):
    exports_of(profile, name, ME, 'nobody', 0o644)
    assert log_in(profile, name, ME) == 'none 0 0'
    exports_of(profile, name, 'nobody', 'root', 0o644)
    assert log_in(profile, name, 'nobody') == 'none 0 0'


@each_shell
def test_aliases_functions_and_variables_of_the_user_cannot_lie_about_the_name(name, profile):
    exports_of(profile, name, ME, ME)
    assert log_in(profile, name, ME, LIES[name]) == f'/home/{ME}/dws_ssl/sslcert/client.crt 0 0'


@needs_root
@each_shell
@pytest.mark.parametrize('kind', ['folder', 'unreadable'])
def test_what_is_no_readable_file_is_passed_over(name, profile, kind):
    file = profile / 'dws_ssl' / f'nobody.{name}'
    if kind == 'folder':
        file.mkdir()
    else:
        exports_of(profile, name, 'nobody', 'nobody', 0o000)
    assert log_in(profile, name, 'nobody') == 'none 0 0'


@needs_root
@each_shell
def test_a_changed_effective_user_gets_nothing(name, profile):
    exports_of(profile, name, 'nobody', 'nobody', 0o644)
    script = profile / 'effective'
    script.write_text(f'source {FORMATS[name].quote(str(profile / f"loader.{name}"))}\n{REPORT[name]}\n')
    program = ('import os, pwd, sys\n'
               'os.setresuid(0, pwd.getpwnam("nobody").pw_uid, 0)\n'
               'os.execvp(sys.argv[1], sys.argv[1:])')
    done = subprocess.run(['/usr/bin/python3', '-c', program, *SHELLS[name], str(script)], capture_output=True, text=True, timeout=20,
                          check=False, env={'PATH': '/usr/bin:/bin', 'HOME': '/nonexistent', 'TERM': 'dumb'})
    assert done.stdout.startswith('none') or done.returncode != 0, done
