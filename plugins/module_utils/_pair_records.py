# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of a pair as records."""

from __future__ import annotations

import re
from dataclasses import dataclass

INTERVAL = re.compile(r"(\d+)\s*(ms|msec|us|usec|s|sec|m|min|h|hr)?")
"""How the CIB says one, such as 10, 10s or 2min."""

_MILLISECONDS = {"ms": 1, "msec": 1, "us": 0.001, "usec": 0.001, "m": 60_000, "min": 60_000, "h": 3.6e6, "hr": 3.6e6}


@dataclass(frozen=True)
class Operation:
    """``attributes`` are those of the XML element: timeout, on-fail and role, as far as given."""

    name: str
    interval: str
    attributes: dict[str, str]
    options: dict[str, str]

    @property
    def key(self) -> tuple[str, float]:
        return self.name, milliseconds(self.interval)


@dataclass(frozen=True)
class Primitive:
    """A resource or fence device; ``options`` hold the secret ones too, whose names are in ``secrets``."""

    id: str
    agent: str
    options: dict[str, str]
    secrets: frozenset[str]
    operations: tuple[Operation, ...]
    meta: dict[str, str]


@dataclass(frozen=True)
class Group:
    id: str
    members: tuple[str, ...]
    meta: dict[str, str]


@dataclass(frozen=True)
class Clone:
    """A resource that runs on several nodes at a time."""

    id: str
    resource: str
    meta: dict[str, str]


@dataclass(frozen=True)
class Location:
    resource: str
    node: str
    score: str


@dataclass(frozen=True)
class Colocation:
    """Where ``beside`` runs, or has the ``role``, so does the resource."""

    resource: str
    beside: str
    role: str | None
    score: str


@dataclass(frozen=True)
class Order:
    """``then`` is started after the ``action`` on ``first``, and stopped before the contrary.

    If it is ``optional``, only where both are to be started.
    """

    first: str
    then: str
    action: str
    optional: bool


@dataclass(frozen=True)
class Level:
    """Devices that together fence a node; the levels of a node are tried in order of ``level``."""

    node: str
    level: int
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """All of it. A property or default of None is to be what Pacemaker has built in."""

    properties: dict[str, str | None]
    defaults: dict[str, str | None]
    primitives: tuple[Primitive, ...]
    groups: tuple[Group, ...]
    clones: tuple[Clone, ...]
    locations: tuple[Location, ...]
    colocations: tuple[Colocation, ...]
    orders: tuple[Order, ...]
    levels: tuple[Level, ...]

    @property
    def ids(self) -> list[str]:
        """Of all that has one: resources, fence devices, groups and clones."""
        return [
            *(each.id for each in self.primitives),
            *(each.id for each in self.groups),
            *(each.id for each in self.clones),
        ]


def milliseconds(interval: str) -> float:
    """An interval such as 10, 10s or 2min; one that is not understood is told from all others."""
    match = INTERVAL.fullmatch(interval.strip())
    return float("nan") if match is None else int(match[1]) * _MILLISECONDS.get(match[2] or "s", 1000)
