# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of the service that exports the pool's files by NFS, in place of a server of somebody else's."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import NFS_SERVER, Input, host_addresses
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_backend import (
    BACKENDS,
    EXPORT,
    backend_type,
    export_path,
    is_plain_path,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    NFS,
    hosts_with,
    only_pairs,
    pair_label,
    pairs_of,
    storage_type,
)

_GROUP = "topology_nfs_server_hosts"


def nfs_server_faults(data: Input) -> Iterator[str]:
    """Faults of the host, and of what else does not fit it. Its addresses are judged with those of all hosts."""
    names, backend = hosts_with(NFS_SERVER, data), backend_type(data["service"])
    why, remedy = None, "Take it out of the inventory, or say samba_ha_backend: nfs."
    if only_pairs(data):
        why, remedy = "there are pairs alone, and no pool", "Take it out of the inventory."
    elif backend in BACKENDS and backend != NFS:
        why = f"samba_ha_backend is {backend}"
    if names and why:
        yield line(_GROUP, f"none, since {why}", ", ".join(names), remedy)
        return
    if len(names) > 1:
        found = f"{len(names)} ({', '.join(names)})"
        yield line(_GROUP, "one host at most", found, "Keep one: what two of them export is not one file system.")
    for name in names:
        path, facts = export_path(data, name), data["hosts"][name]["facts"]
        if not is_plain_path(path):
            wanted = "the mount point of what is exported, of letters, digits, '.', '_' and '-'"
            yield line(f"{name}: nfs_server_path", wanted, repr(path), f"Mount it at another place, such as {EXPORT}.")
        if isinstance(facts, Mapping) and facts.get("distribution_release") == "bookworm":
            wanted = "Debian 13, as an NFS server: nobody has tried this collection with the one of Debian 12"
            yield line(name, wanted, "Debian 12", "Upgrade it, or use another host.")
        yield from _pair_faults(data, name)


def _pair_faults(data: Input, name: str) -> Iterator[str]:
    """Pairs that would mount from it."""
    facts: t.Any = data["hosts"][name]["facts"]
    own = [name, *(item.address for item in host_addresses(facts if isinstance(facts, Mapping) else {}))]
    for pair in pairs_of(data["service"]):
        source = str(pair["storage"].get("source")) if storage_type(pair) == NFS else ""
        if source.partition(":")[0] in own:
            wanted = f"another server than {name}, which exports to the pool's nodes alone"
            yield line(f"{pair_label(pair)}: storage: source", wanted, source, "Name one that exports to the pair.")
