# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keepalived is told of HAProxy."""

from __future__ import annotations

import socket
import subprocess
import threading
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "frontend/files/samba-ha-frontend-check")
ANSWERS = FIXTURES / "haproxy/trixie-3.0.11"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(program, "SOCKET", str(tmp_path / "socket"))
    monkeypatch.setattr(program, "TIMEOUT", 0.2)
    return tmp_path / "socket"


def verdict(path: Path, answer: str | None, *arguments: str) -> int:
    """What it says of an HAProxy that answers so; None: it does not answer at all."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            link, _address = listener.accept()
            with link:
                assert link.recv(100) == b"show stat pool 4 -1\n"
                if answer is None:
                    link.recv(1)
                else:
                    link.sendall(answer.encode())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return int(program.main(arguments))
        finally:
            thread.join()


def test_nodes_to_lead_clients_to_are_well(path: Path) -> None:
    assert verdict(path, (ANSWERS / "pool_up.stat.csv").read_text()) == 0


def test_one_node_is_enough(path: Path) -> None:
    first, *rest = (ANSWERS / "pool_maintenance.stat.csv").read_text().splitlines(keepends=True)
    up = (ANSWERS / "pool_up.stat.csv").read_text().splitlines(keepends=True)
    assert verdict(path, "".join([first, up[1], *rest[1:]])) == 0


@pytest.mark.parametrize("answer", ["No such proxy.\n\n", "", "Permission denied\n", None])
def test_an_answer_that_names_no_node_is_not_well(path: Path, answer: str | None) -> None:
    assert verdict(path, answer) == 1


def test_without_a_node_it_is_not_well_and_says_so(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(path, (ANSWERS / "pool_maintenance.stat.csv").read_text()) == 1
    assert capsys.readouterr().out.startswith("HAProxy has no node to lead clients to: pool1 MAINT")


def test_no_haproxy_is_not_well_and_named(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main([]) == 1
    assert f"HAProxy does not answer at {path}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("told", "well"),
    [
        ("445:\tfrom all iif eth0 ipproto tcp sport 445 lookup 445 proto keepalived\n", True),
        ("", False),
    ],
)
def test_the_rule_that_leads_answers_here_has_to_be_there(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told: str, *, well: bool
) -> None:
    asked: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...], **_settings: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, told.encode(), b"")

    monkeypatch.setattr(program.subprocess, "run", run)
    up = (ANSWERS / "pool_up.stat.csv").read_text()
    if well:
        assert verdict(path, up, "--rule", "445") == 0
    else:
        assert program.main(["--rule", "445"]) == 1
        assert "no rule of rank 445" in capsys.readouterr().out
    assert asked == [("ip", "-4", "rule", "show", "preference", "445")]
