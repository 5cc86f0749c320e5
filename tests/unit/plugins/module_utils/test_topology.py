# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _topology
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    good,
    interface,
    service,
    shares,
)


def test_model_of_the_smallest_inventory() -> None:
    model = topology_model(good())
    node1 = {
        "name": "node1",
        "client_address": "192.0.2.11",
        "client_interface": "eth0",
        "interconnect_address": "10.0.0.11",
        "interconnect_interface": "br-peers",
    }
    assert model["virtual_name"] == "files"
    assert model["virtual_addresses"] == [{"address": "192.0.2.10", "prefix": 24}]
    assert model["client_network"] == "192.0.2.0/24"
    assert model["interconnect_network"] == "10.0.0.0/24"
    assert model["pool"][0] == node1
    assert [host["name"] for host in model["pool"]] == ["node1", "node2", "node3"]
    assert [host["name"] for host in model["frontend"]] == ["fe1", "fe2"]
    assert model["hosts"]["node1"] == {**node1, "role": "pool"}
    assert model["hosts"]["fe2"]["role"] == "frontend"
    assert model["shares"] == [
        {
            "name": "data",
            "path": "data",
            "comment": "",
            "read_only": False,
            "users": None,
            "parameters": {},
            "nfs": False,
        }
    ]


def test_one_vip_is_the_same_in_a_list_and_by_itself() -> None:
    data = good()
    service(vip=["192.0.2.10/24"])(data)
    assert topology_model(data) == topology_model(good())


def test_vips_keep_their_order() -> None:
    data = good()
    service(vip=["192.0.2.30/24", "192.0.2.10/24"])(data)
    model = topology_model(data)
    assert [each["address"] for each in model["virtual_addresses"]] == ["192.0.2.30", "192.0.2.10"]
    assert model["client_network"] == "192.0.2.0/24"


def test_model_carries_no_passwords() -> None:
    assert "s3cret" not in json.dumps(topology_model(good()))


def test_model_normalises_a_share() -> None:
    data = good()
    data["service"]["samba_ha_shares"] = [
        {
            "name": "Team",
            "path": "./teams//sales/",
            "comment": "ours",
            "read_only": "yes",
            "users": ["bob"],
            "nfs": True,
            "parameters": {"Level2  Oplocks": False, "max connections": 5},
        }
    ]
    assert topology_model(data)["shares"] == [
        {
            "name": "Team",
            "path": "teams/sales",
            "comment": "ours",
            "read_only": True,
            "users": ["bob"],
            "nfs": True,
            "parameters": {"level2 oplocks": "no", "max connections": "5"},
        }
    ]


def test_override_chooses_among_several_addresses() -> None:
    data = good()
    data["hosts"]["node1"]["facts"]["eth0"] = interface("192.0.2.11", 24, (("192.0.2.99", 24),))
    data["hosts"]["node1"]["settings"]["samba_ha_client_address"] = "192.0.2.99"
    assert topology_model(data)["pool"][0]["client_address"] == "192.0.2.99"


def test_vip_of_keepalived_never_stands_for_the_front_end() -> None:
    data = good()
    data["hosts"]["fe1"]["facts"]["eth0"] = interface("192.0.2.21", 24, (("192.0.2.10", 32),))
    assert topology_model(data)["frontend"][0]["client_address"] == "192.0.2.21"


def test_model_refuses_an_undecided_address() -> None:
    data = good()
    data["hosts"]["node1"]["facts"]["eth0"] = interface("192.0.2.11", 24, (("192.0.2.99", 24),))
    with pytest.raises(ValueError, match="node1"):
        topology_model(data)


def test_derived_uid_is_the_same_in_all_runs() -> None:
    # Known values: a change of the derivation would give the files of all users to others.
    assert [_topology.derived_uid(name) for name in ("alice", "bob")] == [90207, 88650]


def test_derived_uids_stay_in_their_range() -> None:
    uids = {_topology.derived_uid(f"user{number}") for number in range(2000)}
    assert min(uids) >= 70000
    assert max(uids) <= 99999


def test_uid_does_not_depend_on_the_order_of_the_list() -> None:
    forward, backward = good(), good()
    backward["service"]["samba_ha_users"].reverse()
    uids = [{user["name"]: user["uid"] for user in topology_model(data)["users"]} for data in (forward, backward)]
    assert uids[0] == uids[1]


@pytest.mark.parametrize(("given", "expected"), [(5000, 5000), ("5000", 5000)])
def test_given_uid_is_kept(given: object, expected: int) -> None:
    assert _topology.user_uid({"name": "alice", "uid": given}) == expected


def test_label_of_an_address_is_no_interface() -> None:
    facts = {
        "interfaces": ["eth0", "eth0:1"],
        "eth0": interface("192.0.2.11", 24, (("192.0.2.12", 24),)),
        "eth0:1": interface("192.0.2.12"),
    }
    assert _topology.host_addresses(facts) == [
        _topology.HostAddress("eth0", "192.0.2.11", 24),
        _topology.HostAddress("eth0", "192.0.2.12", 24),
    ]


def test_netmask_stands_for_a_missing_prefix() -> None:
    facts = {"interfaces": ["eth0"], "eth0": {"ipv4": {"address": "192.0.2.11", "netmask": "255.255.254.0"}}}
    assert _topology.host_addresses(facts) == [_topology.HostAddress("eth0", "192.0.2.11", 23)]


class Hostvars(dict[str, t.Any]):
    """Variables of one host; reading one that must not be rendered fails the test."""

    def __getitem__(self, key: str) -> t.Any:
        assert key != "vault_password", "a secret was rendered"
        return super().__getitem__(key)


def test_input_names_variables_without_reading_them() -> None:
    hostvars = {
        "node1": Hostvars(ansible_facts={"interfaces": []}, vault_password="x", gluster_replica=3),
        "fe1": Hostvars(ansible_host="192.0.2.21"),
        "print1": Hostvars(samba_ha_client_address="192.0.2.31", vault_password="x"),
    }
    targets = [{"target": "print1"}, {"target": "node1"}, {"target": "pool"}, {"target": ["odd"]}, "odd"]
    service_variables = {"samba_ha_virtual_servers": targets}
    known = ({"b", "a"}, {"samba_ha"})
    data = _topology.build_input(hostvars, ["node1"], ["fe1", "node1", "gone"], service_variables, known)
    assert data == {
        "hosts": {
            "node1": {
                "roles": ["pool", "frontend"],
                "facts": {"interfaces": []},
                "variables": ["ansible_facts", "vault_password", "gluster_replica"],
                "settings": {"gluster_replica": 3},
            },
            "fe1": {
                "roles": ["frontend"],
                "facts": {},
                "variables": ["ansible_host"],
                "settings": {"ansible_host": "192.0.2.21"},
            },
            "gone": {"roles": ["frontend"], "facts": {}, "variables": [], "settings": {}},
        },
        "targets": {
            "print1": {
                "facts": {},
                "variables": ["samba_ha_client_address", "vault_password"],
                "settings": {"samba_ha_client_address": "192.0.2.31"},
            }
        },
        "service": service_variables,
        "known_variables": ["a", "b"],
        "prefixes": ["samba_ha"],
    }


def test_vip_outside_its_network_is_told_for_every_host() -> None:
    data = good()
    service(vip="203.0.113.10/24")(data)
    faults = topology_faults(data)
    assert [fault.split(":")[0] for fault in faults] == ["node1", "node2", "node3", "fe1", "fe2"]


def test_share_without_a_path_is_still_judged_for_nfs() -> None:
    data = good()
    shares({"name": "data", "nfs": True})(data)
    assert [fault.split(": wanted")[0] for fault in topology_faults(data)] == ["share data: path", "share data"]
