# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way in that an inventory picks, and settings that fit only one of the two."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    DIRECT,
    PROXY,
    Input,
    is_direct,
    is_transparent,
    truth,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import GLUSTER, only_pairs
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import parameter_name

# What a pool has, and its front ends.
OF_POOL = (
    "samba_ha_virtual_name",
    "samba_ha_virtual_aliases",
    "samba_ha_virtual_servers",
    "samba_ha_vip",
    "samba_ha_public_addresses",
    "samba_ha_shares",
    "samba_ha_dfs_roots",
    "samba_ha_nfs",
    "samba_ha_mounted",
)
# smb.conf(5), with the synonyms.
BY_ADDRESS = ("hosts allow", "allow hosts", "hosts deny", "deny hosts")

_ALL_OR_NONE = (
    "a list of addresses, in which smbd looks for the front end's: it lets all clients in, or none",
    "Use `users` of the share, or a firewall on the front ends.",
)
_CHECKS_AS_WELL = (
    "a list of addresses, which holds for the checks of front ends and nodes as well: those lock out all clients",
    "Use it as a parameter of shares.",
)
_OTHER = f"or choose the other way in with samba_ha_access ({PROXY} or {DIRECT})."


def access_faults(data: Input) -> Iterator[str]:
    """What does not belong to the way in that the inventory picks."""
    service, hosts = data["service"], data["hosts"]
    if only_pairs(data):
        yield from _pool_faults(service)
        return
    frontends = [name for name, host in hosts.items() if "frontend" in host["roles"]]
    if is_direct(service):
        yield from _direct_faults(service, frontends)
    else:
        yield from _proxy_faults(data, frontends)
    yield from _transparent_faults(data)
    yield from _witness_faults(data)


def _pool_faults(service: Mapping[str, t.Any]) -> Iterator[str]:
    """What belongs to a pool, where there are pairs alone."""
    given = [variable for variable in OF_POOL if service.get(variable)]
    given += ["samba_ha_transparent"] if is_transparent(service) else []
    given += ["samba_ha_access"] if is_direct(service) else []
    given += ["samba_ha_backend"] if service.get("samba_ha_backend", GLUSTER) != GLUSTER else []
    for variable in given:
        remedy = "Remove it (what a pair serves stands in samba_ha_pairs), or add pool hosts."
        yield line(variable, "none, since there are pairs alone, and no pool", "one", remedy)


def _direct_faults(service: Mapping[str, t.Any], frontends: list[str]) -> Iterator[str]:
    """A VIP and hosts that would hold it. Virtual servers are judged by `_topology_servers`."""
    if service.get("samba_ha_vip") is not None:
        yield line(
            "samba_ha_vip",
            "none, since clients use samba_ha_public_addresses",
            repr(service["samba_ha_vip"]),
            f"Remove it, {_OTHER}",
        )
    if frontends:
        yield line(
            "topology_frontend_hosts",
            "none, since clients reach the nodes themselves",
            ", ".join(frontends),
            f"Take them out of the inventory, {_OTHER}",
        )


def _proxy_faults(data: Input, frontends: list[str]) -> Iterator[str]:
    service = data["service"]
    if not frontends:
        yield line(
            "topology_frontend_hosts",
            "1 or more front ends",
            "none",
            f"Add a host that holds the VIP; two survive a loss, {_OTHER}",
        )
    if service.get("samba_ha_public_addresses"):
        yield line(
            "samba_ha_public_addresses",
            "none, since clients use samba_ha_vip",
            repr(service["samba_ha_public_addresses"]),
            f"Remove them, {_OTHER}",
        )
    if not is_transparent(service):
        shares = service.get("samba_ha_shares")
        for share in shares if isinstance(shares, list) else []:
            if isinstance(share, Mapping):
                yield from _by_address(f"share {share.get('name')}: parameters", share.get("parameters"), _ALL_OR_NONE)
    why = _CHECKS_AS_WELL if is_transparent(service) else _ALL_OR_NONE
    told: dict[str, list[str]] = {}
    for name, host in data["hosts"].items():
        for fault in _by_address("smbd_globals", host["settings"].get("smbd_globals"), why):
            told.setdefault(fault, []).append(name)
    for fault, names in told.items():
        yield f"{', '.join(names)}: {fault}"


def _by_address(where: str, parameters: object, why: tuple[str, str]) -> Iterator[str]:
    """Settings that let in, or keep out, by address where that does harm. `why` is what is found, and what to do."""
    for key in parameters if isinstance(parameters, Mapping) else ():
        if parameter_name(key) in BY_ADDRESS:
            yield line(f"{where}: {key}", "nothing that depends on a client's address", *why)


def _transparent_faults(data: Input) -> Iterator[str]:
    """Front ends that connect in their clients' names: whether they can, and whether there are any."""
    value = data["service"].get("samba_ha_transparent", False)
    if truth(value) is None:
        yield line("samba_ha_transparent", "true or false", repr(value), "Write one of them.")
    if not truth(value):
        return
    if is_direct(data["service"]):
        yield line(
            "samba_ha_transparent",
            "false, since smbd sees its clients as it is",
            "true",
            f"Remove it, {_OTHER}",
        )
        return
    for name, host in data["hosts"].items():
        facts = host["facts"] if isinstance(host["facts"], Mapping) else {}
        if "frontend" in host["roles"] and facts.get("distribution_release") == "bookworm":
            yield line(
                f"{name}: samba_ha_transparent",
                "HAProxy 2.9 or later, as in Debian 13: an older one would have to run as root",
                "Debian 12",
                "Upgrade the front end, or remove it.",
            )


def _witness_faults(data: Input) -> Iterator[str]:
    """The witness tells clients of public addresses, and Samba has it since 4.20."""
    for name, host in data["hosts"].items():
        if not truth(host["settings"].get("smbd_witness", False)):
            continue
        facts = host["facts"] if isinstance(host["facts"], Mapping) else {}
        if not is_direct(data["service"]):
            yield line(
                f"{name}: smbd_witness",
                "false, since the witness speaks of public addresses, which there are none",
                "true",
                f"Remove it, {_OTHER}",
            )
        elif facts.get("distribution_release") == "bookworm":
            yield line(
                f"{name}: smbd_witness", "Samba 4.20 or later, as in Debian 13", "Debian 12", "Remove it, or upgrade."
            )
