# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_judge import (
    TASKS,
    coherence_faults,
    lock_faults,
    mount_faults,
)

HOSTS = ("node1", "node2", "node3")
DATA = "/srv/samba_ha/data"
NFS_OPTIONS = ["rw", "sync", "relatime", "vers=4.2", "hard", "noac", "sec=sys", "lookupcache=none", "local_lock=none"]
OURS = [{"path": DATA, "fstype": "nfs4", "source": "nas1:/files/"}]

Mount = dict[str, t.Any]


def mount(**changes: t.Any) -> Mount:
    """What shared_fs_info finds where all is well."""
    return {
        "path": DATA,
        "mounted": True,
        "source": "nas1:/files",
        "type": "nfs4",
        "options": NFS_OPTIONS,
        "responds": True,
        "writable": None,
        "error": None,
        "size_total": 1000,
        "size_free": 10,
        "markers": [],
        "user_xattrs": None,
        "ping_pong": None,
        **changes,
    }


def insist(faults: list[str], *parts: str) -> None:
    """That there is one fault: it begins with the first part, and has the others in it."""
    (fault,) = faults
    assert fault.startswith(parts[0]), fault
    assert all(part in fault for part in (*parts, ": wanted ", "; found ")), fault


def test_a_good_mount_has_no_faults() -> None:
    assert mount_faults([mount()], "node1", OURS) == []
    gfs2 = mount(type="gfs2", source="/dev/mapper/vg-files", options=["rw", "noatime"])
    assert mount_faults([gfs2], "node1", []) == []
    gluster = mount(type="fuse.glusterfs", source="10.0.0.11:/data", options=["rw"])
    assert mount_faults([gluster], "node1", [{**OURS[0], "fstype": "glusterfs", "source": "10.0.0.11:/data"}]) == []


def without(*names: str) -> list[str]:
    return [option for option in NFS_OPTIONS if option not in names]


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"mounted": False, "type": None, "source": None}, ("mount", "none", "on every node")),
        ({"type": "ext4", "options": ["rw"]}, ("type", "ext4", "made for several hosts")),
        ({"type": "xfs", "options": ["rw"]}, ("type", "xfs")),
        ({"options": ["ro", *without("rw")]}, ("mount", "ro")),
        ({"options": [*without("vers=4.2"), "vers=3"]}, ("version", "vers=4.2 or vers=4.1", "vers=3")),
        ({"options": [*without("hard"), "soft"]}, ("hard", "soft")),
        ({"options": [*without("sec=sys"), "sec=krb5"]}, ("users", "sec=krb5")),
        ({"options": without("noac")}, ("attribute cache", "noac")),
        ({"options": without("lookupcache=none")}, ("name cache", "lookupcache=none")),
        ({"options": [*without("local_lock=none"), "local_lock=all"]}, ("local locks", "local_lock=all")),
        ({"responds": False, "error": "no answer within 4 s (stat)"}, ("answer", "no answer within 4 s")),
        ({"size_free": 9}, ("space", "0.9 %")),
    ],
)
def test_a_mount_that_cannot_be_shared_is_refused_with_the_checks_name(changes: Mount, parts: tuple[str, ...]) -> None:
    insist(mount_faults([mount(**changes)], "node1", []), f"node1: {DATA}: {parts[0]}: ", *parts[1:])


@pytest.mark.parametrize("changes", [{"source": "nas2:/files"}, {"type": "fuse.glusterfs"}])
def test_what_was_left_mounted_from_before_is_refused(changes: Mount) -> None:
    insist(mount_faults([mount(**changes)], "node1", OURS), f"node1: {DATA}: mount: wanted nas1:/files/ (nfs4)")


def marker(node: str, **changes: t.Any) -> Mount:
    return {"node": node, "seen": True, "inode": 7 + HOSTS.index(node), "device": 41, "owner": 0, **changes}


def found() -> dict[str, dict[str, list[Mount]]]:
    """What three hosts find where all is well; device numbers are each host's own."""
    markers = [marker(node) for node in HOSTS]
    return {
        host: {
            "written": [mount(writable=True, user_xattrs=False)],
            "markers": [mount(markers=[{**each, "device": 41 + number} for each in markers])],
            "given": [mount(writable=True)],
            "renamed": [mount(markers=[dict(each) for each in markers])],
        }
        for number, host in enumerate(HOSTS)
    }


def test_one_coherent_file_system_has_no_faults() -> None:
    assert tuple(found()["node1"]) == TASKS
    assert coherence_faults(found(), xattrs=False) == []


def spoil(host: str, task: str, **changes: t.Any) -> dict[str, dict[str, list[Mount]]]:
    data = found()
    data[host][task][0].update(changes)
    return data


def spoil_marker(host: str, task: str, **changes: t.Any) -> dict[str, dict[str, list[Mount]]]:
    """Spoil how one host sees node1's marker."""
    data = found()
    data[host][task][0]["markers"][0].update(changes)
    return data


def test_a_local_directory_does_not_show_what_others_write() -> None:
    data = spoil_marker("node2", "markers", seen=False)
    data["node2"]["markers"][0]["markers"][2]["seen"] = False
    # By the new names they are not seen either, which is told once.
    data["node2"]["renamed"] = data["node2"]["markers"]
    insist(coherence_faults(data, xattrs=False), f"node2: {DATA}: one file system: ", "nothing of node1, node3")


def test_a_cache_of_names_is_found() -> None:
    data = spoil_marker("node3", "renamed", seen=False)
    insist(coherence_faults(data, xattrs=False), f"node3: {DATA}: names: ", "the old names of what node1 renamed")


def test_a_root_that_is_nobody_is_found() -> None:
    data = found()
    for host in HOSTS:
        for each in data[host]["markers"][0]["markers"]:
            each["owner"] = 65534
    faults = coherence_faults(data, xattrs=False)
    assert len(faults) == 3
    insist(faults[:1], f"node1: {DATA}: root: ", "user 65534", "no_root_squash")


def test_different_inode_numbers_are_told_once() -> None:
    data = spoil_marker("node2", "markers", inode=99)
    data["node2"]["markers"][0]["markers"][1]["inode"] = 98
    insist(coherence_faults(data, xattrs=False), f"{DATA}: file ids: ", "7 on node1; 99 on node2; 7 on node3")


@pytest.mark.parametrize("changes", [{"source": "10.0.0.9:/files"}, {"type": "nfs"}])
def test_different_names_of_the_file_system_are_found(changes: Mount) -> None:
    data = spoil("node2", "markers", **changes)
    insist(coherence_faults(data, xattrs=False), f"{DATA}: file ids: wanted the same source", "on node2")


def test_every_host_may_mount_a_volume_of_gluster_by_its_own_address() -> None:
    data = found()
    for host in HOSTS:
        data[host]["markers"][0].update(type="fuse.glusterfs", source=f"{host}:/data")
    assert coherence_faults(data, xattrs=False) == []


def test_extended_attributes_are_missed_only_where_shares_ask_for_them() -> None:
    faults = coherence_faults(found(), xattrs=True)
    assert len(faults) == 3
    insist(faults[:1], f"node1: {DATA}: extended attributes: ")
    data = found()
    for host in HOSTS:
        data[host]["written"][0]["user_xattrs"] = True
    assert coherence_faults(data, xattrs=True) == []


@pytest.mark.parametrize("task", TASKS)
def test_what_failed_is_told_instead_of_what_follows_from_it(task: str) -> None:
    data = spoil("node2", task, error="tee: No space left on device", markers=[])
    insist(coherence_faults(data, xattrs=True)[1:2], f"node2: {DATA}: answer: ", "No space left on device")


def ping_pong(*increments: int, coherent: bool | None, rate: int = 900) -> list[Mount]:
    told = {"locks_per_second": rate, "increments": list(increments), "coherent": coherent, "nodes": 3}
    return [mount(ping_pong=told)]


def test_locks_that_hold_are_no_fault() -> None:
    assert lock_faults(ping_pong(1, 3, coherent=True), "node1") == []


@pytest.mark.parametrize(
    ("mounts", "parts"),
    [
        (ping_pong(1, 2, 14, coherent=False), ("increments of 3", "found 1, 2, 14.", "do not reach the other nodes")),
        (ping_pong(coherent=None, rate=0), ("found none at 0 locks a second, too slow to tell", "run it again")),
        (ping_pong(*range(256), coherent=False), ("increments of 3", "found 256 others.")),
        ([mount(error="ping_pong: No locks available")], ("a run of ping_pong", "No locks available")),
    ],
)
def test_locks_that_do_not_hold_are_refused(mounts: list[Mount], parts: tuple[str, ...]) -> None:
    insist(lock_faults(mounts, "node1"), f"node1: {DATA}: locks: ", *parts)
