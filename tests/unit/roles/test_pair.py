# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role pair writes on hosts, from its variables as Ansible reads them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.samba_ha.cluster.plugins.module_utils._sbd_judge import configured_devices
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES

ROLE = ROLES / "pair"
TEMPLATES = sorted(path.name for path in (ROLE / "templates").iterdir())
FACTS = (
    "__pair_install_names",
    "__pair_mount_addition",
    "__pair_cib",
    "__pair_definitions",
    "__pair_first",
    "__pair_softdog",
)

FILES = {
    "pair_storage": {"type": "gluster"},
    "pair_fence": {"agent": "fence_vmware_rest", "hosts": {"file1": {"plug": "1"}, "file2": {"plug": "2"}}},
    "pair_quorum_host": "quorum1",
    "pair_quorum_address": "10.0.0.73",
}
PRINTERS = {
    "pair_storage": {"type": "nfs", "source": "nas:/export"},
    "pair_fence": {},
    "pair_functions": ["file", "print"],
    "pair_realtime": False,
    "pair_token": 5000,
    "pair_globals": {"strict sync": "no", "log level": 1},
}
DISKS = [f"/dev/disk/by-id/wwn-{number}" for number in (1, 2, 3)]
BY_SBD = {
    "pair_storage": {"type": "device", "source": "/dev/disk/by-id/wwn-9", "fstype": "xfs"},
    "pair_fence": {"agent": "fence_sbd", "options": {"devices": ", ".join(DISKS)}, "hosts": {}},
    "pair_quorum_host": "quorum1",
    "pair_quorum_address": "10.0.0.73",
    "pair_sbd_softdog": True,
    # What sbd_info has returned.
    "__pair_sbd_disks": {"disks": [{"header": {"watchdog_timeout": 15, "msgwait": 30}}] * 3, "watchdog": None},
}
HARDWARE = {"device": "/dev/watchdog", "identity": "iTCO_wdt", "in_use": False}
BY_SBD_ALONE = BY_SBD | {
    "pair_fence": {"agent": "fence_sbd", "options": {"devices": DISKS[0]}, "hosts": {}},
    "pair_quorum_host": "",
    "__pair_sbd_disks": {"disks": [{"header": {"watchdog_timeout": 5, "msgwait": 10}}], "watchdog": HARDWARE},
}
BY_NFS = {
    "pair_storage": {"type": "device", "source": "/dev/disk/by-id/wwn-9", "fstype": "ext4"},
    "pair_fence": {},
    "pair_functions": ["nfs"],
}
COMMON = {
    "pair_name": "old-files",
    "pair_address": "192.0.2.30",
    "pair_prefix": 24,
    "pair_nodes": [
        {"name": "file1", "id": 1, "links": ["10.0.0.71", "10.0.1.71"]},
        {"name": "file2", "id": 2, "links": ["10.0.0.72", "10.0.1.72"]},
    ],
    "pair_own": "{{ inventory_hostname }}",
    "pair_interface": "eth1",
    "pair_group": "samba_ha",
    "pair_shares": [
        {"name": "plans", "path": "plans", "comment": "", "read_only": False, "users": None, "parameters": {}}
    ],
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """By host and name: the files of `file1`, of a pair for files on Debian 13, and of `file2`, of one for printers.

    `file3` and `file4` are of pairs that are fenced by SBD, with a quorum host and without one, and `file5` of one that
    serves NFS.
    """
    folder = tmp_path_factory.mktemp("pair")
    hosts = {
        "file1": {**FILES, "release": "trixie"},
        "file2": {**PRINTERS, "release": "bookworm"},
        "file3": {**BY_SBD, "release": "trixie"},
        "file4": {**BY_SBD_ALONE, "release": "bookworm"},
        "file5": {**BY_NFS, "release": "trixie"},
    }
    facts = "{{ {" + ", ".join(f"'{name}': {name}" for name in FACTS) + "} | to_json }}"
    copies = {name: f"{{{{ lookup('ansible.builtin.template', '{ROLE}/templates/{name}') }}}}" for name in TEMPLATES}
    tasks: list[dict[str, t.Any]] = [
        {"ansible.builtin.set_fact": {"distribution_release": "{{ release }}", "cacheable": True}}
    ]
    tasks += [
        {"ansible.builtin.copy": {"dest": f"{folder}/{{{{ inventory_hostname }}}} {name}", "content": content}}
        for name, content in {**copies, "facts": facts}.items()
    ]
    variables = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8")) | COMMON
    play = [{"hosts": "all", "gather_facts": False, "vars_files": [str(ROLE / "vars/main.yml")], "tasks": tasks}]
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}), encoding="utf-8")
    (folder / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"{folder}/play.yml", "-i", f"{folder}/hosts.yml"]
    done = subprocess.run(argv, cwd=ROLES.parent, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    texts = {path.name: path.read_text() for path in folder.iterdir() if path.name.startswith("file")}
    return {name: json.loads(text) if name.endswith("facts") else text for name, text in texts.items()}


def setting(text: str, name: str) -> list[str]:
    """The values that a configuration file gives to a name."""
    return re.findall(rf"^\s*{re.escape(name)}\s*[:=]\s*(.*)$", text, re.MULTILINE)


def test_a_quorum_host_decides_between_the_two(made: dict[str, t.Any]) -> None:
    text = made["file1 corosync.conf.j2"]
    assert (setting(text, "host"), setting(text, "tls"), setting(text, "two_node")) == (["10.0.0.73"], ["required"], [])
    assert (setting(text, "token"), setting(text, "timeout")) == (["1500"], ["2000"])


def test_without_one_each_may_go_on_alone(made: dict[str, t.Any]) -> None:
    text = made["file2 corosync.conf.j2"]
    assert (setting(text, "two_node"), setting(text, "model"), setting(text, "token")) == (["1"], [], ["5000"])


def test_corosync_knows_both_hosts_by_both_networks(made: dict[str, t.Any]) -> None:
    text = made["file1 corosync.conf.j2"]
    assert setting(text, "nodeid") == ["1", "2"]
    assert setting(text, "ring0_addr") == ["10.0.0.71", "10.0.0.72"]
    assert setting(text, "ring1_addr") == ["10.0.1.71", "10.0.1.72"]
    assert text.count("{") == text.count("}")
    assert [setting(made[f"{host} corosync.conf.j2"], "sched_rr") for host in ("file1", "file2")] == [["yes"], ["no"]]


def test_what_has_to_move_is_on_the_storage_and_locks_are_not(made: dict[str, t.Any]) -> None:
    text = made["file1 smb.conf.j2"]
    for name in ("private dir", "state directory"):
        assert setting(text, name)[0].startswith("/srv/samba_ha/old-files/.samba/")
    assert setting(text, "lock directory") == []
    assert setting(text, "netbios name") == ["OLD-FILES"]


def test_what_is_acknowledged_is_on_two_hosts_or_on_disk(made: dict[str, t.Any]) -> None:
    assert setting(made["file1 smb.conf.j2"], "sync always") == ["no"]
    assert setting(made["file2 smb.conf.j2"], "sync always") == ["yes"]


def test_the_inventory_has_the_last_word(made: dict[str, t.Any]) -> None:
    assert setting(made["file2 smb.conf.j2"], "strict sync") == ["no"]
    assert setting(made["file2 smb.conf.j2"], "log level") == ["1"]


def test_only_a_pair_for_printers_shares_them(made: dict[str, t.Any]) -> None:
    assert "[printers]" not in made["file1 smb.conf.j2"]
    assert setting(made["file1 smb.conf.j2"], "printing") == ["bsd"]
    assert "[printers]" in made["file2 smb.conf.j2"]
    assert setting(made["file2 smb.conf.j2"], "printing") == ["cups"]
    assert ".samba/spool" not in made["file1 samba-ha-pair.service.j2"]
    assert ".samba/spool" in made["file2 samba-ha-pair.service.j2"]


@pytest.mark.parametrize("name", ["samba-ha-pair.service.j2", "samba-ha-cups.service.j2"])
def test_systemd_starts_nothing_by_itself_nor_without_storage(made: dict[str, t.Any], name: str) -> None:
    text = made[f"file2 {name}"]
    assert "[Install]" not in text and setting(text, "Restart") == []
    assert setting(text, "AssertPathIsMountPoint") == ["/srv/samba_ha/old-files"]


def test_storage_is_there_before_pacemaker_and_after_it(made: dict[str, t.Any]) -> None:
    order = {host: setting(made[f"{host} resource-agents-deps.conf.j2"], "After") for host in ("file1", "file2")}
    assert order["file1"][0].split()[-1] == "glusterd.service"
    assert order["file2"][0].split()[-1] == "nfs-client.target"
    place = made["file1 facts"]["__pair_mount_addition"]
    assert place == r"/etc/systemd/system/srv-samba_ha-old\x2dfiles.mount.d/samba_ha.conf"


def test_only_what_is_needed_is_installed(made: dict[str, t.Any]) -> None:
    files, printers = (set(made[f"{host} facts"]["__pair_install_names"]) for host in ("file1", "file2"))
    assert {"fence-agents-vmware-rest", "corosync-qdevice", "glusterfs-client", "samba-vfs-glusterfs"} <= files
    assert files - printers >= {"corosync-qdevice", "glusterfs-client"}
    assert printers - files == {"nfs-common", "cups"}


def test_the_cluster_is_told_what_the_variables_say(made: dict[str, t.Any]) -> None:
    assert made["file1 facts"]["__pair_cib"]["properties"]["stonith-enabled"] is True
    assert made["file2 facts"]["__pair_cib"]["properties"]["stonith-enabled"] is False
    (share,) = made["file1 facts"]["__pair_definitions"]
    assert share["path"] == "/srv/samba_ha/old-files/plans"
    assert share["parameters"]["vfs objects"] == "glusterfs_fuse"
    assert "vfs objects" not in made["file2 facts"]["__pair_definitions"][0]["parameters"]


def test_sbd_is_told_its_disks_and_pacemakers_name_of_the_host(made: dict[str, t.Any]) -> None:
    text = made["file3 sbd.j2"]
    assert setting(text.replace("=", " = "), "SBD_DEVICE") == [f'"{";".join(DISKS)}"']
    assert setting(text.replace("=", " = "), "SBD_OPTS") == ['"-n file3"']
    assert setting(made["file4 sbd.j2"].replace("=", " = "), "SBD_DEVICE") == [f'"{DISKS[0]}"']
    # It reads what it is told as the role does.
    assert configured_devices(text) == DISKS


def test_sbd_may_wait_for_its_disks_and_its_turn(made: dict[str, t.Any]) -> None:
    starts = [setting(made[f"{host} sbd.service.j2"], "TimeoutStartSec") for host in ("file3", "file4")]
    assert starts == [["180"], ["160"]]


def test_sbd_believes_in_a_quorum_that_is_no_later_than_its_watchdog(made: dict[str, t.Any]) -> None:
    texts = [made[f"{host} corosync.conf.j2"] for host in ("file1", "file3", "file4")]
    assert [setting(text, "sync_timeout") for text in texts] == [[], ["15000"], []]


def test_sbd_is_installed_where_it_fences(made: dict[str, t.Any]) -> None:
    names = [set(made[f"file{number} facts"]["__pair_install_names"]) for number in (1, 2, 3, 4)]
    assert ["sbd" in each for each in names] == [False, False, True, True]
    assert "fence-agents-sbd" in names[2] and "fence-agents" in names[3]


def test_pacemaker_waits_for_the_disks_own_time(made: dict[str, t.Any]) -> None:
    for number, seconds in ((3, 80), (4, 60)):
        cib = made[f"file{number} facts"]["__pair_cib"]
        assert cib["properties"]["stonith-timeout"] == f"{seconds}s"
        assert [each["id"] for each in cib["fence_devices"]] == ["fence-sbd"]


def test_the_kernels_own_watchdog_is_loaded_where_there_is_no_other(made: dict[str, t.Any]) -> None:
    assert [made[f"file{number} facts"]["__pair_softdog"] for number in (1, 3, 4)] == [False, True, False]


def test_one_host_does_what_is_to_be_done_once(made: dict[str, t.Any]) -> None:
    assert [made[f"{host} facts"]["__pair_first"] for host in ("file1", "file2")] == [True, False]


def test_a_pair_that_serves_nfs_has_no_samba(made: dict[str, t.Any]) -> None:
    names = set(made["file5 facts"]["__pair_install_names"])
    assert not [name for name in names if "samba" in name]
    assert {"pacemaker", "resource-agents"} <= names
    assert [each["agent"] for each in made["file5 facts"]["__pair_cib"]["resources"]] == [
        "ocf:heartbeat:Filesystem",
        "lsb:samba-ha-nfs",
        "ocf:heartbeat:IPaddr2",
        "ocf:heartbeat:portblock",
    ]
