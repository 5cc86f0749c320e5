# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import nfs_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller

ARGUMENTS: dict[str, t.Any] = {"server": "10.0.0.50", "timeout": 0.4}


class Server:
    """What is asked, and what comes of it, one after the other; the last answer stays."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, server: str, port: int, timeout: float) -> str | None:
        assert 0.1 <= timeout <= 0.4
        self.asked.append((server, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    # It runs no program.
    monkeypatch.setattr(nfs_info, "run", None, raising=False)
    return caller(nfs_info, tmp_path, monkeypatch, capsys)


def ask(call: Call, server: Server, monkeypatch: pytest.MonkeyPatch, **more: t.Any) -> dict[str, t.Any]:
    monkeypatch.setattr(nfs_info, "ask", server)
    return call(None, {**ARGUMENTS, **more})


def test_an_answer_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(None)
    result = ask(call, server, monkeypatch)
    assert (result["changed"], result["answers"], result["error"]) == (False, True, None)
    assert server.asked == [("10.0.0.50", 2049)]


def test_who_is_not_there_yet_is_asked_again(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("Connection refused", None)
    assert ask(call, server, monkeypatch, port=12049)["answers"] is True
    assert server.asked == [("10.0.0.50", 12049)] * 2


@pytest.mark.parametrize("fail", [True, False])
def test_no_answer_is_a_failure_or_is_told(call: Call, monkeypatch: pytest.MonkeyPatch, fail: bool) -> None:
    result = ask(call, Server("Connection refused"), monkeypatch, fail=fail)
    assert (result["answers"], result["error"]) == (False, "Connection refused")
    assert result.get("failed", False) is fail
    words = "NFS server 10.0.0.50 port 2049: wanted an answer within 0.4 s; found Connection refused. See that it runs"
    assert (words in result.get("msg", "")) is fail


def test_no_time_is_no_answer(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    result = ask(call, Server(None), monkeypatch, timeout=0)
    assert result["msg"] == "timeout must be more than 0 seconds, not 0"
