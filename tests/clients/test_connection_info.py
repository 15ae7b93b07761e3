# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""connection_info against a real PostgreSQL, in good and broken set-ups, beside what psql does in each sslmode."""
from __future__ import annotations

import os
import pwd
import sys
import tempfile
from pathlib import Path
from typing import Any, Mapping, NamedTuple

import pytest
from ansible_collections.gaussdb.dws_ssl.tests.clients import postgresql
from ansible_collections.gaussdb.dws_ssl.tests.clients.probing import SSLMODES, connection_info, psql, rules, write_set
from ansible_collections.gaussdb.dws_ssl.tests.unit import bundles

CA = bundles.root()
OTHER_CA = bundles.root('Another CA')
# As between v1 and v2 trees: the same name, another key.
NAMESAKE = bundles.root(own_key=bundles.key('prime256v1', 'namesake'))
SERVER = bundles.server(CA)
CLIENT = bundles.client(CA)
FILES = {'client.crt': CLIENT.pem, 'client.key': bundles.plain_pem(CLIENT.key), 'cacert.pem': CA.pem}
REVOKED = bundles.crl(CA, [SERVER.certificate.serial_number])
WEAK_CIPHERS = {'ssl_ciphers': 'ALL:@SECLEVEL=0'}


class Case(NamedTuple):
    """A server, a client, and what connection_info has to say. ``expected`` are keys of the result; ``found`` rules."""
    name: str
    found: tuple[str, ...] = ()
    files: Mapping[str, bytes] = FILES
    identity: Any = SERVER
    hba: tuple[str, ...] = postgresql.ANY
    server_ca: bytes | None = CA.pem
    server_options: Mapping[str, Any] = {}
    expected: Mapping[str, Any] = {}
    mode: int = 0o600


def without(*names: str, **more: bytes) -> dict[str, bytes]:
    """Return the good files without some, and with others in their places (``_`` stands for a dot)."""
    return {name: content for name, content in FILES.items() if name not in names} | {
        name.replace('__', '-').replace('_', '.'): content for name, content in more.items()}


GOOD = {'ssl': True, 'reachable': True, 'require_ssl': False, 'set_works': True}
BROKEN = {'ssl': True, 'reachable': True, 'require_ssl': False, 'set_works': False}

CASES = [
    Case('good', (), expected=GOOD),
    Case('tls-only', (), hba=postgresql.TLS_ONLY, expected=dict(GOOD, require_ssl=True)),
    Case('certificate-demanded', (), hba=postgresql.CERTIFICATE, expected=dict(GOOD, require_ssl=True)),
    Case('tls-1-2', (), server_options={'newest_tls': 'TLSv1.2'}, expected=GOOD),
    Case('tls-1-3-alone', (), server_options={'oldest_tls': 'TLSv1.3'}, expected=GOOD),
    Case('tls-1-3-alone-certificate-demanded', (), hba=postgresql.CERTIFICATE, server_options={'oldest_tls': 'TLSv1.3'},
         expected=dict(GOOD, require_ssl=True)),
    Case('tls-1-1', ('tls-version-old',), server_options={
        'oldest_tls': 'TLSv1', 'newest_tls': 'TLSv1.1', 'settings': WEAK_CIPHERS},
        expected={'ssl': True, 'require_ssl': False, 'set_works': None}),
    Case('another-ca', ('server-ca-wrong',), files=without(cacert_pem=OTHER_CA.pem), expected=BROKEN),
    Case('ca-of-the-same-name', ('server-ca-wrong',), files=without(cacert_pem=NAMESAKE.pem), expected=BROKEN),
    Case('another-ca-require-ssl', ('server-ca-wrong',), files=without(cacert_pem=OTHER_CA.pem), hba=postgresql.TLS_ONLY,
         expected=dict(BROKEN, require_ssl=True)),
    Case('server-expired', ('server-certificate-expired',), identity=bundles.server(CA, days=(-9, -1)), expected=BROKEN),
    Case('server-not-yet-valid', ('server-certificate-expired',), identity=bundles.server(CA, days=(3, 9)), expected=BROKEN),
    Case('server-ends-soon', ('server-certificate-expires-soon',), identity=bundles.server(CA, days=(-9, 20)), expected=GOOD),
    Case('server-for-clients', ('server-unverified',), identity=bundles.server(CA, purposes=(bundles.CLIENT,)),
         expected=BROKEN),
    Case('revoked', ('server-certificate-revoked',), files=without(sslcrl__file_crl=REVOKED), expected=BROKEN),
    Case('revocation-good', (), files=without(sslcrl__file_crl=bundles.crl(CA)), expected=GOOD),
    Case('revocation-ended', ('server-crl-unusable',), files=without(sslcrl__file_crl=bundles.crl(CA, days=(-9, -1))),
         expected=BROKEN),
    Case('revocation-of-another-ca', ('server-crl-unusable',), files=without(sslcrl__file_crl=bundles.crl(OTHER_CA)),
         expected=BROKEN),
    Case('revocation-garbage', ('connection-revocation-off',), files=without(sslcrl__file_crl=b'none'), expected=GOOD),
    Case('client-of-another-ca', ('client-certificate-refused',), expected=BROKEN, files=without(
        client_crt=bundles.client(OTHER_CA).pem)),
    Case('client-of-another-ca-tls-1-2', ('client-certificate-refused',), expected=BROKEN, files=without(
        client_crt=bundles.client(OTHER_CA).pem), server_options={'newest_tls': 'TLSv1.2'}),
    Case('client-expired', ('client-certificate-refused',), expected=BROKEN, files=without(
        client_crt=bundles.client(CA, days=(-9, -1)).pem)),
    Case('client-revoked', ('client-certificate-refused',), expected=BROKEN, server_options={
        'crl': bundles.crl(CA, [CLIENT.certificate.serial_number])}),
    Case('client-needed', ('client-certificate-needed',), files=without('client.crt', 'client.key'), hba=postgresql.CERTIFICATE,
         expected={'ssl': True, 'require_ssl': True, 'set_works': False}),
    Case('client-of-another-user', ('client-certificate-refused',), expected=dict(BROKEN, require_ssl=True), files=without(
        client_crt=bundles.client(CA, 'somebody', own_key=CLIENT.key).pem), hba=('hostssl all all 127.0.0.1/32 cert',)),
    Case('client-not-asked', ('client-certificate-not-asked',), server_ca=None, expected=GOOD),
    Case('unidirectional', (), files={'cacert.pem': CA.pem}, expected=GOOD),
    Case('no-ca-file', (), files=without('cacert.pem'), expected=dict(GOOD, set_works=None)),
    Case('key-of-another', ('client-files-unusable',), expected=BROKEN, files=without(
        client_key=bundles.plain_pem(bundles.key('prime256v1', 'another')))),
    Case('key-missing', ('client-files-unusable',), files=without('client.key'), expected=BROKEN),
    Case('key-for-all', ('client-files-unusable',), mode=0o644, expected=BROKEN),
    Case('key-encrypted-alone', ('client-files-unusable',), expected=BROKEN, files=without(
        client_key=bundles.encrypted_pem(CLIENT.key))),
    Case('ca-garbage', ('client-files-unusable',), files=without(cacert_pem=b'none'), expected=BROKEN),
    Case('ca-of-an-intermediate', ('server-ca-wrong',), expected=BROKEN, files=without(
        cacert_pem=bundles.intermediate(CA).pem), identity=bundles.server(bundles.intermediate(CA))),
    Case('ssl-off', ('endpoint-ssl-off',), server_options={'ssl': False},
         expected={'ssl': False, 'require_ssl': None, 'set_works': None}),
    Case('nobody-admitted', ('endpoint-session-refused',), hba=('host all all 192.0.2.1/32 trust',),
         expected={'ssl': True, 'require_ssl': None}),
    Case('clear-text-alone', (), hba=('hostnossl all all 127.0.0.1/32 trust',), expected={'ssl': True, 'require_ssl': False}),
    Case('wants-a-password', (), hba=('hostssl all all 127.0.0.1/32 scram-sha-256',), expected=dict(GOOD, require_ssl=True)),
]


def start(server, one):
    """Start the server of a case."""
    server.start(**dict({'certificate': one.identity.pem, 'key': bundles.plain_pem(one.identity.key), 'ca': one.server_ca,
                         'hba': one.hba}, **one.server_options))


# Python 3.6 does not tell why OpenSSL refuses a server; what the certificates do not show remains this rule.
UNTOLD = {'ca-of-the-same-name', 'revoked', 'revocation-ended', 'revocation-of-another-ca', 'ca-of-an-intermediate'}


@pytest.mark.parametrize('one', CASES, ids=[case.name for case in CASES])
def test_findings_and_outcomes(one, server, tmp_path, python):
    """The named rules are found and no other error; the outcomes of all modes are those of psql."""
    start(server, one)
    folder = write_set(tmp_path / 'sslcert', one.files, one.mode)
    info = connection_info(server.port, folder, python=python)
    assert {name: info[name] for name in one.expected} == one.expected
    wanted = {'server-unverified'} if one.name in UNTOLD and python != sys.executable else set(one.found)
    found = rules(info)
    assert wanted <= set(found)
    assert {rule for rule, severity in found.items() if severity == 'error'} <= wanted
    if one.name == 'wants-a-password':
        return        # psql fails there for want of a password, which is no matter of TLS
    for sslmode in SSLMODES:
        seen = psql(server, folder, sslmode)
        expected = info['outcomes'][sslmode]
        assert (expected['connects'], expected['encrypted']) == (seen.connects, seen.encrypted), (sslmode, expected, seen)


def test_the_chain_and_the_client_certificate_are_told(server, tmp_path):
    below = bundles.intermediate(CA)
    own = bundles.server(below, 'db.example.com')
    server.start(certificate=own.pem + below.pem, key=bundles.plain_pem(own.key), ca=CA.pem, hba=postgresql.CERTIFICATE)
    info = connection_info(server.port, write_set(tmp_path, FILES))
    assert [one['subject'] for one in info['server_chain']] == ['CN=db.example.com', 'CN=Test Intermediate CA']
    assert info['server_chain'][0]['fingerprint_sha256'] == bundles.fingerprint(own)
    assert info['client_certificate'] == {'asked_for': True, 'sent': True, 'accepted': True}
    assert info['verification'] == {'ok': True, 'reason': None, 'revocation': None}
    assert info['tls']['version'] == 'TLSv1.3'
    assert rules(info)['server-name-mismatch'] == 'info'


def test_require_without_a_ca_file_verifies_no_server(server, tmp_path):
    server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem)
    seen = {name: rules(connection_info(server.port, write_set(tmp_path / name, files), 'require')).get('connection-unverified')
            for name, files in (('whole', FILES), ('bare', without('cacert.pem')))}
    assert seen == {'whole': None, 'bare': 'warning'}


@pytest.mark.parametrize('user, names', [('dbadmin', ['client']), ('report', ['report', 'client'])])
def test_an_encrypted_key_is_opened_with_its_passphrase_files(server, tmp_path, user, names):
    """As gsql does: those of the database user come first."""
    server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem, hba=postgresql.CERTIFICATE)
    members = without(client_key=bundles.encrypted_pem(CLIENT.key, 'Right@123'))
    for name, passphrase in zip(names, ['Right@123', 'Wrong@123']):
        members.update({f'{name}.key.{kind}': content for kind, content in zip(
            ('cipher', 'rand'), bundles.pair_of(passphrase).values())})
    info = connection_info(server.port, write_set(tmp_path, members), user=user)
    assert info['set_works'] and info['client_certificate']['accepted']
    assert rules(info)['key-encrypted'] == 'info'
    assert 'Right@123' not in str(info)


def test_half_a_pair_of_the_database_user_is_not_made_up_for(server, tmp_path):
    members = without(client_key=bundles.encrypted_pem(CLIENT.key), dbadmin_key_cipher=bundles.pair_of()['client.key.cipher'],
                      **bundles.pair_of())
    info = connection_info(server.port, write_set(tmp_path, members))
    assert rules(info)['client-files-unusable'] == 'error'


def test_a_user_that_does_not_exist_says_nothing_against_the_set(server, tmp_path):
    server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem, hba=postgresql.CERTIFICATE)
    info = connection_info(server.port, write_set(tmp_path, FILES), user='nobody_at_all')
    assert (info['set_works'], info['require_ssl'], info['client_certificate']['accepted']) == (True, True, True)
    assert 'error' not in rules(info).values()


def test_over_ipv6(server, tmp_path):
    server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem)
    if '::1' not in server.addresses:
        pytest.skip('this machine has no IPv6 on loopback')
    info = connection_info(server.port, write_set(tmp_path, FILES), host='::1')
    assert info['set_works'] and info['endpoint'] == f'[::1]:{server.port}'


def test_require_ssl_that_is_turned_on_is_seen(server, tmp_path):
    folder = write_set(tmp_path, FILES)
    server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem)
    before = connection_info(server.port, folder, 'disable')
    server.set_hba(postgresql.TLS_ONLY)
    server.reload()
    after = connection_info(server.port, folder, 'disable')
    assert (before['require_ssl'], after['require_ssl']) == (False, True)
    assert before['outcomes_with_require_ssl'] == after['outcomes']
    assert rules(before)['connection-clear-text'] == 'warning' and rules(after)['endpoint-requires-ssl'] == 'error'


@pytest.mark.skipif(os.geteuid() != 0, reason='only root can become another user')
class TestAsAnotherUser:
    """Root asks for a user: everything is read as that user reads it."""

    USER = 'nobody'

    @pytest.fixture
    def folder(self, server):
        server.start(certificate=SERVER.pem, key=bundles.plain_pem(SERVER.key), ca=CA.pem)
        entry = pwd.getpwnam(self.USER)
        with tempfile.TemporaryDirectory(prefix='dws_ssl_owner_') as top:
            os.chmod(top, 0o755)
            folder = write_set(Path(top) / 'sslcert', FILES)
            for path in (folder, *folder.iterdir()):
                os.chown(path, entry.pw_uid, entry.pw_gid)
            yield folder

    def test_its_own_files(self, server, folder):
        info = connection_info(server.port, folder, owner=self.USER)
        assert (info['owner'], info['set_works'], rules(info).get('client-files-unusable')) == (self.USER, True, None)

    def test_files_of_root_are_not_read(self, server, folder):
        for path in folder.iterdir():
            os.chown(path, 0, 0)
        info = connection_info(server.port, folder, owner=self.USER)
        assert not info['set_works'] and rules(info)['client-files-unusable'] == 'error'

    def test_root_stays_away_from_a_folder_of_others(self, server, folder):
        info = connection_info(server.port, folder, owner='root')
        assert rules(info) == {'folder-unsafe': 'error'} and info['reachable'] is None

    def test_a_missing_user_is_a_finding(self, server, folder):
        info = connection_info(server.port, folder, owner='dws_ssl_nobody')
        assert rules(info) == {'user-missing': 'error'} and info['set_works'] is None
