# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import ctdb_node
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, hangs

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
BOTH = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
CHECK = pytest.mark.parametrize("check_mode", [False, True])


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return caller(ctdb_node, tmp_path, monkeypatch, capsys)


def status(name: str, *target: str, release: str = TRIXIE) -> list[Answer]:
    place = FIXTURES / "ctdb" / release
    return [
        answer(["ctdb", "-t", "2", *target, "-X", "status"], 0, (place / f"{name}.machine.txt").read_text()),
        answer(["ctdb", "-t", "2", *target, "status"], 0, (place / f"{name}.txt").read_text()),
    ]


def command(verb: str, pnn: int, rc: int = 0, stderr: str = "") -> Answer:
    return answer(["ctdb", "-n", str(pnn), verb], rc, "", stderr)


def uptime(pnn: int, last: str) -> Answer:
    """How long ago the last recovery was by the node."""
    text = (FIXTURES / "ctdb" / TRIXIE / "uptime.txt").read_text().replace("000 00:04:07", last)
    return answer(["ctdb", "-t", "2", "-n", str(pnn), "uptime"], 0, text)


def rest(pnn: int, release: str = TRIXIE, last: str = "000 00:04:07") -> list[Answer]:
    """How long CTDB rests after a recovery, 10 s, and the first look how long ago that was."""
    listvars = (FIXTURES / "ctdb" / release / "listvars.txt").read_text()
    return [answer(["ctdb", "-t", "2", "listvars"], 0, listvars), uptime(pnn, last)]


def flags(*names: str) -> dict[str, list[str]]:
    return {"flags": list(names)}


@BOTH
def test_a_stopped_node_serves_once_the_recovery_took_it_in(call: Call, release: str) -> None:
    replay = Replay(
        *status("stopped_self", release=release),
        command("continue", 1),
        *status("continued_self", release=release),
        *status("continued_self", release=release),
        # The fixture is node 0's view: a node that asks itself asks nobody else.
        *status("ok", release=release),
        *status("ok", "-n", "1", release=release),
    )
    result = call(replay, {"state": "enabled"})
    replay.done()
    assert result["changed"] and (result["pnn"], result["flags"]) == (1, [])
    assert result["diff"] == {"before": flags("stopped"), "after": flags()}


@BOTH
def test_stopping_the_own_node_is_seen_by_another(call: Call, release: str) -> None:
    replay = Replay(
        *status("continued_self", release=release),
        *rest(1, release),
        command("stop", 1),
        *status("stopped_self", release=release),
        *status("stopped_other", "-n", "0", release=release),
    )
    result = call(replay, {"state": "stopped"})
    replay.done()
    assert result["changed"] and result["flags"] == ["stopped", "inactive"]
    assert result["diff"] == {"before": flags(), "after": flags("stopped")}


def role(pnn: int, switch: str) -> Answer:
    return answer(["ctdb", "-n", str(pnn), "setleaderrole", switch])


def led_by(pnn: int) -> list[Answer]:
    """The healthy cluster, led by another node than when it was recorded."""
    machine, text = status("ok")
    return [machine, answer(text.argv, 0, text.stdout.replace("Leader:0", f"Leader:{pnn}"))]


def test_a_leader_has_another_one_elected_before_it_stops(call: Call) -> None:
    replay = Replay(
        *led_by(1),
        role(1, "off"),
        *led_by(1),
        *led_by(0),
        *rest(1),
        command("stop", 1),
        role(1, "on"),
        *status("stopped"),
    )
    result = call(replay, {"state": "stopped", "node": 1})
    replay.done()
    assert result["changed"] and "stopped" in result["flags"]


def test_a_leader_that_nobody_relieves_goes_on(call: Call) -> None:
    replay = Replay(*status("ok"), role(0, "off"), *status("ok"), role(0, "on"))
    result = call(replay, {"state": "stopped", "node": 0, "timeout": 0})
    replay.done()
    assert result["failed"] and "CTDB node 0: wanted another leader before it stops" in result["msg"]


def test_a_node_stops_when_ctdb_may_recover_at_once(call: Call) -> None:
    replay = Replay(
        *status("ok"),
        *rest(1, last="000 00:00:00"),
        uptime(1, "000 00:00:10"),
        uptime(1, "000 00:00:11"),
        command("stop", 1),
        *status("stopped"),
    )
    assert call(replay, {"state": "stopped", "node": 1})["changed"]
    replay.done()


def test_a_node_does_not_stop_while_ctdb_may_not_recover(call: Call) -> None:
    replay = Replay(*status("ok"), *rest(1, last="000 00:00:03"))
    result = call(replay, {"state": "stopped", "node": 1, "timeout": 0})
    replay.done()
    assert result["failed"] and "it rests from for another 8 s" in result["msg"]


@CHECK
@BOTH
def test_another_node_is_disabled(call: Call, release: str, check_mode: bool) -> None:
    done = [
        command("disable", 1),
        *status("disabled", release=release),
        *status("disabled", "-n", "1", release=release),
    ]
    replay = Replay(*status("ok", release=release), *([] if check_mode else done))
    result = call(replay, {"state": "disabled", "node": 1}, check_mode=check_mode)
    replay.done()
    assert result["changed"] and result["flags"] == ([] if check_mode else ["disabled"])
    assert result["diff"] == {"before": flags(), "after": flags("disabled")}


@pytest.mark.parametrize(
    ("state", "name", "pnn"), [("enabled", "ok", 0), ("disabled", "disabled", 1), ("stopped", "stopped", 1)]
)
def test_what_is_so_stays_so(call: Call, state: str, name: str, pnn: int) -> None:
    views = {"enabled": status(name), "stopped": status(name), "disabled": [*status(name), *status(name, "-n", "1")]}
    replay = Replay(*status(name), *views[state])
    result = call(replay, {"state": state, "node": pnn})
    replay.done()
    assert not result["changed"]
    assert result["diff"]["before"] == result["diff"]["after"]


@CHECK
def test_a_ban_is_not_ended_by_the_way(call: Call, check_mode: bool) -> None:
    result = call(Replay(*status("banned")), {"state": "enabled", "node": 2}, check_mode=check_mode)
    assert result["failed"]
    assert "CTDB node 2: wanted a node that may serve; found it is banned" in result["msg"]
    assert "clear_ban" in result["msg"] and "RecoveryBanPeriod" in result["msg"]


def test_a_ban_is_ended_on_demand(call: Call) -> None:
    replay = Replay(*status("banned"), command("unban", 2), *status("ok"), *status("ok", "-n", "2"))
    result = call(replay, {"state": "enabled", "node": 2, "clear_ban": True})
    replay.done()
    assert result["diff"] == {"before": flags("banned"), "after": flags()}


def test_a_ban_does_not_hinder_from_stopping(call: Call) -> None:
    result = call(Replay(*status("banned")), {"state": "stopped", "node": 2}, check_mode=True)
    assert result["diff"] == {"before": flags("banned"), "after": flags("banned", "stopped")}


def test_waiting_in_vain_shows_the_last_state_and_what_ctdb_said(call: Call) -> None:
    replay = Replay(
        *status("disabled"),
        command("enable", 1, 1, "Failed to enable node 1\n"),
        *status("unhealthy"),
        *status("unhealthy", "-n", "1"),
    )
    result = call(replay, {"state": "enabled", "node": 1, "timeout": 0})
    replay.done()
    assert result["failed"] and "node 1 (10.224.0.12) unhealthy" in result["msg"]
    assert "ctdb enable: Failed to enable node 1" in result["msg"] and "ctdb scriptstatus" in result["msg"]


def test_a_failure_is_none_if_the_state_is_reached(call: Call) -> None:
    replay = Replay(
        *status("ok"), command("disable", 1, 1, "strange\n"), *status("disabled"), *status("disabled", "-n", "1")
    )
    assert call(replay, {"state": "disabled", "node": 1})["changed"]


def test_a_command_that_does_not_end_is_told(call: Call) -> None:
    replay = Replay(*status("ok"), *rest(1), hangs(command("stop", 1).argv), *status("ok"), *status("ok", "-n", "1"))
    result = call(replay, {"state": "stopped", "node": 1, "timeout": 0})
    assert result["failed"] and "ctdb stop did not end" in result["msg"]


@CHECK
def test_without_a_daemon_it_fails(call: Call, check_mode: bool) -> None:
    down = answer(
        ["ctdb", "-t", "2", "-X", "status"], 1, "", (FIXTURES / "ctdb" / TRIXIE / "down.stderr.txt").read_text()
    )
    result = call(Replay(down), {"state": "enabled"}, check_mode=check_mode)
    assert result["failed"] and "Failed to connect to CTDB daemon" in result["msg"]
    assert "Start ctdb.service" in result["msg"]


@pytest.mark.parametrize(("node", "name", "text"), [(9, "ok", "Correct the number"), (2, "disconnected", "port 4379")])
def test_a_node_that_cannot_be_reached_is_refused(call: Call, node: int, name: str, text: str) -> None:
    result = call(Replay(*status(name)), {"state": "disabled", "node": node})
    assert result["failed"] and f"CTDB node {node}: " in result["msg"] and text in result["msg"]


def test_what_is_not_understood_is_a_warning(call: Call) -> None:
    machine, text = status("ok")
    strange = answer(machine.argv, 0, machine.stdout + "Something new\n")
    result = call(Replay(strange, text), {"state": "disabled"}, check_mode=True)
    assert result["warnings"] == ["ctdb status: not understood: Something new"]
