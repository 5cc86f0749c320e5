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


def run(root: Path, name: str, inventory: Path) -> subprocess.CompletedProcess[str]:
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-i", str(inventory)]
    return subprocess.run(argv, cwd=root, check=False, capture_output=True, text=True)


def insist_on_refusal(done: subprocess.CompletedProcess[str], inventory: Path, lacking: str) -> None:
    assert done.returncode != 0
    wanted = f"{inventory}: wanted hosts in the groups samba_ha_pool and samba_ha_frontend; found none in {lacking}."
    # Ansible breaks lines where it likes.
    assert f"{wanted} Give the right file with -i." in " ".join(done.stdout.split()), done.stdout
    assert done.stdout.count("PLAY [") == done.stdout.count("TASK [") == 1, "it went on"


# The others begin as status does.
@pytest.mark.parametrize("name", ["site", "status", "interconnect"])
def test_a_mistyped_path_is_told(root: Path, name: str, tmp_path: Path) -> None:
    inventory = tmp_path / "inventry.yml"
    insist_on_refusal(run(root, name, inventory), inventory, "samba_ha_pool and samba_ha_frontend")


def test_a_group_without_hosts_is_told(root: Path, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(POOL, encoding="utf-8")
    insist_on_refusal(run(root, "site", inventory), inventory, "samba_ha_frontend")
