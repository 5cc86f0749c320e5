# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node of a pair taken out of service or back: whether that may be, and how it is done."""

from __future__ import annotations

import copy
import time
import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import active
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import Node, Resource, Status
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_plan import (
    TOOL_TIMEOUT,
    Plan,
    Seen,
    load_plan,
    wait_idle,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_push import as_text, load_cib

_READ = "Read: crm_mon -1, and journalctl -b -u pacemaker."


def find(status: Status, name: str) -> Node:
    """:raises StateError: the cluster has no such node."""
    node = status.node(name)
    if node is None:
        raise StateError(
            f"node {name}",
            wanted=f"one of {', '.join(each.name for each in status.nodes)}",
            found="no such node",
            remedy="Correct the name: it is the one in corosync.conf.",
        )
    return node


def in_standby(cib: ET.Element, name: str) -> ET.Element:
    """The CIB as it is when that node is in standby."""
    changed = copy.deepcopy(cib)
    node = changed.find(f"configuration/nodes/node[@uname='{name}']")
    if node is None:
        raise ValueError(f"a CIB without the node {name}")
    for each in node.findall("instance_attributes"):
        node.remove(each)
    attributes = ET.SubElement(node, "instance_attributes", id=f"nodes-{name}")
    ET.SubElement(attributes, "nvpair", id=f"nodes-{name}-standby", name="standby", value="on")
    return changed


def refuse_outage(status: Status, plan: Plan, name: str) -> None:
    """See that what runs on the node would run on the other one.

    :param plan: what Pacemaker would do if the node were in standby.
    :raises StateError: it would not.
    """
    running = [each for each in status.resources if name in each.active_on and not each.fencing]
    lost = [each.id for each in running if not (_places(plan.resources, each.id) - {name})]
    if not lost:
        return
    others = [each for each in status.nodes if each.name != name]
    why = [str(each) for each in others if not each.fit]
    why += [str(failure) for failure in status.failures if failure.node != name]
    why += ["the cluster is in maintenance"] if status.maintenance else []
    why += [f"{each.id} is not managed" for each in running if not each.managed and not status.maintenance]
    raise StateError(
        f"node {name}",
        wanted="another node that takes over all that runs on it",
        found=f"nobody would run {', '.join(lost)}: {', '.join(why) or 'Pacemaker allows it nowhere else'}",
        remedy="Nothing was changed. If nobody is to serve afterwards, set accept_outage.",
    )


def _places(resources: t.Iterable[Resource], name: str) -> set[str]:
    """Where a resource runs, which may be there once for each node."""
    return {node for each in resources if each.id == name for node in each.active_on}


def set_standby(
    runner: Runner, status: Status, name: str, *, accept_outage: bool, deadline: float, do: bool
) -> Seen | None:
    """Move all that runs on the node away from it, and wait until it runs elsewhere.

    :param deadline: by time.monotonic().
    :param do: whether to do it, or only to judge.
    :raises StateError: nobody would take over, or did in time.
    """
    node = find(status, name)
    ran = [each for each in status.resources if each.active_on and not each.fencing]
    if not node.standby:
        if not accept_outage and name in active(status.resources):
            plan = load_plan(runner, as_text(in_standby(load_cib(runner), name)))
            refuse_outage(status, plan, name)
        if do:
            runner(["crm_attribute", "--node", name, "--name", "standby", "--update", "on"], timeout=TOOL_TIMEOUT)
    if not do:
        return None
    wanted = "all resources stopped on it" if accept_outage else "all resources on the other node"
    seen = wait_idle(runner, subject=f"node {name}", wanted=wanted, remedy=_READ, deadline=deadline)
    left = [each.id for each in seen.status.resources if name in each.active_on and not each.fencing]
    lost = [] if accept_outage else [each.id for each in ran if not _places(seen.status.resources, each.id)]
    found = [f"{', '.join(left)} still on it"] if left else []
    found += [f"nobody runs {', '.join(lost)}"] if lost else []
    if found:
        raise StateError(
            f"node {name}",
            wanted=wanted,
            found=f"{'; '.join(found)} ({seen})",
            remedy=f"The node stays in standby. {_READ}",
        )
    return seen


def set_online(runner: Runner, status: Status, name: str, *, deadline: float, do: bool) -> Seen | None:
    """Let the node run resources again, and wait until it may and the cluster has nothing to do."""
    if not do:
        return None
    if find(status, name).standby:
        runner(["crm_attribute", "--node", name, "--name", "standby", "--delete"], timeout=TOOL_TIMEOUT)
    return wait_idle(
        runner,
        lambda seen: find(seen.status, name).fit,
        subject=f"node {name}",
        wanted="it online and nothing left to do",
        remedy=f"Start corosync and pacemaker there. {_READ}",
        deadline=deadline,
    )


def clean(runner: Runner, status: Status, name: str, *, deadline: float, do: bool) -> Seen | None:
    """Have Pacemaker forget what failed on the node and try again, and wait until it has."""
    find(status, name)
    if not do:
        return None
    if failures_on(status, name):
        runner(
            ["crm_resource", "--cleanup", "--node", name],
            timeout=max(1.0, min(TOOL_TIMEOUT, deadline - time.monotonic())),
        )
    seen = wait_idle(runner, subject=f"node {name}", wanted="nothing left to do", remedy=_READ, deadline=deadline)
    if again := failures_on(seen.status, name):
        raise StateError(
            f"node {name}",
            wanted="nothing that fails there",
            found="; ".join(again),
            remedy=f"It failed again. {_READ}",
        )
    return seen


def failures_on(status: Status, name: str) -> list[str]:
    """What failed on the node and is remembered, in words."""
    return [str(failure) for failure in status.failures if failure.node == name]
