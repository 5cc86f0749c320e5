# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of pairs. Their names are judged with those of all virtual servers, their addresses with all others."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import Input
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_device import device_faults, overlap
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_fence import NONE, fence_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import kind_of, line, unknown_keys
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import (
    DEVICE,
    DRBD,
    FUNCTIONS,
    GLUSTER,
    NFS,
    PAIR,
    QUORUM,
    STORAGE_KEYS,
    exports,
    hosts_with,
    pair_label,
    pairs_of,
    storage_type,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_sbd import sbd_devices
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_shares import share_faults, share_path

KEYS = ("name", "aliases", "hosts", "address", "functions", "shares", "storage", "fence")
# What Samba can store its attributes and ACLs on, and what comes back by its journal after a host is lost.
FSTYPES = ("ext4", "xfs", "btrfs")
# Names that a disk brings along, and no other one in the world has.
WORLDWIDE = re.compile(r"/dev/disk/by-id/(?:wwn-|nvme-eui\.)")
NFS_SOURCE = re.compile(r"[^\s:/]+:/\S*")
# What a pair cannot export, and what takes its place.
_NOT_EXPORTED = {
    GLUSTER: "The pool can have such a volume itself (samba_ha_backend: gluster), and no host is in between.",
    NFS: "The pool can mount that export itself (samba_ha_nfs: source).",
}


def pair_faults(data: Input) -> Iterator[str]:
    """Faults of samba_ha_pairs, of the hosts of pairs, and of the quorum host."""
    service, value = data["service"], data["service"].get("samba_ha_pairs")
    if value is not None and not isinstance(value, list):
        yield line("samba_ha_pairs", "a list of pairs", f"a {kind_of(value)}", "Write it as a list.")
    for number, entry in enumerate(value if isinstance(value, list) else (), start=1):
        if not isinstance(entry, Mapping):
            found = f"a {kind_of(entry)}"
            yield line(f"samba_ha_pairs, entry {number}", "a mapping with a name", found, "Write a mapping.")
    for pair in pairs_of(service):
        label = pair_label(pair)
        yield from unknown_keys(label, pair, KEYS)
        hosts = yield from _host_faults(f"{label}: hosts", pair.get("hosts"), data)
        yield from _function_faults(label, pair)
        yield from _share_faults(label, pair, service.get("samba_ha_users"))
        yield from _storage_faults(f"{label}: storage", pair.get("storage"), hosts)
        yield from _export_faults(label, pair)
        yield from fence_faults(f"{label}: fence", pair.get("fence"), hosts)
    yield from _membership_faults(data)
    yield from _common_storage_faults(service)
    yield from _sbd_on_storage_faults(service)
    yield from _quorum_faults(data)


def _host_faults(label: str, hosts: object, data: Input) -> t.Generator[str, None, list[str]]:
    """Yield the faults of a pair's `hosts`; return them, or none where they are not two."""
    if not isinstance(hosts, list) or len(hosts) != 2 or not all(isinstance(name, str) for name in hosts):
        yield line(label, "a list of two hosts", repr(hosts), "Name the two that stand in for each other.")
        return []
    if hosts[0] == hosts[1]:
        yield line(label, "two hosts", f"{hosts[0]} twice", "Name the two that stand in for each other.")
        return []
    for name in hosts:
        if name not in hosts_with(PAIR, data):
            found = f"{name!r}, which is none"
            yield line(label, "hosts of topology_pair_hosts", found, "Correct the name, or add the host to them.")
    return hosts


def _function_faults(label: str, pair: Mapping[str, t.Any]) -> Iterator[str]:
    functions = pair.get("functions")
    if functions is None:
        return
    known = isinstance(functions, list) and bool(functions) and all(name in FUNCTIONS for name in functions)
    if not known or len(set(functions)) != len(functions):
        wanted = "a list of file and print, of one of them, or of nfs"
        yield line(f"{label}: functions", wanted, repr(functions), "Leave it out for file alone.")
    elif NFS in functions and len(functions) > 1:
        remedy = "Make another pair: what one exports to the pool's nodes no other server may change."
        yield line(f"{label}: functions", "nfs by itself, or none of it", repr(functions), remedy)
    elif "file" not in functions and NFS not in functions and pair.get("shares"):
        yield line(f"{label}: shares", "none, since its functions are print alone", "some", "Add file to them.")


def _share_faults(label: str, pair: Mapping[str, t.Any], users: object) -> Iterator[str]:
    shares = pair.get("shares")
    yield from (f"{label}: {fault}" for fault in share_faults(shares, users, variable="shares"))
    for share in shares if isinstance(shares, list) else ():
        path = share.get("path") if isinstance(share, Mapping) else None
        # `.` and `..` by themselves are told already.
        if isinstance(path, str) and re.match(r"\.+[^./]", share_path(path)):
            wanted = "a folder that does not begin with a dot at the storage's top"
            remedy = "Choose another: the pair has its own state in such ones, secrets among it."
            yield line(f"{label}: share {share.get('name')}: path", wanted, repr(path), remedy)


def _storage_faults(label: str, storage: object, hosts: list[str]) -> Iterator[str]:
    types = ", ".join(STORAGE_KEYS)
    kind = storage.get("type") if isinstance(storage, Mapping) else None
    if not isinstance(storage, Mapping) or not isinstance(kind, str) or kind not in STORAGE_KEYS:
        found = repr(kind) if isinstance(storage, Mapping) else "none" if storage is None else f"a {kind_of(storage)}"
        yield line(label, f"a mapping whose `type` is one of {types}", found, "Say where the pair's files are.")
        return
    yield from unknown_keys(label, storage, STORAGE_KEYS[kind])
    source, fstype, options = storage.get("source"), storage.get("fstype"), storage.get("options")
    if kind == NFS and not (isinstance(source, str) and NFS_SOURCE.fullmatch(source)):
        wanted = "an NFS export such as nas:/export/projects"
        yield line(f"{label}: source", wanted, repr(source), "Write SERVER:/PATH.")
    if kind == DEVICE:
        wanted = "a disk that both hosts see, such as /dev/disk/by-id/wwn-0x5000c500a1b2c3d4"
        yield from device_faults(f"{label}: source", source, wanted)
        yield from _fstype_faults(label, fstype, "Name the file system that is on the disk; it is never formatted.")
    if kind == DRBD:
        yield from _mirror_faults(f"{label}: disks", storage.get("disks"), hosts)
        yield from _fstype_faults(label, fstype, "Name the one that is to be made, once.")
    if options is not None and not isinstance(options, str):
        yield line(f"{label}: options", "mount options as text, such as noatime", repr(options), "Write them so.")


def _export_faults(label: str, pair: Mapping[str, t.Any]) -> Iterator[str]:
    """What a pair has no use for whose clients are the pool's nodes."""
    if not exports(pair):
        return
    if pair.get("shares"):
        remedy = "Write them in samba_ha_shares: the pool serves what the pair exports."
        yield line(f"{label}: shares", "none, since its function is nfs", "some", remedy)
    if pair.get("aliases"):
        wanted = "none, since its function is nfs, and the nodes mount by its address"
        yield line(f"{label}: aliases", wanted, "some", "Remove them.")
    kind = storage_type(pair)
    if isinstance(kind, str) and kind in _NOT_EXPORTED:
        wanted = f"{DEVICE} or {DRBD}, since its function is nfs"
        yield line(f"{label}: storage: type", wanted, repr(kind), _NOT_EXPORTED[kind])


def _fstype_faults(label: str, fstype: object, remedy: str) -> Iterator[str]:
    if fstype not in FSTYPES:
        yield line(f"{label}: fstype", " or ".join(FSTYPES), repr(fstype), remedy)


def _mirror_faults(label: str, disks: object, hosts: list[str]) -> Iterator[str]:
    """The disk of each host; none where the pair's hosts are a fault that is told already."""
    if not isinstance(disks, Mapping):
        found = "none" if disks is None else f"a {kind_of(disks)}"
        yield line(label, "a disk for each host of the pair, by its name", found, "Write {file1: /dev/disk/...}.")
        return
    for name in [name for name in hosts if name not in disks]:
        yield line(label, f"a disk of {name}", "none", "Name it: each of the two hosts has a copy.")
    for name, disk in disks.items():
        if hosts and name not in hosts:
            remedy = "Correct the name, or take the disk out."
            yield line(label, f"hosts of the pair, {' and '.join(hosts)}", repr(name), remedy)
        wanted = "the host's own disk, such as /dev/disk/by-id/wwn-0x5000c500a1b2c3d4 or a logical volume"
        yield from device_faults(f"{label}: {name}", disk, wanted)
    names = _worldwide(disks)
    if len(names) > len({*names}):
        yield line(label, "a disk of its own for each host", "one for both", "Correct the names, or use type device.")


def _worldwide(disks: Mapping[object, object]) -> list[str]:
    return [disk for disk in disks.values() if isinstance(disk, str) and WORLDWIDE.match(disk)]


def _membership_faults(data: Input) -> Iterator[str]:
    """Each host is in one pair."""
    pairs = pairs_of(data["service"])
    told = all(isinstance(pair.get("hosts"), list) for pair in pairs)
    owners: dict[str, list[str]] = {name: [] for name in hosts_with(PAIR, data)}
    for pair in pairs if told else ():
        for name in {name for name in pair["hosts"] if isinstance(name, str)}:
            owners.setdefault(name, []).append(pair_label(pair))
    for name, labels in owners.items():
        if not labels and told:
            remedy = "Name it in `hosts` of an entry of samba_ha_pairs, or take it out of topology_pair_hosts."
            yield line(name, "a pair that the host belongs to", "none", remedy)
        elif len(labels) > 1:
            yield line(name, "one pair for each host", " and ".join(labels), "Take it out of all but one.")


def _common_storage_faults(service: Mapping[str, t.Any]) -> Iterator[str]:
    """Two clusters that do not know of each other would write to it at once. Names of volumes are those of pairs."""
    owners: dict[str, str] = {}
    for pair in pairs_of(service):
        for source in sorted(_sources(pair)):
            if source in owners:
                found = f"{source}, which is that of {owners[source]}"
                yield line(f"{pair_label(pair)}: storage", "storage of the pair's own", found, "Give each its own.")
            else:
                owners[source] = pair_label(pair)


def _sources(pair: Mapping[str, t.Any]) -> set[str]:
    """What no other pair may have, by names that mean the same on all hosts."""
    if storage_type(pair) in (NFS, DEVICE):
        source = pair["storage"].get("source")
        return {source} if isinstance(source, str) else set()
    disks = pair["storage"].get("disks") if storage_type(pair) == DRBD else None
    return {*_worldwide(disks)} if isinstance(disks, Mapping) else set()


def _sbd_on_storage_faults(service: Mapping[str, t.Any]) -> Iterator[str]:
    """What SBD writes lies over what is on a disk. Pairs may have a disk of SBD in common."""
    sources = {
        pair_label(pair): pair["storage"].get("source") for pair in pairs_of(service) if storage_type(pair) == DEVICE
    }
    for pair in pairs_of(service):
        for device in dict.fromkeys(sbd_devices(pair.get("fence"))):
            for owner, source in sources.items():
                if isinstance(source, str) and overlap(device, source):
                    where, found = f"{pair_label(pair)}: fence: options: devices", f"{device}, the storage of {owner}"
                    remedy = "Give SBD a small disk or partition that nothing else is on."
                    yield line(where, "disks of SBD's own", found, remedy)


def _quorum_faults(data: Input) -> Iterator[str]:
    quorum, pairs = hosts_with(QUORUM, data), pairs_of(data["service"])
    if len(quorum) > 1:
        found = f"{len(quorum)} ({', '.join(quorum)})"
        yield line("topology_quorum_hosts", "one host at most", found, "Keep one: it serves all pairs.")
    if quorum and not pairs:
        remedy = "Take it out of the inventory, or write samba_ha_pairs."
        yield line("topology_quorum_hosts", "none, since there are no pairs", ", ".join(quorum), remedy)
    for pair in pairs if not quorum else ():
        kind = storage_type(pair)
        if kind in (GLUSTER, DRBD):
            copies = "of a Gluster volume" if kind == GLUSTER else "on the two copies of a disk"
            yield line(
                f"{pair_label(pair)}: storage",
                f"a quorum host, which has the third vote {copies} (topology_quorum_hosts)",
                "none",
                "Add one: of two copies neither is a majority. Or choose storage of another type.",
            )
        if pair.get("fence") == NONE:
            yield line(
                f"{pair_label(pair)}: fence",
                "a fence agent, since without a quorum host nothing else decides which of the two goes on",
                NONE,
                "Name one, or add a quorum host to topology_quorum_hosts.",
            )
