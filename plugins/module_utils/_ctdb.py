# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What CTDB says of its cluster, as typed records."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner

FLAGS = (
    "disconnected",
    "unknown",
    "banned",
    "disabled",
    "unhealthy",
    "stopped",
    "inactive",
    "partially_online",
)
"""A node's flags, by the column titles of ``ctdb -X status``."""

_TITLES = {title.replace("_", ""): title for title in FLAGS}
_COLUMNS = {"node", "ip", "thisnode", *_TITLES}


@dataclass(frozen=True)
class Node:
    """One node as the asked node sees it; ``flags`` holds those of :data:`FLAGS` that are set."""

    pnn: int
    address: str
    flags: tuple[str, ...]
    this_node: bool

    @property
    def healthy(self) -> bool:
        return not self.flags

    def describe(self) -> str:
        return f"node {self.pnn} ({self.address}) {' '.join(self.flags) or 'healthy'}"


@dataclass(frozen=True)
class Cluster:
    """The cluster as one node sees it. ``running`` is false where no ctdbd answers, and then all else is empty."""

    running: bool
    nodes: tuple[Node, ...] = ()
    pnn: int | None = None
    leader: int | None = None
    generation: int | None = None
    recovery_mode: str | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def healthy(self) -> bool:
        """All nodes healthy, a leader known and no recovery under way."""
        return (
            bool(self.nodes)
            and all(node.healthy for node in self.nodes)
            and self.leader is not None
            and self.recovery_mode == "normal"
        )

    def describe(self) -> str:
        if not self.running:
            return "no ctdbd answers on this host"
        nodes = "; ".join(node.describe() for node in self.nodes) or "no nodes"
        leader = "no leader" if self.leader is None else f"leader {self.leader}"
        return f"{nodes}; {leader}, recovery mode {self.recovery_mode}"


def parse_machine_status(text: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Parse ``ctdb -X status``: the nodes, and the lines that were not understood.

    Without a column that is known here, the flags of a node would be a guess: then no node is understood.
    """
    nodes: list[Node] = []
    unknown: list[str] = []
    titles: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            unknown.append(line)
            continue
        cells = line.strip("|").split("|")
        if cells[0] == "Node":
            titles = [cell.lower() for cell in cells]
            unknown += [f"unknown column {title}" for title in titles if title not in _COLUMNS]
            lacking = sorted(_COLUMNS - set(titles))
            if lacking:
                unknown += [f"no column {title}" for title in lacking]
                titles = []
            continue
        if len(cells) != len(titles) or not cells[0].isdigit():
            unknown.append(line)
            continue
        row = dict(zip(titles, cells, strict=True))
        flags = tuple(name for title, name in _TITLES.items() if row.get(title) == "1")
        nodes.append(Node(int(row["node"]), row["ip"], flags, row["thisnode"] == "Y"))
    return tuple(nodes), tuple(unknown)


def parse_status(text: str) -> dict[str, t.Any]:
    """Parse what only the text form of ``ctdb status`` tells: generation, recovery mode and leader.

    An INVALID generation and an UNKNOWN leader are None: the cluster has none at the moment.
    """
    generation = re.search(r"^Generation:(\d+)$", text, re.MULTILINE)
    mode = re.search(r"^Recovery mode:([A-Z]+) ", text, re.MULTILINE)
    leader = re.search(r"^Leader:(\d+)$", text, re.MULTILINE)
    return {
        "generation": int(generation.group(1)) if generation else None,
        "recovery_mode": mode.group(1).lower() if mode else None,
        "leader": int(leader.group(1)) if leader else None,
    }


def load_cluster(runner: Runner) -> Cluster:
    """Ask the local ctdbd. Without one, or without the program, the answer is ``running=False``.

    Its output decides and not the exit status, which is also that of a daemon that is down.
    """
    try:
        machine = runner(["ctdb", "-X", "status"], ok=range(256))
    except CommandMissing:
        return Cluster(running=False)
    nodes, unknown = parse_machine_status(machine.stdout)
    if not nodes:
        return Cluster(running=False, warnings=unknown)
    rest = parse_status(runner(["ctdb", "status"], ok=range(256)).stdout)
    own = next((node.pnn for node in nodes if node.this_node), None)
    return Cluster(running=True, nodes=nodes, pnn=own, warnings=unknown, **rest)
