# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about a host: why a set could not be put there."""
import re
from typing import Iterable, Iterator

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.finding import (
    ALL_CLIENTS, ERROR, NATIVE, WARNING, Finding, Rule, finding)

USER_MISSING = Rule(
    'user-missing', ERROR, ALL_CLIENTS, 'The user does not exist on the host',
    'The files belong to the user who connects, so that user has to be there first.',
    'Create the user before this task, or skip such hosts with missing_user=skip (role: dws_client_missing_user).',
    'Guide: the files belong to the user of the client')
USER_UNSUITABLE = Rule(
    'user-unsuitable', ERROR, ALL_CLIENTS, 'The user name does not stand for one user alone',
    'The exports are read by user name and protected by user id. Two names for one id would read each other\'s exports.',
    'Use a user of its own, with a plain name.',
    'Loader of the exports')
USER_WITHOUT_HOME = Rule(
    'user-without-home', ERROR, ALL_CLIENTS, 'The user has no home directory',
    'A path with {home} needs the home directory that the host\'s user database names.',
    'Create the home directory, or name a directory without {home}, such as /var/lib/dws_ssl/{user}/sslcert.',
    'getpwnam(3)')
GROUP_MISSING = Rule(
    'group-missing', ERROR, ALL_CLIENTS, 'The group does not exist on the host',
    'The files get this group.', 'Create the group before this task, or leave the option out.', 'getgrnam(3)')
BECOME_NEEDED = Rule(
    'become-needed', ERROR, ALL_CLIENTS, 'The task cannot act for this user',
    'Only root can give files to another user; a task without become can only serve the user that it runs as.',
    'Run the task with become (root), or without exports in folders of root (role: dws_client_profile_dir: \'\').',
    'Ansible, become')
FOLDER_UNSAFE = Rule(
    'folder-unsafe', ERROR, ALL_CLIENTS, 'Root\'s files would lie in a folder that others can change',
    'Whoever can write a folder above can replace what lies in it, by a link for example, while root works there.',
    'Choose a path all of whose folders belong to root and are writable by root alone.',
    'SECURITY: root in a user\'s folder')
FOLDER_UNUSABLE = Rule(
    'folder-unusable', ERROR, ALL_CLIENTS, 'A folder on the way cannot be used',
    'The user has to be able to enter every folder above the files, as the client will.',
    'Mend the folder, or choose another path.', 'path_resolution(7)')
DEST_OCCUPIED = Rule(
    'dest-occupied', ERROR, ALL_CLIENTS, 'Something that is not a folder lies at dest',
    'Only a folder or a link is taken over; nothing else is replaced.', 'Move it away, or choose another dest.',
    'gaussdb.dws_ssl.client_certificates')
PREVIOUS_MISSING = Rule(
    'previous-missing', ERROR, ALL_CLIENTS, 'There is no set to go back to',
    'Only a set that this collection put there can be gone back to, and only as many are kept as keep says.',
    'Deploy the bundle that was in use before.', 'gaussdb.dws_ssl.client_certificates, state=previous')
GENERATION_BLOCKED = Rule(
    'generation-blocked', ERROR, ALL_CLIENTS, 'This set was rolled back and is blocked',
    'A set that had to be taken back must not come again with the next run.',
    'Give another bundle, or take the generation off the list of blocked ones.', 'gaussdb.dws_ssl.client_certificates, blocked_generations')
ROTATION_CLEAR_TEXT = Rule(
    'rotation-clear-text', WARNING, NATIVE, 'A set is replaced while clients fall back to clear text',
    'A client opens the certificate and the key one after the other. One that is in the middle of it while the set is replaced meets a '
    'file of each: under verify-ca and require it fails and may try again; under prefer and allow it connects in clear text, with exit '
    'status 0 and no message.',
    'Use verify-ca; or stop the clients while the certificates are replaced.',
    'Guide, Table 2; psql and libpq, seen with a server that takes both')
DIRECTORY_SHARED = Rule(
    'directory-shared', WARNING, ALL_CLIENTS, 'The directory lies where other hosts can have it as well',
    'With one home for many hosts, the first of them that takes on a new set changes all of them: neither canaries nor waves protect '
    'anybody, and a host that goes back takes the others with it. The lock of a set holds on one host, so two hosts that deploy at the '
    'same time get in each other\'s way. In a rotation in waves this stops the host, as an error does.',
    'Give every host a directory of its own, such as /var/lib/dws_ssl/{user}/sslcert (role: dws_client_directory); or let one of the '
    'hosts alone deploy to it.',
    'proc(5), mountinfo')
HOST_BUSY = Rule(
    'host-busy', ERROR, ALL_CLIENTS, 'Another process works on the same set',
    'One process at a time changes a set.', 'Wait for the other run to end, and run this one again.', 'flock(2)')
HOST_ERROR = Rule(
    'host-error', ERROR, ALL_CLIENTS, 'The host could not do what was asked',
    'The operating system refused a step. At dest is one whole set: the one before, or the new one.',
    'Mend what the message names, and run the task again.', 'errno(3)')

RULES = (USER_MISSING, USER_UNSUITABLE, USER_WITHOUT_HOME, GROUP_MISSING, BECOME_NEEDED, FOLDER_UNSAFE, FOLDER_UNUSABLE,
         DEST_OCCUPIED, PREVIOUS_MISSING, GENERATION_BLOCKED, ROTATION_CLEAR_TEXT, DIRECTORY_SHARED, HOST_BUSY, HOST_ERROR)

FALLING_BACK = ('allow', 'prefer')
# By their names in the list of mounts, FUSE's without "fuse.": those that systemd and util-linux hold for network file systems, the
# cluster file systems, and folders that a hypervisor gives to its guests.
NETWORK_FILE_SYSTEMS = frozenset((
    '9p', 'afs', 'beegfs', 'ceph', 'ceph-fuse', 'cifs', 'coda', 'davfs', 'davfs2', 'gfs', 'gfs2', 'glusterfs', 'goofys', 'gpfs', 'juicefs',
    'lizardfs', 'lustre', 'mfs', 'moosefs', 'ncp', 'ncpfs', 'nfs', 'nfs4', 'ocfs2', 'orangefs', 'panfs', 'prl_fs', 'pvfs2', 'rclone',
    's3fs', 'smb3', 'smbfs', 'smbnetfs', 'sshfs', 'vboxsf', 'virtiofs', 'vmhgfs', 'vmhgfs-fuse', 'wekafs'))
_FALLING_BACK_LINE = re.compile(r'PGSSLMODE\W+(%s)\b' % '|'.join(FALLING_BACK))


def judge_generation(generation: str, blocked: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for a set that was rolled back and must not come again."""
    if generation in tuple(blocked):
        yield finding(GENERATION_BLOCKED, generation, 'This generation is blocked.')


def judge_place(dest: str, file_system: str) -> Iterator[Finding]:
    """Yield a finding for a set on a network file system; ``file_system`` is its type in the list of mounts, '' where unknown."""
    name = file_system[len('fuse.'):] if file_system.startswith('fuse.') else file_system
    if name in NETWORK_FILE_SYSTEMS:
        yield finding(DIRECTORY_SHARED, dest, 'It lies on a file system of type %s: other hosts may have the same directory.' % file_system)


def judge_rotation(sslmode: str, replaced: bool, lines: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding where a set in use is replaced and clients would fall back to clear text.

    ``sslmode`` is the one that is deployed, ``lines`` are those of the exports as they lie on the host: clients that run already
    have theirs from there.
    """
    found = [match.group(1) for match in map(_FALLING_BACK_LINE.search, lines) if match]
    if replaced and (sslmode in FALLING_BACK or found):
        where = 'PGSSLMODE is %s' % sslmode if sslmode in FALLING_BACK else 'The exports on the host say %s' % found[0]
        yield finding(ROTATION_CLEAR_TEXT, 'PGSSLMODE',
                      '%s: a client that connects at the moment of the change can do so in clear text.' % where)
