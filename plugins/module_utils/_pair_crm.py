# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Pacemaker says of nodes, resources, failures and fencing: pure parsers of its XML. Seen with 2.1.5 and 3.0.0."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime

FENCING = "stonith:"
"""What the agent of a fence device begins with."""

NOT_CONNECTED = 102
"""Exit status of Pacemaker's tools where no cluster runs on the host (CRM_EX_DISCONNECT)."""


@dataclass(frozen=True)
class Node:
    """A node in Pacemaker's words. ``pending`` is one that has joined corosync and not Pacemaker yet, ``unclean`` one
    whose state is unknown until it is fenced.
    """

    name: str
    online: bool
    standby: bool
    maintenance: bool
    pending: bool
    unclean: bool
    shutdown: bool

    @property
    def fit(self) -> bool:
        """Whether resources may run on it."""
        return self.online and not (self.standby or self.maintenance or self.pending or self.unclean or self.shutdown)

    def __str__(self) -> str:
        words = ["online" if self.online else "offline"]
        words += [word for word in ("standby", "maintenance", "pending", "unclean") if getattr(self, word)]
        return " ".join([self.name, *words, *(["shutting down"] if self.shutdown else [])])


@dataclass(frozen=True)
class Resource:
    """``group`` and ``target_role`` are None without one. ``agent`` is such as ocf:heartbeat:IPaddr2, ``role`` Started
    or Stopped, or of what is promoted on one node Promoted or Unpromoted. A resource that is cloned is there once for
    each node.
    """

    id: str
    group: str | None
    agent: str
    managed: bool
    failed: bool
    blocked: bool
    target_role: str | None
    role: str
    active_on: tuple[str, ...]

    @property
    def fencing(self) -> bool:
        return self.agent.startswith(FENCING)

    @property
    def wanted(self) -> bool:
        """Whether Pacemaker is to have it running."""
        return self.managed and self.target_role != "Stopped"


@dataclass(frozen=True)
class Failure:
    """An operation that failed and is not forgotten yet. ``at`` is in seconds of the epoch."""

    node: str
    resource: str
    operation: str
    exit: str
    reason: str
    at: float

    def __str__(self) -> str:
        told = f"{self.exit}: {self.reason}" if self.reason else self.exit
        return f"{self.resource}: {self.operation} failed on {self.node} ({told})"


@dataclass(frozen=True)
class FenceEvent:
    """``status`` is success, failed or pending; ``completed`` in seconds of the epoch, None while it is under way."""

    target: str
    action: str
    origin: str
    delegate: str | None
    status: str
    completed: float | None
    reason: str


@dataclass(frozen=True)
class Status:
    """What crm_mon tells. ``dc`` is the node that decides, None while none is elected. ``history`` is what was fenced,
    the newest first.
    """

    dc: str | None
    maintenance: bool
    fencing: bool
    nodes: tuple[Node, ...]
    resources: tuple[Resource, ...]
    failures: tuple[Failure, ...]
    history: tuple[FenceEvent, ...]

    def node(self, name: str) -> Node | None:
        return next((node for node in self.nodes if node.name == name), None)


def parse_status(text: str) -> Status:
    """Parse ``crm_mon --fence-history=3 --output-as=xml``.

    :raises ValueError: it is not understood.
    """
    root = parse_xml(text)
    options = _child(root, "summary/cluster_options")
    dc = root.find("summary/current_dc")
    return Status(
        dc=dc.get("name") if dc is not None and _flag(dc, "present") else None,
        maintenance=_flag(options, "maintenance-mode"),
        fencing=_flag(options, "stonith-enabled"),
        nodes=tuple(
            Node(
                name=_text(node, "name"),
                online=_flag(node, "online"),
                standby=_flag(node, "standby"),
                maintenance=_flag(node, "maintenance"),
                pending=_flag(node, "pending"),
                unclean=_flag(node, "unclean"),
                shutdown=_flag(node, "shutdown"),
            )
            for node in root.iterfind("nodes/node")
        ),
        resources=parse_resources(root.find("resources")),
        failures=tuple(_failure(node) for node in root.iterfind("failures/failure")),
        history=tuple(_fence_event(node) for node in root.iterfind("fence_history/fence_event")),
    )


def has_no_cib(text: str) -> bool:
    """Whether crm_mon says that it found Pacemaker, but not its CIB, as while it starts. It calls that a success.

    :raises ValueError: it is not an answer of Pacemaker.
    """
    root = parse_xml(text)
    return root.find("summary") is None and root.find("status/errors/error") is not None


def parse_resources(section: ET.Element | None) -> tuple[Resource, ...]:
    """Parse the resources of an answer, of crm_mon or crm_simulate, in their order.

    :raises ValueError: an attribute is missing.
    """
    if section is None:
        return ()
    groups = {id(member): _text(group, "id") for group in section.iter("group") for member in group.iter("resource")}
    promotable = {
        id(member)
        for clone in section.iter("clone")
        if _flag(clone, "multi_state")
        for member in clone.iter("resource")
    }
    return tuple(
        Resource(
            id=_text(node, "id"),
            group=groups.get(id(node)),
            agent=_text(node, "resource_agent"),
            managed=_flag(node, "managed"),
            failed=_flag(node, "failed"),
            blocked=_flag(node, "blocked"),
            target_role=node.get("target_role"),
            role=_promotable_role(node) if id(node) in promotable else _text(node, "role"),
            active_on=tuple(sorted(_text(place, "name") for place in node.iterfind("node") if _flag(node, "active"))),
        )
        for node in section.iter("resource")
    )


def _promotable_role(node: ET.Element) -> str:
    """Whether it can be used now; Pacemaker says more words, such as Stopping of one that is no longer promoted."""
    if not _flag(node, "active"):
        return "Stopped"
    return "Promoted" if _text(node, "role") in {"Promoted", "Demoting"} else "Unpromoted"


def parse_xml(text: str) -> ET.Element:
    """:raises ValueError: it is not an answer of Pacemaker."""
    try:
        root = ET.fromstring(text)  # noqa: S314 (from the host's own pacemaker)
    except ET.ParseError as exc:
        raise ValueError(f"not XML: {text.strip()!r}") from exc
    if root.tag != "pacemaker-result":
        raise ValueError(f"not an answer of Pacemaker: <{root.tag}>")
    return root


def _failure(node: ET.Element) -> Failure:
    operation, interval = _text(node, "task"), _text(node, "interval")
    at = _time(node.get("last-rc-change"))
    if at is None:
        raise ValueError(f"a failure without its time: {ET.tostring(node, encoding='unicode')}")
    return Failure(
        node=_text(node, "node"),
        resource=_text(node, "op_key").removesuffix(f"_{operation}_{interval}"),
        operation=operation,
        exit=_text(node, "exitstatus"),
        reason=node.get("exitreason", ""),
        at=at,
    )


def _fence_event(node: ET.Element) -> FenceEvent:
    return FenceEvent(
        target=_text(node, "target"),
        action=_text(node, "action"),
        origin=node.get("origin", ""),
        delegate=node.get("delegate"),
        status=_text(node, "status"),
        completed=_time(node.get("completed")),
        reason=node.get("exit-reason", ""),
    )


def _time(text: str | None) -> float | None:
    """Seconds of the epoch from a time such as 2026-11-26 10:28:42Z or 2026-11-26 11:28:42 +01:00."""
    return datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-")).timestamp() if text else None


def _child(node: ET.Element, path: str) -> ET.Element:
    found = node.find(path)
    if found is None:
        raise ValueError(f"<{node.tag}> without <{path}>: {ET.tostring(node, encoding='unicode')}")
    return found


def _text(node: ET.Element, name: str) -> str:
    value = node.get(name)
    if value is None:
        raise ValueError(f"without {name}: {ET.tostring(node, encoding='unicode').strip()}")
    return value


def _flag(node: ET.Element, name: str) -> bool:
    value = _text(node, name)
    if value not in ("true", "false"):
        raise ValueError(f"{name} is neither true nor false: {ET.tostring(node, encoding='unicode').strip()}")
    return value == "true"
