# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._systemd import PROPERTIES
from ansible_collections.samba_ha.cluster.plugins.modules import systemd_unit
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer

A, B = "a.service", "b.service"
RUNNING = {"active": True, "enabled": True, "older_than": []}
STOPPED = {"active": False, "enabled": True, "older_than": []}


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(systemd_unit, tmp_path, monkeypatch, capsys)


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """A file that was written after the unit of the fixtures started."""
    path = tmp_path / "a.conf"
    path.write_text("x")
    os.utime(path, (2_000_000_000, 2_000_000_000))
    return str(path)


def show(state: str, name: str = A, **changes: str) -> Answer:
    """The unit in one of the recorded states, perhaps with some properties changed."""
    text = (FIXTURES / "systemctl" / "trixie-257.13" / f"{state}.txt").read_text()
    lines = [line.split("=", 1) for line in text.splitlines()]
    assert changes.keys() <= {key for key, _value in lines}
    argv = ["systemctl", "show", "--timestamp=us+utc", f"--property={','.join(PROPERTIES)}", "--", name]
    return answer(argv, stdout="".join(f"{key}={changes.get(key, value)}\n" for key, value in lines))


def do(action: str, name: str = A, rc: int = 0, stderr: str = "") -> Answer:
    return answer(["systemctl", action, "--", name], rc, "", stderr)


RELOAD_SYSTEMD = answer(["systemctl", "daemon-reload"])


def unit(name: str = A, **options: t.Any) -> dict[str, t.Any]:
    return {"name": name, **options}


def test_a_unit_as_wanted_costs_one_question(call: Call) -> None:
    replay = Replay(show("running"))
    result = call(replay, {"units": [unit()]})
    replay.done()
    assert (result["changed"], result["actions"], result["newer_files"]) == (False, [], [])
    assert result["units"] == [
        {"name": A, "loaded": True, "active_state": "active", "sub_state": "running", "enabled": True}
    ]
    assert result["diff"] == {"before": {A: RUNNING}, "after": {A: RUNNING}}


STEPS: list[tuple[str, dict[str, t.Any], list[str], str, dict[str, t.Any]]] = [
    ("stopped", {}, ["start"], "running", RUNNING),
    ("failed", {}, ["start"], "running", {**RUNNING, "enabled": True}),
    ("running", {"state": "stopped"}, ["stop"], "stopped", STOPPED),
    ("running", {"state": "stopped", "enabled": False}, ["disable", "stop"], "stopped", {**STOPPED, "enabled": False}),
    ("disabled", {}, ["enable"], "running", RUNNING),
    ("running", {"enabled": False}, ["disable"], "disabled", {**RUNNING, "enabled": False}),
    ("need_daemon_reload", {}, ["daemon-reload"], "running", RUNNING),
    ("need_daemon_reload", {"state": "stopped"}, ["daemon-reload", "stop"], "stopped", STOPPED),
    ("stopped", {"state": "kept", "enabled": False}, ["disable"], "stopped", {**STOPPED, "enabled": False}),
]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(("state", "wanted", "actions", "then", "after"), STEPS)
def test_steps(
    call: Call,
    state: str,
    wanted: dict[str, t.Any],
    actions: list[str],
    then: str,
    after: dict[str, t.Any],
    check_mode: bool,
) -> None:
    acts = [RELOAD_SYSTEMD if action == "daemon-reload" else do(action) for action in actions]
    replay = Replay(show(state), *([] if check_mode else [*acts, show(then)]))
    result = call(replay, {"units": [unit(**wanted)]}, check_mode=check_mode)
    replay.done()
    assert result["changed"]
    assert result["actions"] == [action if action == "daemon-reload" else f"{action} {A}" for action in actions]
    assert result["diff"]["after"] == {A: after}
    now = show(state if check_mode else then).stdout
    assert f"ActiveState={result['units'][0]['active_state']}\n" in now


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_what_does_not_run_is_not_stopped_again(call: Call, state: str) -> None:
    assert not call(Replay(show(state)), {"units": [unit(state="stopped")]})["changed"]


def test_what_is_about_to_start_is_stopped(call: Call) -> None:
    replay = Replay(show("stopped", ActiveState="activating", SubState="auto-restart"), do("stop"), show("stopped"))
    assert call(replay, {"units": [unit(state="stopped")]})["actions"] == [f"stop {A}"]
    replay.done()


@pytest.mark.parametrize("enabled", [True, False])
def test_a_static_unit_is_neither_enabled_nor_disabled(call: Call, enabled: bool) -> None:
    assert not call(Replay(show("never_started")), {"units": [unit(state="stopped", enabled=enabled)]})["changed"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("verb", ["restart", "reload"])
@pytest.mark.parametrize("state", ["started", "kept"])
def test_a_unit_older_than_its_file_is_brought_in_step(
    call: Call, newer: str, verb: str, state: str, check_mode: bool
) -> None:
    replay = Replay(show("running"), *([] if check_mode else [do(verb), show("running")]))
    wanted = unit(state=state, on_change=verb, files=[newer, f"{newer}.missing"])
    result = call(replay, {"units": [wanted]}, check_mode=check_mode)
    replay.done()
    assert (result["actions"], result["newer_files"]) == ([f"{verb} {A}"], [newer])
    assert result["diff"]["before"][A]["older_than"] == [newer]
    assert result["diff"]["after"][A]["older_than"] == []


def test_all_steps_in_their_order(call: Call, newer: str) -> None:
    stale = show("need_daemon_reload", UnitFileState="disabled")
    replay = Replay(stale, RELOAD_SYSTEMD, do("enable"), do("restart"), show("running"))
    result = call(replay, {"units": [unit(files=[newer])]})
    replay.done()
    assert result["actions"] == ["daemon-reload", f"enable {A}", f"restart {A}"]


def test_with_nothing_to_do_on_change_the_newer_files_are_only_told(call: Call, newer: str) -> None:
    result = call(Replay(show("running")), {"units": [unit(on_change="nothing", files=[newer])]})
    assert (result["changed"], result["newer_files"]) == (False, [newer])
    assert result["diff"]["after"][A]["older_than"] == [newer]


@pytest.mark.parametrize("state", ["kept", "stopped"])
def test_a_stopped_unit_is_not_restarted_for_a_file(call: Call, newer: str, state: str) -> None:
    assert not call(Replay(show("stopped")), {"units": [unit(state=state, files=[newer])]})["changed"]


def test_a_failed_reload_is_tried_again_by_the_next_run(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_text("x")
    os.utime(file, (0, 0))
    replay = Replay(show("reload_failed"), do("reload"), show("running"))
    result = call(replay, {"units": [unit(on_change="reload", files=[str(file)])]})
    replay.done()
    assert result["newer_files"] == [str(file)]


def test_check_mode_reloads_systemd_once_for_all_as_a_run_does(call: Call) -> None:
    wanted = {"units": [unit(), unit(B)]}
    run = Replay(show("need_daemon_reload"), RELOAD_SYSTEMD, show("running"), show("running", B))
    done = call(run, wanted)
    run.done()
    predicted = call(Replay(show("need_daemon_reload"), show("need_daemon_reload", B)), wanted, check_mode=True)
    assert predicted["actions"] == done["actions"] == ["daemon-reload"]


def test_units_are_dealt_with_in_their_order(call: Call) -> None:
    replay = Replay(
        show("running"), do("stop"), show("stopped"), show("stopped", B), do("start", B), show("running", B)
    )
    result = call(replay, {"units": [unit(state="stopped"), unit(B)]})
    replay.done()
    assert result["actions"] == [f"stop {A}", f"start {B}"]
    assert [seen["name"] for seen in result["units"]] == [A, B]


@pytest.mark.parametrize("state", ["missing", "masked"])
def test_a_missing_unit_is_predicted_by_check_mode(call: Call, state: str) -> None:
    result = call(Replay(show(state)), {"units": [unit()]}, check_mode=True)
    assert result["actions"] == [f"enable {A}", f"start {A}"]
    assert result["diff"]["before"] == {A: {"active": False, "enabled": False, "older_than": []}}
    assert result["diff"]["after"] == {A: RUNNING}


@pytest.mark.parametrize("state", ["missing", "masked"])
def test_a_missing_unit_cannot_be_started(call: Call, state: str) -> None:
    result = call(Replay(show(state)), {"units": [unit()]})
    assert result["failed"]
    assert f"unit {A}: wanted a unit that systemd can load; found none. Install" in result["msg"]


@pytest.mark.parametrize("state", ["stopped", "kept"])
def test_a_missing_unit_that_is_to_do_nothing_is_as_wanted(call: Call, state: str) -> None:
    assert not call(Replay(show("missing")), {"units": [unit(state=state, enabled=False)]})["changed"]


def test_what_runs_is_stopped_also_when_its_file_is_gone(call: Call) -> None:
    runs = show("missing", ActiveState="active", SubState="running")
    replay = Replay(runs, do("stop"), show("missing"))
    assert call(replay, {"units": [unit(state="stopped", enabled=False)]})["actions"] == [f"stop {A}"]
    replay.done()


def test_a_start_that_fails_tells_the_state_and_the_reason(call: Call) -> None:
    words = f"Job for {A} failed.\n"
    replay = Replay(show("stopped"), do("start", rc=1, stderr=words), show("failed"))
    result = call(replay, {"units": [unit()]})
    replay.done()
    assert result["failed"]
    assert f"unit {A}: wanted start to succeed; found failed (failed): Job for {A} failed.. " in result["msg"]
    assert f"journalctl -b -u {A}" in result["msg"]


@pytest.mark.parametrize("verb", ["start", "restart"])
def test_a_program_that_ends_at_once_is_no_success(call: Call, newer: str, verb: str) -> None:
    before = show("stopped" if verb == "start" else "running")
    result = call(Replay(before, do(verb), show("failed")), {"units": [unit(files=[newer])]})
    assert result["failed"]
    assert f"wanted {verb} to succeed; found failed (failed): ended at once" in result["msg"]


def test_after_a_failure_nothing_more_is_done(call: Call) -> None:
    replay = Replay(show("disabled", ActiveState="inactive"), do("enable", rc=1, stderr="no"), show("stopped"))
    result = call(replay, {"units": [unit(), unit(B)]})
    replay.done()
    assert "wanted enable to succeed" in result["msg"]
