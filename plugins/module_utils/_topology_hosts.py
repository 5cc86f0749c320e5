# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of single hosts: release and addresses."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    Entry,
    HostAddress,
    Network,
    candidates,
    choose,
    host_addresses,
    is_in,
    without_override,
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


@dataclasses.dataclass(frozen=True)
class Moving:
    """Addresses that clients use, as the inventory calls them: its variable, their name, and who moves them.

    `role` is that of the hosts on which the mover puts them, beside an address of their own or, if `prefix` is given,
    with that. `place` is their network's among those that the hosts are looked for in.
    """

    addresses: tuple[str, ...]
    variable: str
    called: str
    mover: str
    role: str
    prefix: int | None = None
    place: int = 0


def _moving(entry: Entry) -> tuple[Moving, ...]:
    """The public addresses or the VIPs, and those of pairs."""
    first = Moving(entry.addresses, "samba_ha_vip", "VIP", "keepalived moves it between the front ends", "frontend", 32)
    if entry.direct:
        mover = "CTDB moves it between the nodes"
        first = Moving(entry.addresses, "samba_ha_public_addresses", "public address", mover, "pool")
    mover = "Pacemaker moves it between the hosts of the pair"
    pairs = Moving(entry.pairs, "samba_ha_pairs", "address of the pair", mover, "pair")
    # Without them the interconnect need not be among the networks.
    inner = [dataclasses.replace(pairs, addresses=entry.inner, place=1)] if entry.inner else []
    return first, pairs, *inner


def address_faults(hosts: Mapping[str, t.Any], entry: Entry, nets: list[Network]) -> Iterator[str]:
    """Every host has one address in each network, no two hosts have the same one, and none has a moving one as its own.

    `nets` are the client network, and the interconnect and the heartbeat network where they can be read.
    """
    for name, host in hosts.items():
        lacking: set[int] = set()
        for used in _moving(entry):
            yield from _setting_faults(name, host, used)
            own = candidates(host, nets[used.place], entry)
            for item in _strays(host, used, has_own=bool(own)):
                lacking |= set() if own else {used.place}
                yield line(
                    f"{name}: {used.variable}",
                    "an address that no host has as its own",
                    f"{item.address}/{item.prefix} on {item.interface}",
                    f"Choose another {used.called}, or give the host an address of its own: {used.mover}.",
                )
        for place, network in enumerate(nets):
            if place not in lacking:
                yield from _network_faults(name, host, network, entry)
    yield from _double_faults(hosts, entry, nets)


def _double_faults(hosts: Mapping[str, t.Any], entry: Entry, nets: list[Network]) -> Iterator[str]:
    for network in nets:
        owners: dict[str, list[str]] = {}
        for name, host in hosts.items():
            chosen = choose(host, network, entry) if is_in(name, host, network) else None
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


def _setting_faults(name: str, host: Mapping[str, t.Any], used: Moving) -> Iterator[str]:
    for variable in ("ansible_host", *(f"samba_ha_{net}_address" for net in ("client", "interconnect", "heartbeat"))):
        value = host["settings"].get(variable)
        if isinstance(value, str) and value in used.addresses:
            yield line(
                f"{name}: {variable}",
                "an address of the host's own",
                f"the {used.called} {value}",
                f"Name another: {used.mover}.",
            )


def _strays(host: Mapping[str, t.Any], used: Moving, *, has_own: bool) -> Iterator[HostAddress]:
    """The moving addresses on a host that their mover has not put there."""
    for item in host_addresses(host["facts"]):
        # keepalived puts a VIP as a /32 on the front end that is active for it. CTDB and Pacemaker put theirs on hosts
        # that have an address of their own besides.
        put = has_own if used.prefix is None else item.prefix == used.prefix
        if item.address in used.addresses and not (host["roles"] == [used.role] and put):
            yield item


def _network_faults(name: str, host: Mapping[str, t.Any], network: Network, entry: Entry) -> Iterator[str]:
    if not is_in(name, host, network):
        return
    options = candidates(host, network, entry)
    has = ", ".join(f"{item.address}/{item.prefix} on {item.interface}" for item in host_addresses(host["facts"]))
    override = host["settings"].get(network.override)
    if override is not None:
        # A moving address as an override has a line of its own.
        if override not in [*entry.moving, *(item.address for item in options)]:
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
    elif len(several := without_override(host, network, entry)) > 1:
        yield line(
            name,
            f"one address in the {network.label} {network.cidr}",
            ", ".join(f"{item.address} on {item.interface}" for item in several),
            f"Name the one to use in this host's {network.override}.",
        )
