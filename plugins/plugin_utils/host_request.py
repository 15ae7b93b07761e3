# -*- coding: utf-8 -*-
# Copyright (c) the gaussdb.dws_ssl contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to a host: the sets of a task in the form that ``policy/desired.py`` reads, and the contents that it lacks."""
from __future__ import annotations

import base64
import json
from typing import Any, Mapping, Sequence

from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.decision import answer_of, decide, is_ready, look_of
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.desired import ABSENT, HOME_TOKEN, Look, desired_sets
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.home import quoted_for_home
from ansible_collections.gaussdb.dws_ssl.plugins.module_utils.policy.formats.table import FORMATS
from ansible_collections.gaussdb.dws_ssl.plugins.plugin_utils.order import Order, mode_of

# What a look needs of a set and of an exports file (host/looking.py).
LOOKED_AT = ('dest', 'owner', 'group', 'state', 'files')
LOOKED_AT_EXPORT = ('path', 'owner', 'group', 'mode')


def host_request(wanted: Sequence[tuple[Order, dict[str, str], list[dict[str, Any]], str | None]]) -> str:
    """Return the request for ``(order, {name: identity}, exports, back_to)`` of each set. Nothing in it is secret."""
    return json.dumps([_set(*one) for one in wanted])


def look_request(request: str) -> str:
    """Return what a look needs of a request, in the same form: of an exports file's content only whether it waits for the home.

    Python reads a module with its arguments byte by byte, so that every host would pay for the rest.
    """
    return json.dumps([dict({name: one[name] for name in LOOKED_AT if one.get(name) is not None},
                            exports=[dict({name: export[name] for name in LOOKED_AT_EXPORT if export.get(name) is not None},
                                          content=HOME_TOKEN if HOME_TOKEN in export['content'] else '')
                                     for export in one.get('exports', ())])
                       for one in json.loads(request)])


def write_request(request: str, homes: Sequence[str | None], looks: Sequence[Sequence[Any]] = ()) -> str:
    """Return a request with the home of each set that the host has told, and the values quoted that waited for it.

    A host is not sent the code that quotes. It gets ``looks`` back, what it has answered of each set, and does not look at those
    sets before it has their lock. What is only for a report is left out: a module's options go to the host's log. What goes with a
    removal is for the host to see. Raise Unfit for a value that a format cannot carry.
    """
    sets = json.loads(request)
    for one, look in zip(sets, looks):
        if one.get('state') != ABSENT:
            one['look'] = _without_report(look_of(look))
    for one, home in zip(sets, homes):
        one['home'] = home
        for export in one.get('exports', ()):
            if home and export.get('format'):
                export['content'] = quoted_for_home(export['format'], export['content'], home.rstrip('/'))
    return json.dumps(sets)


def _without_report(look: Look) -> Look:
    exports = [one._replace(seen=one.seen and one.seen._replace(lines=())) for one in look.exports]
    return look._replace(public={}, public_before={}, exports=exports)


def with_report(answer: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of the module that writes with what was left out of the looks that it was given."""
    return dict(answer, sets=[_with_report_of(seen, was) if seen['look_was_given'] else seen
                              for seen, was in zip(answer['sets'], before['sets'])])


def _with_report_of(seen: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    exports = [dict(now, lines=then['lines']) for now, then in zip(seen['exports'], was['exports'])]
    return dict(seen, public=was['public'], public_before=was['public_before'], exports=exports)


def decided(request: str, looks: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return ``{changed, done, sets}`` for a request and what the host was seen to have; ``done`` says that nothing has to be done."""
    works = [decide(desired, look_of(look), quoted_for_home) for desired, look in zip(desired_sets(json.loads(request)), looks)]
    return answer_of(works, is_ready(works) and not any(work.changes for work in works))


def _set(order: Order, identities: dict[str, str], exports: list[dict[str, Any]],
         back_to: str | None) -> dict[str, Any]:
    return {
        'dest': order.dest.rstrip('/'), 'owner': order.owner, 'group': order.group, 'state': order.state, 'keep': order.keep,
        'replaces': order.replaces, 'back_to': back_to, 'files': identities, 'skip_missing_user': order.missing_user == 'skip',
        'exports': [dict({name: export.get(name) for name in ('path', 'owner', 'group', 'serves')},
                         content=export.get('content') or '', mode=mode_of(export), format=format_for_host(export))
                    for export in exports],
    }


def format_for_host(export: Mapping[str, Any]) -> str | None:
    """Return the format of a file that lies beside the set; files of shells lie in folders of root, where nobody else writes."""
    name = export.get('format')
    return name if name and not FORMATS[name].home_in_place else None


def packed(contents: Mapping[str, bytes]) -> str:
    """Return ``{identity: content}`` as one line, in the form that ``host/deploy.py`` reads. It is secret."""
    return base64.b64encode(json.dumps({identity: base64.b64encode(content).decode() for identity, content in contents.items()}).encode()
                            ).decode()


def layers(line: str) -> list[str]:
    """Return what ``packed`` has made in all its forms, down to the files' own text: that of PEM is base64, too."""
    listed = base64.b64decode(line).decode()
    contents = [base64.b64decode(content) for content in json.loads(listed).values()]
    return [line, listed, *(content.decode('latin-1') for content in contents)]
