# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What status, failover and drill say on a site of pairs alone, of which no host can be reached."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Nobody listens there.
INVENTORY = """
all:
  vars:
    ansible_host: 127.0.0.1
    ansible_port: 1
    samba_ha_interconnect: 10.0.0.0/24
    samba_ha_heartbeat: 10.0.1.0/24
    samba_ha_users: [{name: alice, password: secret}]
    samba_ha_pairs:
      - name: projects
        hosts: [file1, file2]
        address: 192.0.2.30/24
        shares: [{name: projects, path: projects}]
        storage: {type: gluster}
        fence:
          agent: fence_ipmilan
          options: {lanplus: "1"}
          hosts: {file1: {ip: 198.51.100.11}, file2: {ip: 198.51.100.12}}
          secrets: {password: secret}
      - name: archive
        hosts: [file3, file4]
        address: 192.0.2.31/24
        shares: [{name: archive, path: archive}]
        storage: {type: nfs, source: "nas:/export/archive"}
        fence: none_since_this_is_a_lab
  children:
    samba_ha_pair: {hosts: {file1: , file2: , file3: , file4: }}
    samba_ha_quorum: {hosts: {quorum1: }}
"""


def run(root: Path, tmp_path: Path, name: str, **words: str) -> str:
    """Run a playbook that has to fail, and return what it said in one line."""
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(INVENTORY, encoding="utf-8")
    argv = [str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-i", str(inventory)]
    argv += [part for word, value in words.items() for part in ("-e", f"{word}={value}")]
    done = subprocess.run(argv, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    return " ".join(done.stdout.split())


def test_the_status_tells_of_each_pair_and_of_no_pool(root: Path, tmp_path: Path) -> None:
    dest = tmp_path / "status.html"
    said = run(root, tmp_path, "status", output="html", dest=str(dest))
    assert "projects (192.0.2.30): DOWN archive (192.0.2.31): DOWN" in said
    assert "hosts degraded 0 of 5 answer pair projects down not running pair archive down not running" in said
    assert "CTDB" not in said and "secret" not in said
    page = dest.read_text(encoding="utf-8")
    assert "<title>projects, archive: down</title>" in page
    assert page.count('<text class="title"') == 2 + 4 + 1


def test_a_pair_evacuates_its_hosts_itself(root: Path, tmp_path: Path) -> None:
    assert "A pair does that by itself" in run(root, tmp_path, "failover", host="file1", action="evacuate")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"fault": "pair_killed"}, "projects is no lab, and its clients will notice."),
        ({"fault": "pair_killed", "confirm": "projects"}, "pair_killed hits all else on the host as well"),
        ({"fault": "pair_smbd_killed", "confirm": "projects"}, "The service is down; a fault on top of that"),
        ({"fault": "pair_hung", "pair": "archive"}, "wanted a pair that can fence; found that archive cannot"),
        ({"fault": "pair_smbd_killed", "pair": "files"}, "pair=files: wanted one of projects, archive."),
        ({"fault": "smbd_killed"}, "smbd_killed: wanted hosts in the group samba_ha_pool; found none."),
        ({"fault": "frontend_killed"}, "frontend_killed: wanted hosts in the group samba_ha_pool; found none."),
    ],
)
def test_what_must_not_be_drilled_is_refused(root: Path, tmp_path: Path, words: dict[str, str], said: str) -> None:
    assert said in run(root, tmp_path, "drill", dest=str(tmp_path), **words)
