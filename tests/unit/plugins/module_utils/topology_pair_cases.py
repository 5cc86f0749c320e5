# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Good inventories with pairs that the tests of the topology spoil, each in one place."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Callable

from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    good,
    host,
    interface,
    service,
)

FENCE: dict[str, t.Any] = {
    "agent": "fence_ipmilan",
    "options": {"lanplus": "1", "username": "fence"},
    "hosts": {"file1": {"ip": "198.51.100.11"}, "file2": {"ip": "198.51.100.12"}},
    "secrets": {"password": "s3cret"},
}
PROJECTS: dict[str, t.Any] = {
    "name": "projects",
    "hosts": ["file1", "file2"],
    "address": "192.0.2.30/24",
    "shares": [{"name": "plans", "path": "plans"}],
    "storage": {"type": "gluster"},
    "fence": FENCE,
}
NAS = {"type": "nfs", "source": "nas:/export/projects", "options": "vers=4.2"}
DISK = {"type": "device", "source": "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4", "fstype": "xfs"}
MIRROR: dict[str, t.Any] = {
    "type": "drbd",
    "disks": {"file1": "/dev/disk/by-id/wwn-0x5000c500a1b2c3d5", "file2": "/dev/vg0/projects"},
    "fstype": "ext4",
    "options": "noatime",
}
LUN = "/dev/disk/by-id/wwn-0x600140500000000000000000000000a"
SBD: dict[str, t.Any] = {"agent": "fence_sbd", "options": {"devices": f"{LUN}1"}}
PRINTERS: dict[str, t.Any] = {
    "name": "printers",
    "hosts": ["print1", "print2"],
    "address": "192.0.2.40/24",
    "functions": ["print"],
    "storage": {"type": "nfs", "source": "nas:/export/print"},
    "fence": {**FENCE, "hosts": {"print1": {"plug": 1}, "print2": {"plug": 2}}},
}


def pair_host(number: int) -> dict[str, t.Any]:
    """A Debian host with an interface in the heartbeat network, too."""
    made = host("pair", number)
    made["facts"]["interfaces"].append("eth2")
    made["facts"]["eth2"] = interface(f"10.0.1.{number}")
    return made


def with_pair() -> Data:
    """The good inventory with one pair and a quorum host."""
    data = good()
    data["hosts"] |= {"file1": pair_host(31), "file2": pair_host(32), "arbiter1": host("quorum", 33)}
    service(heartbeat="10.0.1.0/24", pairs=[copy.deepcopy(PROJECTS)])(data)
    return data


def with_two() -> Data:
    """The same with another pair, whose two hosts have print for their function."""
    data = with_pair()
    data["hosts"] |= {"print1": pair_host(41), "print2": pair_host(42)}
    data["service"]["samba_ha_pairs"].append(copy.deepcopy(PRINTERS))
    return data


def pair_alone() -> Data:
    """A service that is one pair with its quorum host."""
    data = with_pair()
    for name in ("node1", "node2", "node3", "fe1", "fe2"):
        del data["hosts"][name]
    service(virtual_name=None, vip=None, shares=[])(data)
    return data


def pair(number: int = 0, **values: t.Any) -> Callable[[Data], None]:
    """Set keys of a pair."""
    return lambda data: data["service"]["samba_ha_pairs"][number].update(values)


def fence(**values: t.Any) -> Callable[[Data], None]:
    """Set keys of the first pair's fence."""
    return lambda data: data["service"]["samba_ha_pairs"][0]["fence"].update(values)


def by_sbd(devices: object = f"{LUN}1", **values: t.Any) -> Callable[[Data], None]:
    """Have the first pair fenced by SBD."""
    return pair(fence={"agent": "fence_sbd", "options": {"devices": devices}, **values})


def pair_share(**values: t.Any) -> Callable[[Data], None]:
    """The first pair's one share."""
    return pair(shares=[{"name": "plans", "path": "plans", **values}])


def dfs(target: str) -> Callable[[Data], None]:
    """One DFS root with one link."""
    return service(dfs_roots=[{"name": "dfs", "links": {"Plans": target}}])
