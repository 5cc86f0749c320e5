# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services with pairs: what can be deployed, what is told at once, and the model of it."""

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_fence import NONE
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    service,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import (
    DISK,
    LUN,
    MIRROR,
    NAS,
    by_sbd,
    pair,
    with_pair,
)


def test_model_of_a_fence_by_sbd() -> None:
    data = with_pair()
    by_sbd(f"{LUN}1")(data)
    [made] = topology_model(data)["pairs"]
    assert made["fence"] == {"agent": "fence_sbd", "options": {"devices": f"{LUN}1"}, "hosts": {}}


def test_model_of_a_pair() -> None:
    data = with_pair()
    pair(aliases=["old"])(data)
    service(virtual_servers=[{"name": "print", "aliases": ["printers.example.com"], "target": "projects"}])(data)
    model = topology_model(data)
    assert model["heartbeat_network"] == "10.0.1.0/24"
    [made] = model["pairs"]
    assert made == {
        "name": "projects",
        "aliases": ["old", "print", "printers.example.com"],
        "address": "192.0.2.30",
        "prefix": 24,
        "hosts": ["file1", "file2"],
        "nodes": [
            {"name": "file1", "id": 31, "links": ["10.0.0.31", "10.0.1.31"]},
            {"name": "file2", "id": 32, "links": ["10.0.0.32", "10.0.1.32"]},
        ],
        "functions": ["file"],
        "shares": [
            {
                "name": "plans",
                "path": "plans",
                "comment": "",
                "read_only": False,
                "users": None,
                "parameters": {},
                "nfs": False,
            }
        ],
        "storage": {"type": "gluster", "source": "localhost:/projects", "options": "", "fstype": "glusterfs"},
        "export": None,
        "bricks": ["10.0.0.31", "10.0.0.32", "10.0.0.33"],
        "mirror": [],
        "fence": {
            "agent": "fence_ipmilan",
            "options": {"lanplus": "1", "username": "fence"},
            "hosts": {"file1": {"ip": "198.51.100.11"}, "file2": {"ip": "198.51.100.12"}},
        },
        "quorum": "arbiter1",
    }
    assert model["hosts"]["file2"] == {
        "name": "file2",
        "client_address": "192.0.2.32",
        "client_interface": "eth0",
        "interconnect_address": "10.0.0.32",
        "interconnect_interface": "br-peers",
        "heartbeat_address": "10.0.1.32",
        "heartbeat_interface": "eth2",
        "role": "pair",
        "pair": "projects",
    }
    assert model["hosts"]["arbiter1"]["role"] == "quorum"
    assert "pair" not in model["hosts"]["node1"]


@pytest.mark.parametrize(
    ("values", "storage", "wanted"),
    [
        ({}, NAS, {**NAS, "fstype": "nfs"}),
        ({}, DISK, {**DISK, "options": ""}),
        ({}, MIRROR, {"type": "drbd", "source": "/dev/drbd945", "fstype": "ext4", "options": "noatime"}),
        ({"fence": NONE}, {"type": "gluster"}, None),
    ],
)
def test_storage_and_fence_are_filled_in(values: Data, storage: Data, wanted: Data | None) -> None:
    data = with_pair()
    pair(storage=storage, **values)(data)
    [made] = topology_model(data)["pairs"]
    if wanted is None:
        assert made["fence"] is None
    else:
        assert (made["storage"], made["bricks"]) == (wanted, [])


def test_each_host_has_its_own_disk_of_a_mirror() -> None:
    data = with_pair()
    pair(storage=MIRROR, hosts=["file2", "file1"])(data)
    [made] = topology_model(data)["pairs"]
    assert made["mirror"] == [
        {"name": "file2", "address": "10.0.0.32", "disk": "/dev/vg0/projects"},
        {"name": "file1", "address": "10.0.0.31", "disk": "/dev/disk/by-id/wwn-0x5000c500a1b2c3d5"},
    ]


def test_numbers_of_nodes_stay_when_hosts_change_places() -> None:
    data = with_pair()
    pair(hosts=["file2", "file1"])(data)
    [made] = topology_model(data)["pairs"]
    assert [(node["name"], node["id"]) for node in made["nodes"]] == [("file2", 32), ("file1", 31)]
