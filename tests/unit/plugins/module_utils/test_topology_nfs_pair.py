# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair that exports the pool's files by NFS."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_fence import NONE
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.test_topology_odd_types import ODD
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    direct,
    facts,
    good,
    host,
    insist_on_one_fault,
    interface,
    service,
    settings,
    without,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import (
    DISK,
    FENCE,
    NAS,
    PROJECTS,
    SBD,
    dfs,
    pair,
    pair_host,
)

STORE: dict[str, t.Any] = {
    "name": "store",
    "hosts": ["nas1", "nas2"],
    "functions": ["nfs"],
    "address": "10.0.0.50/24",
    "storage": DISK,
    "fence": {**FENCE, "hosts": {"nas1": {"plug": 1}, "nas2": {"plug": 2}}},
}
LABEL = "pair store: "


def nas(number: int) -> dict[str, t.Any]:
    """A host without an address in the clients' network."""
    made = pair_host(number)
    made["facts"]["interfaces"].remove("eth0")
    return made


def stored(data: Data | None = None, **values: t.Any) -> Data:
    data = data or good()
    data["hosts"] |= {"nas1": nas(51), "nas2": nas(52), "arbiter1": host("quorum", 39)}
    data["known_variables"].append("pair_root")
    pairs = [copy.deepcopy(STORE)]
    service(**{"heartbeat": "10.0.1.0/24", "pairs": pairs, "backend": "nfs", **values})(data)
    return data


def with_projects() -> Data:
    """One that clients dial comes first."""
    data = stored()
    data["hosts"] |= {"file1": pair_host(31), "file2": pair_host(32)}
    data["service"]["samba_ha_pairs"].insert(0, copy.deepcopy(PROJECTS))
    return data


@pytest.mark.parametrize(
    ("values", "options"), [({}, []), ({"nfs": {}}, []), ({"nfs": {"options": "nconnect=4"}}, ["nconnect=4"])]
)
def test_what_the_pool_mounts_follows_from_the_pair(values: dict[str, t.Any], options: list[str]) -> None:
    data = stored(**values)
    assert topology_faults(data) == []
    model = topology_model(data)
    source = "10.0.0.50:/srv/samba_ha/store/files"
    assert model["backend"] == {"type": "nfs", "source": source, "options": options, "xattrs": False}
    (made,) = model["pairs"]
    assert (made["address"], made["prefix"], made["export"]) == ("10.0.0.50", 24, "/srv/samba_ha/store/files")
    assert (made["functions"], made["shares"], made["aliases"]) == (["nfs"], [], [])
    assert [node["links"] for node in made["nodes"]] == [["10.0.0.51", "10.0.1.51"], ["10.0.0.52", "10.0.1.52"]]
    assert (model["hosts"]["nas1"]["client_address"], model["hosts"]["nas1"]["pair"]) == (None, "store")
    assert model["client_network"] == "192.0.2.0/24"


def test_nobody_is_led_to_it_by_its_name() -> None:
    servers = topology_model(stored())["virtual_servers"]
    assert (servers["singles"], [each["name"] for each in servers["names"]]) == ([], ["files"])


def test_a_pair_that_clients_dial_may_be_beside_it() -> None:
    data = with_projects()
    assert topology_faults(data) == []
    model = topology_model(data)
    assert [each["export"] for each in model["pairs"]] == [None, "/srv/samba_ha/store/files"]
    assert model["hosts"]["file1"]["client_address"] == "192.0.2.31"
    assert [each["server"] for each in model["virtual_servers"]["singles"]] == ["projects"]


def test_where_its_storage_is_mounted_may_be_chosen() -> None:
    data = stored()
    for name in ("nas1", "nas2"):
        settings(name, pair_root="/srv/pairs")(data)
    assert topology_model(data)["backend"]["source"] == "10.0.0.50:/srv/pairs/store/files"


def test_its_hosts_may_be_in_the_clients_network_as_well() -> None:
    data = stored()
    data["hosts"]["nas1"] = pair_host(51)
    assert topology_faults(data) == []
    assert topology_model(data)["hosts"]["nas1"]["client_address"] is None


def test_clients_may_reach_the_nodes_themselves() -> None:
    assert topology_faults(stored(direct())) == []


def test_the_address_stays_out_of_the_way_where_pacemaker_has_put_it() -> None:
    data = stored()
    data["hosts"]["nas2"]["facts"]["br_peers"] = interface("10.0.0.52", 24, (("10.0.0.50", 24),))
    assert topology_faults(data) == []
    assert topology_model(data)["hosts"]["nas2"]["interconnect_address"] == "10.0.0.52"


@pytest.mark.parametrize("storage", [{**DISK, "fstype": "ext4"}, {"type": "drbd", "fstype": "xfs"}])
@pytest.mark.parametrize("fence", [STORE["fence"], SBD, NONE])
def test_all_fences_will_do(storage: dict[str, t.Any], fence: object) -> None:
    disks = dict.fromkeys(STORE["hosts"], "/dev/vg0/store") if storage["type"] == "drbd" else None
    data = stored()
    pair(storage={**storage, **({"disks": disks} if disks else {})}, fence=fence)(data)
    assert topology_faults(data) == []
    assert topology_model(data)["pairs"][0]["storage"]["type"] == storage["type"]


def second(data: Data) -> None:
    data["hosts"] |= {"nas3": nas(53), "nas4": nas(54)}
    more = {"name": "more", "hosts": ["nas3", "nas4"], "address": "10.0.0.60/24", "fence": NONE}
    disk = {**DISK, "source": "/dev/disk/by-id/wwn-0x5000c500a1b2c3d9"}
    data["service"]["samba_ha_pairs"].append({**copy.deepcopy(STORE), **more, "storage": disk})


def a_server(data: Data) -> None:
    data["hosts"]["store1"] = host("nfs_server", 59)


def of_node2(data: Data) -> None:
    data["hosts"]["node2"]["facts"]["br_peers"] = interface("10.0.0.50")


def server(target: str) -> t.Callable[[Data], None]:
    return service(virtual_servers=[{"name": "print", "target": target}])


@pytest.mark.parametrize(
    ("spoil", "parts"),
    [
        (pair(functions=["nfs", "file"]), (f"{LABEL}functions", "nfs by itself", "Make another pair")),
        (pair(shares=[{"name": "x", "path": "x"}]), (f"{LABEL}shares", "its function is nfs", "samba_ha_shares")),
        (pair(aliases=["nas"]), (f"{LABEL}aliases", "the nodes mount by its address", "Remove them")),
        (pair(storage={"type": "gluster"}), (f"{LABEL}storage: type", "device or drbd", "samba_ha_backend: gluster")),
        (pair(storage=NAS), (f"{LABEL}storage: type", "device or drbd", "'nfs'", "samba_ha_nfs: source")),
        (pair(address="192.0.2.50/24"), (f"{LABEL}address", "in the interconnect 10.0.0.0/24", "'192.0.2.50/24'")),
        (pair(address="10.0.0.50/16"), (f"{LABEL}address", "with its prefix", "'10.0.0.50/16'")),
        (pair(address="10.0.0.50"), (f"{LABEL}address", "with its prefix", "'10.0.0.50'")),
        (pair(address=None), (f"{LABEL}address", "in the interconnect", "None")),
        (pair(address="10.0.0.255/24"), (f"{LABEL}address", "its broadcast address")),
        (of_node2, ("node2: samba_ha_pairs", "that no host has as its own", "10.0.0.50/24 on br-peers", "Pacemaker")),
        (
            settings("nas1", samba_ha_interconnect_address="10.0.0.50"),
            ("nas1: samba_ha_interconnect_address", "an address of the host's own", "the address of the pair 10.0"),
        ),
        (pair(name="node1"), ("node1: pair node1: ", "the name of this host")),
        (pair(name="files"), ("pair files: ", "each name once", "as samba_ha_virtual_name")),
        (without("nas2"), (f"{LABEL}hosts", "'nas2', which is none")),
        (second, ("samba_ha_pairs", "one pair with the function nfs at most", "2 (pair store, pair more)")),
        (a_server, ("topology_nfs_server_hosts", "none, since the pool's files are on the pair store", "store1")),
        (service(nfs={"source": "nas:/x"}), ("samba_ha_nfs: source", "on the pair store (samba_ha_pairs)")),
        (service(backend="gluster"), (f"{LABEL}functions", "no nfs, since samba_ha_backend is gluster", "say samba")),
        (service(backend="mounted", mounted="/srv/x"), (f"{LABEL}functions", "no nfs, since samba_ha_backend is")),
        (
            facts("nas2", distribution_major_version="12", distribution_release="bookworm"),
            ("nas2", "Debian 13, as an NFS server", "Upgrade it"),
        ),
        (settings("nas2", pair_root="/srv/x"), ("nas2: pair_root", "the same path for all hosts", "'/srv/x'")),
        (server("store"), ("virtual server print: target", "store, a pair that serves the pool by NFS", "`pool`")),
        (dfs("store\\data"), ("DFS root dfs: Plans", "a server of shares", "of a pair that serves the pool by NFS")),
    ],
)
def test_what_does_not_fit_it_is_one_fault(spoil: t.Callable[[Data], t.Any], parts: tuple[str, ...]) -> None:
    data = stored()
    spoil(data)
    insist_on_one_fault(data, parts)


def test_its_own_address_has_to_be_free() -> None:
    data = stored()
    data["hosts"]["node2"]["facts"]["br_peers"] = interface("10.0.0.12", 24, (("10.0.0.50", 24),))
    insist_on_one_fault(data, ("node2: samba_ha_pairs", "that no host has as its own", "10.0.0.50/24"))


def test_no_pair_mounts_from_it() -> None:
    data = with_projects()
    pair(storage={**NAS, "source": "10.0.0.50:/srv/samba_ha/store/files"})(data)
    insist_on_one_fault(data, ("pair projects: storage: source", "another server than pair store"))


def test_without_a_pool_nobody_would_mount_it() -> None:
    data = stored(virtual_name=None, vip=None, shares=[])
    without("node1", "node2", "node3", "fe1", "fe2")(data)
    told = [fault for fault in topology_faults(data) if fault.startswith(LABEL)]
    assert told and "no nfs, since there are pairs alone, and no pool" in told[0]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", [*STORE, "shares", "aliases"])
def test_odd_types_never_end_in_a_traceback(key: str, value: object) -> None:
    data = stored()
    data["service"]["samba_ha_pairs"][0][key] = value
    assert all(": wanted " in fault for fault in topology_faults(data))
    data = stored()
    data["service"]["samba_ha_pairs"][0]["storage"] = {**DISK, "type": value}
    data["hosts"]["nas1"]["settings"]["pair_root"] = value
    assert all(": wanted " in fault for fault in topology_faults(data))
    data["service"]["samba_ha_interconnect"] = value
    assert all(": wanted " in fault for fault in topology_faults(data))
