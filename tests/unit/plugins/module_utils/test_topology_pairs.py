# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services with pairs: what can be deployed, what is told at once, and the model of it."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology import build_input, known_addresses
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_fence import NONE
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    facts,
    good,
    interface,
    service,
    settings,
    without,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import (
    DISK,
    LUN,
    MIRROR,
    NAS,
    PROJECTS,
    by_sbd,
    dfs,
    fence,
    pair,
    pair_alone,
    pair_host,
    pair_share,
    with_pair,
    with_two,
)

SOUND: dict[str, Callable[[Data], None]] = {
    "as it is": lambda data: None,
    "both functions": pair(functions=["file", "print"]),
    "NFS without a quorum host": lambda data: (without("arbiter1")(data), pair(storage=NAS)(data))[0],
    "a device without a quorum host": lambda data: (without("arbiter1")(data), pair(storage=DISK)(data))[0],
    "a mirror": pair(storage=MIRROR),
    "a mirror of logical volumes of one name": pair(
        storage={**MIRROR, "disks": dict.fromkeys(("file1", "file2"), "/dev/vg0/projects")}
    ),
    "a lab without a fence": pair(fence=NONE),
    "its address on the host that serves": facts("file2", eth0=interface("192.0.2.32", 24, (("192.0.2.30", 24),))),
    "its former address beside it": facts(
        "file2", eth0=interface("192.0.2.32", 24, (("192.0.2.30", 24), ("192.0.2.39", 24)))
    ),
    "one of two heartbeat addresses": lambda data: (
        facts("file1", eth2=interface("10.0.1.31", 24, (("10.0.1.99", 24),)))(data),
        settings("file1", samba_ha_heartbeat_address="10.0.1.31")(data),
    )[0],
    "another name, which leads to it": service(virtual_servers=[{"name": "print", "target": "projects"}]),
    "a link to its share": dfs(r"projects.example.com\Plans\2026"),
    "a link by another name": lambda data: (
        service(virtual_servers=[{"name": "print", "target": "projects"}])(data),
        dfs(r"print\plans")(data),
    )[0],
    "a share whose name the pool has, too": pair_share(
        name="data", path="data", parameters={"hosts allow": "192.0.2."}
    ),
    "SBD on one disk": by_sbd(),
    "SBD on three": by_sbd(f"{LUN}1, {LUN}2,{LUN}3"),
    "SBD on a partition of the disk that the storage is on another one of": lambda data: (
        by_sbd(f"{LUN}1-part1")(data),
        pair(storage={**DISK, "source": f"{LUN}1-part2"})(data),
    )[0],
    "a password by a script": fence(options={"passwd_script": "/usr/local/sbin/fence-password"}),
}


@pytest.mark.parametrize("case", SOUND)
def test_a_sound_pair_has_no_faults(case: str) -> None:
    data = with_pair()
    SOUND[case](data)
    assert topology_faults(data) == []


def test_two_pairs_share_the_quorum_host() -> None:
    data = with_two()
    assert topology_faults(data) == []
    assert [each["quorum"] for each in topology_model(data)["pairs"]] == ["arbiter1", "arbiter1"]


def test_pairs_beside_a_pool_without_front_ends() -> None:
    data = with_pair()
    without("fe1", "fe2")(data)
    service(access="direct", vip=None, public_addresses=[f"192.0.2.{number}/24" for number in (51, 52, 53)])(data)
    assert topology_faults(data) == []


def test_many_faults_are_told_at_once() -> None:
    data = with_two()
    for spoil in (
        without("arbiter1"),
        pair(name="a b", address="192.0.2.30", functions=["mail"], shares=[{"name": "x", "path": "/x"}]),
        fence(agent="x", secrets=None, hosts={"file1": {}, "file9": {}}),
        pair(1, hosts=["print1", "print3"], storage={"type": "nfs"}, fence=NONE),
        service(heartbeat="10.0.1.7/24"),
    ):
        spoil(data)
    assert [fault.split(": wanted")[0] for fault in topology_faults(data)] == [
        "pair a b: address",
        "samba_ha_heartbeat",
        "pair a b: name",
        "pair a b: functions",
        "pair a b: share x: path",
        "pair a b: fence: agent",
        "pair a b: fence: hosts",
        "pair a b: fence: hosts",
        "pair printers: hosts",
        "pair printers: storage: source",
        "print2",
        "pair a b: storage",
        "pair printers: fence",
    ]


def test_hosts_of_pairs_without_pairs_are_told() -> None:
    data = with_pair()
    service(pairs=[], heartbeat=None)(data)
    subjects = [fault.split(": wanted")[0] for fault in topology_faults(data)]
    assert subjects == ["file1", "file2", "topology_quorum_hosts"]


def test_pairs_alone_need_nothing_of_a_pool() -> None:
    data = pair_alone()
    assert topology_faults(data) == []
    model = topology_model(data)
    assert {key: model[key] for key in ("virtual_name", "virtual_addresses", "pool", "frontend", "shares")} == {
        "virtual_name": None,
        "virtual_addresses": [],
        "pool": [],
        "frontend": [],
        "shares": [],
    }
    assert model["client_network"] == "192.0.2.0/24"
    assert model["virtual_servers"]["default"] is None
    assert model["virtual_servers"]["names"] == [{"name": "projects", "backend": "pair-projects"}]


OF_POOL: dict[str, t.Any] = {
    "virtual_name": "files",
    "virtual_aliases": ["archive"],
    "virtual_servers": [{"name": "print", "target": "projects"}],
    "vip": "192.0.2.10/24",
    "public_addresses": ["192.0.2.51/24"],
    "shares": [{"name": "data", "path": "data"}],
    "dfs_roots": [{"name": "dfs", "links": {"Plans": r"projects\plans"}}],
    "transparent": True,
    "access": "direct",
}


def test_pairs_alone_have_nothing_of_a_pool() -> None:
    for variable, value in OF_POOL.items():
        data = pair_alone()
        service(**{variable: value})(data)
        [fault] = topology_faults(data)
        assert fault.startswith(f"samba_ha_{variable}: wanted none, since there are pairs alone"), fault


def test_front_ends_lead_names_of_pairs_to_their_addresses() -> None:
    data = with_pair()
    pair(aliases=["Old"])(data)
    service(virtual_servers=[{"name": "print", "target": "projects", "default": True}])(data)
    servers = topology_model(data)["virtual_servers"]
    assert servers == {
        "default": "pair-projects",
        "names": [
            {"name": "files", "backend": "pool"},
            {"name": "projects", "backend": "pair-projects"},
            {"name": "old", "backend": "pair-projects"},
            {"name": "print", "backend": "pair-projects"},
        ],
        "singles": [{"backend": "pair-projects", "server": "projects", "address": "192.0.2.30", "pool": False}],
        # Those of the pool's own Samba.
        "aliases": [],
    }


def test_without_pairs_the_model_has_nothing_of_them() -> None:
    model = topology_model(good())
    assert (model["pairs"], model["heartbeat_network"]) == ([], None)


def test_no_model_and_no_fault_has_a_secret() -> None:
    data = with_pair()
    assert "s3cret" not in json.dumps(topology_model(data))
    for value in ("s3cret", ["s3cret"], [["s3cret"]], [{"name": "projects", "fence": ["s3cret"]}]):
        service(pairs=value)(data)
        assert "s3cret" not in " ".join(topology_faults(data))


def test_a_pairs_address_never_stands_for_its_host() -> None:
    data = with_pair()
    facts("file2", eth0=interface("192.0.2.30", 24, (("192.0.2.32", 24),)))(data)
    assert topology_model(data)["hosts"]["file2"]["client_address"] == "192.0.2.32"


def test_addresses_of_hosts_of_pairs() -> None:
    hostvars = {"file1": {"ansible_facts": pair_host(31)["facts"]}}
    made = build_input(hostvars, [], [], {}, ((), ()), pair=["file1", "file2"])["hosts"]
    assert known_addresses(made, [PROJECTS["address"]], "10.0.0.0/24", "10.0.1.0/24") == {
        "file1": {"client": "192.0.2.31", "interconnect": "10.0.0.31", "heartbeat": "10.0.1.31"},
        "file2": {"client": None, "interconnect": None, "heartbeat": None},
    }
