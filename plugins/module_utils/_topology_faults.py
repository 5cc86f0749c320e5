# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the service's topology, at once, before anything is changed."""

from __future__ import annotations

import difflib
import itertools
import re
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    Input,
    Vip,
    networks,
    parse_cidr,
    parse_vip,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_hosts import address_faults, release_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import share_faults, user_faults

# A NetBIOS name has 15 characters and a type; it is also a label of a DNS name, so no hyphen at its ends.
VIRTUAL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,13}[A-Za-z0-9])?")
VFS = ("glusterfs", "glusterfs_fuse")
PROFILES = ("upstream", "balanced", "fast")
# Three is the smallest number in which a majority survives the loss of one.
MAJORITY = 3


def topology_faults(data: Input) -> list[str]:
    """Every fault in an input (shape: see `_topology`), one line each; an empty list means that it can be deployed."""
    hosts: Mapping[str, t.Any] = data["hosts"]
    service: Mapping[str, t.Any] = data["service"]
    with_facts = {name: host for name, host in hosts.items() if _has_facts(host["facts"])}

    faults: list[str] = []
    faults += _name_faults(service, hosts)
    faults += _role_faults(hosts)
    faults += _replica_faults(hosts)
    faults += [
        line(name, "facts of the host", "none", "Make the host reachable and gather its facts before this role runs.")
        for name in hosts
        if name not in with_facts
    ]
    faults += itertools.chain.from_iterable(release_faults(name, host["facts"]) for name, host in with_facts.items())
    vip, network_faults = _network_faults(service)
    faults += network_faults
    if vip is not None:
        faults += address_faults(with_facts, vip, _usable_networks(service, vip))
    faults += user_faults(service.get("samba_ha_users"))
    faults += share_faults(service.get("samba_ha_shares"), service.get("samba_ha_users"))
    for name, known in (("samba_ha_vfs", VFS), ("samba_ha_profile", PROFILES)):
        if service.get(name, known[0]) not in known:
            faults.append(line(name, " or ".join(known), repr(service[name]), "Name one of them."))
    faults += _variable_faults(data)
    return faults


def _has_facts(facts: object) -> bool:
    return isinstance(facts, Mapping) and isinstance(facts.get("interfaces"), list) and "distribution" in facts


def _name_faults(service: Mapping[str, t.Any], hosts: Mapping[str, t.Any]) -> Iterator[str]:
    name = service.get("samba_ha_virtual_name")
    if not isinstance(name, str) or not VIRTUAL_NAME.fullmatch(name):
        yield line(
            "samba_ha_virtual_name",
            "1 to 15 letters, digits and hyphens, no hyphen first or last",
            repr(name),
            "Choose a name that NetBIOS and DNS both take.",
        )
        return
    for host, details in hosts.items():
        facts = details["facts"] if isinstance(details["facts"], Mapping) else {}
        if name.lower() in {host.split(".", 1)[0].lower(), str(facts.get("hostname", "")).lower()}:
            yield line(
                f"{host}: samba_ha_virtual_name",
                "a name of its own for the virtual server",
                f"{name!r}, which is the name of this host",
                "Rename the virtual server: clients would reach one host by the service's name.",
            )


def _role_faults(hosts: Mapping[str, t.Any]) -> Iterator[str]:
    pool = [name for name, host in hosts.items() if "pool" in host["roles"]]
    if len(pool) < MAJORITY:
        yield line(
            "topology_pool_hosts",
            f"{MAJORITY} or more pool hosts",
            f"{len(pool)} ({', '.join(pool) or 'none'})",
            "Add pool hosts: with fewer, neither Gluster nor the CTDB lock on it has a majority once a host is lost.",
        )
    if not any("frontend" in host["roles"] for host in hosts.values()):
        yield line(
            "topology_frontend_hosts",
            "1 or more front ends",
            "none",
            "Add a host that holds the VIP; two survive a loss.",
        )
    for name, host in hosts.items():
        if len(set(host["roles"])) > 1:
            yield line(
                name,
                "one role for each host",
                "it is in the pool and a front end",
                "Take it out of one: smbd and HAProxy would both want port 445.",
            )


def _replica_faults(hosts: Mapping[str, t.Any]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for name, host in hosts.items():
        if "pool" in host["roles"]:
            found.setdefault(str(host["settings"].get("gluster_replica", MAJORITY)), []).append(name)
    if len(found) > 1:
        told = "; ".join(f"{value} on {', '.join(names)}" for value, names in found.items())
        yield line("gluster_replica", "one value for the whole pool", told, "Set it once, for all pool hosts.")
    for value, names in found.items():
        if not value.isdecimal() or int(value) < MAJORITY:
            yield line(
                "gluster_replica",
                f"a whole number, {MAJORITY} or more",
                value,
                "Raise it: fewer copies have no majority that could outvote a lost one.",
            )
        elif len(found) == 1 and len(names) >= MAJORITY and len(names) % int(value):
            yield line(
                "gluster_replica",
                f"a divisor of the number of bricks, which is {len(names)} (one on each pool host)",
                value,
                f"Bring the pool to a multiple of {value} hosts, or set gluster_replica to a divisor of {len(names)} "
                f"that is {MAJORITY} or more.",
            )


def _network_faults(service: Mapping[str, t.Any]) -> tuple[Vip | None, list[str]]:
    """The VIP (None where it cannot be read) and the faults of the two networks as such."""
    faults: list[str] = []
    vip: Vip | None = None
    value = service.get("samba_ha_vip")
    try:
        vip = parse_vip(value)
    except ValueError:
        faults.append(
            line(
                "samba_ha_vip",
                "an IPv4 address with the prefix of the client network, such as 192.0.2.10/24",
                repr(value),
                "Write it so.",
            )
        )
    if vip is not None:
        cidr = parse_cidr(vip.network)
        if not 1 <= vip.prefix <= 30:
            faults.append(
                line(
                    "samba_ha_vip",
                    "the prefix of the client network, 1 to 30",
                    repr(value),
                    "Give the prefix of the hosts' own addresses; keepalived makes the /32 on the active front end.",
                )
            )
            vip = None
        elif vip.address in (str(cidr.network), str(cidr.broadcast)):
            kind = "network" if vip.address == str(cidr.network) else "broadcast"
            faults.append(
                line("samba_ha_vip", f"a host's address in {vip.network}", f"its {kind} address", "Choose another.")
            )

    value = service.get("samba_ha_interconnect")
    try:
        interconnect = parse_cidr(value)
    except ValueError:
        faults.append(line("samba_ha_interconnect", "an IPv4 network like 10.0.0.0/24", repr(value), "Add its prefix."))
        return vip, faults
    if interconnect.ip != interconnect.network:
        faults.append(
            line(
                "samba_ha_interconnect", f"the network {interconnect.cidr}", repr(value), "Write the network's address."
            )
        )
    if vip is not None and (interconnect.cidr in parse_cidr(vip.network) or parse_cidr(vip.network) in interconnect):
        faults.append(
            line(
                "samba_ha_interconnect",
                f"a network apart from the client network {vip.network}",
                str(interconnect.cidr),
                "Give CTDB and Gluster a network without clients: CTDB neither authenticates nor encrypts.",
            )
        )
    return vip, faults


def _usable_networks(service: Mapping[str, t.Any], vip: Vip) -> list[t.Any]:
    """The networks in which hosts can be looked for: the interconnect only where it can be read."""
    interconnect = service.get("samba_ha_interconnect")
    both = networks(vip, str(interconnect))
    try:
        parse_cidr(interconnect)
    except ValueError:
        return [both[0]]
    return list(both)


def _variable_faults(data: Input) -> Iterator[str]:
    foreign = data["service"].get("samba_ha_foreign_variables") or []
    if not isinstance(foreign, list):
        yield line("samba_ha_foreign_variables", "a list of variable names", repr(foreign), "Write it as a list.")
        foreign = []
    known = set(data["known_variables"])
    prefixes = tuple(f"{prefix}_" for prefix in data["prefixes"])
    unknown: dict[str, list[str]] = {}
    for host, details in data["hosts"].items():
        for name in details["variables"]:
            if name.startswith(prefixes) and name not in known and name not in foreign:
                unknown.setdefault(name, []).append(host)
    for name, hosts in sorted(unknown.items()):
        near = difflib.get_close_matches(name, sorted(known), n=1)
        advice = f"Did you mean {near[0]}?" if near else "Nothing of a similar name exists."
        yield line(
            f"{', '.join(hosts)}: {name}",
            "a variable of this collection",
            "an unknown one",
            f"{advice} If it belongs to other software, name it in samba_ha_foreign_variables.",
        )
