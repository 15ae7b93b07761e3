# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the archive or folder that holds a bundle. Readers report these; nothing is left to judge."""
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import ALL_CLIENTS, ERROR, Rule

_LIMITS = 'Limits of this collection: 64 MiB unpacked, 10,000 members, 1 MiB for a member of a set'

RULES = (
    Rule('bundle-missing', ERROR, ALL_CLIENTS, 'The bundle is not there',
         'There is no file or folder at the given path on the controller.',
         'Give the path of dws_ssl_cert.zip, or of the folder that it was unpacked to, on the controller.',
         'Guide, "Configuring Digital Certificate Parameters", steps 3 and 4'),
    Rule('bundle-unreadable', ERROR, ALL_CLIENTS, 'A file of the bundle cannot be read on the controller',
         'The user who runs Ansible may not read it, or Ansible Vault could not decrypt it.',
         'Let the user who runs Ansible read it; for a vaulted file give the vault password.',
         'Ansible, copy module: how src is found and decrypted'),
    Rule('bundle-not-archive', ERROR, ALL_CLIENTS, 'The bundle is neither a zip archive nor a folder',
         'The file does not end with the directory that every zip archive ends with.',
         'Download dws_ssl_cert.zip again, or unpack another kind of archive and give the folder.',
         'APPNOTE.TXT (the zip format), section 4.3'),
    Rule('archive-damaged', ERROR, ALL_CLIENTS, 'The archive is damaged or truncated',
         'A member cannot be unpacked or its checksum does not match.',
         'Download dws_ssl_cert.zip again and compare its size with that of the source.',
         'APPNOTE.TXT (the zip format), sections 4.3 and 4.4.7'),
    Rule('archive-encrypted', ERROR, ALL_CLIENTS, 'The archive is encrypted with a zip password',
         'Zip passwords are not supported: the classic ones protect nothing.',
         'Make the archive without a password and, to protect it, encrypt the whole of it with ansible-vault.',
         'APPNOTE.TXT (the zip format), section 6'),
    Rule('archive-compression', ERROR, ALL_CLIENTS, 'The archive uses a compression method that is not read',
         'Only stored and deflated members are read; the other methods unpack in pieces of no bounded size.',
         'Make the archive with the deflate method, which every zip program uses unless told otherwise.',
         'APPNOTE.TXT (the zip format), section 4.4.5'),
    Rule('archive-too-large', ERROR, ALL_CLIENTS, 'The bundle is larger than 64 MiB',
         'A bundle holds a few certificates and keys. Whatever unfolds to more is not one.',
         'Give the archive of the certificates alone.', _LIMITS),
    Rule('archive-too-many-members', ERROR, ALL_CLIENTS, 'The bundle holds too many files or too deep folders',
         'A bundle holds a few files. More than 10,000, or folders more than 16 deep, mean another path was given.',
         'Give the archive or the folder of the certificates alone.', _LIMITS),
    Rule('member-outside', ERROR, ALL_CLIENTS, 'A member of the archive has a path that leads out of it',
         'Unpacked with an unwary program, the member would be written outside the folder that was meant.',
         'Find out where the archive comes from; make a new one whose members have plain relative paths.',
         'CWE-22, path traversal'),
    Rule('member-link', ERROR, ALL_CLIENTS, 'A member of the bundle is a link',
         'A link can point to any file of the controller. Links in a bundle are not followed.',
         'Put the file itself where the link is.', 'CWE-59, link following'),
    Rule('member-not-regular', ERROR, ALL_CLIENTS, 'A member of the bundle is not a regular file',
         'Reading a device or a named pipe can take for ever.',
         'Put a regular file in its place.', 'POSIX, file types'),
    Rule('member-duplicate', ERROR, ALL_CLIENTS, 'The archive holds a member more than once',
         'Programs differ in which of two members with one name they unpack.',
         'Make the archive anew, each file once.', 'APPNOTE.TXT (the zip format), section 4.3'),
    Rule('member-too-large', ERROR, ALL_CLIENTS, 'A member of the set is larger than 1 MiB',
         'No certificate, key or passphrase file comes near this size.',
         'Check what the file is; shorten a revocation list of that size at its source.', _LIMITS),
    Rule('member-vaulted', ERROR, ALL_CLIENTS, 'A file is encrypted with Ansible Vault where it cannot be opened',
         'Ansible opens vaulted files in a folder and a vaulted archive as a whole, not single members of an archive.',
         'Encrypt the whole archive with ansible-vault, or use a folder with vaulted files, and give the vault '
         'password.',
         'Ansible Vault'),
)
