# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import pair_node
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    RELEASES,
    cibadmin,
    crm_mon,
    simulate,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer

CHECK = pytest.mark.parametrize("check_mode", [False, True])
SET = answer(["crm_attribute", "--node", "file1", "--name", "standby", "--update", "on"])
UNSET = answer(["crm_attribute", "--node", "file1", "--name", "standby", "--delete"])
CLEANUP = answer(["crm_resource", "--cleanup", "--node", "file1"])


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return caller(pair_node, tmp_path, monkeypatch, capsys)


def seen(status: str, plan: str = "idle", release: str = "trixie") -> list[Answer]:
    return [crm_mon(status, release), simulate(plan, release)]


def judged(plan: str, release: str = "trixie") -> list[Answer]:
    return [cibadmin(release=release), simulate(plan, release, "--xml-pipe")]


@RELEASES
@CHECK
def test_all_moves_to_the_other_node(call: Call, release: str, check_mode: bool) -> None:
    done = [SET, *seen("healthy", "standby", release), *seen("standby", release=release)]
    replay = Replay(crm_mon("healthy", release), *judged("standby", release), *([] if check_mode else done))
    result = call(replay, {"state": "standby", "node": "file1"}, check_mode=check_mode)
    replay.done()
    assert result["changed"] and result["active"] == ("file1" if check_mode else "file2")
    assert result["diff"] == {"before": {"standby": False}, "after": {"standby": True}}
    judged_cib = replay.stdin[2]
    assert judged_cib is not None and '<nvpair id="nodes-file1-standby" name="standby" value="on"' in judged_cib


@RELEASES
def test_what_is_in_standby_stays_so(call: Call, release: str) -> None:
    replay = Replay(crm_mon("standby", release), *seen("standby", release=release))
    result = call(replay, {"state": "standby", "node": "file1"})
    replay.done()
    assert not result["changed"] and result["active"] == "file2"


def test_the_host_itself_by_default(call: Call) -> None:
    replay = Replay(crm_mon("standby"), answer(["crm_node", "--name"], 0, "file1\n"), *seen("standby"))
    assert call(replay, {"state": "standby"})["node"] == "file1"
    replay.done()


def test_a_copy_that_would_stop_on_the_node_runs_on_the_other_one(call: Call) -> None:
    """What is cloned is there once for each node."""
    replay = Replay(crm_mon("mirror"), *judged("mirror_standby"))
    assert call(replay, {"state": "standby", "node": "file2"}, check_mode=True)["changed"]
    replay.done()


def test_a_copy_that_has_stopped_on_the_node_runs_on_the_other_one(call: Call) -> None:
    replay = Replay(crm_mon("mirror_standby"), *seen("mirror_standby", "mirror_idle"))
    result = call(replay, {"state": "standby", "node": "file1"})
    replay.done()
    assert not result["changed"] and result["active"] == "file2"


@pytest.mark.parametrize(
    ("status", "node", "why"),
    [
        ("standby", "file2", "file1 online standby"),
        ("fenced", "file1", "file2 offline"),
        ("fence_failed", "file1", "file2 offline unclean"),
    ],
)
@CHECK
def test_an_outage_is_refused(call: Call, status: str, node: str, why: str, check_mode: bool) -> None:
    replay = Replay(crm_mon(status), *judged("outage"))
    result = call(replay, {"state": "standby", "node": node}, check_mode=check_mode)
    replay.done()
    assert result["failed"]
    assert (
        f"node {node}: wanted another node that takes over all that runs on it; found nobody would run"
        in (result["msg"])
    )
    assert f"files-storage, files-ip, files-samba: {why}" in result["msg"] and "accept_outage" in result["msg"]


def test_a_cluster_in_maintenance_moves_nothing(call: Call) -> None:
    result = call(Replay(crm_mon("maintenance"), *judged("idle")), {"state": "standby", "node": "file1"})
    assert result["failed"] and "files-samba: the cluster is in maintenance. Nothing was changed" in result["msg"]


def test_an_outage_that_is_accepted(call: Call) -> None:
    replay = Replay(crm_mon("fenced"), SET, *seen("no_quorum"))
    result = call(replay, {"state": "standby", "node": "file1", "accept_outage": True})
    replay.done()
    assert result["changed"] and result["active"] is None


def test_a_node_on_which_nothing_runs_needs_no_other(call: Call) -> None:
    replay = Replay(crm_mon("resource_failed"), SET, *seen("resource_failed"))
    assert call(replay, {"state": "standby", "node": "file1"})["changed"]
    replay.done()


def test_what_does_not_start_there_is_told(call: Call) -> None:
    replay = Replay(crm_mon("healthy"), *judged("standby"), SET, *seen("resource_failed"))
    result = call(replay, {"state": "standby", "node": "file1"})
    assert result["failed"] and "found nobody runs files-storage, files-ip, files-samba (" in result["msg"]
    assert "files-storage: start failed on file2" in result["msg"] and "stays in standby" in result["msg"]


def test_what_does_not_leave_is_told(call: Call) -> None:
    replay = Replay(crm_mon("healthy"), *judged("standby"), SET, *seen("healthy"))
    result = call(replay, {"state": "standby", "node": "file1"})
    assert result["failed"] and "found files-storage, files-ip, files-samba still on it" in result["msg"]


def test_the_deadline_shows_the_last_state(call: Call) -> None:
    replay = Replay(crm_mon("healthy"), *judged("standby"), SET, *seen("healthy", "standby"))
    result = call(replay, {"state": "standby", "node": "file1", "timeout": 0})
    assert result["failed"] and "node file1: wanted all resources on the other node within 0 s" in result["msg"]
    assert "still to do:" in result["msg"] and "start files-ip on file2" in result["msg"]


@RELEASES
@CHECK
def test_back_into_service(call: Call, release: str, check_mode: bool) -> None:
    done = [UNSET, *seen("standby", release=release), *seen("healthy", release=release)]
    replay = Replay(crm_mon("standby", release), *([] if check_mode else done))
    result = call(replay, {"state": "online", "node": "file1"}, check_mode=check_mode)
    replay.done()
    assert result["changed"]
    assert result["diff"] == {"before": {"standby": True}, "after": {"standby": False}}


def test_a_node_that_is_away_does_not_come_online(call: Call) -> None:
    replay = Replay(crm_mon("fenced"), *seen("fenced"))
    result = call(replay, {"state": "online", "node": "file2", "timeout": 0})
    assert result["failed"] and "found file1 online, file2 offline" in result["msg"]
    assert "Start corosync and pacemaker there" in result["msg"]


@RELEASES
@CHECK
def test_failures_are_forgotten(call: Call, release: str, check_mode: bool) -> None:
    done = [CLEANUP, *seen("healthy", release=release)]
    replay = Replay(crm_mon("resource_recovered", release), *([] if check_mode else done))
    result = call(replay, {"state": "cleaned", "node": "file1"}, check_mode=check_mode)
    replay.done()
    assert result["changed"] and result["diff"]["after"] == {"failures": []}
    (failure,) = result["diff"]["before"]["failures"]
    assert failure.startswith("files-storage: monitor failed on file1")


def test_failures_of_the_other_node_stay(call: Call) -> None:
    replay = Replay(crm_mon("resource_recovered"), *seen("resource_recovered"))
    assert not call(replay, {"state": "cleaned", "node": "file2"})["changed"]
    replay.done()


def test_what_fails_again_is_told(call: Call) -> None:
    replay = Replay(crm_mon("resource_failed"), CLEANUP, *seen("resource_failed"))
    result = call(replay, {"state": "cleaned", "node": "file1"})
    assert result["failed"] and "found files-storage: start failed on file1" in result["msg"]
    assert "It failed again" in result["msg"]


@pytest.mark.parametrize("state", ["standby", "online", "cleaned"])
@CHECK
def test_a_node_that_is_not_there(call: Call, state: str, check_mode: bool) -> None:
    result = call(Replay(crm_mon("healthy")), {"state": state, "node": "file9"}, check_mode=check_mode)
    assert result["failed"] and "node file9: wanted one of file1, file2; found no such node" in result["msg"]


@CHECK
def test_without_pacemaker(call: Call, check_mode: bool) -> None:
    result = call(Replay(crm_mon("pacemaker_stopped")), {"state": "online"}, check_mode=check_mode)
    assert result["failed"] and "Connection refused" in result["msg"]
