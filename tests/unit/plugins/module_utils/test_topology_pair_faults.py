# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of a pair is one line that names it, and all are told at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_fence import NONE
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    facts,
    insist_on_one_fault,
    interface,
    service,
    settings,
    without,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import (
    FENCE,
    MIRROR,
    dfs,
    fence,
    pair,
    pair_host,
    pair_share,
    with_pair,
    with_two,
)

DISK = "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"


def two_quorum_hosts(data: Data) -> None:
    data["hosts"]["arbiter2"] = {**pair_host(34), "roles": ["quorum"]}


def spare_host(data: Data) -> None:
    data["hosts"]["file3"] = pair_host(35)


def in_the_pool_too(data: Data) -> None:
    data["hosts"]["file1"]["roles"].append("pool")
    # Which then has a multiple of the copies.
    for number in (14, 15):
        data["hosts"][f"node{number}"] = {**pair_host(number), "roles": ["pool"]}


def server(**values: object) -> Callable[[Data], None]:
    return service(virtual_servers=[{"name": "print", **values}])


# What is spoilt; parts that the one line must have, its subject first.
ONE_FAULT: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "no mapping": (
        lambda data: data["service"]["samba_ha_pairs"].append("s3cret"),
        ("samba_ha_pairs, entry 2: ", "a string"),
    ),
    "an unknown key": (pair(adress="192.0.2.30/24"), ("pair projects: ", "found adress")),
    "no name": (pair(name=None), ("pair None: name: ", "a letter first", "None")),
    "a long name": (pair(name="p" * 16), (f"pair {'p' * 16}: name: ", "1 to 15")),
    "a digit first": (pair(name="2projects"), ("pair 2projects: name: ", "Pacemaker")),
    "the name of the pool": (pair(name="pool"), ("pair pool: name: ", "not 'pool'")),
    "the virtual name": (pair(name="Files"), ("pair Files: ", "each name once", "as samba_ha_virtual_name")),
    "the name of a host": (pair(name="fe1"), ("fe1: pair fe1: ", "the name of this host")),
    "an alias that the service has": (
        pair(aliases=["archive", "files"]),
        ("pair projects: aliases: ", "'files' again"),
    ),
    "an alias that NetBIOS does not take": (pair(aliases=["a-name-of-16-chr"]), ("pair projects: aliases: ", "15")),
    "aliases that are no list": (pair(aliases="archive"), ("pair projects: aliases: ", "'archive'")),
    "an address without a prefix": (pair(address="192.0.2.30"), ("pair projects: address: ", "'192.0.2.30'")),
    "no address": (pair(address=None), ("pair projects: address: ", "None")),
    "an address as a host route": (pair(address="192.0.2.30/32"), ("pair projects: address: ", "1 to 30", "Pacemaker")),
    "an address elsewhere": (
        pair(address="198.51.100.30/24"),
        ("pair projects: address: ", "192.0.2.0/24, as the first one"),
    ),
    "another prefix": (pair(address="192.0.2.30/25"), ("pair projects: address: ", "192.0.2.0/24, as the first one")),
    "the broadcast address": (pair(address="192.0.2.255/24"), ("pair projects: address: ", "broadcast")),
    "the VIP": (pair(address="192.0.2.10/24"), ("pair projects: address: ", "each address once", "192.0.2.10 again")),
    "a node has the address": (
        facts("node1", eth0=interface("192.0.2.11", 24, (("192.0.2.30", 24),))),
        ("node1: samba_ha_pairs: ", "192.0.2.30/24 on eth0", "Pacemaker moves it"),
    ),
    "a host has no other address": (
        facts("file1", eth0=interface("192.0.2.30")),
        ("file1: samba_ha_pairs: ", "192.0.2.30/24 on eth0"),
    ),
    "the address as a host's own": (
        settings("file1", ansible_host="192.0.2.30"),
        ("file1: ansible_host: ", "the address of the pair 192.0.2.30"),
    ),
    "hosts no list": (pair(hosts="file1"), ("pair projects: hosts: ", "'file1'")),
    "functions unknown": (
        pair(functions=["mail"]),
        ("pair projects: functions: ", "of file and print, of one", "['mail']"),
    ),
    "functions doubled": (pair(functions=["file", "file"]), ("pair projects: functions: ", "['file', 'file']")),
    "no functions": (pair(functions=[]), ("pair projects: functions: ", "[]")),
    "shares without the function": (pair(functions=["print"]), ("pair projects: shares: ", "print alone")),
    "shares no list": (pair(shares="plans"), ("pair projects: shares: ", "a list of shares", "a string")),
    "a share's path upwards": (pair_share(path="../x"), ("pair projects: share plans: path: ", "'../x'")),
    "a share's path of the storage itself": (pair_share(path="."), ("pair projects: share plans: path: ", "'.'")),
    "a share in the pair's state": (
        pair_share(path="./.samba/private"),
        ("pair projects: share plans: path: ", "begin with a dot", "'./.samba/private'"),
    ),
    "a share for an unknown user": (pair_share(users=["carol"]), ("pair projects: share plans: users: ", "'carol'")),
    "no storage": (pair(storage=None), ("pair projects: storage: ", "gluster, nfs, device, drbd", "none")),
    "storage by a word": (pair(storage="gluster"), ("pair projects: storage: ", "a string")),
    "storage unknown": (pair(storage={"type": "ceph"}), ("pair projects: storage: ", "'ceph'")),
    "a source for Gluster": (
        pair(storage={"type": "gluster", "source": "nas:/x"}),
        ("pair projects: storage: ", "only type", "source"),
    ),
    "an NFS source without a server": (
        pair(storage={"type": "nfs", "source": "/export"}),
        ("pair projects: storage: source: ", "'/export'"),
    ),
    "NFS options as a list": (
        pair(storage={"type": "nfs", "source": "nas:/export", "options": ["hard"]}),
        ("pair projects: storage: options: ", "['hard']"),
    ),
    "a mirror without disks": (
        pair(storage={"type": "drbd", "fstype": "xfs"}),
        ("pair projects: storage: disks: ", "a disk for each host", "none"),
    ),
    "a mirror with one disk": (
        pair(storage={**MIRROR, "disks": {"file1": "/dev/vg0/projects"}}),
        ("pair projects: storage: disks: ", "a disk of file2", "none"),
    ),
    "a mirror with a disk of another host": (
        pair(storage={**MIRROR, "disks": {**MIRROR["disks"], "file3": "/dev/vg0/projects"}}),
        ("pair projects: storage: disks: ", "file1 and file2", "'file3'"),
    ),
    "a mirror of a disk by a name that changes": (
        pair(storage={**MIRROR, "disks": {**MIRROR["disks"], "file2": "/dev/nvme0n1"}}),
        ("pair projects: storage: disks: file2: ", "'/dev/nvme0n1'", "by-id"),
    ),
    "a mirror of a disk with itself": (
        pair(storage={**MIRROR, "disks": dict.fromkeys(("file1", "file2"), MIRROR["disks"]["file1"])}),
        ("pair projects: storage: disks: ", "one for both"),
    ),
    "a mirror with a file system that Samba cannot use": (
        pair(storage={**MIRROR, "fstype": "vfat"}),
        ("pair projects: storage: fstype: ", "ext4 or xfs or btrfs", "'vfat'"),
    ),
    "a mirror by the keys of another type": (
        pair(storage={**MIRROR, "source": "/dev/drbd0"}),
        ("pair projects: storage: ", "only type, disks, fstype, options", "source"),
    ),
    "a device elsewhere": (
        pair(storage={"type": "device", "source": "LABEL=x", "fstype": "xfs"}),
        ("pair projects: storage: source: ", "'LABEL=x'"),
    ),
    "a device by a name that changes": (
        pair(storage={"type": "device", "source": "/dev/sdb1", "fstype": "xfs"}),
        ("pair projects: storage: source: ", "'/dev/sdb1'", "by-id"),
    ),
    "a device without a file system": (
        pair(storage={"type": "device", "source": DISK}),
        ("pair projects: storage: fstype: ", "ext4 or xfs or btrfs", "None"),
    ),
    "no fence": (pair(fence=None), ("pair projects: fence: ", NONE, "two hosts may write")),
    "a fence by another word": (pair(fence="none"), ("pair projects: fence: ", "'none'")),
    "a fence by a list": (pair(fence=["s3cret"]), ("pair projects: fence: ", "a list")),
    "a fence with an unknown key": (fence(password="s3cret"), ("pair projects: fence: ", "found password")),
    "a fence without an agent": (fence(agent=None), ("pair projects: fence: agent: ", "fence_ipmilan", "None")),
    "an agent of another kind": (fence(agent="stonith:ssh"), ("pair projects: fence: agent: ", "'stonith:ssh'")),
    "a secret among the options": (
        fence(options={"passwd": "s3cret"}, secrets={}),
        ("pair projects: fence: options: passwd: ", "a secret", "`secrets`"),
    ),
    "an option that is a boolean": (
        fence(options={"lanplus": True}),
        ("pair projects: fence: options: lanplus: ", "a boolean", "quotes"),
    ),
    "an empty secret": (fence(secrets={"password": ""}), ("pair projects: fence: secrets: password: ", "found none")),
    "options no mapping": (fence(options=["s3cret"]), ("pair projects: fence: options: ", "a list")),
    "an option that the role sets": (
        fence(options={"pcmk_delay_base": "9"}),
        ("pair projects: fence: options: pcmk_delay_base: ", "sets itself"),
    ),
    "an option twice": (
        fence(options={"username": "fence"}, secrets={"username": "s3cret"}),
        ("pair projects: fence: username: ", "each option once"),
    ),
    "an option of a host that both have": (
        fence(hosts={"file1": {"ip": "a", "username": "x"}, "file2": {"ip": "b"}}),
        ("pair projects: fence: hosts: file1: username: ", "for both hosts"),
    ),
    "no hosts of a fence": (fence(hosts=None), ("pair projects: fence: hosts: ", "found none")),
    "a host without a fence": (
        fence(hosts={"file1": {"ip": "a"}}),
        ("pair projects: fence: hosts: ", "file1 and file2", "found file1"),
    ),
    "one switch for both hosts": (
        fence(hosts={"file1": {"ip": "a"}, "file2": {"ip": "a"}}),
        ("pair projects: fence: hosts: ", "the same for both", "wrong host"),
    ),
    "a host of no pair": (spare_host, ("file3: ", "a pair that the host belongs to")),
    "a host in two roles": (in_the_pool_too, ("file1: ", "in a pair and in the pool")),
    "two quorum hosts": (two_quorum_hosts, ("topology_quorum_hosts: ", "one host at most", "2 (arbiter1, arbiter2)")),
    "a mirror without a quorum host": (
        lambda data: (without("arbiter1")(data), pair(storage=MIRROR)(data))[0],
        ("pair projects: storage: ", "third vote on the two copies", "none"),
    ),
    "Gluster without a quorum host": (without("arbiter1"), ("pair projects: storage: ", "third vote", "none")),
    "neither a quorum host nor a fence": (
        lambda data: (
            without("arbiter1")(data),
            pair(storage={"type": "nfs", "source": "nas:/export"}, fence=NONE)(data),
        )[0],
        ("pair projects: fence: ", "without a quorum host", NONE),
    ),
    "no heartbeat": (service(heartbeat=None), ("samba_ha_heartbeat: ", "None")),
    "the heartbeat on the interconnect": (
        lambda data: (
            service(heartbeat="10.0.0.0/23")(data),
            settings("file1", samba_ha_heartbeat_address="10.0.1.31")(data),
            settings("file2", samba_ha_heartbeat_address="10.0.1.32")(data),
        )[0],
        ("samba_ha_heartbeat: ", "apart from the interconnect 10.0.0.0/24"),
    ),
    "no address in the heartbeat network": (
        facts("file2", interfaces=["eth0", "br-peers"]),
        ("file2: ", "heartbeat network 10.0.1.0/24"),
    ),
    "one heartbeat address twice": (facts("file2", eth2=interface("10.0.1.31")), ("file1, file2: ", "10.0.1.31 on")),
    "a quorum host outside the interconnect": (
        facts("arbiter1", interfaces=["eth0"]),
        ("arbiter1: ", "interconnect 10.0.0.0/24"),
    ),
    "a host of a pair as target": (server(target="file1"), ("virtual server print: target: ", "Name the pair")),
    "the quorum host as target": (server(target="arbiter1"), ("virtual server print: target: ", "the quorum host")),
    "a name that the pair cannot have": (
        service(virtual_servers=[{"name": "a-name-of-16-chr", "target": "projects"}]),
        ("virtual server a-name-of-16-chr: ", "15 characters"),
    ),
    "a link to a share that the pair does not have": (
        dfs(r"projects\data"),
        ("DFS root dfs: Plans: ", "a share of the pair projects", r"projects\data"),
    ),
    "a link to a share by another name of the pair": (
        lambda data: (pair(aliases=["old"])(data), dfs(r"old.example.com\data")(data))[0],
        ("DFS root dfs: Plans: ", "a share of the pair projects"),
    ),
    "a link to the host of a pair": (dfs(r"file1\plans"), ("DFS root dfs: Plans: ", "by the name of a host")),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_one_fault_is_one_line(case: str) -> None:
    spoil, parts = ONE_FAULT[case]
    data = with_pair()
    spoil(data)
    insist_on_one_fault(data, parts)


# Of two pairs, what is wrong between them.
BETWEEN: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "one name": (pair(1, name="projects"), ("pair projects: ", "each name once")),
    "one address": (pair(1, address="192.0.2.30/24"), ("pair printers: address: ", "192.0.2.30 again")),
    "one disk": (
        lambda data: (
            pair(storage={"type": "device", "source": MIRROR["disks"]["file1"], "fstype": "xfs"})(data),
            pair(1, storage={**MIRROR, "disks": {"print1": "/dev/vg0/a", "print2": MIRROR["disks"]["file1"]}})(data),
        )[0],
        ("pair printers: storage: ", "wwn-0x5000c500a1b2c3d5, which is that of pair projects"),
    ),
    "one storage": (
        pair(storage={"type": "nfs", "source": "nas:/export/print"}),
        ("pair printers: storage: ", "nas:/export/print, which is that of pair projects"),
    ),
    "one host": (
        lambda data: (
            without("print2")(data),
            pair(1, hosts=["print1", "file2"], fence={**FENCE, "hosts": {"print1": {"ip": 1}, "file2": {"ip": 2}}})(
                data
            ),
        )[0],
        ("file2: ", "one pair for each host", "pair projects and pair printers"),
    ),
}


@pytest.mark.parametrize("case", BETWEEN)
def test_pairs_have_nothing_in_common(case: str) -> None:
    spoil, parts = BETWEEN[case]
    data = with_two()
    spoil(data)
    insist_on_one_fault(data, parts)
