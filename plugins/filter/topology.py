# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters over `hostvars` that judge and normalise the service's topology; the arithmetic is in module_utils."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.module_utils import _topology
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model

# What hosts may carry although no role takes it as an option: the fact that the role topology sets.
RESULT = "samba_ha_topology"

# The collection's own, in a checkout as well as where it is installed.
ROLES = Path(__file__).parents[2] / "roles"


@functools.cache
def known_variables(roles: Path) -> tuple[set[str], set[str]]:
    """Names of all options of all entry points of the roles in a directory, and the prefixes that belong to them."""
    names, prefixes = {RESULT}, {"samba_ha"}
    for path in roles.glob("*/meta/argument_specs.yml"):
        prefixes.add(path.parts[-3])
        specs = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
        for entry_point in specs.values():
            names.update(entry_point.get("options") or {})
    return names, prefixes


def _need_netaddr() -> None:
    if _topology.NETADDR_ERROR is not None:
        raise AnsibleFilterError(
            "samba_ha.cluster needs the Python library netaddr on the controller; found none. Install it there."
        ) from _topology.NETADDR_ERROR


def faults(
    hostvars: Mapping[str, t.Any],
    pool: list[str],
    frontend: list[str],
    service: Mapping[str, t.Any],
    **others: list[str],
) -> list[str]:
    """Every fault of the topology, one line each. `others` are the hosts of the other roles, where there are any."""
    _need_netaddr()
    return topology_faults(_topology.build_input(hostvars, pool, frontend, service, known_variables(ROLES), **others))


def model(
    hostvars: Mapping[str, t.Any],
    pool: list[str],
    frontend: list[str],
    service: Mapping[str, t.Any],
    **others: list[str],
) -> dict[str, t.Any]:
    """The normalised model of a topology without faults. `others` are as for the faults."""
    _need_netaddr()
    return topology_model(_topology.build_input(hostvars, pool, frontend, service, known_variables(ROLES), **others))


def addresses(
    hostvars: Mapping[str, t.Any], hosts: list[str], entries: list[str], interconnect: str, heartbeat: str | None = None
) -> dict[str, t.Any]:
    """The addresses of those hosts whose facts are known; with a heartbeat they are hosts of pairs."""
    _need_netaddr()
    known: tuple[set[str], set[str]] = set(), set()
    pool, pair = (hosts, []) if heartbeat is None else ([], hosts)
    data = _topology.build_input(hostvars, pool, [], {}, known, pair=pair)
    try:
        return _topology.known_addresses(data["hosts"], entries, interconnect, heartbeat)
    except ValueError as exc:
        networks = f"samba_ha_interconnect {interconnect}" + (f", samba_ha_heartbeat {heartbeat}" if heartbeat else "")
        raise AnsibleFilterError(f"addresses for clients {', '.join(map(str, entries))}, {networks}: {exc}") from exc


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"topology_faults": faults, "topology_model": model, "topology_addresses": addresses}
