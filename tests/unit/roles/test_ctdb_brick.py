# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CTDB's check of its node's own brick."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES
from jinja2 import Environment

TEMPLATE = ROLES / "ctdb/templates/shared_fs.script.j2"
AWAY, BACK = "the brick of {} is away", "the brick of {} is back only now"


class Node:
    """A node whose mount of the data volume has two bricks; its own is the second one."""

    def __init__(self, folder: Path, *, brick_path: bool = True) -> None:
        self.mount, self.script, self.programs = folder / "data", folder / "script", folder / "bin"
        for number, host in enumerate(("10.0.0.2", "10.0.0.1")):
            options = self.mount / f".meta/graphs/active/data-client-{number}/options"
            options.mkdir(parents=True)
            (options / "remote-host").write_text(f"{host}\n")
            self.brick(number, "connected")
        names = {
            "ctdb_cluster_lock": str(folder / "lock"),
            "ctdb_brick_path": str(self.mount) if brick_path else "",
            "ctdb_address": "10.0.0.1",
            "ctdb_checked_paths": [],
        }
        text = Environment(autoescape=True, trim_blocks=True).from_string(TEMPLATE.read_text()).render(names)
        self.script.write_text(text.replace("/run/ctdb", str(folder)))
        self.programs.mkdir()
        self.while_it_sleeps("")

    def brick(self, number: int, state: str) -> None:
        private = self.mount / f".meta/graphs/active/data-client-{number}/private"
        private.write_text((FIXTURES / f"gluster/trixie-11.1/meta_client_{state}.txt").read_text())

    def while_it_sleeps(self, command: str) -> None:
        """What happens between the script's two looks, which then takes no time."""
        program = self.programs / "sleep"
        program.write_text(f"#!/bin/sh\n{command}\n")
        program.chmod(0o755)

    def event(self, name: str) -> str | None:
        """What CTDB gets to know; None of a node that is well."""
        env = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", str(self.script), name], env=env, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert bool(done.returncode) == bool(done.stdout)
        return done.stdout.removeprefix("ERROR: ").strip().replace(str(self.mount), "{}") or None


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_a_node_without_its_brick_is_not_well_until_one_check_after_its_return(node: Node) -> None:
    said = [node.event("monitor")]
    node.brick(1, "away")
    said += [node.event("monitor"), node.event("monitor")]
    node.brick(1, "connected")
    said += [node.event("monitor"), node.event("monitor")]
    assert said == [None, AWAY, AWAY, BACK, None]


def test_another_nodes_brick_is_its_own_business(node: Node) -> None:
    node.brick(0, "away")
    assert node.event("monitor") is None


def test_a_mount_that_connects_anew_missed_nothing(node: Node) -> None:
    node.brick(1, "away")
    active = node.mount / ".meta/graphs/active"
    node.while_it_sleeps(f"cp {active}/data-client-0/private {active}/data-client-1/private")
    assert [node.event("monitor"), node.event("monitor")] == [None, None]


def test_ctdb_starts_without_the_brick(node: Node) -> None:
    node.brick(1, "away")
    assert node.event("startup") is None


def test_behind_front_ends_the_agent_looks_after_it(tmp_path: Path) -> None:
    node = Node(tmp_path, brick_path=False)
    node.brick(1, "away")
    assert node.event("monitor") is None
