# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what is mounted on several hosts may be under a pool: one file system for all, and a coherent one.

Controller side only. Pure: it works on what shared_fs_info returned on the hosts. Each fault is one line that begins
with the host, the path and the name of the check, which docs/backends.md tells of.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line

Found = Mapping[str, t.Any]
"""One of the mounts that shared_fs_info returns."""

LOCAL = (
    *("bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "jfs", "nilfs2", "ntfs3", "overlay", "ramfs"),
    *("reiserfs", "squashfs", "tmpfs", "vfat", "xfs", "zfs"),
)
"""File systems that no two hosts may mount at once. Nothing is written to them: on a disk that hosts share it would do
harm."""

NFS = ("nfs", "nfs4")
_MANY = 5
_GLUSTER = {"fuse.glusterfs"}
"""Each host mounts it by its own address, and Samba's module for it needs none."""

MIN_FREE = 0.01
"""Share of the file system that has to be free where a service begins."""

# What each check of an NFS mount wants to see among its options, as the kernel tells them, whoever has mounted it.
_NFS_OPTIONS = {
    "version": ("vers=4.2", "vers=4.1"),
    "users": ("sec=sys",),
    "hard": ("hard",),
    "attribute cache": ("noac",),
    "name cache": ("lookupcache=none",),
    "local locks": ("local_lock=none",),
}

TASKS = ("written", "markers", "given", "renamed")
"""Who has written a marker, read all, given it another name, and read all by that."""


def mount_faults(found: Sequence[Found], host: str, wanted: Sequence[Mapping[str, t.Any]]) -> list[str]:
    """What speaks against the mounts of one host, by the mount table alone. `wanted` are those of the role."""
    ours = {mount["path"]: mount for mount in wanted}
    return [fault for mount in found for fault in _mount_faults(mount, host, ours.get(mount["path"]))]


def coherence_faults(found: Mapping[str, Mapping[str, Sequence[Found]]], *, xattrs: bool) -> list[str]:
    """What speaks against the file systems by what hosts saw of each other.

    :param found: by host and :data:`TASKS` the mounts as each task found them, in the same order everywhere.
    :param xattrs: whether extended attributes are needed.
    """
    faults: list[str] = []
    for host, seen in found.items():
        for of_path in zip(*(seen[task] for task in TASKS), strict=True):
            mounts = dict(zip(TASKS, of_path, strict=True))
            faults += _faults_on_host(f"{host}: {mounts['written']['path']}", mounts, xattrs=xattrs)
    for of_hosts in zip(*(seen["markers"] for seen in found.values()), strict=True):
        faults += _faults_between(of_hosts[0]["path"], dict(zip(found, of_hosts, strict=True)))
    return faults


def lock_faults(found: Sequence[Found], host: str) -> list[str]:
    """What speaks against the file systems of one host by ``ping_pong``, which ran on all at the same time."""
    faults = []
    for mount in found:
        where, ping_pong = f"{host}: {mount['path']}: locks", mount["ping_pong"]
        if ping_pong is None:
            faults.append(line(where, "a run of ping_pong", str(mount["error"]), "See the tool's own words."))
        elif not ping_pong["coherent"]:
            faults.append(_lock_fault(where, ping_pong))
    return faults


def _lock_fault(where: str, ping_pong: Mapping[str, t.Any]) -> str:
    wanted = f"increments of {ping_pong['nodes']} under locks that all nodes see (as ping_pong -rw)"
    increments = ping_pong["increments"]
    # Where nothing holds there may be any number.
    told = f"{len(increments)} others" if len(increments) > _MANY else ", ".join(map(str, increments)) or "none"
    remedy = "Locks or data do not reach the other nodes; docs/backends.md says what each file system needs."
    if ping_pong["coherent"] is None:
        told += f" at {ping_pong['locks_per_second']} locks a second, too slow to tell"
        remedy = "Look whether the network or the lock manager is slow, and run it again."
    return line(where, wanted, told, remedy)


def _mount_faults(mount: Found, host: str, ours: Mapping[str, t.Any] | None) -> Iterator[str]:
    where = f"{host}: {mount['path']}"
    if not mount["mounted"]:
        yield line(f"{where}: mount", "a mount point", "none", "Mount the file system right there, on every node.")
        return
    if mount["type"] in LOCAL:
        wanted = "a file system that is made for several hosts"
        yield line(f"{where}: type", wanted, mount["type"], "Two hosts that write to one would destroy it.")
    if ours and _name(mount["type"], mount["source"]) != _name(ours["fstype"], ours["source"]):
        wanted, told = f"{ours['source']} ({ours['fstype']})", f"{mount['source']} ({mount['type']})"
        yield line(f"{where}: mount", wanted, told, "Stop ctdb.service and unmount it; the next run mounts it anew.")
    if "ro" in mount["options"]:
        yield line(f"{where}: mount", "one that can be written", "ro", "Mount it for writing.")
    if mount["type"] in NFS:
        for check, fit in _NFS_OPTIONS.items():
            if not set(fit) & set(mount["options"]):
                remedy = "Mount it so; where the export is mounted elsewhere, too, that mount's options hold for both."
                yield line(f"{where}: {check}", f"the option {' or '.join(fit)}", ", ".join(mount["options"]), remedy)
    if not mount["responds"]:
        yield line(f"{where}: answer", "one", str(mount["error"]), "Look what the file system waits for.")
    elif mount["size_total"] and mount["size_free"] < MIN_FREE * mount["size_total"]:
        free = f"{100 * mount['size_free'] / mount['size_total']:.1f} %"
        yield line(f"{where}: space", f"{MIN_FREE:.0%} free or more", free, "Make room, or give it more.")


def _faults_on_host(where: str, mounts: Mapping[str, Found], *, xattrs: bool) -> Iterator[str]:
    """What one host could not do, and what it did not see of the others. `mounts` are one, by task."""
    for mount in mounts.values():
        if mount["error"]:
            yield line(
                f"{where}: answer", "files written, read and renamed by root", mount["error"], "Look why it cannot."
            )
            return
    markers = mounts["markers"]["markers"]
    if strange := sorted({marker["owner"] for marker in markers if marker["seen"] and marker["owner"] != 0}):
        remedy = "On an NFS server the export needs no_root_squash for all nodes."
        found = ", ".join(f"user {owner}" for owner in strange)
        yield line(f"{where}: root", "what root writes to belong to root", found, remedy)
    if xattrs and not mounts["written"]["user_xattrs"]:
        remedy = "Take out of the shares' parameters what needs them; docs/backends.md says what that is."
        yield line(
            f"{where}: extended attributes", "that they are stored, which shares ask for", "that none is", remedy
        )
    if unseen := [marker["node"] for marker in markers if not marker["seen"]]:
        remedy = "The hosts have different file systems there, or do not hear of each other's changes."
        found = f"nothing of {', '.join(unseen)}"
        yield line(f"{where}: one file system", "what every node has just written", found, remedy)
    elif stale := [marker["node"] for marker in mounts["renamed"]["markers"] if not marker["seen"]]:
        remedy = "A cache of names is not told of other hosts' changes."
        found = f"the old names of what {', '.join(stale)} renamed"
        yield line(f"{where}: names", "files by the names that they have just got", found, remedy)


def _faults_between(path: str, markers: Mapping[str, Found]) -> Iterator[str]:
    """What hosts see differently of one file system. `markers` are the mount by host."""
    if len(_GLUSTER & {mount["type"] for mount in markers.values()}) == 0:
        found = {host: f"{mount['source']} ({mount['type']})" for host, mount in markers.items()}
        if len(set(found.values())) > 1:
            remedy = "Samba's module fileid makes of the source by which all nodes know a file: mount it by one name."
            yield line(f"{path}: file ids", "the same source on all hosts", _told(found), remedy)
    numbers: dict[str, dict[str, str]] = {}
    for host, mount in markers.items():
        for marker in mount["markers"]:
            if marker["seen"]:
                numbers.setdefault(marker["node"], {})[host] = str(marker["inode"])
    for node, found in numbers.items():
        if len(set(found.values())) > 1:
            wanted = f"one inode number of {node}'s marker on all hosts"
            yield line(f"{path}: file ids", wanted, _told(found), "SMB's locks go by it: choose another file system.")
            return


def _name(fstype: str, source: str) -> tuple[str, str]:
    """A mount as it is compared: the kernel has a prefix for FUSE, and leaves out a slash at the end."""
    return fstype.removeprefix("fuse."), source.rstrip("/")


def _told(found: Mapping[str, str]) -> str:
    return "; ".join(f"{value} on {host}" for host, value in found.items())
