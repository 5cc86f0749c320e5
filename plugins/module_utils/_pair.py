# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair as its cluster on this host sees it: corosync and Pacemaker together."""

from __future__ import annotations

import dataclasses
import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandMissing,
    CommandTimeout,
    Result,
    Runner,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_corosync import (
    CorosyncDown,
    load_corosync,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import (
    NOT_CONNECTED,
    Resource,
    Status,
    has_no_cib,
    parse_status,
)

T = t.TypeVar("T")

CRM_MON = ("crm_mon", "--fence-history=3", "--output-as=xml")


class PacemakerDown(StateError):
    """Pacemaker does not run on this host, or cannot be asked."""

    def __init__(self, found: str) -> None:
        super().__init__(
            "pacemaker",
            wanted="a cluster that answers",
            found=found,
            remedy="Read: systemctl status corosync pacemaker, and journalctl -b -u pacemaker.",
        )


def load_status(runner: Runner, timeout: float) -> Status:
    """Ask Pacemaker on this host.

    :param timeout: seconds.
    :raises PacemakerDown: it does not run, or has only begun to start.
    :raises StateError: crm_mon is missing, does not end, or says what is not understood.
    """
    done = runner(CRM_MON, ok=range(256), timeout=timeout)
    try:
        if done.rc == NOT_CONNECTED or has_no_cib(done.stdout):
            raise PacemakerDown(errors(done))
        return parse_status(done.stdout)
    except ValueError as exc:
        raise not_understood(done, exc) from exc


def not_understood(done: Result, exc: ValueError) -> StateError:
    return StateError(
        " ".join(done.argv),
        wanted="an answer as Pacemaker 2.1 and 3.0 give it",
        found=f"exit status {done.rc}: {words(done.stderr) or str(exc)}",
        remedy="Report this as a bug.",
    )


def errors(done: Result) -> str:
    """What a tool of Pacemaker says in its XML of why it failed, or if it says nothing there, all that it says."""
    try:
        status = ET.fromstring(done.stdout).find("status")  # noqa: S314 (from the host's own pacemaker)
    except ET.ParseError:
        status = None
    if status is None:
        return words(done.stderr, done.stdout) or f"exit status {done.rc}"
    told = [error.text or "" for error in status.iterfind("errors/error")]
    return words("\n".join(told), done.stderr) or status.get("message") or f"exit status {done.rc}"


def active(resources: t.Iterable[Resource]) -> list[str]:
    """The nodes on which resources run. Fence devices do not count, nor what stands by to be promoted."""
    return sorted({node for resource in resources if _serves(resource) for node in resource.active_on})


def _serves(resource: Resource) -> bool:
    return not resource.fencing and resource.role != "Unpromoted"


def load_pair(runner: Runner, timeout: float) -> dict[str, t.Any]:
    """All of it, as pair_info returns it.

    :param timeout: seconds that each tool may take; what does not answer does not run.
    :raises StateError: a tool says what is not understood.
    """
    corosync, no_corosync = _attempt(lambda: load_corosync(runner, timeout))
    status, no_pacemaker = _attempt(lambda: load_status(runner, timeout))
    lacking = {"corosync": no_corosync, "pacemaker": no_pacemaker}
    return {
        "running": not (no_corosync or no_pacemaker),
        "missing": {name: why for name, why in lacking.items() if why},
        "corosync": None if corosync is None else dataclasses.asdict(corosync),
        **(dict.fromkeys(_PACEMAKER) if status is None else _pacemaker(status)),
    }


def _attempt(load: t.Callable[[], T]) -> tuple[T | None, str | None]:
    """What was loaded, or why it does not run."""
    try:
        return load(), None
    except (CorosyncDown, PacemakerDown) as exc:
        return None, exc.found
    except CommandMissing as exc:
        return None, f"not installed: {exc.wanted}"
    except CommandTimeout as exc:
        return None, f"{exc.subject}: no answer"


_PACEMAKER = (
    "dc",
    "maintenance",
    "fencing",
    "nodes",
    "resources",
    "failures",
    "fence_devices",
    "fence_history",
    "active",
    "error",
)


def _pacemaker(status: Status) -> dict[str, t.Any]:
    where = active(status.resources)
    failing = {failure.resource for failure in status.failures}
    return {
        "dc": status.dc,
        "maintenance": status.maintenance,
        "fencing": status.fencing,
        "nodes": {
            node.name: {key: value for key, value in dataclasses.asdict(node).items() if key != "name"}
            for node in status.nodes
        },
        "resources": [dataclasses.asdict(each) for each in status.resources if not each.fencing],
        "failures": [dataclasses.asdict(each) for each in status.failures],
        "fence_devices": [
            {
                "id": each.id,
                "agent": each.agent,
                "running_on": next(iter(each.active_on), None),
                # One that cannot start is in no failed state: it is stopped, with failures that are remembered.
                "failed": each.failed or (not each.active_on and each.id in failing),
            }
            for each in status.resources
            if each.fencing
        ],
        "fence_history": [dataclasses.asdict(event) for event in status.history],
        "active": where[0] if len(where) == 1 else None,
        "error": f"resources run on two nodes: {_split(status.resources)}" if len(where) > 1 else None,
    }


def _split(resources: t.Iterable[Resource]) -> str:
    """What runs where."""
    return ", ".join(
        f"{each.id} on {' and '.join(each.active_on)}" for each in resources if each.active_on and _serves(each)
    )
