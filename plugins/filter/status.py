# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the playbooks status and failover."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import asdict

from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.module_utils._failover import plan


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
        return {"failover_plan": failover_plan, "widest_view": widest_view}
