# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pairs as shapes: each pair's name above its two hosts, side by side, and the quorum host below all of them."""

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.module_utils._status_pair_view import (
    answers_of,
    fit_hosts,
    running,
    view_of,
    words_of,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_shapes import Box, Line, line, row
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_site import Pair, Site, State

HOSTS = 2
"""Boxes that a pair is wide."""


def pair_rows(site: Site) -> int:
    """How many rows of boxes the pairs take."""
    if not site.pairs:
        return 0
    return 3 if site.quorum else 2


def pair_shapes(site: Site, width: float, top: int) -> tuple[list[Box], list[Line]]:
    """The boxes and lines of all pairs, from the row ``top`` on."""
    if not site.pairs:
        return [], []
    hosts = row(width, top + 1, [_host(site, pair, host) for pair in site.pairs for host in pair.hosts])
    names = [
        _name(site, pair, hosts[HOSTS * number : HOSTS * (number + 1)], top) for number, pair in enumerate(site.pairs)
    ]
    quorum = row(width, top + 2, [(host, *_quorum(site, host)) for host in site.quorum])
    lines = [line(name, host) for number, name in enumerate(names) for host in hosts[HOSTS * number :][:HOSTS]]
    lines += [line(host, below) for host in hosts for below in quorum]
    return [*names, *hosts, *quorum], lines


def _name(site: Site, pair: Pair, hosts: list[Box], top: int) -> Box:
    """The pair's name, over the middle of its hosts."""
    view = view_of(site, pair)
    serves = bool(view and view["active"]) and not _unanswered(site, pair)
    middle = sum(host.x for host in hosts) / len(hosts)
    return Box(middle, row(0, top, [(pair.name, "", True)])[0].y, pair.name, pair.address, "ok" if serves else "down")


def _unanswered(site: Site, pair: Pair) -> bool:
    asked = answers_of(site, pair)
    return bool(asked) and all(asked.values())


def _host(site: Site, pair: Pair, host: str) -> tuple[str, str, bool]:
    """A host with what it does, or why it cannot."""
    view = view_of(site, pair)
    fit = host in fit_hosts(site, pair)
    if view is None:
        return host, "not running", False
    if view["active"] == host:
        return host, "active", fit
    return host, "ready" if fit else words_of(view["nodes"].get(host)), fit


def _quorum(site: Site, host: str) -> tuple[str, bool]:
    """The quorum host, and whether every cluster that runs reaches it."""
    if host not in site.reached([host]):
        return "not reached", False
    devices: list[State] = [own["corosync"]["qdevice"] for pair in site.pairs for own in running(site, pair).values()]
    missed = sum(not device["connected"] for device in devices)
    return ("third vote", True) if not missed else (f"{missed} hosts do not reach it", False)
