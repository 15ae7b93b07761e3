#!/bin/sh
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: namespace.sh SOCKET FOLDER COMMAND...
# Runs a command that sees SOCKET as /dev/log, in a mount namespace of its own; FOLDER is an empty folder to build its /dev in.
set -eu
if [ "${IN_NAMESPACE:-}" != yes ]; then
    IN_NAMESPACE=yes exec unshare --mount "$0" "$@"
fi
unset IN_NAMESPACE
socket=$1
dev=$2
shift 2
mount -t tmpfs dev "$dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$dev"
mkdir "$dev/shm" "$dev/pts"
mount --bind /dev/shm "$dev/shm"
mount --bind /dev/pts "$dev/pts"
ln -s /proc/self/fd "$dev/fd"
ln -s pts/ptmx "$dev/ptmx"
touch "$dev/log"
mount --bind "$socket" "$dev/log"
mount --rbind "$dev" /dev
exec "$@"
