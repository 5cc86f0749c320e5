# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the NFS server of a pool is told: who may come, by which versions, and how long a lost node is waited for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.samba_ha.cluster.plugins.filter.topology import FilterModule
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_backend import EXPORT
from ansible_collections.samba_ha.cluster.tests.contract.telling import Told, facts, load, tell
from jinja2 import Environment, StrictUndefined

ROLE = Path(__file__).resolve().parents[2] / "roles/nfs_server"
TEMPLATES = {
    "exports": "nfs_server/templates/exports.conf.j2",
    "config": "nfs_server/templates/ganesha.conf.j2",
    "firewall": "firewall/templates/firewall.nft.j2",
    "fstab": "shared_fs/templates/fstab.j2",
}
# Nobody listens there.
INVENTORY = """
all:
  vars:
    ansible_host: 127.0.0.1
    ansible_port: 1
    samba_ha_virtual_name: files
    samba_ha_vip: 192.0.2.10/24
    samba_ha_interconnect: 10.0.0.0/24
    samba_ha_backend: nfs
    samba_ha_shares: [{name: work, path: work}]
  children:
    samba_ha_pool: {hosts: {node1: , node2: , node3: }}
    samba_ha_frontend: {hosts: {fe1: }}
    samba_ha_nfs_server: {hosts: {store1: }}
"""
GIVEN: dict[str, t.Any] = {
    "nfs_server_path": "/srv/export",
    "nfs_server_address": "10.0.0.50",
    "nfs_server_clients": ["10.0.0.11", "10.0.0.12"],
    # What Ansible makes of the role's own.
    "nfs_server_mount": "/srv/export",
    "__nfs_server_by_cluster": False,
}


def rendered(name: str) -> str:
    """A template with the role's own variables, without comments."""
    variables: dict[str, t.Any] = {}
    for place in ("defaults", "vars"):
        variables |= yaml.safe_load((ROLE / place / "main.yml").read_text(encoding="utf-8"))
    variables |= GIVEN
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - no HTML
    text = environment.from_string((ROLE / "templates" / name).read_text(encoding="utf-8")).render(variables)
    return re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)


def settings(text: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+) = ([^;]+);", text))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Protocols", "4"),
        ("Minor_Versions", "1, 2"),
        ("Bind_addr", "10.0.0.50"),
        ("Enable_NLM", "false"),
        ("Enable_RQUOTA", "false"),
        ("Delegations", "false"),
        ("Only_Numeric_Owners", "true"),
        ("Lease_Lifetime", "10"),
        ("Grace_Period", "15"),
        ("RecoveryRoot", '"/var/lib/samba_ha-nfs"'),
    ],
)
def test_the_server_is_told(name: str, value: str) -> None:
    assert settings(rendered("ganesha.conf.j2"))[name] == value


def test_nobody_but_the_clients_has_access() -> None:
    text = rendered("exports.conf.j2")
    block = re.search(r"CLIENT \{(.*?)\}", text, flags=re.DOTALL)
    assert block
    client = settings(block[1])
    assert client["Clients"] == "10.0.0.11, 10.0.0.12"
    assert (client["Access_Type"], client["Squash"]) == ("RW", "No_Root_Squash")
    rest = settings(text.replace(block[0], ""))
    assert rest["Access_Type"] == "None"
    assert "Squash" not in rest


def test_the_exports_are_read_with_the_rest() -> None:
    assert '%include "/etc/samba_ha-nfs-exports.conf"' in rendered("ganesha.conf.j2")


def test_a_plain_directory_is_not_served() -> None:
    assert "AssertPathIsMountPoint=/srv/export\n" in rendered("samba-ha-nfs.service.j2")


def test_systemd_runs_it_where_no_cluster_does() -> None:
    unit = rendered("samba-ha-nfs.service.j2")
    assert "Restart=always\n" in unit and "WantedBy=multi-user.target\n" in unit
    assert "RequiresMountsFor=/srv/export /var/lib/samba_ha-nfs\n" in unit
    assert "DefaultDependencies" not in unit and "ExecStartPre" not in unit
    # Where its records of clients are: elsewhere, a server that is updated would not know who may take back locks.
    assert not {"Server_Scope", "Clustered"} & set(rendered("ganesha.conf.j2").replace("=", " ").split())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What the host and a node are told by an inventory that names it."""
    inventory = yaml.safe_load(INVENTORY)["all"]
    groups = {name: list(group["hosts"]) for name, group in inventory["children"].items()}
    pool, frontend, server = groups.values()
    names = {**dict(zip(pool, range(11, 14), strict=True)), "fe1": 21, "store1": 50}
    hostvars = {name: {"ansible_facts": facts(number)} for name, number in names.items()}
    service = {**load("roles/topology/defaults/main.yml"), **inventory["vars"]}
    filters = FilterModule().filters()
    assert filters["topology_faults"](hostvars, pool, frontend, service, nfs_server=server) == []
    model = filters["topology_model"](hostvars, pool, frontend, service, nfs_server=server)
    own = {key: value for key, value in inventory["vars"].items() if not key.startswith("ansible_")}
    hosts = {name: {**own, "samba_ha_topology": model} for name in ("store1", "node2")}
    return tell(tmp_path_factory.mktemp("nfs_server"), hosts, TEMPLATES, ("shared_fs_verify",))


def test_the_pool_mounts_what_the_host_exports(told: Told) -> None:
    source, path, kind, *_rest = told["node2"]["fstab"].split()
    assert (source, path, kind) == (f"10.0.0.50:{EXPORT}", "/srv/samba_ha/data", "nfs4")
    assert f'Path = "{EXPORT}";' in told["store1"]["exports"]
    assert f'Pseudo = "{EXPORT}";' in told["store1"]["exports"]
    assert "Bind_addr = 10.0.0.50;" in told["store1"]["config"]
    assert told["node2"]["shared_fs_verify"] is True


def test_it_exports_to_the_nodes_by_their_addresses_in_the_interconnect(told: Told) -> None:
    assert "Clients = 10.0.0.11, 10.0.0.12, 10.0.0.13;" in told["store1"]["exports"]


def test_one_port_is_open_to_the_nodes_alone(told: Told) -> None:
    rules = [line.strip() for line in told["store1"]["firewall"].splitlines() if "dport" in line]
    nodes = "10.0.0.11, 10.0.0.12, 10.0.0.13"
    assert rules == [
        f'iifname "eth1" ip saddr {{ {nodes} }} tcp dport {{ 2049 }} accept',
        "tcp dport { 2049 } drop",
    ]
    assert "2049" not in told["node2"]["firewall"]


def test_what_is_exported_by_default_is_the_same_everywhere() -> None:
    assert load("roles/nfs_server/defaults/main.yml")["nfs_server_path"] == EXPORT
    assert f"default('{EXPORT}')" in load("playbooks/vars/places.yml")["__place_export"]


def playbook(root: Path, tmp_path: Path, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(INVENTORY, encoding="utf-8")
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-i", str(inventory)]
    return subprocess.run([*argv, *words], cwd=root, check=False, capture_output=True, text=True)


def plays(root: Path, tmp_path: Path, name: str) -> dict[str, set[str]]:
    """The plays of a playbook in their order, and the hosts of each."""
    done = playbook(root, tmp_path, name, "--list-hosts")
    assert done.returncode == 0, done.stdout + done.stderr
    play = r"play #\d+ \([^)]*\): (.+?)\tTAGS.*?hosts \(\d+\):\n((?: {6}\S+\n)*)"
    return {name: set(hosts.split()) for name, hosts in re.findall(play, done.stdout, re.DOTALL)}


ALL = {"node1", "node2", "node3", "fe1", "store1"}


def test_the_server_runs_before_the_pool_mounts(root: Path, tmp_path: Path) -> None:
    hosts = plays(root, tmp_path, "site")
    assert hosts["Serve the pool's files by NFS"] == {"store1"}
    order = list(hosts)
    assert order.index("Serve the pool's files by NFS") < order.index("Build the pool")
    for name in ("Check the inventory against the hosts", "Prepare every host"):
        assert hosts[name] == ALL
        assert order.index(name) < order.index("Serve the pool's files by NFS")


def test_its_state_is_read(root: Path, tmp_path: Path) -> None:
    assert plays(root, tmp_path, "status")["Read each host by itself"] == ALL


def test_the_status_tells_of_the_host(root: Path, tmp_path: Path) -> None:
    dest = tmp_path / "status.html"
    done = playbook(root, tmp_path, "status", "-e", "output=html", "-e", f"dest={dest}")
    assert done.returncode != 0
    said = " ".join(done.stdout.split())
    assert "hosts degraded 0 of 5 answer" in said, done.stdout
    assert "store1: It cannot be reached." in said
    assert "NFS servers 0" in said
    assert ">store1</text>" in dest.read_text(encoding="utf-8")


def test_no_host_stands_in_for_it(root: Path, tmp_path: Path) -> None:
    done = playbook(root, tmp_path, "failover", "-e", "host=store1", "-e", "action=drain", "-e", "accept=outage")
    assert "no other host can take them over" in " ".join(done.stdout.split()), done.stdout


@pytest.mark.parametrize(("backend", "hosts"), [("gluster", []), ("nfs", ["store1"]), ("gfs2", [])])
def test_the_lab_has_the_host_where_its_pool_needs_it(root: Path, backend: str, hosts: list[str]) -> None:
    argv = [str(Path(sys.executable).parent / "ansible-inventory"), "-i", "inventories/lab", "--list"]
    env = {**os.environ, "BACKEND": backend, "PARTS": "pool"}
    done = subprocess.run(argv, cwd=root, check=True, capture_output=True, text=True, env=env)
    groups = json.loads(done.stdout)
    assert groups.get("samba_ha_nfs_server", {}).get("hosts", []) == hosts
    # With fewer the inventory would be refused.
    assert not hosts or len(groups["samba_ha_pool"]["hosts"]) == 3


def test_the_image_of_the_lab_starts_nothing_that_the_role_stops(root: Path) -> None:
    stopped, *_others = yaml.safe_load((ROLE / "tasks/service.yml").read_text(encoding="utf-8"))
    units = {unit["name"].partition(".")[0] for unit in stopped["samba_ha.cluster.systemd_unit"]["units"]}
    listed = re.search(r'^OF_SOME = "(.+)"$', (root / "molecule/resources/image.py").read_text(), re.MULTILINE)
    assert listed
    assert units == {"nfs-ganesha", "nfs-ganesha-lock", "rpcbind"}
    assert units <= set(listed[1].split())
