# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the two networks as such: the addresses that clients use, and the interconnect."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    Entry,
    is_direct,
    parse_cidr,
    parse_entry,
    vips_of,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line


def network_faults(service: Mapping[str, t.Any], nodes: int, frontends: int) -> tuple[Entry | None, list[str]]:
    """Where clients come in (None where it cannot be told), and the faults of that and of the interconnect.

    `nodes` is how many hosts the pool has, and `frontends` how many are before it.
    """
    entry, faults = _public_addresses(service, nodes) if is_direct(service) else _vips(service, frontends)
    return entry, [*faults, *_interconnect_faults(service, entry)]


def _vips(service: Mapping[str, t.Any], frontends: int) -> tuple[Entry | None, list[str]]:
    variable, values = "samba_ha_vip", vips_of(service)
    good, faults = _judge(variable, values, "keepalived makes the /32 on the active front end")
    # Where there is no front end at all, that is the fault.
    if len(values) > max(frontends, 1):
        found = f"{len(values)} addresses, front ends: {frontends}"
        advice = "Each has a front end as its home: remove some, or add front ends."
        faults.append(line(variable, "no more addresses than front ends", found, advice))
    return (parse_entry(good) if len(good) == len(values) else None), faults


def _public_addresses(service: Mapping[str, t.Any], nodes: int) -> tuple[Entry | None, list[str]]:
    variable, values = "samba_ha_public_addresses", service.get("samba_ha_public_addresses")
    wanted = "a list of IPv4 addresses with the prefix of the client network, such as 192.0.2.21/24"
    if not isinstance(values, list) or not values:
        return None, [line(variable, wanted, repr(values), f"Write {max(nodes, 1)} or more, one for each node.")]
    good, faults = _judge(variable, values, "CTDB puts them beside those")
    if len(values) < nodes:
        found = f"{len(values)} for {nodes} nodes"
        faults.append(line(variable, "one or more for each node", found, "Add some: a node without one serves nobody."))
    return (parse_entry(good, direct=True) if good else None), faults


def _judge(variable: str, values: list[t.Any], why: str) -> tuple[list[str], list[str]]:
    """Those of the addresses that can be told, and the faults of all. `why` says why a /32 is wrong."""
    good: list[str] = []
    faults: list[str] = []
    for number, value in enumerate(values, start=1):
        label = variable if len(values) == 1 else f"{variable}, entry {number}"
        try:
            cidr = parse_cidr(value)
        except ValueError:
            wanted = "an IPv4 address with the prefix of the client network, such as 192.0.2.10/24"
            faults.append(line(label, wanted, repr(value), "Write it so."))
            continue
        if fault := _misfit(label, value, why):
            faults.append(fault)
            continue
        faults += _ends_of_network(label, value)
        if str(cidr.ip) in [str(parse_cidr(other).ip) for other in good]:
            faults.append(line(label, "each address once", f"{cidr.ip} again", "Remove one of the two."))
        elif good and cidr.cidr != parse_cidr(good[0]).cidr:
            network = parse_cidr(good[0]).cidr
            faults.append(line(label, f"an address in {network}, as the first one", repr(value), "Choose another."))
        good.append(str(value))
    return good, faults


def _misfit(label: str, value: object, why: str) -> str | None:
    if 1 <= parse_cidr(value).prefixlen <= 30:
        return None
    advice = f"Give the prefix of the hosts' own addresses; {why}."
    return line(label, "the prefix of the client network, 1 to 30", repr(value), advice)


def _ends_of_network(label: str, value: object) -> Iterator[str]:
    cidr = parse_cidr(value)
    for kind, reserved in (("network", cidr.network), ("broadcast", cidr.broadcast)):
        if cidr.ip == reserved:
            yield line(label, f"a host's address in {cidr.cidr}", f"its {kind} address", "Choose another.")


def _interconnect_faults(service: Mapping[str, t.Any], entry: Entry | None) -> Iterator[str]:
    value = service.get("samba_ha_interconnect")
    try:
        interconnect = parse_cidr(value)
    except ValueError:
        yield line("samba_ha_interconnect", "an IPv4 network like 10.0.0.0/24", repr(value), "Add its prefix.")
        return
    if interconnect.ip != interconnect.network:
        wanted = f"the network {interconnect.cidr}"
        yield line("samba_ha_interconnect", wanted, repr(value), "Write the network's address.")
    if entry is None:
        return
    clients = parse_cidr(entry.network)
    if interconnect.cidr in clients or clients in interconnect:
        yield line(
            "samba_ha_interconnect",
            f"a network apart from the client network {entry.network}",
            str(interconnect.cidr),
            "Give CTDB and Gluster a network without clients: CTDB neither authenticates nor encrypts.",
        )
