# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils import _smb_probe
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_probe import Outcome, Target
from ansible_collections.samba_ha.cluster.plugins.modules import smb_probe

ACCOUNT = {"username": "alice", "password": "secret", "share": "data"}


def run_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], outcome: Outcome, **args: object
) -> tuple[dict[str, t.Any], Target | None]:
    asked: list[Target] = []

    def fake(target: Target) -> Outcome:
        asked.append(target)
        return outcome

    monkeypatch.setattr(_smb_probe, "probe", fake)
    monkeypatch.setattr(_smb_probe, "HAS_SMBPROTOCOL", args.pop("library", True))
    with patch_module_args({"server": "192.0.2.1", **args}), pytest.raises(SystemExit):
        smb_probe.main()
    return json.loads(capsys.readouterr().out), asked[0] if asked else None


def failed() -> Outcome:
    return Outcome(
        reachable=True,
        level="negotiate",
        steps=[{"step": "session", "seconds": 0.1, "ok": False}],
        error="STATUS_LOGON_FAILURE",
    )


def test_a_good_probe_changes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result, target = run_module(monkeypatch, capsys, Outcome(reachable=True, level="negotiate"))
    assert result["changed"] is False
    assert result["level"] == "negotiate"
    assert target is not None
    assert (target.server_name, target.port, target.timeout) == ("192.0.2.1", 445, 5.0)


def test_a_failed_probe_fails_and_tells_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result, _target = run_module(monkeypatch, capsys, failed(), level="write", **ACCOUNT)
    assert result["failed"] is True
    for words in ("192.0.2.1", "level write", "STATUS_LOGON_FAILURE", "step session", "account and password"):
        assert words in result["msg"]
    assert result["reachable"] is True
    assert "secret" not in json.dumps({**result, "invocation": None})


def test_a_failed_probe_can_be_a_result(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result, _target = run_module(monkeypatch, capsys, failed(), level="write", fail=False, **ACCOUNT)
    assert "failed" not in result
    assert result["error"] == "STATUS_LOGON_FAILURE"


def test_check_mode_does_not_write(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result, target = run_module(
        monkeypatch, capsys, Outcome(reachable=True, level="tree"), level="write", _ansible_check_mode=True, **ACCOUNT
    )
    assert target is not None and target.level == "tree"
    assert "nothing was written" in result["msg"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"level": "session"}, "username"),
        ({"level": "tree", "username": "a", "password": "b"}, "share"),
        ({"timeout": 0}, "timeout"),
        ({"level": "tree", "library": False, **ACCOUNT}, "smbprotocol"),
    ],
)
def test_what_cannot_work_is_refused_before_asking(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], args: dict[str, t.Any], words: str
) -> None:
    result, target = run_module(monkeypatch, capsys, Outcome(), **args)
    assert target is None
    assert words in result["msg"]


def test_the_first_level_needs_no_library(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _result, target = run_module(monkeypatch, capsys, Outcome(reachable=True), library=False)
    assert target is not None


def test_every_step_has_a_remedy() -> None:
    target = Target("192.0.2.1", 445, "files", "write", "data", "alice", "secret", 5)
    for step in ("connect", "negotiate", "session", "tree", "create", "write", "read", "delete", "gone"):
        outcome = Outcome(steps=[{"step": step, "seconds": 0, "ok": False}], error="x")
        assert smb_probe.failure(target, outcome).remedy
