# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_server import Haproxy, empty
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.haproxy_cases import (
    OLD_SUBJECT,
    RELEASES,
    SUBJECT,
    TRIXIE,
    Script,
    fixture,
    looks,
    old_worker_lines,
    status_lines,
)

pytestmark = pytest.mark.usefixtures("no_waiting")


def haproxy(script: Script, name: str) -> Haproxy:
    return Haproxy(script.worker, script.master, "pool", name)


@pytest.mark.parametrize("release", RELEASES)
def test_old_sessions_count_with_the_new_ones(release: str) -> None:
    script = Script(*status_lines(release, "reloaded"), *old_worker_lines(release))
    view = haproxy(script, OLD_SUBJECT[release]).look()
    script.done()
    assert (view.server.sessions, view.old_sessions, view.sessions) == (0, 1, 1)
    assert "sessions left: 1 (1 of them from before a reload)" in view.describe()


@pytest.mark.parametrize("release", RELEASES)
def test_the_last_state_in_words(release: str) -> None:
    view = haproxy(Script(*looks(release, "down_drain")), SUBJECT[release]).look()
    assert view.describe() == (
        "DOWN, set to drain; sessions left: 0; last check: L4CON, Layer4 connection problem, "
        "General socket error (No route to host) at step 1 of tcp-check (connect)"
    )
    view = haproxy(Script(*looks(release, "maintenance")), SUBJECT[release]).look()
    assert view.describe() == "MAINT, set to maintenance; sessions left: 0; last check: none"


def test_an_unknown_server_names_the_known_ones() -> None:
    with pytest.raises(StateError, match=r"server pool/pool9: .*; found only pool/pool1, pool/pool2, pool/pool3"):
        haproxy(Script(*status_lines(TRIXIE, "up")), "pool9").look()


def test_a_table_that_is_not_understood_is_shown() -> None:
    lines = [*status_lines(TRIXIE, "up")[:2], ("worker", "show stat", "Strange\n")]
    with pytest.raises(StateError, match="found show stat: Strange"):
        haproxy(Script(*lines), "pool1").look()


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [("stat.csv", (",scur,", ",other,"), "no column scur"), ("state.txt", ("1\n#", "9\n#"), "show servers state")],
)
def test_sessions_and_state_are_not_guessed(name: str, change: tuple[str, str], told: str) -> None:
    good = fixture(TRIXIE, f"up.{name}")
    lines = [
        (who, command, answer.replace(*change) if answer == good else answer)
        for who, command, answer in status_lines(TRIXIE, "up")
        if isinstance(answer, str)
    ]
    with pytest.raises(StateError, match=f"wanted its state and sessions; found .*{told}"):
        haproxy(Script(*lines), "pool2").look()


@pytest.mark.parametrize("release", RELEASES)
def test_up_is_more_than_not_yet_down(release: str) -> None:
    script = Script(*looks(release, "maintenance", "back", "going_up", "up"))
    assert haproxy(script, SUBJECT[release]).wait_up(60).server.status == "UP"
    script.done()


def test_a_server_without_a_check_is_up() -> None:
    lines = [
        (who, command, answer.replace(",UP,", ",no check,") if isinstance(answer, str) else answer)
        for who, command, answer in looks(TRIXIE, "up")
    ]
    assert haproxy(Script(*lines), "pool1").wait_up(0).server.state == "up"


def test_sessions_that_go_by_themselves_are_not_closed() -> None:
    script = Script(*looks(TRIXIE, "drain", "drain", "drained"))
    view, closed = empty(haproxy(script, "pool2"), 60, shutdown_sessions=True)
    script.done()
    assert (view.sessions, closed) == (0, 0)


def test_sessions_that_stay_are_a_failure_unless_told_otherwise() -> None:
    script = Script(*looks(TRIXIE, "drain"))
    with pytest.raises(WaitTimeout, match=r"within 0 s; found DRAIN, .*sessions left: 1; .*It stays in drain"):
        empty(haproxy(script, "pool2"), 0, shutdown_sessions=False)
    script.done()


def test_sessions_that_cannot_be_closed_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.samba_ha.cluster.plugins.module_utils._haproxy_server._CLOSE_TIMEOUT", 0)
    script = Script(
        *looks(TRIXIE, "drain", "drain"),
        ("worker", "shutdown sessions server pool/pool2", "\n"),
        *looks(TRIXIE, "drain"),
    )
    with pytest.raises(WaitTimeout, match="'show sess'"):
        empty(haproxy(script, "pool2"), 0, shutdown_sessions=True)
    script.done()
