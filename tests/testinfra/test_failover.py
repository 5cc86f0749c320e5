# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook failover: what it says and refuses, and a node without power. test_drill drains hosts in use."""

from __future__ import annotations

import subprocess
import typing as t

import pytest
from acts import podman
from lab import Lab, eventually, playbook
from observe import ctdb_flags, servers, settle


def fail_over(host: str, action: str, *args: str) -> subprocess.CompletedProcess[str]:
    return playbook("playbooks/failover.yml", "-e", f"host={host}", "-e", f"action={action}", *args)


def done(process: subprocess.CompletedProcess[str]) -> None:
    assert process.returncode == 0, process.stdout


@pytest.fixture(autouse=True)
def whole_service(lab: Lab, request: pytest.FixtureRequest) -> t.Iterator[None]:
    settle(lab, "what came before")
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed > failed:
        podman("restart", *lab.pool, *lab.frontends)
    settle(lab, request.node.name)


def test_in_check_mode_it_says_what_it_would_do_and_does_nothing(lab: Lab) -> None:
    node = lab.pool[0]
    said = fail_over(node.name, "drain", "--check")
    done(said)
    assert f"{node.name}: drain. 2 nodes left to serve: pool2 and pool3." in said.stdout
    assert "nobody answers" not in said.stdout
    assert servers(lab.frontends[0])[node.name] == "UP"
    assert ctdb_flags(node)[str(node.interconnect)] == set()
    # The one that has a virtual server to itself.
    assert "Until it returns nobody answers to print." in fail_over(lab.pool[2].name, "drain", "--check").stdout


def test_a_node_without_power_is_evacuated_and_returns(lab: Lab) -> None:
    other, last, node = lab.pool
    podman("kill", node)
    refused = fail_over(node.name, "drain")
    assert refused.returncode != 0
    assert "use action=evacuate" in " ".join(refused.stdout.split())
    done(fail_over(node.name, "evacuate"))
    assert {host.name: servers(host)[node.name] for host in lab.frontends} == {"fe1": "MAINT", "fe2": "MAINT"}
    # One more would leave a single node.
    refused = fail_over(other.name, "drain")
    assert refused.returncode != 0
    assert f"Only {last.name} would be left, and nothing more may fail then." in " ".join(refused.stdout.split())
    assert servers(lab.frontends[0])[other.name] == "UP"
    podman("start", node)
    # It serves nobody yet, although it is healthy again.
    eventually(
        lambda: ctdb_flags(node)[str(node.interconnect)], lambda flags: not flags, timeout=120, what=f"{node.name} back"
    )
    assert servers(lab.frontends[0])[node.name] == "MAINT"
    done(fail_over(node.name, "return"))
