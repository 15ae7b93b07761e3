# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import every Python file below the named folders of a collection with the Python that runs this.

Usage: import_all.py NAMESPACE.NAME FOLDER..., in the collection's folder, with the collection and an ansible-core on
PYTHONPATH. Unlike ansible-test's import test it takes a Python that the newest ansible-core no longer supports.
"""
import importlib
import os
import platform
import sys
import traceback


def module_names(collection, folder):
    """Return the dotted names of all Python files below ``folder``, which is relative to the collection's folder."""
    for parent, _folders, files in sorted(os.walk(folder)):
        for file in sorted(files):
            if file.endswith('.py'):
                path = os.path.join(parent, file)[:-len('.py')]
                parts = [part for part in path.split(os.sep) if part != '__init__']
                yield '.'.join(['ansible_collections', collection] + parts)


def main(collection, folders):
    """Return the exit status: 1 when a file failed to import or there was none."""
    names = [name for folder in folders for name in module_names(collection, folder)]
    failed = 0
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            failed += 1
            print('%s:' % name)
            traceback.print_exc(file=sys.stdout)
    print('Python %s: %d files imported, %d failed' % (platform.python_version(), len(names) - failed, failed))
    return 1 if failed or not names else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
