# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of a pair that has the pool's files are told, and the pool's nodes."""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.samba_ha.cluster.plugins.filter.topology import FilterModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import PAIR_ROOT
from ansible_collections.samba_ha.cluster.tests.contract.telling import ROOT, Told, facts, load, tell

TEMPLATES = {
    "exports": "nfs_server/templates/exports.conf.j2",
    "config": "nfs_server/templates/ganesha.conf.j2",
    "unit": "nfs_server/templates/samba-ha-nfs.service.j2",
    "firewall": "firewall/templates/firewall.nft.j2",
}
ASKED = ("nfs_server_path", "pair_functions", "pair_address", "pair_prefix")
MOUNT = f"{PAIR_ROOT}/store"
# Nobody listens there.
INVENTORY = """
all:
  vars:
    ansible_host: 127.0.0.1
    ansible_port: 1
    samba_ha_virtual_name: files
    samba_ha_vip: 192.0.2.10/24
    samba_ha_interconnect: 10.0.0.0/24
    samba_ha_heartbeat: 10.0.1.0/24
    samba_ha_backend: nfs
    samba_ha_shares: [{name: work, path: work}]
    samba_ha_pairs:
      - name: store
        hosts: [nas1, nas2]
        functions: [nfs]
        address: 10.0.0.50/24
        storage: {type: device, source: /dev/disk/by-id/wwn-0x5000c500a1b2c3d4, fstype: xfs}
        fence: none_since_this_is_a_lab
  children:
    samba_ha_pool: {hosts: {node1: , node2: , node3: }}
    samba_ha_frontend: {hosts: {fe1: }}
    samba_ha_pair: {hosts: {nas1: , nas2: }}
    samba_ha_quorum: {hosts: {arbiter1: }}
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What the hosts of the pair are told."""
    inventory = yaml.safe_load(INVENTORY)["all"]
    groups = {name.removeprefix("samba_ha_"): list(group["hosts"]) for name, group in inventory["children"].items()}
    names = {"node1": 11, "node2": 12, "node3": 13, "fe1": 21, "nas1": 51, "nas2": 52, "arbiter1": 60}
    hostvars = {name: {"ansible_facts": with_heartbeat(number)} for name, number in names.items()}
    for name in groups["pair"]:
        hostvars[name]["ansible_facts"]["interfaces"].remove("eth0")
    service = {**load("roles/topology/defaults/main.yml"), **inventory["vars"]}
    pool, frontend = groups.pop("pool"), groups.pop("frontend")
    filters = FilterModule().filters()
    assert filters["topology_faults"](hostvars, pool, frontend, service, **groups) == []
    model = filters["topology_model"](hostvars, pool, frontend, service, **groups)
    own = {key: value for key, value in inventory["vars"].items() if not key.startswith("ansible_")}
    hosts = {name: {**own, "samba_ha_topology": model} for name in ("nas1", "nas2")}
    return tell(tmp_path_factory.mktemp("nfs_pair"), hosts, TEMPLATES, ASKED, ("nfs_pair",))


def with_heartbeat(number: int) -> dict[str, t.Any]:
    made = facts(number)
    made["interfaces"].append("eth2")
    made["eth2"] = {"ipv4": {"address": f"10.0.1.{number}", "prefix": "24"}}
    return made


def test_both_hosts_are_one_server(told: Told) -> None:
    for name in ("exports", "config", "unit"):
        assert told["nas1"][name] == told["nas2"][name]
    config = told["nas1"]["config"]
    assert 'Server_Owner = "store";' in config
    assert 'Server_Scope = "store";' in config
    # With it the folder of records would have a number of the node's in it.
    assert "Clustered = false;" in config
    assert f'RecoveryRoot = "{MOUNT}/.nfs";' in config


def test_what_is_exported_is_apart_from_the_records(told: Told) -> None:
    assert f'Path = "{MOUNT}/files";' in told["nas1"]["exports"]
    assert "Clients = 10.0.0.11, 10.0.0.12, 10.0.0.13;" in told["nas1"]["exports"]
    assert told["nas1"]["nfs_server_path"] == f"{MOUNT}/files"


def test_pacemaker_alone_runs_it_and_waits_until_it_answers(told: Told) -> None:
    unit = told["nas2"]["unit"]
    assert f"AssertPathIsMountPoint={MOUNT}\n" in unit
    assert "DefaultDependencies=no\n" in unit
    assert not re.search(r"^(Restart|WantedBy|RequiresMountsFor|After)=", unit, re.MULTILINE)
    assert "ExecStartPost=/bin/sh -c 'until rpcinfo -a 127.0.0.1.8.1 -T tcp 100003 4;" in unit
    # The address of the two hosts comes and goes, and Pacemaker reads of connections by IPv4 alone.
    assert "Bind_addr = 0.0.0.0;" in told["nas2"]["config"]
    assert "RestrictAddressFamilies=AF_INET AF_UNIX AF_NETLINK\n" in unit


def test_its_times_are_below_those_that_pacemaker_gives_it(told: Told) -> None:
    source = (ROOT / "plugins/module_utils/_pair_resources.py").read_text(encoding="utf-8")
    start, stop = re.findall(r'"(?:start|stop)", "timeout": "(\d+)s"', source.partition("def _service(")[2])[:2]
    given = dict(re.findall(r"^Timeout(Start|Stop)Sec=(\d+)$", told["nas1"]["unit"], re.MULTILINE))
    assert int(given["Start"]) < int(start) and int(given["Stop"]) < int(stop)


def test_it_answers_at_an_address_of_the_interconnect(told: Told) -> None:
    own = told["nas1"]
    assert (own["pair_functions"], own["pair_address"], own["pair_prefix"]) == (["nfs"], "10.0.0.50", 24)


def test_its_port_is_open_to_the_nodes_and_its_own_hosts(told: Told) -> None:
    rules = [line.strip() for line in told["nas1"]["firewall"].splitlines() if "2049" in line or "445" in line]
    nodes = "10.0.0.11, 10.0.0.12, 10.0.0.13, 10.0.0.51, 10.0.0.52"
    accepted, dropped = rules
    assert accepted.startswith('iifname "eth1" ip saddr {') and accepted.endswith("tcp dport { 2049 } accept")
    assert sorted(re.findall(r"10\.0\.0\.\d+", accepted)) == nodes.split(", ")
    assert dropped == "tcp dport { 2049 } drop"


def test_where_storage_is_mounted_by_default_is_the_same_everywhere() -> None:
    assert load("roles/pair/defaults/main.yml")["pair_root"] == PAIR_ROOT


def playbook(root: Path, tmp_path: Path, name: str, *words: str) -> str:
    """What a playbook says in one line."""
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(INVENTORY, encoding="utf-8")
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-i", str(inventory)]
    done = subprocess.run([*argv, *words], cwd=root, check=False, capture_output=True, text=True)
    return " ".join(done.stdout.split())


def test_the_pair_is_built_before_the_pool_mounts(root: Path, tmp_path: Path) -> None:
    plays = re.findall(r"play #\d+ \([^)]*\): (.+?) TAGS", playbook(root, tmp_path, "site", "--list-tasks"))
    wanted = ["Prepare the third vote of pairs", "Build the mirrors of pairs", "Build the pairs", "Build the pool"]
    assert [name for name in plays if name in wanted] == wanted


def test_the_server_is_configured_before_pacemaker_starts_it_and_removed_after_it(root: Path, tmp_path: Path) -> None:
    said = playbook(root, tmp_path, "site", "--list-tasks").partition("Build the pairs")[2]
    steps = ("Look who is connected", "Configure the server", "Make the key", "Stop the cluster")
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert said.rindex("Remove its unit and configuration") > said.index("Stop the cluster")


def test_the_drill_refuses_a_pair_that_no_client_dials(root: Path, tmp_path: Path) -> None:
    said = playbook(root, tmp_path, "drill", "-e", "fault=pair_smbd_killed", "-e", "confirm=store")
    assert "wanted a pair that serves SMB, since the drill measures by clients of its shares; found store" in said


def test_the_status_tells_of_it(root: Path, tmp_path: Path) -> None:
    said = playbook(root, tmp_path, "status")
    assert "files (192.0.2.10): DOWN store (10.0.0.50): DOWN" in said
    assert "pair store down not running" in said


def test_no_name_in_the_dns_leads_to_it(root: Path, tmp_path: Path) -> None:
    dest = tmp_path / "zone"
    playbook(root, tmp_path, "dns", "-e", "zone=example.com", "-e", f"dest={dest}")
    text = dest.read_text(encoding="utf-8")
    assert "files" in text and "store" not in text and "10.0.0.50" not in text
