# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import CRM_MON
from ansible_collections.samba_ha.cluster.plugins.modules import pair_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    RELEASES,
    corosync_says,
    crm_mon,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer, hangs, missing


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(pair_info, tmp_path, monkeypatch, capsys)


def pair(call: Call, corosync: str, pacemaker: str, release: str = "trixie") -> dict[str, t.Any]:
    replay = Replay(*corosync_says(corosync, release), crm_mon(pacemaker, release))
    result = call(replay, {})
    replay.done()
    assert result["changed"] is False and result["warnings"] == [] and set(replay.timeouts) == {8}
    told: dict[str, t.Any] = result["pair"]
    return told


@RELEASES
def test_healthy(call: Call, release: str) -> None:
    told = pair(call, "healthy", "healthy", release)
    assert (told["running"], told["missing"], told["active"], told["error"]) == (True, {}, "file1", None)
    assert told["corosync"]["qdevice"] == {
        "configured": True,
        "connected": True,
        "state": "Connected",
        "algorithm": "Fifty-Fifty split",
    }
    assert told["corosync"]["nodes"][1] == {"name": "file2", "id": 2, "votes": 1}
    assert [link["connected"] for link in told["corosync"]["links"]["file2"]] == [True, True]
    assert told["nodes"]["file2"] == {
        "online": True,
        "standby": False,
        "maintenance": False,
        "pending": False,
        "unclean": False,
        "shutdown": False,
    }
    assert [each["id"] for each in told["resources"]] == ["files-storage", "files-ip", "files-samba"]
    assert told["resources"][1] == {
        "id": "files-ip",
        "group": "files",
        "agent": "ocf:heartbeat:IPaddr2",
        "managed": True,
        "failed": False,
        "blocked": False,
        "target_role": None,
        "role": "Started",
        "active_on": ["file1"],
    }
    assert told["fence_devices"][0] == {
        "id": "fence-file1",
        "agent": "stonith:fence_dummy",
        "running_on": "file2",
        "failed": False,
    }


@RELEASES
def test_a_fence_device_that_does_not_answer(call: Call, release: str) -> None:
    told = pair(call, "healthy", "fence_device_failed", release)
    assert [(each["id"], each["running_on"], each["failed"]) for each in told["fence_devices"]] == [
        ("fence-file1", "file2", False),
        ("fence-file2", None, True),
    ]


@RELEASES
def test_a_device_that_has_nowhere_to_run_has_not_failed(call: Call, release: str) -> None:
    told = pair(call, "peer_gone", "fenced", release)
    assert [(each["running_on"], each["failed"]) for each in told["fence_devices"]] == [(None, False), ("file1", False)]
    assert told["fence_history"][0]["status"] == "success" and told["active"] == "file1"


@RELEASES
def test_two_active_are_told(call: Call, release: str) -> None:
    told = pair(call, "healthy", "two_active", release)
    assert told["active"] is None
    assert told["error"].startswith("resources run on two nodes: ") and "files-ip on file1 and file2" in told["error"]


@RELEASES
def test_nothing_active(call: Call, release: str) -> None:
    told = pair(call, "no_quorum", "no_quorum", release)
    assert (told["active"], told["error"], told["corosync"]["quorate"]) == (None, None, False)


@RELEASES
def test_a_host_where_nothing_runs(call: Call, release: str) -> None:
    told = pair(call, "stopped", "pacemaker_stopped", release)
    assert (told["running"], told["corosync"], told["nodes"], told["active"]) == (False, None, None, None)
    assert told["missing"]["corosync"] == "Failed to initialize the cmap API. Error CS_ERR_LIBRARY"
    assert told["missing"]["pacemaker"].endswith("Connection to cluster failed: Connection refused")


@RELEASES
def test_pacemaker_alone_is_missing(call: Call, release: str) -> None:
    told = pair(call, "healthy", "pacemaker_stopped", release)
    assert (told["running"], list(told["missing"])) == (False, ["pacemaker"])
    assert told["corosync"]["quorate"] and told["resources"] is None


def test_pacemaker_has_only_begun_to_start(call: Call) -> None:
    told = pair(call, "healthy", "cib_starting")
    assert told["missing"] == {"pacemaker": "Could not connect to the CIB: Transport endpoint is not connected"}
    assert not told["running"] and told["nodes"] is None


def test_a_host_without_the_programs(call: Call) -> None:
    replay = Replay(missing(corosync_says("stopped")[0].argv), missing(CRM_MON))
    told = call(replay, {})["pair"]
    assert told["missing"]["corosync"].startswith("not installed") and not told["running"]


def test_what_hangs_does_not_run(call: Call) -> None:
    replay = Replay(*corosync_says("healthy"), hangs(CRM_MON))
    told = call(replay, {"timeout": 3})["pair"]
    assert set(replay.timeouts) == {3}
    assert told["missing"] == {"pacemaker": f"{' '.join(CRM_MON)}: no answer"}


def test_what_is_not_understood_fails(call: Call) -> None:
    result = call(Replay(*corosync_says("healthy"), answer(CRM_MON, 0, "Something new\n")), {})
    assert result["failed"] and "Something new" in result["msg"]
