# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "smbd_watch/files/samba-ha-smbd-logons")
STATUS = (FIXTURES / "smbstatus/trixie-4.22.11/processes_logon_waits.json").read_text(encoding="utf-8")
ASK, END = "smbstatus --processes --json", "smbcontrol 1:91369 shutdown"


def commands(monkeypatch: pytest.MonkeyPatch, result: str | None, error: Exception | None = None) -> list[str]:
    """What is run after the service ended with ``result``, as systemd calls it."""
    called: list[str] = []

    def run(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        called.append(" ".join(words))
        if error is not None:
            raise error
        return subprocess.CompletedProcess(words, 0, STATUS)

    monkeypatch.delenv("SERVICE_RESULT", raising=False)
    if result is not None:
        monkeypatch.setenv("SERVICE_RESULT", result)
    monkeypatch.setattr(subprocess, "run", run)
    program.main()
    return called


def test_only_the_logon_that_has_not_ended_is_told() -> None:
    assert program.waiting(STATUS) == ["1:91369"]


@pytest.mark.parametrize("release", ["trixie-4.22.11", "bookworm-4.17.12"])
@pytest.mark.parametrize("name", ["idle", "usage"])
def test_sessions_that_are_up_and_none_at_all_are_let_alone(release: str, name: str) -> None:
    assert program.waiting((FIXTURES / f"smbstatus/{release}/{name}.json").read_text(encoding="utf-8")) == []


def test_a_killed_service_ends_the_logon_that_waits_on_another_node(monkeypatch: pytest.MonkeyPatch) -> None:
    assert commands(monkeypatch, "signal") == [ASK, END]


@pytest.mark.parametrize("result", ["success", None])
def test_a_service_that_ended_by_itself_ends_none(monkeypatch: pytest.MonkeyPatch, result: str | None) -> None:
    assert commands(monkeypatch, result) == []


def test_an_answer_that_does_not_come_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="not known: Command 'smbstatus' timed out"):
        commands(monkeypatch, "signal", subprocess.TimeoutExpired("smbstatus", 3))
