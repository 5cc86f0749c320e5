# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of the service that exports the pool's files by NFS."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
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
    NAS,
    pair,
    pair_alone,
    with_pair,
)

PARTS = ("topology_nfs_server_hosts",)


def add(data: Data, name: str = "store1", number: int = 50) -> Data:
    """The host, in the interconnect alone; its path is not said."""
    data["hosts"][name] = host("nfs_server", number)
    data["hosts"][name]["facts"]["interfaces"].remove("eth0")
    data["known_variables"].append("nfs_server_path")
    return data


def stored(**values: t.Any) -> Data:
    data = add(good())
    service(backend="nfs", **values)(data)
    return data


@pytest.mark.parametrize(
    ("values", "options"), [({}, []), ({"nfs": None}, []), ({"nfs": {"options": "nconnect=4"}}, ["nconnect=4"])]
)
def test_what_the_pool_mounts_follows_from_the_host(values: dict[str, t.Any], options: list[str]) -> None:
    data = stored(**values)
    assert topology_faults(data) == []
    model = topology_model(data)
    backend = {"type": "nfs", "source": "10.0.0.50:/srv/export", "options": options, "xattrs": False}
    assert model["backend"] == backend
    assert model["hosts"]["store1"] == {
        "name": "store1",
        "client_address": None,
        "client_interface": None,
        "interconnect_address": "10.0.0.50",
        "interconnect_interface": "br-peers",
        "role": "nfs_server",
    }
    assert "store1" not in [each["name"] for each in (*model["pool"], *model["frontend"])]


def test_its_address_and_path_may_be_chosen() -> None:
    data = stored()
    data["hosts"]["store1"]["facts"]["br_peers"] = interface("10.0.0.50", 24, (("10.0.0.51", 24),))
    insist_on_one_fault(data, ("store1", "one address in the interconnect", "samba_ha_interconnect_address"))
    settings("store1", samba_ha_interconnect_address="10.0.0.51", nfs_server_path="/srv/files")(data)
    assert topology_faults(data) == []
    assert topology_model(data)["backend"]["source"] == "10.0.0.51:/srv/files"


def test_it_may_be_in_the_clients_network_as_well() -> None:
    data = stored()
    data["hosts"]["store1"] = host("nfs_server", 50)
    assert topology_faults(data) == []
    assert topology_model(data)["hosts"]["store1"]["client_address"] is None


def test_it_needs_an_address_in_the_interconnect() -> None:
    data = stored()
    data["hosts"]["store1"]["facts"]["interfaces"] = ["lo"]
    insist_on_one_fault(data, ("store1", "an interface in the interconnect 10.0.0.0/24", "no address"))


def test_no_other_host_has_its_address() -> None:
    data = stored()
    data["hosts"]["store1"]["facts"]["br_peers"] = interface("10.0.0.12")
    insist_on_one_fault(data, ("node2, store1", "an address for each host in the interconnect", "10.0.0.12"))


def test_clients_may_reach_the_nodes_themselves() -> None:
    data = add(direct())
    service(backend="nfs")(data)
    assert topology_faults(data) == []


def in_the_pool(data: Data) -> None:
    del data["hosts"]["store1"]
    data["hosts"]["node2"]["roles"].append("nfs_server")


@pytest.mark.parametrize(
    ("spoil", "parts"),
    [
        (in_the_pool, ("node2", "one role for each host", "it is in the pool and the NFS server")),
        (lambda data: add(data, "store2", 51), (*PARTS, "one host at most", "2 (store1, store2)", "Keep one")),
        (service(backend="gluster"), (*PARTS, "none, since samba_ha_backend is gluster", "store1", "backend: nfs")),
        (service(backend="mounted", mounted="/srv/gfs2"), (*PARTS, "none, since samba_ha_backend is mounted")),
        (service(backend="ceph"), ("samba_ha_backend", "'ceph'")),
        (service(nfs={"source": "nas1:/x"}), ("samba_ha_nfs: source", "since the files are on store1", "'nas1:/x'")),
        (service(nfs={"source": "10.0.0.50:/srv/export"}), ("samba_ha_nfs: source", *PARTS, "Remove it")),
        (service(nfs={"options": "soft"}), ("samba_ha_nfs: options", "'soft'")),
        (service(nfs="nas1:/x"), ("samba_ha_nfs", "a mapping", "a string")),
        (settings("store1", nfs_server_path="srv"), ("store1: nfs_server_path", "'srv'", "such as /srv/export")),
        (settings("store1", nfs_server_path="/srv/the files"), ("store1: nfs_server_path", "'/srv/the files'")),
        (settings("store1", nfs_server_path="/srv/../x"), ("store1: nfs_server_path", "'/srv/../x'")),
        (settings("store1", nfs_server_path="/"), ("store1: nfs_server_path", "'/'")),
        (
            facts("store1", distribution_major_version="12", distribution_release="bookworm"),
            ("store1", "Debian 13, as an NFS server", "Debian 12", "Upgrade it"),
        ),
        (without("node3"), ("topology_pool_hosts", "3 or more pool hosts")),
    ],
)
def test_what_does_not_fit_it_is_one_fault(spoil: t.Callable[[Data], t.Any], parts: tuple[str, ...]) -> None:
    data = stored()
    spoil(data)
    insist_on_one_fault(data, parts)


def test_pairs_alone_have_no_use_for_it() -> None:
    for values in ({}, {"backend": "nfs"}):
        data = add(pair_alone())
        service(**values)(data)
        told = [fault for fault in topology_faults(data) if fault.startswith(PARTS[0])]
        (fault,) = told
        assert "wanted none, since there are pairs alone, and no pool; found store1." in fault


@pytest.mark.parametrize("server", ["store1", "10.0.0.50"])
def test_no_pair_mounts_from_it(server: str) -> None:
    data = add(with_pair())
    service(backend="nfs")(data)
    pair(storage=copy.deepcopy(NAS))(data)
    assert topology_faults(data) == []
    pair(storage={**NAS, "source": f"{server}:/srv/export"})(data)
    parts = ("pair projects: storage: source", "another server than store1", f"found {server}:/srv/export")
    insist_on_one_fault(data, parts)


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_types_never_end_in_a_traceback(value: object) -> None:
    for variable in ("samba_ha_nfs", "samba_ha_backend", "samba_ha_pairs"):
        data = stored()
        data["service"][variable] = value
        assert all(": wanted " in fault for fault in topology_faults(data))
    data = stored()
    data["hosts"]["store1"]["settings"]["nfs_server_path"] = value
    assert all(": wanted " in fault for fault in topology_faults(data))
    data["hosts"]["store1"]["facts"] = value
    assert all(": wanted " in fault for fault in topology_faults(data))
