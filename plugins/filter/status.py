# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the playbooks status and failover."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.module_utils._failover import plan

PARTS = (
    "clock",
    "units",
    "export",
    "nfs",
    "held",
    "probe",
    "probes",
    "pair",
    "sbd",
    "mirror",
    "ctdb",
    "gluster",
    "mounts",
    "smb",
    "vrrp",
    "frontend",
    "markers",
    "interconnect",
)
"""What read_state.yml registers on a host, each as ``__status_`` with this name."""


def status_reached(hostvars: Mapping[str, Mapping[str, t.Any]], hosts: Sequence[str]) -> list[str]:
    """Those of the hosts that answered the first question."""
    answers = ((host, hostvars[host].get("__status_units")) for host in hosts)
    return [host for host, answer in answers if answer and not answer.get("unreachable")]


def status_states(
    hostvars: Mapping[str, Mapping[str, t.Any]], hosts: Sequence[str]
) -> dict[str, dict[str, Mapping[str, t.Any]]]:
    """What was read of each host by part; nothing of those that did not answer."""
    reached = status_reached(hostvars, hosts)
    return {
        host: {part: hostvars[host].get(f"__status_{part}", {}) for part in PARTS} if host in reached else {}
        for host in hosts
    }


def widest_view(results: Mapping[str, Mapping[str, t.Any]]) -> str:
    """The host whose glusterd is connected to the most peers, one that answers before one that does not."""

    def reach(host: str) -> int:
        result = results[host]
        if not result.get("running"):
            return -1
        return sum(bool(peer["connected"]) for peer in result["peers"])

    if not results:
        raise AnsibleFilterError("widest_view: wanted the results of one host or more, found none")
    return max(results, key=reach)


def status_pairs(pairs: Sequence[Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Pairs of the inventory as status_report takes them, without the secrets of their fence devices."""
    return [
        {
            "name": pair["name"],
            "address": pair["address"],
            "hosts": list(pair["hosts"]),
            "fenced": isinstance(pair.get("fence"), Mapping),
        }
        for pair in pairs
    ]


def failover_plan(report: Mapping[str, t.Any], host: str, action: str, accepted: str = "") -> dict[str, t.Any]:
    """Whether an action on a host may go on, and what is left then."""
    try:
        return asdict(plan(report, host, action, accepted))
    except ValueError as exc:
        raise AnsibleFilterError(str(exc)) from exc


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {
            "failover_plan": failover_plan,
            "status_pairs": status_pairs,
            "status_reached": status_reached,
            "status_states": status_states,
            "widest_view": widest_view,
        }
