# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node of the pool is told with each backend, from the inventory to the files that roles write."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.filter.topology import FilterModule
from ansible_collections.samba_ha.cluster.tests.contract.telling import Told, facts, load, tell

TEMPLATES = {
    "fstab": "shared_fs/templates/fstab.j2",
    "gate": "shared_fs/templates/samba-ha-shared-fs.service.j2",
    "ctdb": "ctdb/templates/ctdb.conf.j2",
    "events": "ctdb/templates/shared_fs.script.j2",
    "agent": "health_agent/templates/samba-ha-agent.service.j2",
    "firewall": "firewall/templates/firewall.nft.j2",
}
ASKED = (
    "shared_fs_verify",
    "smbd_shares",
    "__shared_fs_packages",
    "__shared_fs_folders",
    "__smbd_install_names",
    "status_mounts",
    "__status_units_of",
    "__status_gluster_pool",
)
POOL = ("node1", "node2", "node3")
SERVICE: dict[str, t.Any] = {
    "samba_ha_virtual_name": "files",
    "samba_ha_vip": "192.0.2.10/24",
    "samba_ha_interconnect": "10.0.0.0/24",
    "samba_ha_users": [{"name": "alice", "password": "secret"}],
    "samba_ha_shares": [{"name": "work", "path": "teams/work"}],
}
DIRECT = {
    "samba_ha_vip": None,
    "samba_ha_access": "direct",
    "samba_ha_public_addresses": [f"192.0.2.{number}/24" for number in (31, 32, 33)],
}
NFS = {"samba_ha_backend": "nfs", "samba_ha_nfs": {"source": "nas1:/export/files", "options": "timeo=100,nconnect=4"}}
SERVICES: dict[str, dict[str, t.Any]] = {
    "gluster": {},
    "gluster_direct": DIRECT,
    "nfs": NFS,
    "nfs_direct": {**DIRECT, **NFS},
    "mounted": {"samba_ha_backend": "mounted", "samba_ha_mounted": "/srv/gfs2"},
}
WITHOUT_GLUSTER = ("nfs", "nfs_direct", "mounted")


def host(name: str) -> dict[str, t.Any]:
    """Node2 of a service, under the service's name."""
    own = {**SERVICE, **SERVICES[name]}
    frontend = ["fe1"] if own.get("samba_ha_access") != "direct" else []
    hostvars = {node: {"ansible_facts": facts(11 + number)} for number, node in enumerate((*POOL, *frontend))}
    service = {**load("roles/topology/defaults/main.yml"), **own}
    filters = FilterModule().filters()
    assert filters["topology_faults"](hostvars, list(POOL), frontend, service) == []
    model = filters["topology_model"](hostvars, list(POOL), frontend, service)
    model["hosts"][name] = model["hosts"]["node2"]
    return {**own, "samba_ha_topology": model}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """By service, the texts of its files and the values of variables."""
    asked = {name: host(name) for name in SERVICES}
    return tell(tmp_path_factory.mktemp("backends"), asked, TEMPLATES, ASKED)


VOLUME = (
    "10.0.0.12:/{0} /srv/samba_ha/{0} glusterfs noauto,_netdev,acl,attribute-timeout=0,entry-timeout=0,"
    "direct-io-mode=enable,backup-volfile-servers=10.0.0.11:10.0.0.13 0 0\n"
)


def test_the_mounts_stand_in_fstab(told: Told) -> None:
    gluster = VOLUME.format("data") + VOLUME.format("lock")
    options = "noauto,_netdev,sec=sys,hard,noac,lookupcache=none,timeo=100,nconnect=4"
    nfs = f"nas1:/export/files /srv/samba_ha/data nfs4 {options} 0 0\n"
    assert {name: each["fstab"] for name, each in told.items()} == {
        "gluster": gluster,
        "gluster_direct": gluster,
        "nfs": nfs,
        "nfs_direct": nfs,
        "mounted": "# /srv/gfs2 is mounted by somebody else\n",
    }


def lines(text: str, *beginnings: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(beginnings)]


def test_the_gate_mounts_what_is_the_services_and_waits_for_the_rest(told: Told) -> None:
    gate = "ExecStart=/usr/local/sbin/samba-ha-shared-fs-gate"
    both, data = "/srv/samba_ha/data /srv/samba_ha/lock", "/srv/samba_ha/data"
    of_unit = {name: lines(each["gate"], "ExecStart", "ExecStop", "After") for name, each in told.items()}
    after = "After=network-online.target glusterd.service remote-fs.target"
    assert of_unit["gluster"] == [after, f"{gate} {both}", f"ExecStop=-/usr/bin/umount {both}"]
    assert of_unit["nfs"] == [after, f"{gate} {data}", f"ExecStop=-/usr/bin/umount {data}"]
    assert of_unit["mounted"] == [after, "After=srv-gfs2.mount", f"{gate} --wait /srv/gfs2"]


def test_the_lock_has_a_volume_of_its_own_or_a_folder_for_root_alone(told: Told) -> None:
    locks = {name: lines(each["ctdb"], "\tcluster lock = ") for name, each in told.items()}
    assert locks["gluster"] == locks["gluster_direct"] == ["\tcluster lock = /srv/samba_ha/lock/ctdb.lock"]
    assert locks["nfs"] == ["\tcluster lock = /srv/samba_ha/data/.samba_ha/ctdb.lock"]
    assert locks["mounted"] == ["\tcluster lock = /srv/gfs2/.samba_ha/ctdb.lock"]
    folders = {name: each["__shared_fs_folders"] for name, each in told.items()}
    assert folders["gluster"] == ["/srv/samba_ha/data/.samba_ha-check", "/srv/samba_ha/lock/.samba_ha-check"]
    assert folders["mounted"] == ["/srv/gfs2/.samba_ha-check", "/srv/gfs2/.samba_ha"]


def test_every_mount_is_watched(told: Told) -> None:
    assert {name: each["status_mounts"] for name, each in told.items() if "direct" not in name} == {
        "gluster": ["/srv/samba_ha/data", "/srv/samba_ha/lock"],
        "nfs": ["/srv/samba_ha/data"],
        "mounted": ["/srv/gfs2"],
    }
    for each in told.values():
        for path in each["status_mounts"]:
            assert f'    check "{path}" || exit 1\n' in each["events"]
            assert f'    --path "{path}" \\\n' in each["agent"]


def test_a_brick_is_watched_by_the_agent_or_by_ctdb(told: Told) -> None:
    brick = '    --brick-path "/srv/samba_ha/data" --brick-address 10.0.0.12 \\\n'
    assert [name for name, each in told.items() if brick in each["agent"]] == ["gluster", "gluster_direct"]
    mounts = {name: lines(each["events"], "mount=") for name, each in told.items()}
    assert mounts["gluster_direct"] == ['mount="/srv/samba_ha/data"']
    assert all(mount == ['mount=""'] for name, mount in mounts.items() if name != "gluster_direct")


def test_only_gluster_has_its_ports_packages_and_units(told: Told) -> None:
    rules = 'iifname "eth1" ip saddr { 10.0.0.11, 10.0.0.12, 10.0.0.13 } tcp dport { 24007-24008, 49152-49251 } accept'
    for name, each in told.items():
        gluster = name not in WITHOUT_GLUSTER
        assert (rules in each["firewall"]) is gluster
        assert ("samba-vfs-glusterfs" in each["__smbd_install_names"]) is gluster
        assert ({"name": "glusterd.service"} in each["__status_units_of"]["pool"]) is gluster
        assert each["__status_gluster_pool"] is gluster
    packages = {name: each["__shared_fs_packages"] for name, each in told.items() if "direct" not in name}
    assert packages == {"gluster": ["glusterfs-client"], "nfs": ["nfs-common"], "mounted": []}


@pytest.mark.parametrize("name", WITHOUT_GLUSTER)
def test_nothing_else_speaks_of_gluster(told: Told, name: str) -> None:
    without_comments = {
        kind: [line for line in text.splitlines() if "gluster" in line.lower() and not line.lstrip().startswith("#")]
        for kind, text in told[name].items()
        if kind in TEMPLATES
    }
    # A unit that there is not is no harm in an order, and CTDB's script asks for bricks where a mount is named.
    assert [line for kind, found in without_comments.items() for line in found if kind not in ("gate", "events")] == []
    assert "gluster" not in json.dumps(told[name]["smbd_shares"])


def test_shares_are_below_the_mount_by_the_module_that_fits(told: Told) -> None:
    shares = {name: each["smbd_shares"][0] for name, each in told.items()}
    assert {name: share["path"] for name, share in shares.items() if "direct" not in name} == {
        "gluster": "/srv/samba_ha/data/teams/work",
        "nfs": "/srv/samba_ha/data/teams/work",
        "mounted": "/srv/gfs2/teams/work",
    }
    for name, share in shares.items():
        module = "fileid" if name in WITHOUT_GLUSTER else "glusterfs_fuse"
        assert share["parameters"]["vfs objects"] == module


def test_a_file_system_that_the_service_has_not_made_is_verified(told: Told) -> None:
    assert [name for name, each in told.items() if each["shared_fs_verify"]] == [*WITHOUT_GLUSTER]
