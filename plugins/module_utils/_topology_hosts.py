# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of single hosts: release and addresses."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    Network,
    Vip,
    candidates,
    choose,
    host_addresses,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line

# Debian's major versions and their names.
SUPPORTED = {"12": "bookworm", "13": "trixie"}


def release_faults(name: str, facts: Mapping[str, t.Any]) -> Iterator[str]:
    """The host must run a Debian release for which the service is tested."""
    distribution = facts.get("distribution")
    major, release = facts.get("distribution_major_version"), facts.get("distribution_release")
    if distribution != "Debian" or not (str(major) in SUPPORTED or release in SUPPORTED.values()):
        supported = " or ".join(f"{number} ({nick})" for number, nick in SUPPORTED.items())
        yield line(
            name, f"Debian {supported}", f"{distribution} {major} ({release})", "Reinstall or leave out the host."
        )


def address_faults(hosts: Mapping[str, t.Any], vip: Vip, nets: list[Network]) -> Iterator[str]:
    """Every host has one address in each network, no two hosts have the same one, and none has the VIP as its own."""
    for name, host in hosts.items():
        yield from _vip_faults(name, host, vip)
        for network in nets:
            yield from _network_faults(name, host, network, vip)
    for network in nets:
        owners: dict[str, list[str]] = {}
        for name, host in hosts.items():
            chosen = choose(host, network, vip)
            if chosen is not None:
                owners.setdefault(chosen.address, []).append(name)
        for address, names in owners.items():
            if len(names) > 1:
                yield line(
                    ", ".join(names),
                    f"an address for each host in the {network.label}",
                    f"{address} on each of them",
                    f"Give each host its own address in {network.cidr}.",
                )


def _vip_faults(name: str, host: Mapping[str, t.Any], vip: Vip) -> Iterator[str]:
    settings = host["settings"]
    for variable in ("ansible_host", "samba_ha_client_address", "samba_ha_interconnect_address"):
        if settings.get(variable) == vip.address:
            yield line(
                f"{name}: {variable}",
                "an address of the host's own",
                f"the VIP {vip.address}",
                "Name another: the VIP moves between the front ends.",
            )
    for item in host_addresses(host["facts"]):
        # keepalived puts the VIP as a /32 on the active front end: that one is ours.
        ours = item.prefix == 32 and host["roles"] == ["frontend"]
        if item.address == vip.address and not ours:
            yield line(
                f"{name}: samba_ha_vip",
                "an address that no host has as its own",
                f"{item.address}/{item.prefix} on {item.interface}",
                "Choose another VIP, or take it off the host: only keepalived on a front end sets it, as a /32.",
            )


def _network_faults(name: str, host: Mapping[str, t.Any], network: Network, vip: Vip) -> Iterator[str]:
    options = candidates(host, network, vip)
    has = ", ".join(f"{item.address}/{item.prefix} on {item.interface}" for item in host_addresses(host["facts"]))
    override = host["settings"].get(network.override)
    if override is not None:
        # The VIP as an override has a line of its own.
        if override != vip.address and override not in [item.address for item in options]:
            yield line(
                f"{name}: {network.override}",
                f"an address that the host has in the {network.label} {network.cidr}",
                f"{override!r}, while the host has {has or 'no address'}",
                "Name one that the host has.",
            )
    elif not options:
        yield line(
            name,
            f"an interface in the {network.label} {network.cidr}",
            has or "no address",
            "Configure one on the host, or correct the network in the inventory.",
        )
    elif len(options) > 1:
        yield line(
            name,
            f"one address in the {network.label} {network.cidr}",
            ", ".join(f"{item.address} on {item.interface}" for item in options),
            f"Name the one to use in this host's {network.override}.",
        )
