# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What CTDB says of its cluster, as typed records."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandMissing,
    CommandTimeout,
    Runner,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import (
    ANSWER_TIMEOUT,
    ask,
    parse_table,
    truth,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

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
_COLUMNS = ("node", "ip", "thisnode", *_TITLES)


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

    @property
    def active(self) -> bool:
        """Whether it takes part in the databases: neither disconnected nor banned nor stopped."""
        return "inactive" not in self.flags

    def describe(self) -> str:
        return f"node {self.pnn} ({self.address}) {' '.join(self.flags) or 'healthy'}"


@dataclass(frozen=True)
class Cluster:
    """The cluster as one node sees it.

    ``running`` is false where no ctdbd answers; then ``error`` says why, and all else is empty. ``lmasters`` are the
    numbers of the nodes that share the databases, as of the last recovery.
    """

    running: bool
    nodes: tuple[Node, ...] = ()
    pnn: int | None = None
    leader: int | None = None
    generation: int | None = None
    recovery_mode: str | None = None
    lmasters: tuple[int, ...] = ()
    error: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """All nodes healthy, a leader known and no recovery under way."""
        return (
            bool(self.nodes)
            and all(node.healthy for node in self.nodes)
            and self.leader is not None
            and self.recovery_mode == "normal"
        )

    def find(self, pnn: int | None) -> Node | None:
        return next((node for node in self.nodes if node.pnn == pnn), None)

    def describe(self) -> str:
        if not self.running:
            return f"no ctdbd that answers: {self.error}"
        nodes = "; ".join(node.describe() for node in self.nodes) or "no nodes"
        leader = "no leader" if self.leader is None else f"leader {self.leader}"
        return f"{nodes}; {leader}, recovery mode {self.recovery_mode}"


def _node(row: dict[str, str]) -> Node:
    flags = tuple(name for title, name in _TITLES.items() if truth(row[title]))
    return Node(int(row["node"]), row["ip"], flags, row["thisnode"] == "Y")


def parse_machine_status(text: str) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Parse ``ctdb -X status``: the nodes, and the lines that were not understood."""
    return parse_table(text, _COLUMNS, _node)


def parse_status(text: str) -> dict[str, t.Any]:
    """Parse what only the text form of ``ctdb status`` tells: generation, recovery mode, leader and lmasters.

    An INVALID generation and an UNKNOWN leader are None: the cluster has none at the moment.
    """
    generation = re.search(r"^Generation:(\d+)$", text, re.MULTILINE)
    mode = re.search(r"^Recovery mode:([A-Z]+) ", text, re.MULTILINE)
    leader = re.search(r"^Leader:(\d+)$", text, re.MULTILINE)
    return {
        "generation": int(generation.group(1)) if generation else None,
        "recovery_mode": mode.group(1).lower() if mode else None,
        "leader": int(leader.group(1)) if leader else None,
        "lmasters": tuple(int(pnn) for pnn in re.findall(r"^hash:\d+ lmaster:(\d+)$", text, re.MULTILINE)),
    }


def load_cluster(runner: Runner, node: int | None = None) -> Cluster:
    """Ask the local ctdbd, or that of ``node`` through it. Without an answer the result is ``running=False``.

    Its output decides and not the exit status, which is also that of a daemon that is down.
    """
    try:
        machine = ask(runner, "-X", "status", node=node, ok=range(256))
    except CommandMissing:
        return Cluster(running=False, error="ctdb is not installed")
    except CommandTimeout:
        return Cluster(running=False, error=f"no answer within {ANSWER_TIMEOUT:g} s; it hangs or is overloaded")
    except StateError as exc:
        return Cluster(running=False, error=exc.found)
    nodes, unknown = parse_machine_status(machine.stdout)
    if not nodes:
        said = words(machine.stderr, machine.stdout)
        return Cluster(running=False, error=said or "ctdb status named no nodes", warnings=unknown)
    try:
        text = ask(runner, "status", node=node, ok=range(256)).stdout
    except StateError as exc:
        # The nodes are known, and that is more than nothing: without the rest the cluster does not count as healthy.
        text, unknown = "", (*unknown, str(exc))
    asked = next((seen.pnn for seen in nodes if seen.this_node), None)
    return Cluster(running=True, nodes=nodes, pnn=asked, warnings=unknown, **parse_status(text))
