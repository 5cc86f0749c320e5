# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook failover under a workload: clients are moved, nothing is lost, the last redundancy is not given up."""

from __future__ import annotations

import subprocess
import typing as t
from pathlib import Path

import pytest
from acts import podman
from lab import Lab, eventually, playbook
from observe import ctdb_flags, holders, servers, settle
from workload import Workload


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
    assert servers(lab.frontends[0])[node.name] == "UP"
    assert ctdb_flags(node)[str(node.interconnect)] == set()


def test_a_node_is_drained_and_returns_and_nothing_is_lost(lab: Lab, tmp_path: Path) -> None:
    with Workload(lab, tmp_path, 75) as workload:
        drain_and_return(lab, workload)
        result = workload.finish()
    assert result["reconnects"] > 0, "no client was moved"
    assert result["operations"]["writer"] > 500, result
    assert result["gap"]["seconds"] < 10, result
    assert workload.violations() == []


def drain_and_return(lab: Lab, workload: Workload) -> None:
    node, other, last = lab.pool
    done(fail_over(node.name, "drain", "-e", "deadline=1"))
    assert {host.name: servers(host)[node.name] for host in lab.frontends} == {"fe1": "MAINT", "fe2": "MAINT"}
    assert "Stopped" in ctdb_flags(other)[str(node.interconnect)]
    eventually(lambda: workload.sessions()[node.name], lambda left: left == 0, timeout=10, what="no client left")
    assert workload.process.poll() is None, "the workload ended before its node was drained"
    # One more would leave a single node.
    refused = fail_over(other.name, "drain")
    assert refused.returncode != 0
    assert f"Only {last.name} would be left, and nothing more may fail then." in " ".join(refused.stdout.split())
    assert servers(lab.frontends[0])[other.name] == "UP"
    done(fail_over(node.name, "return"))
    assert servers(lab.frontends[0])[node.name] == "UP"


def test_the_virtual_address_leaves_a_front_end_that_is_drained(lab: Lab, tmp_path: Path) -> None:
    (active,) = holders(lab)
    with Workload(lab, tmp_path, 45) as workload:
        done(fail_over(active.name, "drain", "-e", "accept=no_redundancy"))
        (now,) = holders(lab)
        assert now != active
        assert not active.shell.service("haproxy").is_running
        done(fail_over(active.name, "return"))
        assert holders(lab) == [now], "the address wandered back"
        result = workload.finish()
    assert result["reconnects"] > 0, "no client was moved"
    assert result["gap"]["seconds"] < 10, result
    assert workload.violations() == []


def test_a_node_without_power_is_evacuated_and_returns(lab: Lab) -> None:
    node = lab.pool[2]
    podman("kill", node)
    refused = fail_over(node.name, "drain")
    assert refused.returncode != 0
    assert "use action=evacuate" in " ".join(refused.stdout.split())
    done(fail_over(node.name, "evacuate"))
    assert {host.name: servers(host)[node.name] for host in lab.frontends} == {"fe1": "MAINT", "fe2": "MAINT"}
    podman("start", node)
    # It serves nobody yet, although it is healthy again.
    eventually(
        lambda: ctdb_flags(node)[str(node.interconnect)], lambda flags: not flags, timeout=120, what=f"{node.name} back"
    )
    assert servers(lab.frontends[0])[node.name] == "MAINT"
    done(fail_over(node.name, "return"))
