# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles are told of the pairs of an example, on each kind of host."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.samba_ha.cluster.plugins.filter.topology import FilterModule

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "inventories/examples/full.yml"
SECRETS = {"vault_alice": "a", "vault_bob": "b", "vault_carol": "c", "vault_ipmi": "s3cret", "vault_apc": "s3cret2"}
GROUPS = ("pool", "frontend", "pair", "quorum")
COMMON = ["gluster_nodes", "gluster_arbiter_volumes", "firewall_rules", "__status_units_of"]
OF_PAIR = [
    "pair_name",
    "pair_aliases",
    "pair_address",
    "pair_prefix",
    "pair_nodes",
    "pair_own",
    "pair_interface",
    "pair_functions",
    "pair_shares",
    "pair_users",
    "pair_group",
    "pair_storage",
    "pair_fence",
    "pair_quorum_host",
    "pair_quorum_address",
    "pair_profile",
]
ASKED = {"node1": COMMON, "fe1": ["firewall_rules"], "arbiter1": COMMON}
ASKED |= {name: [*COMMON, *OF_PAIR] for name in ("file1", "file2")}
ASKED["draw1"] = ["firewall_rules", "__status_units_of", *OF_PAIR]
OF_MIRROR = ["drbd_name", "drbd_own", "drbd_nodes", "drbd_device", "drbd_fstype", "drbd_port", "drbd_profile"]
OF_MIRROR += ["drbd_token", "pair_storage", "firewall_rules", "__status_units_of"]
OF_MIRROR += ["__failover_copies", "__drill_pair_copies"]
# What drbd_info has returned, while the playbooks failover and drill wait for file2 of the pair projects.
COPIES = [{"number": 0, "whole": False}]
RESOURCES = {"resources": [{"name": "other", "volumes": [{"whole": True}]}, {"name": "projects", "volumes": COPIES}]}
SEEN = {"host": "file2", "__failover_mirror": RESOURCES, "__drill_mirror": RESOURCES}
MIRROR = {
    "type": "drbd",
    "disks": {"file1": "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4", "file2": "/dev/vg0/projects"},
    "fstype": "xfs",
}


def facts(number: int) -> dict[str, t.Any]:
    nets = {"eth0": "192.0.2", "eth1": "10.0.0", "eth2": "10.0.1"}
    made = {device: {"ipv4": {"address": f"{net}.{number}", "prefix": "24"}} for device, net in nets.items()}
    return {"distribution": "Debian", "distribution_major_version": "13", "interfaces": [*nets], **made}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, t.Any]]:
    """The variables of each host that is asked."""
    inventory = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["all"]
    return tell(tmp_path_factory.mktemp("pairs"), inventory, ASKED)


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """The variables of the second host of a pair whose storage is mirrored."""
    inventory = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["all"]
    inventory["vars"]["samba_ha_pairs"][0]["storage"] = MIRROR
    return tell(tmp_path_factory.mktemp("mirror"), inventory, {"file2": OF_MIRROR})["file2"]


def tell(tmp_path: Path, inventory: dict[str, t.Any], wanted: dict[str, list[str]]) -> dict[str, dict[str, t.Any]]:
    """By hosts, the variables that are asked for, as Ansible makes them of the inventory."""
    groups = {name: inventory["children"][f"samba_ha_{name}"]["hosts"] for name in GROUPS}
    first = {"pool": 11, "frontend": 21, "pair": 103, "quorum": 109}
    hostvars = {
        name: {**(values or {}), "ansible_facts": facts(first[group] + index)}
        for group, hosts in groups.items()
        for index, (name, values) in enumerate(hosts.items())
    }
    defaults = yaml.safe_load((ROOT / "roles/topology/defaults/main.yml").read_text(encoding="utf-8"))
    service = {**defaults, **inventory["vars"]}
    model = FilterModule().filters()["topology_model"](
        hostvars,
        *(list(groups[name]) for name in GROUPS[:2]),
        service,
        **{name: [*groups[name]] for name in GROUPS[2:]},
    )
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "ansible_user": None}
    hosts = {name: {"asked": asked} for name, asked in wanted.items()}
    variables = {**inventory["vars"], **SECRETS, **local, **SEEN, "samba_ha_topology": model}
    text = yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}, sort_keys=False)
    (tmp_path / "hosts.yml").write_text(text, encoding="utf-8")
    task = {
        "ansible.builtin.copy": {
            "content": "{{ dict(asked | zip(query('ansible.builtin.vars', *asked))) | to_json }}",
            "dest": f"{tmp_path}/{{{{ inventory_hostname }}}}.json",
        },
        # The playbooks ask the first host of a group, of which there is none here.
        "vars": {"__status_service": "{{ hostvars[inventory_hostname] }}"},
    }
    files = [str(ROOT / f"playbooks/vars/{name}.yml") for name in ("places", "roles", "status", "failover", "drill")]
    play = [{"hosts": "all", "gather_facts": False, "vars_files": files, "tasks": [task]}]
    (tmp_path / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    program = str(Path(sys.executable).parent / "ansible-playbook")
    argv = [program, f"{tmp_path}/play.yml", "-i", f"{tmp_path}/hosts.yml"]
    done = subprocess.run(argv, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return {name: json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8")) for name in wanted}


def opened(variables: dict[str, t.Any]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """Protocol, ports, interface and sources of the firewall's rules."""
    return {
        (rule["protocol"], ",".join(rule.get("ports", [])), rule["interface"], tuple(rule.get("sources", [])))
        for rule in variables["firewall_rules"]
    }


BRICKS = ("10.0.0.103", "10.0.0.104", "10.0.0.109")
GLUSTER = ("tcp", "24007-24008,49152-49251", "eth1", BRICKS)
SMB = ("tcp", "445", "eth0", ())


def test_a_pair_is_told_of_itself(told: dict[str, dict[str, t.Any]]) -> None:
    wanted = {
        "pair_name": "projects",
        "pair_aliases": ["work"],
        "pair_address": "192.0.2.30",
        "pair_prefix": 24,
        "pair_own": "file2",
        "pair_interface": "eth1",
        "pair_nodes": [
            {"name": "file1", "id": 103, "links": ["10.0.0.103", "10.0.1.103"]},
            {"name": "file2", "id": 104, "links": ["10.0.0.104", "10.0.1.104"]},
        ],
        "pair_functions": ["file"],
        "pair_group": "samba_ha",
        "pair_quorum_host": "arbiter1",
        "pair_quorum_address": "10.0.0.109",
        "pair_profile": "balanced",
    }
    assert {key: told["file2"][key] for key in wanted} == wanted
    assert [share["name"] for share in told["file2"]["pair_shares"]] == ["plans"]
    assert {"name": "alice", "password": "a", "uid": 90207} in told["file2"]["pair_users"]
    assert told["file2"]["pair_storage"]["source"] == "localhost:/projects"
    assert told["draw1"]["pair_aliases"] == ["plotter"]


def test_secrets_of_a_fence_reach_the_role(told: dict[str, dict[str, t.Any]]) -> None:
    assert told["file1"]["pair_fence"] == {
        "agent": "fence_ipmilan",
        "options": {"lanplus": "1", "username": "fence"},
        "hosts": {"file1": {"ip": "198.51.100.31"}, "file2": {"ip": "198.51.100.32"}},
        "secrets": {"password": "s3cret"},
    }
    assert told["draw1"]["pair_fence"]["secrets"] == {"community": "s3cret2"}


def test_the_volumes_of_pairs_are_apart_from_those_of_the_pool(told: dict[str, dict[str, t.Any]]) -> None:
    assert told["node1"]["gluster_nodes"] == ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
    assert told["node1"]["gluster_arbiter_volumes"] == []
    for name in ("file1", "arbiter1"):
        assert told[name]["gluster_nodes"] == [*BRICKS]
        assert told[name]["gluster_arbiter_volumes"] == [{"name": "projects", "nodes": [*BRICKS]}]


def test_the_hosts_of_a_pair_let_in_who_needs_them(told: dict[str, dict[str, t.Any]]) -> None:
    links = (("10.0.0.103", "10.0.0.104"), ("10.0.1.103", "10.0.1.104"))
    corosync = {("udp", f"{5404 + number}", f"eth{number}", peers) for number, peers in enumerate(links, start=1)}
    assert opened(told["file1"]) == {SMB, GLUSTER, *corosync}


def test_a_pair_without_bricks_needs_no_gluster(told: dict[str, dict[str, t.Any]]) -> None:
    rules = opened(told["draw1"])
    assert SMB in rules
    assert not any("24007" in rule[1] for rule in rules)


def test_gluster_is_asked_for_where_there_is_a_brick(
    told: dict[str, dict[str, t.Any]], mirrored: dict[str, t.Any]
) -> None:
    daemon = {"name": "glusterd.service"}
    for name in ("file1", "arbiter1"):
        assert daemon in told[name]["__status_units_of"]["pair" if name == "file1" else "quorum"]
    assert daemon not in told["draw1"]["__status_units_of"]["pair"]
    # No other pair of the example has a volume.
    for part in ("pair", "quorum"):
        assert daemon not in mirrored["__status_units_of"][part]


def test_the_quorum_host_lets_in_the_hosts_of_all_pairs(told: dict[str, dict[str, t.Any]]) -> None:
    voters = tuple(f"10.0.0.{number}" for number in (103, 104, 105, 106))
    assert opened(told["arbiter1"]) == {GLUSTER, ("tcp", "5403", "eth1", voters)}


def test_the_pool_does_not_hear_of_pairs(told: dict[str, dict[str, t.Any]]) -> None:
    sources = {source for name in ("node1", "fe1") for rule in opened(told[name]) for source in rule[3]}
    assert not sources & {*BRICKS}


def test_the_role_drbd_is_told_of_both_disks(mirrored: dict[str, t.Any]) -> None:
    assert mirrored["drbd_nodes"] == [
        {"name": "file1", "address": "10.0.0.103", "disk": "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"},
        {"name": "file2", "address": "10.0.0.104", "disk": "/dev/vg0/projects"},
    ]
    assert (mirrored["drbd_name"], mirrored["drbd_own"], mirrored["drbd_fstype"]) == ("projects", "file2", "xfs")
    assert (mirrored["drbd_profile"], mirrored["drbd_token"]) == ("balanced", 0)


def test_the_pair_mounts_the_device_that_the_role_drbd_makes(mirrored: dict[str, t.Any]) -> None:
    defaults = yaml.safe_load((ROOT / "roles/drbd/defaults/main.yml").read_text(encoding="utf-8"))
    assert mirrored["drbd_device"] == defaults["drbd_device"]
    assert mirrored["pair_storage"] == {
        "type": "drbd",
        "source": defaults["drbd_device"],
        "fstype": "xfs",
        "options": "",
    }


def test_the_mirror_is_let_in_from_the_other_host(mirrored: dict[str, t.Any]) -> None:
    port = str(mirrored["drbd_port"])
    assert ("tcp", port, "eth1", ("10.0.0.103", "10.0.0.104")) in opened(mirrored)
    assert not any("24007" in rule[1] for rule in opened(mirrored))


def test_a_return_and_a_drill_wait_for_the_pair_s_own_copies(mirrored: dict[str, t.Any]) -> None:
    assert mirrored["__failover_copies"] == mirrored["__drill_pair_copies"] == COPIES
