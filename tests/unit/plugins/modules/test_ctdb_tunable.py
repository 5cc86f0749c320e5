# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import ctdb_tunable
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, missing

ASK = ["ctdb", "-t", "2", "listvars"]
CTDB = FIXTURES / "ctdb"
BOTH = pytest.mark.parametrize("release", ["bookworm-4.17.12", "trixie-4.22.11"])


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(ctdb_tunable, tmp_path, monkeypatch, capsys)


def listvars(release: str = "trixie-4.22.11", **values: int) -> Answer:
    """The real values, with others for those named."""
    text = (CTDB / release / "listvars.txt").read_text()
    for name, value in values.items():
        lines = text.splitlines(keepends=True)
        text = "".join(f"{name:26} = {value}\n" if line.split()[0] == name else line for line in lines)
    return answer(ASK, 0, text)


@BOTH
def test_only_what_differs_is_set(call: Call, release: str) -> None:
    replay = Replay(
        listvars(release),
        answer(["ctdb", "setvar", "KeepaliveInterval", "1"]),
        answer(["ctdb", "setvar", "KeepaliveLimit", "3"]),
        listvars(release, KeepaliveInterval=1, KeepaliveLimit=3),
    )
    wanted = {"KeepaliveInterval": 1, "KeepaliveLimit": 3, "MonitorInterval": 15}
    result = call(replay, {"tunables": wanted})
    replay.done()
    assert result["changed"] and result["tunables"] == wanted
    assert result["diff"] == {"before": {**wanted, "KeepaliveInterval": 5, "KeepaliveLimit": 5}, "after": wanted}


def test_check_mode_predicts(call: Call) -> None:
    replay = Replay(listvars())
    result = call(replay, {"tunables": {"KeepaliveLimit": 3}}, check_mode=True)
    replay.done()
    assert result["changed"] and result["tunables"] == {"KeepaliveLimit": 5}
    assert result["diff"] == {"before": {"KeepaliveLimit": 5}, "after": {"KeepaliveLimit": 3}}


@pytest.mark.parametrize("value", [5, "5"])
def test_what_is_so_stays_so(call: Call, value: int | str) -> None:
    replay = Replay(listvars())
    result = call(replay, {"tunables": {"KeepaliveLimit": value}})
    replay.done()
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"]


def test_with_an_unknown_name_nothing_is_set(call: Call) -> None:
    replay = Replay(listvars())
    result = call(replay, {"tunables": {"MonitorInterval": 5, "KeepAliveLimit": 3}})
    replay.done()
    assert result["failed"] and "Did you mean KeepaliveLimit?" in result["msg"]


def test_a_value_that_does_not_stay_is_an_error(call: Call) -> None:
    replay = Replay(listvars(), answer(["ctdb", "setvar", "KeepaliveLimit", "3"]), listvars())
    result = call(replay, {"tunables": {"KeepaliveLimit": 3}})
    assert result["failed"] and "found {'KeepaliveLimit': 5} after they were set" in result["msg"]


def test_a_refusal_is_an_error(call: Call) -> None:
    refusal = answer(["ctdb", "setvar", "KeepaliveLimit", "3"], 1, "No such tunable KeepaliveLimit\n")
    result = call(Replay(listvars(), refusal), {"tunables": {"KeepaliveLimit": 3}})
    assert result["failed"] and "No such tunable" in result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    "reply", [missing(ASK), answer(ASK, 1, "", (CTDB / "trixie-4.22.11" / "down.stderr.txt").read_text())]
)
def test_without_a_daemon_it_fails(call: Call, reply: Answer, check_mode: bool) -> None:
    result = call(Replay(reply), {"tunables": {"KeepaliveLimit": 3}}, check_mode=check_mode)
    assert result["failed"]


def test_what_is_not_understood_is_a_warning(call: Call) -> None:
    strange = answer(ASK, 0, listvars().stdout + "Something new\n")
    result = call(Replay(strange), {"tunables": {"KeepaliveLimit": 5}})
    assert result["warnings"] == ["ctdb listvars: not understood: Something new"]
