# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pair_cib's options ask for, and what is wrong with them, as far as it shows without a cluster."""

from __future__ import annotations

import re
import typing as t
from collections import Counter

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_records import (
    INTERVAL,
    Clone,
    Colocation,
    Group,
    Level,
    Location,
    Operation,
    Order,
    Primitive,
    Wanted,
)

PACEMAKERS_OWN = frozenset({
    "cluster-infrastructure",
    "cluster-name",
    "dc-version",
    "have-watchdog",
    "last-lrm-refresh",
})  # fmt: skip
"""Cluster properties that Pacemaker writes itself."""

_TEXT: dict[str, t.Any] = {"type": "str"}
_NEEDED: dict[str, t.Any] = {"type": "str", "required": True}
_SOME: dict[str, t.Any] = {"type": "dict", "default": {}}
_NAMES: dict[str, t.Any] = {"type": "list", "elements": "str", "required": True}


def _several(**options: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"type": "list", "elements": "dict", "default": [], "options": options}


SPEC: dict[str, t.Any] = {
    "properties": _SOME,
    "resource_defaults": _SOME,
    "resources": _several(
        id=_NEEDED,
        agent=_NEEDED,
        options=_SOME,
        operations=_several(
            name=_NEEDED,
            interval={"type": "str", "default": "0s"},
            timeout=_TEXT,
            on_fail=_TEXT,
            role=_TEXT,
            options=_SOME,
        ),
        meta=_SOME,
    ),
    "groups": _several(id=_NEEDED, members=_NAMES, meta=_SOME),
    "clones": _several(id=_NEEDED, resource=_NEEDED, meta=_SOME),
    "locations": _several(resource=_NEEDED, node=_NEEDED, score=_NEEDED),
    "colocations": _several(resource=_NEEDED, beside=_NEEDED, role=_TEXT, score={"type": "str", "default": "INFINITY"}),
    "orders": _several(
        first=_NEEDED,
        then=_NEEDED,
        action={"type": "str", "default": "start"},
        optional={"type": "bool", "default": False},
    ),
    "fence_devices": _several(
        id=_NEEDED,
        agent=_NEEDED,
        hosts=_NAMES,
        delay={"type": "int"},
        options=_SOME,
        secrets={**_SOME, "no_log": True},
        interval={"type": "str", "default": "60s"},
        timeout=_TEXT,
    ),
    "fence_levels": _several(node=_NEEDED, level={"type": "int", "required": True}, devices=_NAMES),
    "purge": {"type": "bool", "default": False},
    "allow_restart": {"type": "bool", "default": False},
    "timeout": {"type": "float", "default": 120},
}
"""The argument spec of pair_cib."""

_ID = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_AGENT = re.compile(r"ocf:[\w.-]+:[\w.-]+|(?:systemd|lsb|service):[\w.@\\-]+", re.ASCII)
_FENCE_AGENT = re.compile(r"stonith:[\w./-]+", re.ASCII)
_SCORE = re.compile(r"[+-]?(?:\d+|INFINITY)")


def text(value: object) -> str:
    """A value as the CIB has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_wanted(params: t.Mapping[str, t.Any]) -> Wanted:
    """The records for the module's options.

    :raises StateError: all faults at once.
    """
    wanted = Wanted(
        properties=_settings(params["properties"]),
        defaults=_settings(params["resource_defaults"]),
        primitives=(
            *(_resource(each) for each in params["resources"]),
            *(_fence_device(each) for each in params["fence_devices"]),
        ),
        groups=tuple(Group(each["id"], tuple(each["members"]), _given(each["meta"])) for each in params["groups"]),
        clones=tuple(Clone(each["id"], each["resource"], _given(each["meta"])) for each in params["clones"]),
        locations=tuple(Location(**each) for each in params["locations"]),
        colocations=tuple(Colocation(**each) for each in params["colocations"]),
        orders=tuple(Order(**each) for each in params["orders"]),
        levels=tuple(Level(each["node"], each["level"], tuple(each["devices"])) for each in params["fence_levels"]),
    )
    devices = {each["id"] for each in params["fence_devices"]}
    if faults := [*_faults(wanted, devices), *_doubly_given(params["fence_devices"])]:
        raise StateError(
            "the wanted configuration",
            wanted="one that holds together",
            found="; ".join(faults),
            remedy="Correct the options. Nothing was changed.",
        )
    return wanted


def _settings(values: t.Mapping[str, t.Any]) -> dict[str, str | None]:
    return {name: None if value is None else text(value) for name, value in values.items()}


def _given(values: t.Mapping[str, t.Any] | None) -> dict[str, str]:
    return {name: text(value) for name, value in (values or {}).items() if value is not None}


def _resource(each: t.Mapping[str, t.Any]) -> Primitive:
    operations = tuple(
        Operation(
            name=operation["name"],
            interval=operation["interval"],
            attributes=_given(
                {
                    "timeout": operation["timeout"],
                    "on-fail": operation["on_fail"],
                    "role": operation["role"],
                }
            ),
            options=_given(operation["options"]),
        )
        for operation in each["operations"]
    )
    options, meta = _given(each["options"]), _given(each["meta"])
    return Primitive(each["id"], each["agent"], options, frozenset(), operations, meta)


def _fence_device(each: t.Mapping[str, t.Any]) -> Primitive:
    own = {"pcmk_host_list": " ".join(each["hosts"])}
    if each["delay"] is not None:
        own["pcmk_delay_base"] = f"{each['delay']}s"
    secrets = _given(each["secrets"])
    monitor = Operation("monitor", each["interval"], _given({"timeout": each["timeout"]}), {})
    options = {**_given(each["options"]), **own, **secrets}
    return Primitive(each["id"], each["agent"], options, frozenset(secrets), (monitor,), {})


def _doubly_given(devices: t.Iterable[t.Mapping[str, t.Any]]) -> t.Iterator[str]:
    for each in devices:
        own = {"pcmk_host_list", "pcmk_delay_base"} | (each["secrets"] or {}).keys()
        for name in sorted(own & (each["options"] or {}).keys()):
            yield f"{each['id']}: {name} among its options"


def _faults(wanted: Wanted, devices: t.Container[str]) -> t.Iterator[str]:
    ids = wanted.ids
    yield from (f"{name!r} is no id" for name in ids if not _ID.fullmatch(name))
    yield from (f"{name} twice" for name, times in Counter(ids).items() if times > 1)
    yield from (f"{name} is Pacemaker's own" for name in sorted(PACEMAKERS_OWN & wanted.properties.keys()))
    for each in wanted.primitives:
        pattern = _FENCE_AGENT if each.id in devices else _AGENT
        if not pattern.fullmatch(each.agent):
            yield f"{each.id}: {each.agent!r} is no agent for it"
        yield from (
            f"{each.id}: {operation.interval!r} is no interval"
            for operation in each.operations
            if not INTERVAL.fullmatch(operation.interval.strip())
        )
        for (name, _interval), times in Counter(operation.key for operation in each.operations).items():
            if times > 1:
                yield f"{each.id}: {name} twice with one interval"
    resources = {each.id for each in wanted.primitives if each.id not in devices}
    members = [member for group in wanted.groups for member in group.members]
    members += [each.resource for each in wanted.clones]
    yield from (f"{group.id} has no members" for group in wanted.groups if not group.members)
    yield from (f"{name} is in no list of resources" for name in members if name not in resources)
    yield from (f"{name} is a member twice" for name, times in Counter(members).items() if times > 1)
    yield from _constraint_faults(wanted, ids)
    for level in wanted.levels:
        if not level.devices:
            yield f"level {level.level} of {level.node} has no devices"
        yield from (f"{name} is in no list of fence devices" for name in level.devices if name not in devices)
    levels = Counter((level.node, level.level) for level in wanted.levels)
    yield from (f"{node} has level {level} twice" for (node, level), times in levels.items() if times > 1)


def _constraint_faults(wanted: Wanted, ids: t.Container[str]) -> t.Iterator[str]:
    named = [each.resource for each in wanted.locations]
    named += [name for each in wanted.colocations for name in (each.resource, each.beside)]
    named += [name for each in wanted.orders for name in (each.first, each.then)]
    yield from (f"a constraint for {name}, which is not named" for name in named if name not in ids)
    scores = [(each.resource, each.score) for each in wanted.locations]
    scores += [(each.resource, each.score) for each in wanted.colocations]
    yield from (f"{name}: {score!r} is no score" for name, score in scores if not _SCORE.fullmatch(score))
    places = Counter((location.resource, location.node) for location in wanted.locations)
    yield from (f"{name} has two locations on {node}" for (name, node), times in places.items() if times > 1)
