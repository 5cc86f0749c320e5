# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs as the inventory writes them: two hosts, of which one serves. Controller side only."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import Input, parse_cidr
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_fence import fence_model
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import share_model

PAIR, QUORUM = "pair", "quorum"
"""The roles of a pair's hosts, and of the host that has the third vote."""

GLUSTER, NFS, DEVICE, DRBD = "gluster", "nfs", "device", "drbd"
FUNCTIONS = ("file", "print", NFS)
STORAGE_KEYS = {
    GLUSTER: ("type",),
    NFS: ("type", "source", "options"),
    DEVICE: ("type", "source", "fstype", "options"),
    DRBD: ("type", "disks", "fstype", "options"),
}
"""The keys that each type of storage takes."""

DRBD_DEVICE = "/dev/drbd945"
"""The device of a pair on DRBD. One for all pairs: a host is in one of them, and so has one such device."""

PAIR_ROOT = "/srv/samba_ha"
"""Where the storage of pairs is mounted where the inventory does not say it, as the role pair has it."""

EXPORT_FOLDER = "files"
"""What a pair exports of its storage. The records of its clients are beside it, where no client sees them."""


def pairs_of(service: Mapping[str, t.Any]) -> list[Mapping[str, t.Any]]:
    """The entries of samba_ha_pairs, also of an inventory with faults: those that are no mappings are left out."""
    value = service.get("samba_ha_pairs")
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def pair_label(pair: Mapping[str, t.Any]) -> str:
    """How faults name it."""
    return f"pair {pair.get('name')}"


def pair_names(service: Mapping[str, t.Any]) -> list[str]:
    """The names of all pairs, without their aliases."""
    return [pair["name"] for pair in pairs_of(service) if isinstance(pair.get("name"), str)]


def exports(pair: Mapping[str, t.Any]) -> bool:
    """Whether it serves the pool by NFS, in the interconnect, and not clients."""
    functions = pair.get("functions")
    return isinstance(functions, list) and NFS in functions


def exporting_pairs(service: Mapping[str, t.Any]) -> list[Mapping[str, t.Any]]:
    """The pairs that serve the pool by NFS: one at most, in an inventory without faults."""
    return [pair for pair in pairs_of(service) if exports(pair)]


def exporting_hosts(service: Mapping[str, t.Any]) -> list[str]:
    """The hosts of those pairs, as far as they can be read."""
    named = [pair.get("hosts") for pair in exporting_pairs(service)]
    return [name for hosts in named if isinstance(hosts, list) for name in hosts if isinstance(name, str)]


def exported_folder(pair: Mapping[str, t.Any], data: Input) -> str:
    """What a pair exports that serves by NFS."""
    root = data["hosts"][pair["hosts"][0]]["settings"].get("pair_root", PAIR_ROOT)
    return f"{root}/{pair['name']}/{EXPORT_FOLDER}"


def pair_addresses(service: Mapping[str, t.Any]) -> list[str]:
    """The addresses of pairs that clients dial, where they can be read, with their prefixes."""
    return _readable([pair for pair in pairs_of(service) if not exports(pair)])


def export_addresses(service: Mapping[str, t.Any]) -> list[str]:
    """Those by which the pool's nodes mount."""
    return _readable(exporting_pairs(service))


def _readable(pairs: list[Mapping[str, t.Any]]) -> list[str]:
    found: list[str] = []
    for pair in pairs:
        with contextlib.suppress(ValueError):
            parse_cidr(pair.get("address"))
            found.append(pair["address"])
    return found


def storage_type(pair: Mapping[str, t.Any]) -> object:
    """What the inventory calls a pair's storage, None where it does not."""
    storage = pair.get("storage")
    return storage.get("type") if isinstance(storage, Mapping) else None


def hosts_with(role: str, data: Input) -> list[str]:
    """The names of the hosts that have a role, in order."""
    return [name for name, host in data["hosts"].items() if role in host["roles"]]


def only_pairs(data: Input) -> bool:
    """Whether the service is pairs alone, without a pool and front ends."""
    return bool(hosts_with(PAIR, data)) and not hosts_with("pool", data) and not hosts_with("frontend", data)


def pair_models(data: Input) -> list[dict[str, t.Any]]:
    """The pairs of an input without faults; see `topology_model` for the shape."""
    service = data["service"]
    quorum = hosts_with(QUORUM, data)
    return [
        {
            "name": pair["name"],
            "aliases": _aliases(pair, service),
            "address": str(parse_cidr(pair["address"]).ip),
            "prefix": parse_cidr(pair["address"]).prefixlen,
            "hosts": list(pair["hosts"]),
            "functions": list(pair.get("functions") or FUNCTIONS[:1]),
            "shares": [share_model(share) for share in pair.get("shares") or []],
            "storage": _storage(pair),
            "export": exported_folder(pair, data) if exports(pair) else None,
            "disks": dict(pair["storage"].get("disks") or {}),
            "fence": fence_model(pair["fence"]),
            "quorum": quorum[0] if quorum else None,
        }
        for pair in pairs_of(service)
    ]


def _aliases(pair: Mapping[str, t.Any], service: Mapping[str, t.Any]) -> list[str]:
    """The names beside its own by which clients dial a pair: those of virtual servers that lead to it among them."""
    names = list(pair.get("aliases") or [])
    for server in service.get("samba_ha_virtual_servers") or []:
        if server["target"] == pair["name"]:
            names += [server["name"], *(server.get("aliases") or [])]
    return names


def _storage(pair: Mapping[str, t.Any]) -> dict[str, str]:
    storage = pair["storage"]
    mounts = {
        GLUSTER: (f"localhost:/{pair['name']}", "glusterfs"),
        NFS: (storage.get("source"), "nfs"),
        DEVICE: (storage.get("source"), storage.get("fstype")),
        DRBD: (DRBD_DEVICE, storage.get("fstype")),
    }
    source, fstype = mounts[storage["type"]]
    return {"type": storage["type"], "source": source, "options": storage.get("options") or "", "fstype": fstype}
