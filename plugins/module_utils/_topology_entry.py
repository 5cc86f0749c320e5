# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where clients come in, and faults of the networks as such: clients' addresses, the interconnect, the heartbeat."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    Entry,
    Input,
    is_direct,
    parse_cidr,
    parse_entry,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    export_addresses,
    exporting_pairs,
    exports,
    hosts_with,
    only_pairs,
    pair_addresses,
    pair_label,
    pairs_of,
)

Labelled = tuple[str, t.Any]
"""What a fault calls a value, and the value."""


def entry_of(data: Input) -> Entry:
    """Where clients of a service come in. Raises ValueError where the inventory does not tell it."""
    service = data["service"]
    pairs = pair_addresses(service)
    if only_pairs(data):
        entry = dataclasses.replace(parse_entry(pairs), addresses=())
    elif is_direct(service):
        entry = parse_entry(service.get("samba_ha_public_addresses"), direct=True)
    else:
        entry = parse_entry(vips_of(service))
    return _with_pairs(entry, pairs, export_addresses(service))


def _with_pairs(entry: Entry, pairs: list[str], inner: list[str]) -> Entry:
    own, others = (parse_entry(values).addresses if values else () for values in (pairs, inner))
    return dataclasses.replace(entry, pairs=own, inner=others)


def vips_of(service: Mapping[str, t.Any]) -> list[t.Any]:
    """The VIPs as the inventory has them: a list, or one by itself."""
    value = service.get("samba_ha_vip")
    return value if value and isinstance(value, list) else [value]


def network_faults(data: Input) -> tuple[Entry | None, list[str]]:
    """Where clients come in (None where it cannot be told), and the faults of that and of the other networks."""
    service = data["service"]
    good: list[str] = []
    faults: list[str] = []
    told = True
    if not only_pairs(data):
        judge = _public_addresses if is_direct(service) else _vips
        good, faults, told = judge(data)
    dialled = [pair for pair in pairs_of(service) if not exports(pair)]
    addresses = [(f"{pair_label(pair)}: address", pair.get("address")) for pair in dialled]
    pairs, more = _judge(addresses, "Pacemaker puts it beside that of the host that serves", good)
    faults += more
    entry: Entry | None = None
    if told and (good or pairs):
        first = parse_entry(good or pairs, direct=bool(good) and is_direct(service))
        first = dataclasses.replace(first, addresses=first.addresses if good else ())
        entry = _with_pairs(first, pairs, _at_peers(service))
    clients = ("the client network", entry.network if entry else None)
    faults += _network_faults("samba_ha_interconnect", service, [clients])
    faults += _inner_faults(service)
    if pairs_of(service) or service.get("samba_ha_heartbeat") is not None:
        faults += _network_faults("samba_ha_heartbeat", service, [clients, ("the interconnect", _readable(service))])
    return entry, faults


def _at_peers(service: Mapping[str, t.Any]) -> list[str]:
    """The addresses in the interconnect by which the pool mounts from pairs."""
    network = _readable(service)
    return [value for value in export_addresses(service) if network and parse_cidr(value).cidr == parse_cidr(network)]


def _inner_faults(service: Mapping[str, t.Any]) -> Iterator[str]:
    """Addresses by which the pool would have to leave the interconnect. Where that cannot be read, it is the fault."""
    network, good = _readable(service), _at_peers(service)
    for pair in exporting_pairs(service) if network else ():
        label, value = f"{pair_label(pair)}: address", pair.get("address")
        if value in good:
            yield from _ends_of_network(label, t.cast(str, value))
        else:
            wanted = f"an address in the interconnect {network} with its prefix, since the pool's nodes mount from it"
            yield line(label, wanted, repr(value), "Choose a free one there; Pacemaker puts it beside a host's own.")


def _vips(data: Input) -> tuple[list[str], list[str], bool]:
    """The VIPs that are good, the faults of all, and whether it can be told where clients come in."""
    variable, values = "samba_ha_vip", vips_of(data["service"])
    good, faults = _judge(_labelled(variable, values), "keepalived makes the /32 on the active front end")
    frontends = len(hosts_with("frontend", data))
    # Where there is no front end at all, that is the fault.
    if len(values) > max(frontends, 1):
        found = f"{len(values)} addresses, front ends: {frontends}"
        advice = "Each has a front end as its home: remove some, or add front ends."
        faults.append(line(variable, "no more addresses than front ends", found, advice))
    return good, faults, len(good) == len(values)


def _public_addresses(data: Input) -> tuple[list[str], list[str], bool]:
    """The same of the public addresses."""
    variable, values = "samba_ha_public_addresses", data["service"].get("samba_ha_public_addresses")
    nodes = len(hosts_with("pool", data))
    wanted = "a list of IPv4 addresses with the prefix of the client network, such as 192.0.2.21/24"
    if not isinstance(values, list) or not values:
        advice = f"Write {max(nodes, 1)} or more, one for each node."
        return [], [line(variable, wanted, repr(values), advice)], False
    good, faults = _judge(_labelled(variable, values), "CTDB puts them beside those")
    if len(values) < nodes:
        found = f"{len(values)} for {nodes} nodes"
        faults.append(line(variable, "one or more for each node", found, "Add some: a node without one serves nobody."))
    return good, faults, bool(good)


def _labelled(variable: str, values: list[t.Any]) -> list[Labelled]:
    if len(values) == 1:
        return [(variable, values[0])]
    return [(f"{variable}, entry {number}", value) for number, value in enumerate(values, start=1)]


def _judge(values: list[Labelled], why: str, known: list[str] | None = None) -> tuple[list[str], list[str]]:
    """Those of the addresses that can be told, and the faults of all. `why` says why a /32 is wrong.

    `known` are other good addresses, of the same network.
    """
    others = list(known or [])
    good: list[str] = []
    faults: list[str] = []
    for label, value in values:
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
        if str(cidr.ip) in [str(parse_cidr(other).ip) for other in others]:
            faults.append(line(label, "each address once", f"{cidr.ip} again", "Remove one of the two."))
        elif others and cidr.cidr != parse_cidr(others[0]).cidr:
            network = parse_cidr(others[0]).cidr
            faults.append(line(label, f"an address in {network}, as the first one", repr(value), "Choose another."))
        good.append(str(value))
        others.append(str(value))
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


# What a network is for, as its advice to those who put clients on it says.
_APART = {
    "samba_ha_interconnect": (
        "Give CTDB and Gluster a network without clients: CTDB neither authenticates nor encrypts."
    ),
    "samba_ha_heartbeat": "Give the pairs a second network, which is not cut together with the first one.",
}


def _network_faults(variable: str, service: Mapping[str, t.Any], others: list[tuple[str, str | None]]) -> Iterator[str]:
    """Faults of a network, which has to be apart from others. Those are given as their names and CIDR, if known."""
    value = service.get(variable)
    try:
        network = parse_cidr(value)
    except ValueError:
        yield line(variable, "an IPv4 network like 10.0.0.0/24", repr(value), "Add its prefix.")
        return
    if network.ip != network.network:
        yield line(variable, f"the network {network.cidr}", repr(value), "Write the network's address.")
    for name, cidr in others:
        if cidr is not None and (network.cidr in parse_cidr(cidr) or parse_cidr(cidr) in network):
            yield line(variable, f"a network apart from {name} {cidr}", str(network.cidr), _APART[variable])


def _readable(service: Mapping[str, t.Any]) -> str | None:
    """The interconnect, where it can be read."""
    try:
        return str(parse_cidr(service.get("samba_ha_interconnect")).cidr)
    except ValueError:
        return None
