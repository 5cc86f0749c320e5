# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import HaproxyDown
from ansible_collections.samba_ha.cluster.plugins.modules import frontend_info
from ansible_collections.samba_ha.cluster.plugins.modules.frontend_info import read
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.haproxy_cases import (
    OLD_PID,
    OLD_SUBJECT,
    RELEASES,
    TRIXIE,
    Script,
    fixture,
    no_old_workers,
    old_worker_lines,
    status_lines,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay

EMPTY: dict[str, t.Any] = {
    "changed": False,
    "version": None,
    "uptime": None,
    "frontends": [],
    "servers": [],
    "old_workers": None,
}


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    # It runs no programs.
    monkeypatch.setattr(frontend_info, "run", None, raising=False)
    return caller(frontend_info, tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_healthy_front_end(call: Call, monkeypatch: pytest.MonkeyPatch, check_mode: bool) -> None:
    script = Script(*status_lines(TRIXIE, "up"), no_old_workers(TRIXIE))
    sockets = {"/run/haproxy/admin.sock": script.worker, "/run/haproxy-master.sock": script.master}
    monkeypatch.setattr(frontend_info, "socket_ask", lambda path, _timeout, _since: sockets[path])
    result = call(Replay(), {}, check_mode=check_mode)
    script.done()
    assert (result["running"], result["error"], result["changed"], result["warnings"]) == (True, None, False, [])
    assert (result["version"], result["uptime"], result["old_workers"]) == ("3.0.11-1+deb13u5", 67, [])
    assert result["frontends"] == [
        {
            "name": "smb",
            "status": "OPEN",
            "sessions": 1,
            "session_limit": 9971,
            "total_sessions": 1,
            "bytes_in": 0,
            "bytes_out": 0,
        }
    ]
    assert result["servers"][1] == {
        "backend": "pool",
        "name": "pool2",
        "number": 2,
        "address": "10.213.1.12:445",
        "status": "UP",
        "state": "up",
        "admin_state": "ready",
        "sessions": 1,
        "queue": 0,
        "total_sessions": 1,
        "weight": 1,
        "seconds_in_state": 76,
        "downtime": 0,
        "connection_errors": 0,
        "check": {
            "status": "L7OK",
            "description": "Layer7 check passed",
            "output": "(tcp-check)",
            "duration_ms": 6,
            "rise": 2,
            "fall": 2,
            "health": 3,
            "failed": 0,
            "went_down": 0,
        },
        "agent": {"status": None, "said": None},
    }


@pytest.mark.parametrize("release", RELEASES)
def test_sessions_of_old_workers_are_told(release: str) -> None:
    script = Script(*status_lines(release, "reloaded"), *old_worker_lines(release))
    result, warnings = read(script.worker, script.master)
    script.done()
    assert warnings == ()
    assert result["old_workers"] == [{"pid": OLD_PID[release], "sessions": {f"pool/{OLD_SUBJECT[release]}": 1}}]
    assert {server["sessions"] for server in result["servers"]} == {0}


def test_a_master_that_does_not_answer_is_a_warning() -> None:
    down = HaproxyDown("/run/haproxy-master.sock", "no answer within 3 s")
    script = Script(*status_lines(TRIXIE, "up"), ("master", "show proc", down))
    result, warnings = read(script.worker, script.master)
    assert result["running"] and len(result["servers"]) == 3 and result["old_workers"] is None
    assert warnings == (f"old workers: {down}",)


def test_a_worker_that_does_not_answer_is_an_answer() -> None:
    script = Script(("worker", "show info", HaproxyDown("/run/haproxy/admin.sock", "no answer within 3 s")))
    assert read(script.worker, script.master) == (
        {**EMPTY, "running": False, "error": "no answer within 3 s"},
        (),
    )


def test_no_haproxy_is_an_answer(call: Call, tmp_path: Path) -> None:
    result = call(Replay(), {"socket": str(tmp_path / "none"), "timeout": 0.5})
    assert {name: result[name] for name in EMPTY} == EMPTY
    assert not result["running"] and result["warnings"] == []
    assert result["error"] == "no such socket: HAProxy does not run, or is not installed"


def test_what_is_not_understood_is_a_warning(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    table = fixture(TRIXIE, "up.stat.csv").replace(",scur,", ",other,")
    lines = [*status_lines(TRIXIE, "up")[:2], ("worker", "show stat", table), no_old_workers(TRIXIE)]
    script = Script(*lines)
    monkeypatch.setattr(
        frontend_info,
        "socket_ask",
        lambda path, _timeout, _since: script.master if "master" in path else script.worker,
    )
    result = call(Replay(), {})
    assert result["warnings"] == ["show stat: no column scur"]
    assert result["running"] and {server["sessions"] for server in result["servers"]} == {None}
