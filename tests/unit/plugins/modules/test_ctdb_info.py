# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import ctdb_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, hangs, missing

MACHINE, TEXT = ["ctdb", "-t", "2", "-X", "status"], ["ctdb", "-t", "2", "status"]
PARTS = ("public_addresses", "scripts", "tunables", "databases")
CTDB = FIXTURES / "ctdb" / "trixie-4.22.11"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(ctdb_info, tmp_path, monkeypatch, capsys)


def status(name: str, more: str = "") -> list[Answer]:
    return [
        answer(MACHINE, stdout=(CTDB / f"{name}.machine.txt").read_text() + more),
        answer(TEXT, stdout=(CTDB / f"{name}.txt").read_text()),
    ]


DOWN = answer(MACHINE, 1, "", (CTDB / "down.stderr.txt").read_text())


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_healthy_cluster_in_full(call: Call, check_mode: bool) -> None:
    replay = Replay(*status("ok"))
    result = call(replay, {}, check_mode=check_mode)
    replay.done()
    del result["invocation"]
    assert result == {
        "changed": False,
        "warnings": [],
        "running": True,
        "error": None,
        "healthy": True,
        "nodes": [
            {"pnn": pnn, "address": f"10.224.0.1{pnn + 1}", "flags": [], "this_node": pnn == 0} for pnn in range(3)
        ],
        "pnn": 0,
        "leader": 0,
        "generation": 1421988961,
        "recovery_mode": "normal",
        **dict.fromkeys(PARTS),
    }


def test_a_state_that_is_not_well_is_an_answer_without_waiting(call: Call) -> None:
    result = call(Replay(*status("banned")), {})
    assert not result["healthy"] and result["nodes"][2]["flags"] == ["banned", "inactive"]


@pytest.mark.parametrize(
    ("reply", "error"), [(DOWN, "Failed to connect to CTDB daemon"), (missing(MACHINE), "ctdb is not installed")]
)
def test_without_a_daemon_the_values_are_empty_and_nothing_more_is_asked(call: Call, reply: Answer, error: str) -> None:
    result = call(Replay(reply), {"gather": list(PARTS)})
    assert (result["running"], result["healthy"], result["nodes"]) == (False, False, [])
    assert error in result["error"]
    assert {result[name] for name in ("pnn", "leader", "generation", "recovery_mode", *PARTS)} == {None}


def test_a_daemon_that_hangs_is_an_answer(call: Call) -> None:
    result = call(Replay(hangs(MACHINE)), {"gather": list(PARTS)})
    assert (result["running"], result["error"]) == (False, "no answer within 4.5 s; it hangs or is overloaded")


def test_more_is_read_when_asked_for(call: Call) -> None:
    listvars = answer(["ctdb", "-t", "2", "listvars"], 0, (CTDB / "listvars.txt").read_text() + "Something new\n")
    replay = Replay(*status("ok"), listvars)
    result = call(replay, {"gather": ["tunables"]})
    replay.done()
    assert result["tunables"]["MonitorInterval"] == 15 and result["scripts"] is None
    assert result["warnings"] == ["ctdb tunables: not understood: Something new"]


def test_waiting_ends_when_all_is_well(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    replay = Replay(DOWN, *status("starting"), *status("recovery"), *status("ok"))
    assert call(replay, {"wait": "healthy", "timeout": 60})["healthy"]
    replay.done()


def test_waiting_in_vain_shows_the_last_state(call: Call) -> None:
    result = call(Replay(*status("unhealthy")), {"wait": "healthy", "timeout": 0})
    assert result["failed"]
    assert "found node 0 (10.224.0.11) healthy; node 1 (10.224.0.12) unhealthy; node 2" in result["msg"]
    assert "within 0 s" in result["msg"] and "ctdb scriptstatus" in result["msg"]


def test_waiting_for_a_daemon_that_is_down_says_so(call: Call) -> None:
    result = call(Replay(DOWN), {"wait": "healthy", "timeout": 0})
    assert result["failed"] and "found no ctdbd that answers: connect() failed" in result["msg"]


def test_what_is_not_understood_is_a_warning(call: Call) -> None:
    result = call(Replay(*status("ok", "Something new\n")), {})
    assert result["warnings"] == ["ctdb status: not understood: Something new"]
    assert result["healthy"]
