# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CTDB's event script that looks after the connections of a node."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES
from jinja2 import Environment

TEMPLATE = ROLES / "ctdb/templates/links.script.j2"
PROGRAMS = {
    "ss": "cat {0}/links",
    "ping": 'for peer; do :; done; echo "ping $peer" >> {0}/calls; grep -qx "$peer" {0}/alive',
    "ctdb": 'echo "ctdb $*" >> {0}/calls',
    "logger": 'echo "logger" >> {0}/calls',
    "sleep": '. {0}/meanwhile; echo "sleep" >> {0}/calls',
    # A second between two looks at the clock.
    "date": "echo x >> {0}/clock; wc -l < {0}/clock",
}


class Node:
    """10.0.0.1, whose peers are 10.0.0.2 and 10.0.0.3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        for name, line in PROGRAMS.items():
            program = folder / "bin" / name
            program.write_text(f"#!/bin/sh\n{line.format(folder)}\n")
            program.chmod(0o755)
        text = Environment(autoescape=True).from_string(TEMPLATE.read_text()).render(__ctdb_peers="10.0.0.2 10.0.0.3")
        (folder / "script").write_text(text.replace("/run/ctdb", str(folder)))
        self.linked()
        self.alive("10.0.0.2", "10.0.0.3")
        self.while_it_sleeps("")

    def linked(self, *peers: int, port: int = 40000) -> None:
        """With these it has connections in both directions, as `ss` shows them."""
        lines = [f"0 0 10.0.0.1:4379 10.0.0.{peer}:{port}\n0 0 10.0.0.1:{port} 10.0.0.{peer}:4379\n" for peer in peers]
        (self.folder / "links").write_text("".join(lines))

    def alive(self, *peers: str) -> None:
        (self.folder / "alive").write_text("".join(f"{peer}\n" for peer in peers))

    def while_it_sleeps(self, command: str) -> None:
        (self.folder / "meanwhile").write_text(f"{command}\n")

    def event(self, name: str) -> tuple[list[str], str]:
        """The commands that it gave, and what CTDB gets to know."""
        (self.folder / "calls").write_text("")
        env = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        argv = ["sh", str(self.folder / "script"), name]
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return (self.folder / "calls").read_text().splitlines(), done.stdout.strip()


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """One that took part in a recovery with both others."""
    node = Node(tmp_path)
    node.linked(2, 3)
    node.event("startrecovery")
    return node


def test_a_recovery_without_a_lost_peer_does_not_wait(node: Node) -> None:
    node.linked(2)
    assert node.event("startrecovery") == ([], "")
    assert node.event("monitor") == ([], "")


def test_one_that_returns_waits_for_its_other_connections(node: Node) -> None:
    node.linked(2, port=50000)
    later = "".join((node.folder / "links").read_text().replace("10.0.0.2", "10.0.0.3"))
    node.while_it_sleeps(f"printf '%s' '{later}' >> {node.folder}/links")
    assert node.event("startrecovery") == (["ping 10.0.0.3", "sleep"], "")
    assert node.event("monitor") == ([], "")


def test_it_does_not_wait_for_a_host_that_does_not_answer(node: Node) -> None:
    node.linked(2, port=50000)
    node.alive("10.0.0.2")
    assert node.event("startrecovery") == (["ping 10.0.0.3"], "")


def test_a_dead_host_does_not_end_the_wait_for_another_one(node: Node) -> None:
    (node.folder / "links").write_text("0 0 10.0.0.1:4379 10.0.0.2:50000\n")
    node.alive("10.0.0.2")
    node.while_it_sleeps(f"echo '0 0 10.0.0.1:50000 10.0.0.2:4379' >> {node.folder}/links")
    assert node.event("startrecovery") == (["ping 10.0.0.2", "ping 10.0.0.3", "sleep", "ping 10.0.0.3"], "")


def test_after_a_while_it_goes_on_and_asks_for_one_more_when_the_connection_is_there(node: Node) -> None:
    node.linked(2, port=50000)
    calls, said = node.event("startrecovery")
    assert 2 <= calls.count("sleep") <= 4
    assert said == "no connection yet with 10.0.0.3"
    assert node.event("monitor") == ([], "")
    node.linked(2, 3, port=50000)
    assert node.event("monitor") == (["logger", "ctdb recover"], "")
    node.event("startrecovery")
    assert node.event("monitor") == ([], "")


def test_a_connection_that_was_made_anew_is_followed_by_a_recovery(node: Node) -> None:
    node.linked(2, 3, port=50000)
    assert node.event("monitor") == (["logger", "ctdb recover"], "")


def test_after_a_start_nothing_is_known(tmp_path: Path) -> None:
    node = Node(tmp_path)
    assert node.event("startrecovery") == ([], "")
    node.linked(2, 3)
    assert node.event("monitor") == (["logger", "ctdb recover"], "")
