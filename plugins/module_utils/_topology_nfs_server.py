# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exports the pool's files by NFS in place of a server of somebody else's: a host of the service, or a pair."""

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
    PAIR_ROOT,
    export_addresses,
    exporting_hosts,
    exporting_pairs,
    hosts_with,
    only_pairs,
    pair_label,
    pairs_of,
    storage_type,
)

_GROUP = "topology_nfs_server_hosts"


def nfs_server_faults(data: Input) -> Iterator[str]:
    """Faults of the host or the pair, and of what else does not fit it. Addresses are judged with those of all."""
    names, pairs = hosts_with(NFS_SERVER, data), [pair_label(pair) for pair in exporting_pairs(data["service"])]
    if why := _useless(data):
        reason, remedy = why
        if names:
            yield line(_GROUP, f"none, since {reason}", ", ".join(names), remedy)
        for label in pairs:
            yield line(f"{label}: functions", f"no nfs, since {reason}", "nfs", remedy)
        return
    yield from _number_faults(names, pairs)
    yield from _path_faults(data, names)
    for name in [*names, *_hosts_of_pairs(data)]:
        if _facts(data, name).get("distribution_release") == "bookworm":
            wanted = "Debian 13, as an NFS server: nobody has tried this collection with the one of Debian 12"
            yield line(name, wanted, "Debian 12", "Upgrade it, or use another host.")
    for name in names:
        yield from _pair_faults(data, name, [item.address for item in host_addresses(_facts(data, name))])
    for address in export_addresses(data["service"]):
        yield from _pair_faults(data, pairs[0], [address.partition("/")[0]])


def _useless(data: Input) -> tuple[str, str] | None:
    """Why nobody would mount from it, and what to do."""
    backend = backend_type(data["service"])
    if only_pairs(data):
        return "there are pairs alone, and no pool", "Take it out of the inventory."
    if backend in BACKENDS and backend != NFS:
        return f"samba_ha_backend is {backend}", "Take it out of the inventory, or say samba_ha_backend: nfs."
    return None


def _number_faults(names: list[str], pairs: list[str]) -> Iterator[str]:
    remedy = "Keep one: what two of them export is not one file system."
    if len(names) > 1:
        yield line(_GROUP, "one host at most", f"{len(names)} ({', '.join(names)})", remedy)
    if len(pairs) > 1:
        wanted = "one pair with the function nfs at most"
        yield line("samba_ha_pairs", wanted, f"{len(pairs)} ({', '.join(pairs)})", remedy)
    if names and pairs:
        yield line(_GROUP, f"none, since the pool's files are on the {pairs[0]}", ", ".join(names), remedy)


def _path_faults(data: Input, names: list[str]) -> Iterator[str]:
    for name in names:
        path = export_path(data, name)
        if not is_plain_path(path):
            wanted = "the mount point of what is exported, of letters, digits, '.', '_' and '-'"
            yield line(f"{name}: nfs_server_path", wanted, repr(path), f"Mount it at another place, such as {EXPORT}.")
    roots = {name: data["hosts"][name]["settings"].get("pair_root", PAIR_ROOT) for name in _hosts_of_pairs(data)}
    first = [*roots.values()][:1]
    for name, root in roots.items():
        if not is_plain_path(root) or [root] != first:
            wanted = "the same path for all hosts of the pair, of letters, digits, '.', '_' and '-'"
            yield line(f"{name}: pair_root", wanted, repr(root), f"Choose another, or leave it out for {PAIR_ROOT}.")


def _hosts_of_pairs(data: Input) -> list[str]:
    return [name for name in exporting_hosts(data["service"]) if name in data["hosts"]]


def _facts(data: Input, name: str) -> Mapping[str, t.Any]:
    facts = data["hosts"][name]["facts"]
    return facts if isinstance(facts, Mapping) else {}


def _pair_faults(data: Input, name: str, addresses: list[str]) -> Iterator[str]:
    """Pairs that would mount from it."""
    own = [name, *addresses]
    for pair in pairs_of(data["service"]):
        source = str(pair["storage"].get("source")) if storage_type(pair) == NFS else ""
        if source.partition(":")[0] in own:
            wanted = f"another server than {name}, which exports to the pool's nodes alone"
            yield line(f"{pair_label(pair)}: storage: source", wanted, source, "Name one that exports to the pair.")
