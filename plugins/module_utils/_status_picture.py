# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology as shapes for a picture: the name, front ends, pool nodes and bricks, each with its state.

Pure arithmetic; the page's template draws what is here. Lengths are in units of the picture.
"""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils import _status_addresses, _status_frontend
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_backend import volumes_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pool import serving_nodes
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Site
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import PROXY

BOX_WIDTH, BOX_HEIGHT, GAP = 150, 54, 30
ROW = BOX_HEIGHT + 46


@dataclass(frozen=True)
class Box:
    """A rectangle with its upper left corner, two lines of text and a state (ok, degraded, down)."""

    x: float
    y: float
    title: str
    note: str
    state: str

    @property
    def middle(self) -> float:
        return self.x + BOX_WIDTH / 2


@dataclass(frozen=True)
class Line:
    """A link between two boxes; its state is that of the worse end."""

    x1: float
    y1: float
    x2: float
    y2: float
    state: str


def picture(site: Site) -> dict[str, t.Any]:
    """The shapes as plain data: ``width``, ``height``, ``boxes``, ``lines``, and what all boxes share."""
    columns = max(len(site.pool), len(site.frontend), 1)
    width = columns * (BOX_WIDTH + GAP) + GAP
    name, rows = _by_proxy(site, width) if site.access == PROXY else _direct(site, width)
    bricks = _row(width, len(rows) + 1, [(f"bricks of {host}", *_bricks(site, host)) for host in site.pool])
    upper: list[Box] = [name]
    lines: list[Line] = []
    for row in rows:
        lines += [_line(one, other) for one in upper for other in row]
        upper = row
    lines += [_line(node, brick) for node, brick in zip(upper, bricks, strict=True)]
    return {
        "width": width,
        "height": GAP + (len(rows) + 2) * ROW,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
        "box_middle": BOX_WIDTH / 2,
        "boxes": [asdict(box) for box in (name, *itertools.chain.from_iterable(rows), *bricks)],
        "lines": [asdict(line) for line in lines],
    }


def _by_proxy(site: Site, width: float) -> tuple[Box, list[list[Box]]]:
    """The name, and below it the front ends with the addresses that they have, and the nodes."""
    ready, serving, flags = _status_frontend.ready_frontends(site), serving_nodes(site), site.flags()
    held = _status_frontend.holders(site)
    fronts = [(host, _told(held, host) or "standby", host in ready) for host in site.frontend]
    nodes = [(host, ", ".join(flags[host]) or "healthy", host in serving) for host in site.pool]
    return _name(site, width, good=any(held.values())), [_row(width, 1, fronts), _row(width, 2, nodes)]


def _direct(site: Site, width: float) -> tuple[Box, list[list[Box]]]:
    """The name, and below it the nodes with the addresses that they have."""
    serving, flags, held = serving_nodes(site), site.flags(), _status_addresses.holders(site)
    nodes = []
    for host in site.pool:
        told = filter(None, (*flags[host], _told(held, host)))
        nodes.append((host, ", ".join(told) or "no address", host in serving))
    return _name(site, width, good=any(held.values())), [_row(width, 1, nodes)]


def _told(held: t.Mapping[str, list[str]], host: str) -> str:
    """The addresses that a host has."""
    return ", ".join(address for address, hosts in held.items() if host in hosts)


def _name(site: Site, width: float, *, good: bool) -> Box:
    first, *others = site.addresses
    note = f"{len(site.addresses)} addresses" if others else first
    return Box((width - BOX_WIDTH) / 2, GAP, site.virtual_name, note, "ok" if good else "down")


def _row(width: float, number: int, cells: list[tuple[str, str, bool]]) -> list[Box]:
    """Boxes side by side, in the middle of the picture."""
    start = (width - len(cells) * (BOX_WIDTH + GAP) + GAP) / 2
    return [
        Box(start + i * (BOX_WIDTH + GAP), GAP + number * ROW, title, note, "ok" if good else "down")
        for i, (title, note, good) in enumerate(cells)
    ]


def _bricks(site: Site, host: str) -> tuple[str, bool]:
    addresses = {address for address, name in site.interconnect.items() if name == host}
    bricks = [
        (volume["name"], bool(brick["online"]))
        for volume in volumes_of(site)
        for brick in volume["bricks"]
        if brick["address"] in addresses
    ]
    lost = [name for name, online in bricks if not online]
    if not bricks:
        return "unknown", False
    return (f"{', '.join(lost)} down" if lost else ", ".join(name for name, _online in bricks)), not lost


def _line(upper: Box, lower: Box) -> Line:
    good = upper.state == lower.state == "ok"
    return Line(upper.middle, upper.y + BOX_HEIGHT, lower.middle, lower.y, "ok" if good else "down")
