# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every playbook keeps to on an inventory without hosts of the service: it says so, and does nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

POOL = "all: {children: {samba_ha_pool: {hosts: {node1: }}, samba_ha_frontend: {}}}"


PAIRS = """
all:
  vars:
    ansible_connection: local
    ansible_become: false
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    samba_ha_interconnect: 10.0.0.0/24
    samba_ha_pairs: [{name: projects, hosts: [file1]}]
  children: {samba_ha_pool: {}, samba_ha_frontend: {}, samba_ha_pair: {hosts: {file1: }}}
"""


SERVERS = """
all:
  vars:
    samba_ha_virtual_name: files
    samba_ha_vip: 192.0.2.10/24
    samba_ha_virtual_aliases: [files.example.org]
    samba_ha_virtual_servers:
      - {name: print, aliases: [printers.branch.example.com], target: node1}
  children: {samba_ha_pool: {hosts: {node1: }}, samba_ha_frontend: {hosts: {fe1: }}}
"""


DIRECT = """
all:
  vars:
    samba_ha_virtual_name: files
    samba_ha_access: direct
    samba_ha_public_addresses: [192.0.2.21/24, 192.0.2.22/24]
    samba_ha_virtual_aliases: [archive]
  children: {samba_ha_pool: {hosts: {node1: }}}
"""


# The same names and addresses, which front ends hold.
SEVERAL = """
all:
  vars:
    samba_ha_virtual_name: files
    samba_ha_vip: [192.0.2.21/24, 192.0.2.22/24]
    samba_ha_virtual_aliases: [archive]
  children: {samba_ha_pool: {hosts: {node1: }}, samba_ha_frontend: {hosts: {fe1: , fe2: }}}
"""


def run(root: Path, name: str, inventory: Path, *more: str) -> subprocess.CompletedProcess[str]:
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-i", str(inventory), *more]
    return subprocess.run(argv, cwd=root, check=False, capture_output=True, text=True)


def insist_on_refusal(done: subprocess.CompletedProcess[str], inventory: Path, lacking: str) -> None:
    assert done.returncode != 0
    wanted = f"{inventory}: wanted hosts in the groups samba_ha_pool and samba_ha_frontend; found none in {lacking}."
    # Ansible breaks lines where it likes.
    assert f"{wanted} Give the right file with -i." in " ".join(done.stdout.split()), done.stdout
    assert done.stdout.count("PLAY [") == done.stdout.count("TASK [") == 1, "it went on"


# The others begin as status does.
@pytest.mark.parametrize("name", ["site", "status", "interconnect", "dns", "dfs"])
def test_a_mistyped_path_is_told(root: Path, name: str, tmp_path: Path) -> None:
    inventory = tmp_path / "inventry.yml"
    insist_on_refusal(run(root, name, inventory), inventory, "samba_ha_pool and samba_ha_frontend")


def test_a_group_without_hosts_is_told(root: Path, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(POOL, encoding="utf-8")
    insist_on_refusal(run(root, "site", inventory), inventory, "samba_ha_frontend")


def test_pairs_may_be_all_that_there_is(root: Path, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(PAIRS, encoding="utf-8")
    done = run(root, "read_topology", inventory)
    assert "fault(s) in the inventory; nothing was changed." in done.stdout, done.stdout
    assert "pair projects: hosts: wanted" in done.stdout
    assert "[WARNING]" not in done.stderr
    # Others are for the pool.
    insist_on_refusal(run(root, "interconnect", inventory), inventory, "samba_ha_pool and samba_ha_frontend")


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (
            "zone",
            [
                "files 300 IN A 192.0.2.10",
                "print 300 IN A 192.0.2.10",
                "printers.branch 300 IN A 192.0.2.10",
            ],
        ),
        (
            "nsupdate",
            [
                "zone example.com",
                "update delete files.example.com A",
                "update add files.example.com 300 A 192.0.2.10",
                "update delete print.example.com A",
                "update add print.example.com 300 A 192.0.2.10",
                "update delete printers.branch.example.com A",
                "update add printers.branch.example.com 300 A 192.0.2.10",
                "send",
            ],
        ),
    ],
)
def test_the_dns_is_told_all_names_of_its_zone(root: Path, output: str, lines: list[str], tmp_path: Path) -> None:
    inventory, dest = tmp_path / "hosts.yml", tmp_path / "dns"
    inventory.write_text(SERVERS, encoding="utf-8")
    words = ("-e", "zone=example.com", "-e", f"output={output}", "-e", f"dest={dest}")
    done = run(root, "dns", inventory, *words)
    assert done.returncode == 0, done.stdout
    assert [line for line in dest.read_text().splitlines() if not line.startswith(";")] == lines
    assert "Not in example.com: files.example.org" in done.stdout
    again = run(root, "dns", inventory, *words)
    assert "changed=0" in again.stdout


def test_names_of_pairs_have_their_own_addresses(root: Path, tmp_path: Path) -> None:
    inventory, dest = tmp_path / "hosts.yml", tmp_path / "dns"
    pair = "{name: projects, aliases: [work.example.com, old.example.org], address: 192.0.2.30/24}"
    inventory.write_text(SERVERS.replace("  vars:\n", f"  vars:\n    samba_ha_pairs: [{pair}]\n"), encoding="utf-8")
    done = run(root, "dns", inventory, "-e", "zone=example.com", "-e", f"dest={dest}")
    assert done.returncode == 0, done.stdout
    assert dest.read_text().splitlines()[-2:] == ["projects 300 IN A 192.0.2.30", "work 300 IN A 192.0.2.30"]
    assert "Not in example.com: files.example.org, old.example.org" in done.stdout
    done = run(root, "dns", inventory, "-e", "zone=example.com", "-e", "output=nsupdate", "-e", f"dest={dest}")
    assert dest.read_text().splitlines()[-3:] == [
        "update delete work.example.com A",
        "update add work.example.com 300 A 192.0.2.30",
        "send",
    ]


@pytest.mark.parametrize("text", [DIRECT, SEVERAL], ids=["direct", "several"])
def test_a_name_has_all_addresses_in_the_dns(root: Path, text: str, tmp_path: Path) -> None:
    inventory, dest = tmp_path / "hosts.yml", tmp_path / "dns"
    inventory.write_text(text, encoding="utf-8")
    for output, lines in (
        ("zone", [f"{name} 300 IN A 192.0.2.{number}" for name in ("files", "archive") for number in (21, 22)]),
        (
            "nsupdate",
            [
                "zone example.com",
                "update delete files.example.com A",
                "update add files.example.com 300 A 192.0.2.21",
                "update add files.example.com 300 A 192.0.2.22",
                "update delete archive.example.com A",
                "update add archive.example.com 300 A 192.0.2.21",
                "update add archive.example.com 300 A 192.0.2.22",
                "send",
            ],
        ),
    ):
        words = ("-e", "zone=example.com", "-e", f"output={output}", "-e", f"dest={dest}")
        done = run(root, "dns", inventory, *words)
        assert done.returncode == 0, done.stdout
        assert [line for line in dest.read_text().splitlines() if not line.startswith(";")] == lines


@pytest.mark.parametrize("fault", ["frontend_killed", "frontend_drained"])
def test_without_front_ends_none_is_drilled(root: Path, fault: str, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(DIRECT, encoding="utf-8")
    done = run(root, "drill", inventory, "-e", f"fault={fault}", "-e", "confirm=files", "-e", f"dest={tmp_path}")
    assert done.returncode != 0
    said = " ".join(done.stdout.split())
    assert f"{fault}: wanted a service with front ends; found none" in said, done.stdout
    assert "Choose a fault of the pool: node_drained, smbd_killed," in said
    assert "Read the state" not in said


def test_the_dns_needs_a_zone(root: Path, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(SERVERS, encoding="utf-8")
    done = run(root, "dns", inventory, "-e", "output=bind")
    assert done.returncode != 0
    assert "Wanted -e zone=ZONE, and -e output=zone or output=nsupdate; found zone=, output=bind." in " ".join(
        done.stdout.split()
    )
