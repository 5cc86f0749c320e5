# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Pacemaker will do next, as crm_simulate tells, and whether it has done all there was to do."""

from __future__ import annotations

import time
import typing as t
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import (
    PacemakerDown,
    errors,
    load_status,
    not_understood,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import (
    NOT_CONNECTED,
    Resource,
    Status,
    parse_resources,
    parse_xml,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import wait_for

TOOL_TIMEOUT = 30.0
"""Seconds for a tool of Pacemaker: what they do takes a tenth of one, on a host without work."""

_INTERVAL = 0.5
_ASIDE = ("monitor", "cancel")


@dataclass(frozen=True)
class Plan:
    """What Pacemaker has still to do, and how it leaves the resources.

    ``actions`` are in words, in order, with those that are under way; it is idle when there are none. ``stopped`` are
    the ids of resources, fence devices apart, that run now and are stopped in it, if only to be started again.
    """

    actions: tuple[str, ...]
    stopped: frozenset[str]
    resources: tuple[Resource, ...]


def parse_plan(text: str) -> Plan:
    """Parse ``crm_simulate --simulate --output-as=xml``.

    :raises ValueError: it is not understood.
    """
    root = parse_xml(text)
    transition = root.find("transition")
    before = parse_resources(root.find("cluster_status/resources"))
    if transition is None:
        raise ValueError(f"an answer without <transition>: {text.strip()}")
    running = {(each.id, node) for each in before if not each.fencing for node in each.active_on}
    return Plan(
        actions=tuple(_in_words(action) for action in transition),
        stopped=frozenset(
            action.get("resource", "")
            for action in transition.iterfind("rsc_action")
            if action.get("op") == "stop" and (action.get("resource"), action.get("node")) in running
        ),
        resources=parse_resources(root.find("revised_cluster_status/resources")),
    )


def _in_words(action: ET.Element) -> str:
    """Such as start files-ip on file1."""
    what = action.get("op") or action.get("task") or action.tag
    node = action.get("node")
    return " ".join(filter(None, [what, action.get("resource"), f"on {node}" if node else None]))


def load_plan(runner: Runner, cib: str | None = None) -> Plan:
    """What Pacemaker is about to do, or would do if ``cib`` were its CIB.

    :raises StateError: crm_simulate fails or says what is not understood.
    """
    source = "--live-check" if cib is None else "--xml-pipe"
    argv = ("crm_simulate", "--simulate", "--output-as=xml", source)
    done = runner(argv, stdin=cib, ok=range(256), timeout=TOOL_TIMEOUT)
    if done.rc == NOT_CONNECTED:
        raise PacemakerDown(errors(done))
    if done.rc != 0:
        raise StateError(
            " ".join(argv),
            wanted="what Pacemaker would do",
            found=errors(done),
            remedy="See the tool's own words above.",
        )
    try:
        return parse_plan(done.stdout)
    except ValueError as exc:
        raise not_understood(done, exc) from exc


@dataclass(frozen=True)
class Seen:
    """The cluster at one moment, and what it has still to do."""

    status: Status
    plan: Plan

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do. Without a controller nobody would do it."""
        return self.status.dc is not None and not self.plan.actions

    def __str__(self) -> str:
        status = self.status
        parts = [", ".join(str(node) for node in status.nodes)]
        if status.dc is None:
            parts.append("no controller elected")
        # Monitors follow their resource's start by themselves.
        main = [action for action in self.plan.actions if not action.startswith(_ASIDE)] or self.plan.actions
        if main:
            parts.append(f"still to do: {', '.join(main)}")
        parts += [str(failure) for failure in status.failures]
        return "; ".join(parts)


def observe(runner: Runner) -> Seen:
    return Seen(load_status(runner, TOOL_TIMEOUT), load_plan(runner))


def wait_idle(
    runner: Runner,
    reached: t.Callable[[Seen], bool] = lambda _seen: True,
    *,
    subject: str,
    wanted: str,
    remedy: str,
    deadline: float,
) -> Seen:
    """Wait until the cluster has nothing to do and ``reached`` holds.

    ``crm_resource --wait`` does the first too, but sleeps two seconds even where there is nothing to wait for.

    :param deadline: by time.monotonic().
    """
    return wait_for(
        lambda: observe(runner),
        lambda seen: seen.idle and reached(seen),
        subject=subject,
        wanted=wanted,
        describe=str,
        remedy=remedy,
        timeout=max(0.0, round(deadline - time.monotonic(), 1)),
        interval=_INTERVAL,
    )
