# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the example whose two hosts are fenced by a disk, from the inventory to Pacemaker."""

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
EXAMPLE = ROOT / "inventories/examples/pair_shared_disk.yml"
DISK = "/dev/disk/by-id/wwn-0x600140500000000000000000000000b1"
ASKED = ("pair_fence", "pair_quorum_host", "__pair_cib", "__pair_install_names", "__status_sbd_devices")


def facts(number: int) -> dict[str, t.Any]:
    nets = {"eth0": "192.0.2", "eth1": "10.0.0", "eth2": "10.0.1"}
    made = {device: {"ipv4": {"address": f"{net}.{number}", "prefix": "24"}} for device, net in nets.items()}
    return {"distribution": "Debian", "distribution_major_version": "13", "interfaces": [*nets], **made}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, t.Any]:
    """The variables that the role pair and the playbook status have on one of the hosts."""
    tmp_path = tmp_path_factory.mktemp("disk")
    inventory = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["all"]
    hosts = {name: {"ansible_facts": facts(31 + index)} for index, name in enumerate(("file1", "file2"))}
    defaults = yaml.safe_load((ROOT / "roles/topology/defaults/main.yml").read_text(encoding="utf-8"))
    model = FilterModule().filters()["topology_model"](
        {name: {**inventory["vars"], **values} for name, values in hosts.items()},
        [],
        [],
        {**defaults, **inventory["vars"]},
        pair=[*hosts],
        quorum=[],
    )
    own = yaml.safe_load((ROOT / "roles/pair/defaults/main.yml").read_text(encoding="utf-8"))
    variables = {
        **own,
        **inventory["vars"],
        "samba_ha_topology": model,
        "vault_alice": "a",
        "asked": [*ASKED],
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        # What sbd_info has returned.
        "__pair_sbd_disks": {"disks": [{"header": {"watchdog_timeout": 5, "msgwait": 10}}], "watchdog": None},
    }
    groups: dict[str, t.Any] = {"samba_ha_pair": {"hosts": {name: {} for name in hosts}}}
    text = yaml.safe_dump({"all": {"vars": variables, "children": groups}}, sort_keys=False)
    (tmp_path / "hosts.yml").write_text(text, encoding="utf-8")
    tasks: list[dict[str, t.Any]] = [
        {"ansible.builtin.set_fact": {"distribution_release": "trixie", "cacheable": True}},
        {
            "ansible.builtin.copy": {
                "content": "{{ dict(asked | zip(query('ansible.builtin.vars', *asked))) | to_json }}",
                "dest": f"{tmp_path}/told.json",
            }
        },
    ]
    files = [f"{ROOT}/playbooks/vars/{name}.yml" for name in ("places", "roles", "status")]
    files.append(f"{ROOT}/roles/pair/vars/main.yml")
    play = [{"hosts": "file2", "gather_facts": False, "vars_files": files, "tasks": tasks}]
    (tmp_path / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    program = str(Path(sys.executable).parent / "ansible-playbook")
    argv = [program, f"{tmp_path}/play.yml", "-i", f"{tmp_path}/hosts.yml"]
    done = subprocess.run(argv, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    read: dict[str, t.Any] = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    return read


def test_the_role_is_told_the_disk_and_no_hosts(told: dict[str, t.Any]) -> None:
    assert told["pair_fence"] == {"agent": "fence_sbd", "options": {"devices": DISK}, "hosts": {}, "secrets": {}}
    assert told["pair_quorum_host"] == ""


def test_pacemaker_has_one_device_for_both(told: dict[str, t.Any]) -> None:
    [device] = told["__pair_cib"]["fence_devices"]
    assert (device["agent"], device["hosts"]) == ("stonith:fence_sbd", ["file1", "file2"])
    assert (device["options"]["devices"], told["__pair_cib"]["locations"]) == (DISK, [])
    # Nobody else decides between the two.
    assert told["__pair_cib"]["properties"]["priority-fencing-delay"] == "5s"


def test_what_sbd_needs_is_installed(told: dict[str, t.Any]) -> None:
    assert {"sbd", "fence-agents-sbd"} <= {*told["__pair_install_names"]}
    assert "corosync-qdevice" not in told["__pair_install_names"]


def test_the_status_reads_the_disk(told: dict[str, t.Any]) -> None:
    assert told["__status_sbd_devices"] == [DISK]
