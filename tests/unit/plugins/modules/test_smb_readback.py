# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils import _readback
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Run, dump
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target
from ansible_collections.samba_ha.cluster.plugins.modules import smb_readback
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import (
    NODES,
    at,
    copies,
    history,
)

Files = dict[str, dict[str, bytes]]
Call = t.Callable[..., tuple[dict[str, t.Any], list[str]]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    path = tmp_path / "history.jsonl"
    path.write_text(dump(history()))

    def caller(files: Files | StateError, **arguments: object) -> tuple[dict[str, t.Any], list[str]]:
        cleared: list[str] = []

        def read_copies(run: Run, servers: list[str], target: Target) -> Files:
            assert (run, servers) == (history().run, list(NODES))
            assert (target.server_name, target.share, target.username) == ("files", "data", "alice")
            if isinstance(files, StateError):
                raise files
            return files

        monkeypatch.setattr(_readback, "read_copies", read_copies)
        monkeypatch.setattr(_readback, "clear_away", lambda _run, target: cleared.append(target.server))
        own = {"history": str(path), "servers": list(NODES), "username": "alice", "password": "secret"}
        with patch_module_args({**own, **arguments}), pytest.raises(SystemExit):
            smb_readback.main()
        result = json.loads(capsys.readouterr().out)
        result.pop("invocation", None)
        assert "secret" not in json.dumps(result)
        return result, cleared

    return caller


def test_kept_promises_are_cleared_away(call: Call) -> None:
    result, cleared = call(copies())
    assert result == {"changed": True, "violations": [], "outages": []}
    assert cleared == [NODES[0]]


def test_broken_promises_are_a_result_and_stay(call: Call) -> None:
    result, cleared = call(copies(writer__0=None))
    assert "failed" not in result
    assert result["changed"] is False
    assert result["violations"] == ["file writer-0: wanted 5 records; found no such file"]
    assert cleared == []


def test_check_mode_deletes_nothing(call: Call) -> None:
    result, cleared = call(copies(), _ansible_check_mode=True)
    assert (result["changed"], result["violations"], cleared) == (True, [], [])


def test_each_fault_has_its_outage(call: Call) -> None:
    result, _cleared = call(copies(), faults=[at(3.5).wall])
    assert result["outages"] == [
        {
            "at": at(3.5).wall,
            "gap": {"worker": "writer-1", "start": at(3).wall, "seconds": 7.0, "ended": False},
            "errors": 1,
            "reconnects": 1,
            "noticed": 0.5,
            "up": 1.5,
            "recovered": 2.0,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"history": "/nowhere/history.jsonl"}, "history /nowhere/history.jsonl: No such file or directory"),
        ({"history": __file__}, "wanted the lines that smb_workload writes"),
        ({"servers": []}, "one server or more"),
        ({"timeout": 0}, "timeout of more than 0"),
        ({"faults": [1.5]}, "faults 1.5: wanted times while the workload ran"),
    ],
)
def test_what_cannot_be_judged_fails(call: Call, arguments: dict[str, object], words: str) -> None:
    result, cleared = call(copies(), **arguments)
    assert result["failed"] is True and words in result["msg"]
    assert cleared == []


def test_a_node_that_does_not_answer_fails(call: Call) -> None:
    result, cleared = call(StateError("folder", wanted="access", found="no answer within 10 s", remedy="Wait."))
    assert result["failed"] is True and "no answer within 10 s" in result["msg"]
    assert cleared == []


def test_the_library_is_asked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb_readback, "SMBPROTOCOL_ERROR", "no such module")
    assert "smbprotocol" in call(copies())[0]["msg"]
