# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A broken and a mended example for each rule: what a person would see that is wrong, and how it is right."""
from __future__ import annotations

# Name of the rule: (broken, mended). Lines of up to 120 characters; HOST, FILE and "..." stand for the reader's own.
EXAMPLES: dict[str, tuple[str, str]] = {
    # ---- members
    'ca-missing': ('sslcert/: client.crt client.key', 'sslcert/: client.crt client.key cacert.pem'),
    'ca-ambiguous': ('sslcert/cacert.pem and sslcert/certca.pem, whose digests differ', 'sslcert/cacert.pem alone'),
    'tree-ambiguous': ('old/cacert.pem and new/cacert.pem, without the option tree', 'tree: new'),
    'tree-unknown': ('tree: v3, for a bundle with v1/sslcert and v2/sslcert', 'tree: v2'),
    'tree-chosen': ('a bundle with v1/sslcert and v2/sslcert, without the option tree', 'tree: v2/sslcert'),
    'member-missing': (
        'sslcert/: client.crt cacert.pem\nauth_mode: bidirectional',
        'sslcert/: client.crt client.key cacert.pem\nauth_mode: bidirectional'),
    'member-empty': ('client.crt of 0 bytes', 'client.crt that begins with -----BEGIN CERTIFICATE-----'),
    'member-der': (
        'client.crt whose first bytes are 30 82',
        'openssl x509 -inform DER -in client.crt -out client.crt.pem'),
    'pem-malformed': (
        '  -----BEGIN CERTIFICATE-----, with spaces before it',
        '-----BEGIN CERTIFICATE-----, at the start of the line'),
    'pem-rewritten': (
        'client.crt with "Bag Attributes" above -----BEGIN CERTIFICATE-----',
        'openssl x509 -in client.crt -out client.crt.new'),
    'private-key-beside': (
        'cacert.pem with a CERTIFICATE block and a PRIVATE KEY block',
        'cacert.pem with the CERTIFICATE block alone'),
    'passphrase-files-stray': (
        'client.key.cipher, client.key.rand and a left-over dbadmin.key.cipher',
        'client.key.cipher and client.key.rand'),
    # ---- certificate
    'certificate-unparsable': (
        'client.crt with a base64 line cut out of the middle',
        'client.crt as it is in the bundle'),
    'certificate-expired': (
        'openssl x509 -in client.crt -noout -enddate: a day in the past',
        'the same command: a day to come'),
    'certificate-not-yet-valid': (
        'openssl x509 -in client.crt -noout -startdate: a day to come',
        'the same command: a day in the past'),
    'certificate-expires-soon': (
        '29 days left, where expiry_warning_days is 90',
        'a new bundle whose client.crt has 3 years left'),
    'certificate-weak-key': ('Public-Key: (1024 bit)', 'Public-Key: (2048 bit)'),
    'certificate-weak-signature': (
        'Signature Algorithm: sha1WithRSAEncryption',
        'Signature Algorithm: sha256WithRSAEncryption'),
    'certificate-curve': ('ASN1 OID: secp256k1', 'ASN1 OID: prime256v1'),
    'certificate-purpose': (
        'X509v3 Extended Key Usage: TLS Web Server Authentication',
        'X509v3 Extended Key Usage: TLS Web Client Authentication'),
    'certificate-key-usage': (
        'X509v3 Key Usage: Key Encipherment',
        'X509v3 Key Usage: Digital Signature, Key Encipherment'),
    'certificate-critical-extension': (
        '1.2.3.4.5: critical',
        'X509v3 Basic Constraints: critical, and no critical extension of its own'),
    # ---- key
    'key-mismatch': (
        'client.key from another download beside client.crt',
        'client.key and client.crt from one download'),
    'key-der': (
        'client.key whose first bytes are 30 82',
        'openssl pkey -inform DER -in client.key -out client.key.pem'),
    'key-unparsable': ('client.key that ends before -----END PRIVATE KEY-----', 'client.key as it is in the bundle'),
    'key-unsupported': (
        'client.key in PKCS#8 under PBE-SHA1-RC2-40',
        'openssl pkcs8 -topk8 -v2 aes-256-cbc -in client.key -out client.key.new'),
    'key-costly': (
        'client.key in PKCS#8 under PBKDF2 with 100,000,000 rounds',
        'openssl pkcs8 -topk8 -v2 aes-256-cbc -in client.key -out client.key.new'),
    'key-not-opened': (
        'decrypt_key: true, for a set without passphrase files',
        "decrypt_key: true\nkey_passphrase: '{{ vaulted_passphrase }}'"),
    'key-decrypted': ('decrypt_key: true, where gsql is the only client', 'decrypt_key: false'),
    'key-encrypted': ('psql: error: could not load private key file "...": processing error', 'decrypt_key: true'),
    # ---- passphrase
    'passphrase-files-missing': (
        'gsql asks: Enter PEM pass phrase:',
        'client.key.cipher and client.key.rand beside client.crt'),
    'passphrase-files-incomplete': (
        'client.key.cipher without client.key.rand',
        'client.key.cipher and client.key.rand'),
    'passphrase-files-corrupt': (
        'client.key.cipher of 55 bytes',
        'client.key.cipher of 56 bytes and client.key.rand of 24 bytes, of one pair'),
    'passphrase-mismatch': (
        'client.key with the passphrase files of another bundle: bad decrypt',
        'client.key with the passphrase files of its own bundle'),
    'passphrase-too-long': ('a passphrase of 16 bytes', 'a passphrase of 15 bytes'),
    'passphrase-refused': (
        'a passphrase of lower case letters alone',
        'a passphrase of 12 characters: letters of both cases and digits'),
    'passphrase-default': (
        'the key of a cluster with the default certificate',
        'a key of your own, with a passphrase that nobody published'),
    'passphrase-files-unused': (
        '-----BEGIN PRIVATE KEY----- in client.key, and client.key.cipher beside it',
        '-----BEGIN ENCRYPTED PRIVATE KEY----- in client.key, and client.key.cipher beside it'),
    # ---- chain
    'certificate-not-issued': (
        'openssl verify -CAfile cacert.pem client.crt: unable to get local issuer certificate',
        'openssl verify -CAfile cacert.pem client.crt: client.crt: OK'),
    'key-identifier-mismatch': (
        'client.crt: Authority Key Identifier 0A:1B:..., CA: Subject Key Identifier 7C:8D:...',
        'client.crt: Authority Key Identifier 7C:8D:..., CA: Subject Key Identifier 7C:8D:...'),
    'chain-path-length': (
        'root with pathlen:0, an intermediate CA, client.crt',
        'root with pathlen:1, an intermediate CA, client.crt'),
    'chain-name-constraints': (
        'CA: Permitted: DNS:dws.example, client.crt: DNS:client.example',
        'CA: Permitted: DNS:dws.example, client.crt: DNS:client.dws.example'),
    'intermediate-not-sent': (
        'client.crt: client and intermediate CA; cacert.pem: root',
        'client.crt: client and intermediate CA; cacert.pem: root and intermediate CA'),
    # ---- authority
    'ca-anchors-nothing': ('cacert.pem: intermediate CA', 'cacert.pem: intermediate CA and root'),
    'ca-expired': ('openssl x509 -in cacert.pem -noout -enddate: a day in the past', 'the same command: a day to come'),
    'ca-not-yet-valid': (
        'openssl x509 -in cacert.pem -noout -startdate: a day to come',
        'the same command: a day in the past'),
    'ca-expires-soon': ('cacert.pem: the CA that ends in 29 days', 'cacert.pem: that CA and the one that follows it'),
    'ca-purpose': ('CA: X509v3 Extended Key Usage: Code Signing', 'CA: no extended key usage'),
    'ca-invalid': ('CA: X509v3 Basic Constraints: CA:FALSE', 'CA: X509v3 Basic Constraints: critical, CA:TRUE'),
    'ca-critical-extension': ('CA: 1.2.3.4.5: critical', 'CA: 1.2.3.4.5, not critical'),
    'ca-weak-key': ('CA: Public-Key: (1024 bit)', 'CA: Public-Key: (2048 bit)'),
    'ca-weak-signature': (
        'intermediate CA: Signature Algorithm: sha1WithRSAEncryption',
        'intermediate CA: Signature Algorithm: sha256WithRSAEncryption'),
    'ca-same-name': (
        'cacert.pem: two roots CN = DWS CA, without X509v3 Subject Key Identifier',
        'cacert.pem: two roots CN = DWS CA, each with its X509v3 Subject Key Identifier'),
    # ---- revocation
    'crl-unreadable': (
        'sslcrl-file.crl whose first bytes are 30 82',
        'sslcrl-file.crl that begins with -----BEGIN X509 CRL-----'),
    'crl-missing': (
        'crl: list.crl, for a set without list.crl',
        'crl: sslcrl-file.crl, for a set with sslcrl-file.crl'),
    'crl-without-ca': ('sslcrl-file.crl without cacert.pem', 'sslcrl-file.crl and cacert.pem'),
    'crl-holds-certificate': (
        'sslcrl-file.crl with an X509 CRL block and a CERTIFICATE block',
        'sslcrl-file.crl with the X509 CRL block alone'),
    'crl-delta': ('X509v3 Delta CRL Indicator: critical', 'a list without X509v3 Delta CRL Indicator'),
    'crl-other-issuer': (
        'list: Issuer: CN = Other CA; cacert.pem: CN = DWS CA',
        'list: Issuer: CN = DWS CA; cacert.pem: CN = DWS CA'),
    'crl-issuer-missing': (
        'sslcrl-file.crl: list of the intermediate CA',
        'sslcrl-file.crl: lists of the intermediate CA and of the root'),
    'crl-signature': (
        'openssl crl -in sslcrl-file.crl -CAfile cacert.pem -noout: verify failure',
        'openssl crl -in sslcrl-file.crl -CAfile cacert.pem -noout: verify OK'),
    'crl-sign-usage': ('CA: X509v3 Key Usage: Certificate Sign', 'CA: X509v3 Key Usage: Certificate Sign, CRL Sign'),
    'crl-unusable': (
        'X509v3 Issuing Distribution Point: critical, Only User Certificates',
        'a list without X509v3 Issuing Distribution Point'),
    'crl-expired': (
        'openssl crl -in sslcrl-file.crl -noout -nextupdate: a day in the past',
        'the same command: a day to come'),
    'crl-not-yet-valid': (
        'openssl crl -in sslcrl-file.crl -noout -lastupdate: a day to come',
        'the same command: a day in the past'),
    'crl-expires-soon': ('a next update in 3 days', 'a next update in 30 days'),
    'crl-revokes-client': (
        'the serial number of client.crt under Revoked Certificates',
        'client.crt with another serial number'),
    'crl-revokes-ca': (
        "the serial number of the intermediate CA under Revoked Certificates of the root's list",
        'cacert.pem with the intermediate CA that replaces it'),
    'crl-not-for-jdbc': (
        'a JDBC client, with sslcrl-file.crl beside its certificate',
        'a JDBC client whose CA file holds no CA that issued a revoked server'),
    # ---- archive
    'bundle-missing': (
        'src: dws_ssl_cert.zip, which lies on the managed host',
        'src: dws_ssl_cert.zip, which lies in files/ beside the playbook'),
    'bundle-unreadable': (
        '-rw------- root dws_ssl_cert.zip, while deployer runs Ansible',
        '-rw------- deployer dws_ssl_cert.zip, while deployer runs Ansible'),
    'bundle-not-archive': ('src: dws_ssl_cert.tar.gz', 'src: dws_ssl_cert.zip'),
    'archive-damaged': ('unzip -t dws_ssl_cert.zip: bad CRC', 'unzip -t dws_ssl_cert.zip: No errors detected'),
    'archive-encrypted': (
        'zip -e dws_ssl_cert.zip sslcert/*',
        'zip dws_ssl_cert.zip sslcert/* && ansible-vault encrypt dws_ssl_cert.zip'),
    'archive-compression': ('zip -Z bzip2 dws_ssl_cert.zip sslcert/*', 'zip dws_ssl_cert.zip sslcert/*'),
    'archive-too-large': ('zip -r home.zip /home/dbadmin', 'zip -r dws_ssl_cert.zip sslcert'),
    'archive-too-many-members': ('src: /, or another folder with more than 10,000 files', 'src: /srv/bundles/sslcert'),
    'member-outside': ('../../etc/profile.d/client.crt', 'sslcert/client.crt'),
    'member-link': ('sslcert/client.key -> /etc/ssl/private/client.key', 'sslcert/client.key, a regular file'),
    'member-not-regular': ('prw------- sslcert/client.key', '-rw------- sslcert/client.key'),
    'member-duplicate': ('sslcert/client.crt, twice in the listing of unzip -l', 'sslcert/client.crt, once'),
    'member-too-large': ('sslcrl-file.crl of 5 MiB', 'sslcrl-file.crl of 40 KiB'),
    'member-vaulted': (
        'dws_ssl_cert.zip with a client.key that begins with $ANSIBLE_VAULT',
        'ansible-vault encrypt dws_ssl_cert.zip'),
    # ---- environment
    'path-not-absolute': ('PGSSLCERT=client.crt', 'PGSSLCERT=/home/dbadmin/dws_ssl/sslcert/client.crt'),
    'path-characters': (
        "PGSSLROOTCERT='/srv/R&D/sslcert/cacert.pem'",
        'PGSSLROOTCERT=/srv/research/sslcert/cacert.pem'),
    'path-too-long': ('a PGSSLCERT of 1024 bytes', 'a PGSSLCERT of at most 1023 bytes'),
    'path-colon': ('PGSSLKEY=/srv/sets/dbadmin:prod/client.key', 'PGSSLKEY=/srv/sets/dbadmin-prod/client.key'),
    'sslmode-unknown': ('PGSSLMODE=verify_ca', 'PGSSLMODE=verify-ca'),
    'sslmode-unsupported': ('PGSSLMODE=verify-full', 'PGSSLMODE=verify-ca'),
    'sslmode-clear-text': ('PGSSLMODE=prefer', 'PGSSLMODE=verify-ca'),
    'sslmode-unverified': ('PGSSLMODE=require', 'PGSSLMODE=verify-ca'),
    # ---- host
    'user-missing': (
        'getent passwd dbadmin: nothing',
        'getent passwd dbadmin: dbadmin:x:1001:1001::/home/dbadmin:/bin/bash'),
    'user-unsuitable': (
        'dbadmin:x:1001:... and report:x:1001:... in the user database',
        'dbadmin:x:1001:... and report:x:1002:...'),
    'user-without-home': (
        "dest: '{home}/dws_ssl/sslcert', for a user whose home is missing",
        'dest: /var/lib/dws_ssl/{user}/sslcert'),
    'group-missing': (
        'group: dwsusers, where getent group dwsusers says nothing',
        'group: dwsusers, after a task that creates it'),
    'become-needed': ('owner: dbadmin, run as deployer', 'owner: dbadmin\nbecome: true'),
    'folder-unsafe': (
        'drwxrwxrwx root /srv/shared, for dest: /srv/shared/{user}/sslcert',
        'drwxr-xr-x root /srv/shared'),
    'folder-unusable': (
        'drwx------ root /srv/private, for dest: /srv/private/{user}/sslcert',
        'drwxr-xr-x root /srv/private'),
    'dest-occupied': (
        '-rw-r--r-- /home/dbadmin/dws_ssl/sslcert',
        'nothing, a folder or a link at /home/dbadmin/dws_ssl/sslcert'),
    'previous-missing': (
        'state: previous, after the first deployment',
        'state: present, with the bundle that was in use before'),
    'generation-blocked': (
        'blocked_generations: [5d1c8f0a7be3460d], and src is the bundle of that generation',
        'blocked_generations: [5d1c8f0a7be3460d], and src is a later bundle'),
    'rotation-clear-text': ('dws_client_sslmode: prefer, in a run that brings a new bundle', 'dws_client_sslmode: verify-ca'),
    'directory-shared': (
        'findmnt -n -o FSTYPE -T /home/dbadmin: nfs4',
        'dws_client_directory: /var/lib/dws_ssl/{user}/sslcert'),
    'host-busy': ('two playbooks that deploy to dbadmin at one time', 'one playbook after the other'),
    'host-error': ('No space left on device', 'df shows free space below dest'),
    # ---- deployed
    'set-missing': (
        'ls ~dbadmin/dws_ssl/sslcert: No such file or directory',
        'ls ~dbadmin/dws_ssl/sslcert: cacert.pem client.crt client.key'),
    'set-unsearchable': ('drwx------ root sslcert, for dbadmin', 'drwx------ dbadmin sslcert'),
    'set-drift': (
        "client.crt of last year on the host, this year's in the bundle",
        'client.crt of the bundle on the host'),
    'set-folder-writable': ('drwxrwxrwx dbadmin sslcert', 'drwx------ dbadmin sslcert'),
    'file-missing': ('cacert.pem was deleted by hand', 'cacert.pem beside client.crt'),
    'file-link': ('client.key.cipher -> /srv/keys/client.key.cipher', '-rw------- dbadmin client.key.cipher'),
    'file-unreadable': ('-rw------- root cacert.pem, for dbadmin', '-rw------- dbadmin cacert.pem'),
    'file-owner': ('-rw------- report client.key, for dbadmin', '-rw------- dbadmin client.key'),
    'file-mode': ('-rw-r--r-- dbadmin client.key', 'chmod 0600 client.key'),
    'exports-missing': (
        'env | grep PGSSL in a login shell: nothing',
        'env | grep PGSSL in a login shell: PGSSLMODE=verify-ca and the paths'),
    'exports-drift': ("export PGSSLMODE='prefer', changed by hand", "export PGSSLMODE='verify-ca', as deployed"),
    'exports-owner': (
        '-rw------- report /etc/profile.d/dws_ssl/dbadmin.sh',
        '-rw------- dbadmin /etc/profile.d/dws_ssl/dbadmin.sh'),
    'exports-mode': (
        '-rw-rw-rw- dbadmin /etc/profile.d/dws_ssl/dbadmin.sh',
        '-rw------- dbadmin /etc/profile.d/dws_ssl/dbadmin.sh'),
    'loader-missing': (
        'ls /etc/profile.d/dws_ssl.sh: No such file or directory',
        '-rw-r--r-- root /etc/profile.d/dws_ssl.sh, as deployed'),
    # ---- formats
    'format-value': (
        'directory: a path of 1010 bytes, with dws_client_formats: [service]',
        'directory: /var/lib/dws_ssl/{user}/sslcert'),
    'format-foreign': (
        '~/dws_ssl/sslcert.odbc.ini, written by hand',
        'ODBC entries made by hand in ~/.odbc.ini, and ~/dws_ssl/sslcert.odbc.ini left to the collection'),
    'format-missing': (
        'dws_client_formats: [service], and no ~/dws_ssl/sslcert.pg_service.conf',
        'sslcert.pg_service.conf, mode 0600, owned by the user'),
    'format-drift': (
        'sslmode=prefer in sslcert.pg_service.conf, where sslmode is verify-ca',
        'sslmode=verify-ca in sslcert.pg_service.conf'),
    'format-key-encrypted': (
        'dws_client_formats: [service]\ndws_client_users: [dbadmin]',
        'dws_client_users:\n  - {name: dbadmin, default: true}\n'
        '  - {name: dbadmin, cluster: dws_libpq, directory: "{home}/dws_ssl/plain", decrypt_key: true}'),
    'store-without-passphrase': (
        'dws_client_formats: [pkcs12]',
        'dws_client_formats: [pkcs12]\ndws_client_key_passphrase: "{{ vault_passphrase }}"'),
    # ---- connection
    'endpoint-unreachable': (
        'psql: error: connection to server at "HOST", port 8000 failed: Connection refused',
        'a security group that admits this host to port 8000'),
    'endpoint-timeout': ('psql: error: timeout expired', 'a firewall that lets port 8000 pass'),
    'endpoint-closed': ('server closed the connection unexpectedly', 'a server behind the load balancer'),
    'endpoint-foreign': ('endpoint: HOST:443', 'endpoint: HOST:8000'),
    'endpoint-injected': ('received unencrypted data after SSL response', 'one byte, S, in answer to SSLRequest'),
    'endpoint-not-ready': ('FATAL: the database system is starting up', 'a cluster whose state is Available'),
    'endpoint-session-refused': (
        'user: nobody, whom the server does not admit',
        'user: dbadmin, with a database that dbadmin may use'),
    'endpoint-ssl-off': ('server does not support SSL, but SSL was required', 'SSL switched on for the cluster'),
    'endpoint-requires-ssl': (
        'FATAL: SSL connection is required by the database system (PGSSLMODE=disable)',
        'PGSSLMODE=verify-ca'),
    'connection-clear-text': (
        'PGSSLMODE=prefer, and psql prints no line that begins with SSL connection',
        'PGSSLMODE=verify-ca, and psql prints: SSL connection (protocol: TLSv1.2, ...)'),
    'connection-unverified': (
        'PGSSLMODE=require, without PGSSLROOTCERT',
        'PGSSLMODE=verify-ca\nPGSSLROOTCERT=/home/dbadmin/dws_ssl/sslcert/cacert.pem'),
    'tls-failed': (
        'SSL error: no shared cipher',
        'openssl s_client -starttls postgres -connect HOST:8000: a cipher and a certificate'),
    'tls-version-old': ('SSL error: unsupported protocol', 'a server with TLS 1.2'),
    'server-ca-wrong': ('v1/sslcert/cacert.pem, for a cluster that v2 belongs to', 'tree: v2'),
    'server-certificate-expired': (
        's_client: Verify return code: 10 (certificate has expired)',
        's_client: Verify return code: 0 (ok)'),
    'server-certificate-expires-soon': (
        'a server certificate with 29 days left',
        'a server certificate with 3 years left'),
    'server-certificate-revoked': (
        'the serial number of the server under Revoked Certificates',
        'a server with a new key and certificate'),
    'server-crl-unusable': (
        'sslcrl-file.crl with a next update in the past',
        'sslcrl-file.crl with current lists of all CAs of the chain'),
    'server-unverified': (
        's_client: Verify return code: 24 (invalid CA certificate)',
        's_client: Verify return code: 0 (ok)'),
    'server-name-mismatch': (
        'host=10.0.0.5 sslmode=verify-full, for a certificate of CN = server',
        'host=10.0.0.5 sslmode=verify-ca'),
    'server-chain-long': (
        's_client -showcerts: 12 certificates',
        's_client -showcerts: the server and its intermediate CAs'),
    'client-certificate-refused': ('SSL error: tlsv1 alert unknown ca', 'client.crt of the bundle of this cluster'),
    'client-certificate-needed': ('FATAL: connection requires a valid client certificate', 'auth_mode: bidirectional'),
    'client-certificate-not-asked': (
        'auth_mode: bidirectional, for a server that asks no client',
        'auth_mode: unidirectional'),
    'client-files-unusable': ('private key file "..." has group or world access', 'chmod 0600 client.key'),
    'connection-revocation-off': ('PGSSLCRL names a DER file', 'PGSSLCRL names a PEM file'),
    # ---- audit
    'host-unreachable': (
        'UNREACHABLE! Failed to connect to the host via ssh: Connection timed out',
        'ansible HOST -m ansible.builtin.ping: pong'),
    'host-not-read': (
        'sudo: a password is required',
        'ansible HOST --become -m ansible.builtin.ping: pong'),
    'host-left-out': (
        'a play that ended after its first batch of hosts',
        'a play that came to every host of dws_hosts'),
}
