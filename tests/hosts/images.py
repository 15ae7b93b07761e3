# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of the test hosts: made once, made again only when what goes into them has changed."""
import concurrent.futures
import configparser
import hashlib
import os
import shutil
import subprocess
import tempfile
from typing import NamedTuple

import machine

RECIPE = machine.HERE / 'image'
INPUTS = 'dws-ssl-tests.inputs'
# Two suites at a time: one downloads while the other unpacks.
AT_ONCE = 2
COMMAND = '["/usr/local/sbin/serve-ssh"]'


class Image(NamedTuple):
    """One section of images.ini: a name, a Debian suite and the packages on top of its smallest form."""
    name: str
    suite: str
    packages: list[str]

    @property
    def tag(self) -> str:
        """The name under which the engine holds the image."""
        return 'localhost/%s:%s' % (machine.OWNER, self.name)

    def inputs(self) -> str:
        """Return the checksum of all that goes into the image and is ours."""
        digest = hashlib.sha256(repr((self.suite, self.packages, COMMAND)).encode())
        for part in sorted(RECIPE.iterdir()):
            digest.update(part.name.encode() + b'\0' + part.read_bytes())
        return digest.hexdigest()


def declared() -> dict[str, Image]:
    """Return the images of images.ini by name."""
    parser = configparser.ConfigParser()
    parser.read(str(machine.HERE / 'images.ini'))
    return {name: Image(name, parser[name]['suite'], parser[name]['packages'].split()) for name in parser.sections()}


def make_all(engine: machine.Engine) -> None:
    """Make the images that are missing or out of date."""
    stale = [image for image in declared().values() if engine.label('image', image.tag, INPUTS) != image.inputs()]
    if not stale:
        return
    make = from_suite if by_mmdebstrap() else from_containerfile
    print('Making the images of the test hosts: %s' % ', '.join(image.name for image in stale), flush=True)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for image in pool.map(lambda each: make(engine, each), stale):
            print('  %s is made of Debian %s.' % (image.tag, image.suite), flush=True)


def by_mmdebstrap() -> bool:
    """Return whether mmdebstrap makes the images: HOSTS_IMAGES says so, or it is there and this is root."""
    named = os.environ.get('HOSTS_IMAGES', '')
    if named not in ('', 'mmdebstrap', 'containerfile'):
        raise machine.Unready('HOSTS_IMAGES is %r; it must be mmdebstrap or containerfile.' % named)
    if named:
        return named == 'mmdebstrap'
    return os.getuid() == 0 and shutil.which('mmdebstrap') is not None


def mirror() -> list[str]:
    """Return the Debian mirror that apt uses here, or nothing: then mmdebstrap takes its own default."""
    listing = subprocess.run(['apt-get', 'indextargets', '--format', '$(LABEL) $(REPO_URI)'], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=False)
    found = [line.split()[1] for line in listing.stdout.splitlines() if line.startswith('Debian ')]
    return found[:1]


def from_suite(engine: machine.Engine, image: Image) -> Image:
    """Unpack a Debian suite into an archive and import that."""
    command = ['mmdebstrap', '--quiet', '--variant=minbase', '--format=tar', '--include=' + ','.join(image.packages),
               '--dpkgopt=path-exclude=/usr/share/doc/*', '--dpkgopt=path-exclude=/usr/share/man/*',
               '--dpkgopt=path-exclude=/usr/share/locale/*',
               '--customize-hook=upload "%s" /tmp/setup' % (RECIPE / 'setup'),
               '--customize-hook=chroot "$1" sh /tmp/setup && rm "$1/tmp/setup"',
               image.suite, '-'] + mirror()
    # mmdebstrap unpacks and podman imports by way of TMPDIR: memory is faster than the disk.
    with tempfile.TemporaryDirectory(dir=str(machine.runtime())) as scratch, \
            tempfile.TemporaryFile(dir=scratch) as words:
        surroundings = dict(engine.environment, TMPDIR=scratch)
        with subprocess.Popen(command, env=surroundings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=words) as unpacking:
            importing = subprocess.run(
                [engine.name, 'import', '--change', 'CMD ' + COMMAND,
                 '--change', 'LABEL %s=%s' % (INPUTS, image.inputs()), '-', image.tag],
                env=surroundings, stdin=unpacking.stdout, stdout=subprocess.DEVNULL, stderr=words, check=False)
        if unpacking.returncode != 0 or importing.returncode != 0:
            words.seek(0)
            engine('image', 'rm', '--force', image.tag, check=False)
            raise machine.Unready('The image of Debian %s could not be made:\n%s'
                                  % (image.suite, words.read().decode(errors='replace')))
    return image


def from_containerfile(engine: machine.Engine, image: Image) -> Image:
    """Build the image from the Containerfile, on top of a Debian image that the engine has or fetches."""
    arguments = ['build', '--file', str(RECIPE / 'Containerfile'), '--tag', image.tag,
                 '--label', '%s=%s' % (INPUTS, image.inputs()), '--build-arg', 'SUITE=' + image.suite,
                 '--build-arg', 'PACKAGES=' + ' '.join(image.packages)]
    base = os.environ.get('HOSTS_BASE', '')
    if base:
        arguments += ['--build-arg', 'BASE=' + base.replace('SUITE', image.suite)]
    engine(*(arguments + [str(RECIPE)]))
    return image
