# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action that runs on the controller alone, with Ansible's own loader, search path, vault and templates around it."""
from __future__ import annotations

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible_collections.gaussdb.dws_ssl.plugins.action.bundle_info import ActionModule
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.files import set_files
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.format import Places
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.controller_files import ControllerFiles
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.export_templates import ExportTemplates
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import orders
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.passphrase_task import MASK
from ansible_collections.gaussdb.dws_ssl.tests.unit.bundles import EXAMPLE_PASSPHRASE as PASSPHRASE, example

FILES = dict.fromkeys(('client.crt', 'client.key', 'cacert.pem'), 'x')


@pytest.fixture
def action(tmp_path, monkeypatch):
    """A function that makes the action of a task with these arguments; its working folder holds a bundle."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'b.zip').write_bytes(example('dbadmin'))

    def make(**arguments):
        loader = DataLoader()
        loader.set_basedir(str(tmp_path))
        loader.set_vault_secrets([('default', VaultSecret(b'of the vault'))])
        task = Task()
        task.action, task.args = 'gaussdb.dws_ssl.bundle_info', arguments
        context = PlayContext()
        return ActionModule(task=task, connection=connection_loader.get('local', context), play_context=context, loader=loader,
                            templar=Templar(loader=loader, variables={}), shared_loader_obj=None)
    return make


def test_a_bundle_is_found_judged_and_the_passphrase_taken_out_of_the_task(action):
    made = action(src='b.zip', key_passphrase=PASSPHRASE)
    found = made.run(task_vars={})
    assert found['changed'] is False and found['certificate']['subject'] == 'CN=dbadmin'
    assert made._task.args == {'src': 'b.zip', 'key_passphrase': MASK} and PASSPHRASE not in str(found)
    assert made.run(task_vars={})['findings'] == found['findings']     # a task that is tried again


def test_a_file_that_is_not_there_is_named_with_the_places_that_were_searched(action, tmp_path):
    with pytest.raises(AnsibleActionFail) as raised:
        ControllerFiles(action()).find('nowhere.zip')
    assert 'nowhere.zip was not found on the controller' in str(raised.value) and f'- {tmp_path}/nowhere.zip' in str(raised.value)


def test_a_file_in_a_vault_is_opened_in_memory(action, tmp_path):
    secret = VaultSecret(b'of the vault')
    (tmp_path / 'vaulted').write_bytes(VaultLib([('default', secret)]).encrypt(b'the content', secret))
    files = ControllerFiles(action())
    assert files.read(str(tmp_path / 'vaulted')) == b'the content'
    assert files.options('bidirectional', None, str(tmp_path / 'vaulted'), None, False).crl == str(tmp_path / 'vaulted')
    assert files.options('bidirectional', None, 'list.crl', None, False).crl == 'list.crl'


def test_a_value_that_a_format_cannot_carry_ends_the_task_with_the_reason(action):
    [order], problems = orders({
        'src': 'b.zip', 'dest': '/a\nb/sslcert', 'owner': 'u', 'auth_mode': 'bidirectional', 'sslmode': 'verify-ca', 'state': 'present',
        'keep': 1, 'odbc_driver': 'd', 'exports': [{'path': '/d/e', 'format': 'environment', 'mode': '0600', 'serves': '/a'}]})
    assert problems == []
    with pytest.raises(AnsibleActionFail, match='Format environment cannot carry'):
        ExportTemplates(action(), {}).rendered([(order, set_files(FILES))])


def test_each_format_has_a_template_of_the_role_and_each_loader_its_own(action):
    places = Places('/home/u/sslcert', '/etc/profile.d', (), '/etc/fish/conf.d')
    exports = [export for one in FORMATS.values() for export in one.files(places)]
    [order], problems = orders({
        'src': 'b.zip', 'dest': '/home/u/sslcert', 'owner': 'u', 'auth_mode': 'bidirectional', 'sslmode': 'verify-ca', 'state': 'present',
        'keep': 1, 'odbc_driver': 'd', 'endpoint': 'h:1', 'exports': exports})
    assert problems == []
    [made] = ExportTemplates(action(), {}).rendered([(order, set_files(FILES))])
    for export in made:
        assert ('/profile.d/dws_ssl' if export.get('serves') else '/home/u/sslcert/client.crt') in export['content'], export['path']
