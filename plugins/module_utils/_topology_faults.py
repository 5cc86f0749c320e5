# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the service's topology, at once, before anything is changed."""

from __future__ import annotations

import contextlib
import difflib
import itertools
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import (
    DIRECT,
    NFS_SERVER,
    PROXY,
    Entry,
    Input,
    heartbeat_network,
    networks,
    parse_cidr,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_access import access_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_backend import (
    BACKENDS,
    backend_faults,
    backend_type,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_entry import network_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_hosts import address_faults, release_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_links import namespace_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_nfs_server import nfs_server_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pair_faults import pair_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    GLUSTER,
    exporting_hosts,
    hosts_with,
    only_pairs,
    pairs_of,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_servers import (
    NETBIOS_NAME,
    clash_faults,
    server_faults,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import share_faults, user_faults

CHOICES = {
    "samba_ha_access": (PROXY, DIRECT),
    "samba_ha_backend": BACKENDS,
    "samba_ha_vfs": ("glusterfs", "glusterfs_fuse"),
    "samba_ha_profile": ("upstream", "balanced", "fast"),
}
ROLES = {
    "pool": "in the pool",
    "frontend": "a front end",
    "pair": "in a pair",
    "quorum": "the quorum host",
    NFS_SERVER: "the NFS server",
}
# Three is the smallest number in which a majority survives the loss of one.
MAJORITY = 3


def topology_faults(data: Input) -> list[str]:
    """Every fault in an input (shape: see `_topology`), one line each; an empty list means that it can be deployed."""
    hosts: Mapping[str, t.Any] = data["hosts"]
    service: Mapping[str, t.Any] = data["service"]
    with_facts = {name: host for name, host in hosts.items() if _has_facts(host["facts"])}

    faults: list[str] = []
    faults += _name_faults(data)
    faults += _role_faults(data)
    if backend_type(service) == GLUSTER:
        faults += _replica_faults(hosts)
    faults += [
        line(name, "facts of the host", "none", "Make the host reachable and gather its facts before this role runs.")
        for name in hosts
        if name not in with_facts
    ]
    faults += itertools.chain.from_iterable(release_faults(name, host["facts"]) for name, host in with_facts.items())
    entry, told = network_faults(data)
    faults += told
    if entry is not None:
        faults += address_faults(with_facts, entry, _usable_networks(service, entry))
        faults += server_faults(data)
    faults += user_faults(service.get("samba_ha_users"))
    faults += share_faults(service.get("samba_ha_shares"), service.get("samba_ha_users"))
    faults += pair_faults(data)
    faults += access_faults(data)
    faults += backend_faults(data)
    faults += nfs_server_faults(data)
    faults += namespace_faults(data)
    for name, known in CHOICES.items():
        if service.get(name, known[0]) not in known:
            faults.append(line(name, " or ".join(known), repr(service[name]), "Name one of them."))
    faults += _variable_faults(data)
    return faults


def _has_facts(facts: object) -> bool:
    return isinstance(facts, Mapping) and isinstance(facts.get("interfaces"), list) and "distribution" in facts


def _name_faults(data: Input) -> Iterator[str]:
    name = data["service"].get("samba_ha_virtual_name")
    if only_pairs(data):
        return
    if not isinstance(name, str) or not NETBIOS_NAME.fullmatch(name):
        yield line(
            "samba_ha_virtual_name",
            "1 to 15 letters, digits and hyphens, no hyphen first or last",
            repr(name),
            "Choose a name that NetBIOS and DNS both take.",
        )
        return
    yield from clash_faults("samba_ha_virtual_name", name, data["hosts"])


def _role_faults(data: Input) -> Iterator[str]:
    pool = hosts_with("pool", data)
    if len(pool) < MAJORITY and not only_pairs(data):
        yield line(
            "topology_pool_hosts",
            f"{MAJORITY} or more pool hosts",
            f"{len(pool)} ({', '.join(pool) or 'none'})",
            "Add pool hosts: with fewer, neither CTDB nor Gluster has a majority once a host is lost.",
        )
    for name, host in data["hosts"].items():
        roles = list(dict.fromkeys(host["roles"]))
        if len(roles) > 1:
            yield line(
                name,
                "one role for each host",
                f"it is {' and '.join(ROLES[role] for role in roles)}",
                "Leave it in one: what two roles install would be in each other's way.",
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


def _usable_networks(service: Mapping[str, t.Any], entry: Entry) -> list[t.Any]:
    """The networks in which hosts can be looked for: the others only where they can be read."""
    client, interconnect = networks(entry, str(service.get("samba_ha_interconnect")), exporting_hosts(service))
    others = [interconnect]
    if pairs_of(service):
        others.append(heartbeat_network(str(service.get("samba_ha_heartbeat"))))
    usable = [client]
    for network in others:
        with contextlib.suppress(ValueError):
            parse_cidr(network.cidr)
            usable.append(network)
    return usable


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
