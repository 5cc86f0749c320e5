# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The topology as shapes for a picture: the name, front ends, pool nodes and bricks, then pairs, each with its state.

Pure arithmetic; the page's template draws what is here.
"""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import asdict

from ansible_collections.samba_ha.cluster.plugins.module_utils import _status_addresses, _status_frontend
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_backend import volumes_of
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_nfs import exports
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_picture_pair import (
    HOSTS,
    pair_rows,
    pair_shapes,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pool import serving_nodes
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_shapes import (
    BOX_HEIGHT,
    BOX_WIDTH,
    GAP,
    ROW,
    Box,
    Line,
    line,
    row,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Site
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import PROXY
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import GLUSTER


def picture(site: Site) -> dict[str, t.Any]:
    """The shapes as plain data: ``width``, ``height``, ``boxes``, ``lines``, and what all boxes share."""
    columns = max(len(site.pool), len(site.frontend), HOSTS * len(site.pairs), 1)
    width = columns * (BOX_WIDTH + GAP) + GAP
    boxes, lines, rows = _pool(site, width) if site.pool else ([], [], 0)
    more_boxes, more_lines = pair_shapes(site, width, rows)
    return {
        "width": width,
        "height": GAP + (rows + pair_rows(site)) * ROW,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
        "box_middle": BOX_WIDTH / 2,
        "boxes": [asdict(box) for box in (*boxes, *more_boxes)],
        "lines": [asdict(each) for each in (*lines, *more_lines)],
    }


def _pool(site: Site, width: float) -> tuple[list[Box], list[Line], int]:
    """The boxes of the virtual server, their lines, and how many rows they take."""
    name, rows = _by_proxy(site, width) if site.access == PROXY else _direct(site, width)
    upper: list[Box] = [name]
    lines: list[Line] = []
    for below in rows:
        lines += [line(one, other) for one in upper for other in below]
        upper = below
    stores = [(host, *_export(site, host)) for host in site.nfs_server]
    if site.backend == GLUSTER:
        stores = [(f"bricks of {host}", *_bricks(site, host)) for host in site.pool]
    below = row(width, len(rows) + 1, stores)
    if site.backend == GLUSTER:
        lines += [line(node, brick) for node, brick in zip(upper, below, strict=True)]
    else:
        lines += [line(node, server) for node in upper for server in below]
    return [name, *itertools.chain.from_iterable(rows), *below], lines, len(rows) + (2 if below else 1)


def _by_proxy(site: Site, width: float) -> tuple[Box, list[list[Box]]]:
    """The name, and below it the front ends with the addresses that they have, and the nodes."""
    ready, serving, flags = _status_frontend.ready_frontends(site), serving_nodes(site), site.flags()
    held = _status_frontend.holders(site)
    fronts = [(host, _told(held, host) or "standby", host in ready) for host in site.frontend]
    nodes = [(host, ", ".join(flags[host]) or "healthy", host in serving) for host in site.pool]
    return _name(site, width, good=any(held.values())), [row(width, 1, fronts), row(width, 2, nodes)]


def _direct(site: Site, width: float) -> tuple[Box, list[list[Box]]]:
    """The name, and below it the nodes with the addresses that they have."""
    serving, flags, held = serving_nodes(site), site.flags(), _status_addresses.holders(site)
    nodes = []
    for host in site.pool:
        told = filter(None, (*flags[host], _told(held, host)))
        nodes.append((host, ", ".join(told) or "no address", host in serving))
    return _name(site, width, good=any(held.values())), [row(width, 1, nodes)]


def _told(held: t.Mapping[str, list[str]], host: str) -> str:
    """The addresses that a host has."""
    return ", ".join(address for address, hosts in held.items() if host in hosts)


def _name(site: Site, width: float, *, good: bool) -> Box:
    first, *others = site.addresses
    note = f"{len(site.addresses)} addresses" if others else first
    return Box((width - BOX_WIDTH) / 2, GAP, site.virtual_name, note, "ok" if good else "down")


def _export(site: Site, host: str) -> tuple[str, bool]:
    """What an NFS server does."""
    if host not in site.reached([host]):
        return "not reached", False
    return ("exports the files", True) if exports(site, host) else ("does not serve", False)


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
