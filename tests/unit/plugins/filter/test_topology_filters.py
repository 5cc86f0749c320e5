# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.filter import topology
from ansible_collections.samba_ha.cluster.plugins.module_utils import _topology
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_model import topology_model
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import good, host

FILTERS = topology.FilterModule().filters()
POOL, FRONTEND = ["node1", "node2", "node3"], ["fe1", "fe2"]


def hostvars() -> dict[str, dict[str, t.Any]]:
    return {name: {"ansible_facts": host["facts"], "samba_ha_vip": "x"} for name, host in good()["hosts"].items()}


def test_faults_of_a_good_inventory() -> None:
    assert FILTERS["topology_faults"](hostvars(), POOL, FRONTEND, good()["service"]) == []


def test_names_are_judged_by_the_argument_specs_of_the_collection() -> None:
    variables = hostvars()
    variables["node2"]["samba_ha_virtual_nam"] = "files"
    [fault] = FILTERS["topology_faults"](variables, POOL, FRONTEND, good()["service"])
    assert "Did you mean samba_ha_virtual_name?" in fault


def test_model_of_a_good_inventory() -> None:
    assert FILTERS["topology_model"](hostvars(), POOL, FRONTEND, good()["service"]) == topology_model(good())


def test_an_nfs_server_is_known_with_its_path() -> None:
    variables = hostvars()
    variables["store1"] = {"ansible_facts": host("nfs_server", 50)["facts"], "nfs_server_path": "/srv/files"}
    service = {**good()["service"], "samba_ha_backend": "nfs"}
    assert FILTERS["topology_faults"](variables, POOL, FRONTEND, service, nfs_server=["store1"]) == []
    model = FILTERS["topology_model"](variables, POOL, FRONTEND, service, nfs_server=["store1"])
    assert model["backend"]["source"] == "10.0.0.50:/srv/files"


def test_known_variables_come_from_all_entry_points(tmp_path: Path) -> None:
    specs = {
        "ctdb": "argument_specs: {main: {options: {ctdb_a: {}}}, verify: {options: {ctdb_b: {}}}, other: {}}",
        "smbd": "argument_specs: {main: {options: {smbd_a: {}}}}",
    }
    for role, text in specs.items():
        (tmp_path / role / "meta").mkdir(parents=True)
        (tmp_path / role / "meta" / "argument_specs.yml").write_text(text)
    assert topology.known_variables(tmp_path) == (
        {"ctdb_a", "ctdb_b", "smbd_a", "samba_ha_topology"},
        {"ctdb", "smbd", "samba_ha"},
    )


def test_addresses_are_those_that_clients_do_not_use() -> None:
    variables = hostvars()
    variables["node1"]["ansible_facts"]["eth0"]["ipv4_secondaries"] = [{"address": "192.0.2.31", "prefix": "24"}]
    variables["node3"]["ansible_facts"] = {}
    found = FILTERS["topology_addresses"](variables, POOL, ["192.0.2.31/24", "192.0.2.32/24"], "10.0.0.0/24")
    assert found == {
        "node1": {"client": "192.0.2.11", "interconnect": "10.0.0.11"},
        "node2": {"client": "192.0.2.12", "interconnect": "10.0.0.12"},
        "node3": {"client": None, "interconnect": None},
    }


@pytest.mark.parametrize("entries", [[], ["192.0.2.31"], ["192.0.2.31/24", None]])
def test_addresses_need_what_clients_use(entries: list[t.Any]) -> None:
    with pytest.raises(AnsibleFilterError, match=r"addresses for clients .*, samba_ha_interconnect 10"):
        FILTERS["topology_addresses"](hostvars(), POOL, entries, "10.0.0.0/24")


def test_missing_netaddr_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_topology, "NETADDR_ERROR", ImportError("netaddr"))
    with pytest.raises(AnsibleFilterError, match="netaddr"):
        FILTERS["topology_faults"](hostvars(), POOL, FRONTEND, good()["service"])
