# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.samba_ha.cluster.plugins.module_utils import _workload
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import History, load
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload import Plan
from ansible_collections.samba_ha.cluster.plugins.modules import smb_workload
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import history

REQUIRED = {"server": "192.0.2.10", "share": "data", "username": "alice", "password": "secret", "seconds": 20}

Call = t.Callable[..., tuple[dict[str, t.Any], list[Plan]]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    (tmp_path / "remote").mkdir()

    def caller(**arguments: object) -> tuple[dict[str, t.Any], list[Plan]]:
        plans: list[Plan] = []

        def run(plan: Plan) -> History:
            plans.append(plan)
            if plan.target.share == "none":
                raise StateError("share", wanted="it", found="STATUS_BAD_NETWORK_NAME", remedy="Make it.")
            return history()

        monkeypatch.setattr(_workload, "run", run)
        own = {"dest": str(tmp_path / "history.jsonl"), "_ansible_remote_tmp": str(tmp_path / "remote")}
        with patch_module_args({**REQUIRED, **own, **arguments}), pytest.raises(SystemExit):
            smb_workload.main()
        return json.loads(capsys.readouterr().out), plans

    return caller


def test_the_result_is_counts_and_the_file_is_all(call: Call, tmp_path: Path) -> None:
    result, (plan,) = call()
    result.pop("invocation")
    assert result == {
        "changed": True,
        "history": str(tmp_path / "history.jsonl"),
        "run": "r1",
        "folder": ".samba_ha_workload-r1",
        "operations": {"writer": 8, "lister": 12},
        "errors": 1,
        "reconnects": 1,
        "handles_kept": 1,
        "handles_lost": 1,
        "gap": {"worker": "writer-1", "start": 1767225603.0, "seconds": 7.0, "ended": False},
    }
    text = (tmp_path / "history.jsonl").read_text()
    assert load(text, "x") == history()
    assert "secret" not in text + json.dumps(result)
    assert (plan.target.server_name, plan.target.timeout, plan.seconds, plan.interval) == ("192.0.2.10", 10, 20, 0.02)
    assert plan.workers() == ("writer-0", "writer-1", "locker-0", "locker-1", "opener-0", "lister-0", "renamer-0")


def test_only_what_is_asked_for_works(call: Call) -> None:
    _result, (plan,) = call(server_name="files", writers=1, lockers=0, others=False)
    assert plan.target.server_name == "files"
    assert plan.servers == ("192.0.2.10",)
    assert plan.workers() == ("writer-0",)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"until": "/etc/passwd"}, "until is there already, and would end the run at once: remove /etc/passwd"),
        ({"seconds": 0}, "seconds must be more than 0"),
        ({"server": []}, "server must be one address or more"),
        ({"interval": -1, "timeout": 0}, "interval and timeout must be more than 0"),
        ({"writers": 0}, "1 or more writers"),
        ({"lockers": -1}, "0 or more lockers"),
        ({"dest": "/nowhere/at/all"}, "dest cannot be written: /nowhere/at is no folder"),
    ],
)
def test_what_cannot_work_is_refused_before_the_beginning(call: Call, arguments: dict[str, object], words: str) -> None:
    result, plans = call(**arguments)
    assert result["failed"] is True and words in result["msg"]
    assert plans == []


def test_the_library_is_asked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb_workload, "SMBPROTOCOL_ERROR", "no such module")
    result, plans = call()
    assert "smbprotocol" in result["msg"] and plans == []


def test_a_service_that_does_not_work_fails_the_task(call: Call, tmp_path: Path) -> None:
    result, _plans = call(share="none")
    assert result["failed"] is True and "STATUS_BAD_NETWORK_NAME" in result["msg"]
    assert not (tmp_path / "history.jsonl").exists()


def test_check_mode_is_skipped(call: Call) -> None:
    result, plans = call(_ansible_check_mode=True)
    assert result["skipped"] is True and plans == []
