# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_socket import HaproxyDown
from ansible_collections.samba_ha.cluster.plugins.modules import frontend_server
from ansible_collections.samba_ha.cluster.plugins.modules.frontend_server import apply
from ansible_collections.samba_ha.cluster.tests.unit.call import caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.haproxy_cases import (
    OLD_PID,
    OLD_SUBJECT,
    RELEASES,
    SUBJECT,
    TRIXIE,
    Line,
    Script,
    fixture,
    looks,
    no_old_workers,
    old_worker_lines,
    status_lines,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay

pytestmark = pytest.mark.usefixtures("no_waiting")


def params(server: str, state: str, **more: t.Any) -> dict[str, t.Any]:
    return {"backend": "pool", "server": server, "state": state, "timeout": 60.0, "shutdown_sessions": False, **more}


def orders(server: str, *words: str) -> list[Line]:
    """What sets the states, one after another; a server that drains is no client's last one any more."""
    lines: list[Line] = []
    for word in words:
        lines.append(("worker", f"set server pool/{server} state {word}", "\n"))
        if word == "drain":
            lines.append(("worker", f"clear table pool data.server_id eq {server[-1]}", "\n"))
    return lines


def closes(server: str) -> Line:
    return ("worker", f"shutdown sessions server pool/{server}", "\n")


@pytest.mark.parametrize("release", RELEASES)
def test_draining_waits_until_the_sessions_are_gone(release: str) -> None:
    server = SUBJECT[release]
    script = Script(
        *looks(release, "up"), *orders(server, "drain"), *looks(release, "drain", "drain", "drained", "drained")
    )
    result = apply(params(server, "drain"), script.worker, script.master, check_mode=False)
    script.done()
    assert result == {
        "changed": True,
        "diff": {"before": {"state": "ready"}, "after": {"state": "drain"}},
        "server": f"pool/{server}",
        "state_before": "ready",
        "state_after": "drain",
        "status": "DRAIN",
        "sessions_left": 0,
        "sessions_closed": 0,
    }


@pytest.mark.parametrize("release", RELEASES)
def test_maintenance_drains_first(release: str) -> None:
    server = SUBJECT[release]
    script = Script(
        *looks(release, "up"),
        *orders(server, "drain"),
        *looks(release, "drain", "drained"),
        *orders(server, "maint"),
        *looks(release, "maintenance"),
    )
    result = apply(params(server, "maintenance"), script.worker, script.master, check_mode=False)
    script.done()
    assert result["changed"] and result["status"] == "MAINT" and result["sessions_closed"] == 0


def test_a_backend_without_stickiness_drains_as_well() -> None:
    (drain, (who, forget, _answer)) = orders("pool2", "drain")
    script = Script(
        *looks(TRIXIE, "up"), drain, (who, forget, "No such table\n\n"), *looks(TRIXIE, "drained", "drained")
    )
    assert apply(params("pool2", "drain"), script.worker, script.master, check_mode=False)["changed"]
    script.done()


def test_stickiness_that_cannot_be_cleared_is_told() -> None:
    (drain, (who, forget, _answer)) = orders("pool2", "drain")
    script = Script(*looks(TRIXIE, "up"), drain, (who, forget, "Permission denied\n"))
    with pytest.raises(StateError, match=r"wanted HAProxy to carry out 'clear table .*; found Permission denied"):
        apply(params("pool2", "drain"), script.worker, script.master, check_mode=False)


def test_maintenance_of_a_drained_server() -> None:
    script = Script(*looks(TRIXIE, "drained", "drained"), *orders("pool2", "maint"), *looks(TRIXIE, "maintenance"))
    result = apply(params("pool2", "maintenance"), script.worker, script.master, check_mode=False)
    script.done()
    assert (result["state_before"], result["state_after"]) == ("drain", "maintenance")


def test_from_maintenance_to_drain() -> None:
    script = Script(*looks(TRIXIE, "maintenance"), *orders("pool2", "drain"), *looks(TRIXIE, "drained", "drained"))
    assert apply(params("pool2", "drain"), script.worker, script.master, check_mode=False)["changed"]
    script.done()


@pytest.mark.parametrize("release", RELEASES)
def test_ready_waits_until_the_server_is_up(release: str) -> None:
    server = SUBJECT[release]
    script = Script(*looks(release, "maintenance"), *orders(server, "ready"), *looks(release, "back", "up"))
    result = apply(params(server, "ready"), script.worker, script.master, check_mode=False)
    script.done()
    assert (result["changed"], result["status"], result["sessions_left"]) == (True, "UP", 1)


def test_ready_in_vain_shows_the_last_state() -> None:
    script = Script(*looks(TRIXIE, "down_drain"), *orders("pool2", "ready"), *looks(TRIXIE, "down"))
    with pytest.raises(StateError, match=r"wanted up by its checks within 0 s; found DOWN, set to ready; .*No route"):
        apply(params("pool2", "ready", timeout=0.0), script.worker, script.master, check_mode=False)
    script.done()


@pytest.mark.parametrize(
    ("state", "name", "count"), [("ready", "up", 2), ("drain", "drained", 3), ("maintenance", "maintenance", 3)]
)
@pytest.mark.parametrize("release", RELEASES)
def test_a_second_run_changes_nothing(release: str, state: str, name: str, count: int) -> None:
    script = Script(*looks(release, *[name] * count))
    result = apply(params(SUBJECT[release], state), script.worker, script.master, check_mode=False)
    script.done()
    assert not result["changed"]
    assert result["diff"]["before"] == result["diff"]["after"] == {"state": state}


def test_sessions_that_are_left_are_closed_when_told_so() -> None:
    script = Script(
        *looks(TRIXIE, "drain", "drain", "drain"),
        closes("pool2"),
        *looks(TRIXIE, "drained", "drained"),
    )
    given = params("pool2", "drain", timeout=0.0, shutdown_sessions=True)
    result = apply(given, script.worker, script.master, check_mode=False)
    script.done()
    assert (result["changed"], result["sessions_closed"], result["sessions_left"]) == (True, 1, 0)


def drained_line(line: Line, server: str) -> Line:
    """The answer with drain set for the server."""
    who, command, answer = line
    assert isinstance(answer, str)
    return who, command, re.sub(rf"( {server} \S+ 2) 0 ", r"\1 8 ", answer)


def test_a_reload_while_it_drains_does_not_count_as_empty() -> None:
    script = Script(*looks(TRIXIE, "up"), *orders("pool2", "drain"), *looks(TRIXIE, "reloaded"))
    with pytest.raises(StateError, match=r"wanted it out of service .* within 0 s; found UP, set to ready; .*left: 0"):
        apply(params("pool2", "drain", timeout=0.0), script.worker, script.master, check_mode=False)
    script.done()


@pytest.mark.parametrize("release", RELEASES)
def test_sessions_from_before_a_reload_are_closed_too(release: str) -> None:
    server, pid = OLD_SUBJECT[release], OLD_PID[release]
    drained = [drained_line(line, server) for line in status_lines(release, "reloaded")]
    sessions = fixture(release, "old_worker.sess.txt")
    session = next(line for line in sessions.splitlines() if f"srv={server}" in line).split(":", maxsplit=1)[0]
    script = Script(
        *[*status_lines(release, "reloaded"), *old_worker_lines(release)],
        *orders(server, "drain"),
        *[*drained, *old_worker_lines(release)] * 2,
        closes(server),
        ("master", f"@!{pid} show sess", sessions),
        ("master", f"@!{pid} shutdown session {session}", "\n"),
        *[*drained, no_old_workers(release)] * 2,
    )
    given = params(server, "drain", timeout=0.0, shutdown_sessions=True)
    assert apply(given, script.worker, script.master, check_mode=False)["sessions_closed"] == 1
    script.done()


@pytest.mark.parametrize(
    ("state", "name", "changed", "left"),
    [
        ("drain", "up", True, 1),
        ("maintenance", "drain", True, 1),
        ("drain", "drain", False, 1),
        ("ready", "up", False, 1),
        ("ready", "down", False, 0),
        ("ready", "down_drain", True, 0),
    ],
)
def test_check_mode_looks_and_predicts(state: str, name: str, changed: bool, left: int) -> None:
    script = Script(*looks(TRIXIE, name))
    given = params("pool2", state, shutdown_sessions=True)
    result = apply(given, script.worker, script.master, check_mode=True)
    script.done()
    assert (result["changed"], result["state_after"], result["sessions_left"]) == (changed, state, left)
    assert result["sessions_closed"] == 0


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_module_as_a_whole(
    check_mode: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [] if check_mode else [*orders("pool2", "ready"), *looks(TRIXIE, "up")]
    script = Script(*looks(TRIXIE, "drained"), *more)
    sockets = {"/run/a.sock": script.worker, "/run/haproxy-master.sock": script.master}
    monkeypatch.setattr(frontend_server, "socket_ask", lambda path, _timeout: sockets[path])
    # It runs no programs.
    monkeypatch.setattr(frontend_server, "run", None, raising=False)
    call = caller(frontend_server, tmp_path, monkeypatch, capsys)
    given = {"server": "pool2", "state": "ready", "socket": "/run/a.sock"}
    result = call(Replay(), given, check_mode=check_mode)
    script.done()
    assert (result["changed"], result["state_before"], result["state_after"]) == (True, "drain", "ready")


def test_no_haproxy_is_a_failure_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frontend_server, "run", None, raising=False)
    call = caller(frontend_server, tmp_path, monkeypatch, capsys)
    result = call(Replay(), {"server": "pool2", "state": "drain", "socket": str(tmp_path / "none")})
    assert result["failed"] and "no such socket" in result["msg"] and "systemctl status haproxy" in result["msg"]


def test_a_master_that_does_not_answer_is_a_failure() -> None:
    down = HaproxyDown("/run/haproxy-master.sock", "no answer within 3 s")
    script = Script(*status_lines(TRIXIE, "up"), ("master", "show proc", down))
    with pytest.raises(HaproxyDown):
        apply(params("pool2", "drain"), script.worker, script.master, check_mode=False)
    script.done()
