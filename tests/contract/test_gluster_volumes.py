# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which volumes the role gluster makes of its variables, and which bricks a host has of them."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

ROLE = Path(__file__).resolve().parents[2] / "roles/gluster"
ASKED = ["__gluster_volumes", "__gluster_own_bricks", "__gluster_consents"]
POOL = ["10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14", "10.0.0.15", "10.0.0.16"]
PAIRS = {"projects": ["10.0.0.31", "10.0.0.32", "10.0.0.39"], "archive": ["10.0.0.33", "10.0.0.34", "10.0.0.39"]}
# What else they have in the profile `balanced`.
SILENCE = {"server.tcp-user-timeout": 3}
OF_POOL = {
    "gluster_nodes": POOL,
    "gluster_address": POOL[0],
    "gluster_data_volume": "data",
    "gluster_lock_volume": "lock",
    "gluster_options": {},
}
OF_PAIRS = {
    "gluster_nodes": sorted({node for nodes in PAIRS.values() for node in nodes}),
    "gluster_arbiter_volumes": [{"name": name, "nodes": nodes} for name, nodes in PAIRS.items()],
}
HOSTS: dict[str, dict[str, t.Any]] = {
    "node1": OF_POOL,
    "file1": {**OF_PAIRS, "gluster_address": "10.0.0.31"},
    "arbiter1": {**OF_PAIRS, "gluster_address": "10.0.0.39", "gluster_allow_root_disk": True},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, t.Any]]:
    tmp_path = tmp_path_factory.mktemp("gluster")
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    groups = {
        "pool": {"hosts": {"node1": HOSTS["node1"]}},
        "pairs": {"hosts": {name: HOSTS[name] for name in ("arbiter1", "file1")}},
    }
    inventory = {"all": {"children": groups, "vars": {**defaults, **local}}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    task = {
        "ansible.builtin.copy": {
            "content": f"{{{{ dict({ASKED} | zip(query('ansible.builtin.vars', *{ASKED}))) | to_json }}}}",
            "dest": f"{tmp_path}/{{{{ inventory_hostname }}}}.json",
        }
    }
    files = [str(ROLE / "vars/main.yml")]
    play = [{"hosts": name, "gather_facts": False, "vars_files": files, "tasks": [task]} for name in groups]
    (tmp_path / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    argv = [
        str(Path(sys.executable).parent / "ansible-playbook"),
        f"{tmp_path}/play.yml",
        "-i",
        f"{tmp_path}/hosts.yml",
    ]
    done = subprocess.run(argv, cwd=ROLE, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return {name: json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8")) for name in HOSTS}


def test_a_pool_has_the_volume_of_its_data_and_that_of_the_lock(told: dict[str, dict[str, t.Any]]) -> None:
    plain = {"nodes": POOL, "replica": 3, "arbiter": 0}
    assert told["node1"]["__gluster_volumes"] == [
        # Not every node has a brick of every file.
        {"name": "data", **plain, "options": {"cluster.post-op-delay-secs": 0}},
        {"name": "lock", **plain, "options": {}},
    ]
    assert told["node1"]["__gluster_own_bricks"] == [
        {"volume": name, "path": f"/srv/gluster/{name}/brick"} for name in ("data", "lock")
    ]


def test_pairs_have_a_volume_each_and_no_others(told: dict[str, dict[str, t.Any]]) -> None:
    for name in ("file1", "arbiter1"):
        assert told[name]["__gluster_volumes"] == [
            {"name": pair, "nodes": nodes, "replica": 3, "arbiter": 1, "options": SILENCE}
            for pair, nodes in PAIRS.items()
        ]


def test_a_host_has_bricks_of_its_own_pair_and_the_arbiter_of_all(told: dict[str, dict[str, t.Any]]) -> None:
    bricks = {name: [brick["volume"] for brick in told[name]["__gluster_own_bricks"]] for name in ("file1", "arbiter1")}
    assert bricks == {"file1": ["projects"], "arbiter1": ["projects", "archive"]}


def test_who_makes_a_volume_knows_of_any_host_s_consent(told: dict[str, dict[str, t.Any]]) -> None:
    assert any(told["file1"]["__gluster_consents"])
    assert any(told["arbiter1"]["__gluster_consents"])
    assert not any(told["node1"]["__gluster_consents"])
