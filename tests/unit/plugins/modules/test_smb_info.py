# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import smb_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer, missing

TRIXIE = "trixie-4.22.11"
SMBSTATUS, TESTPARM = ["smbstatus", "--json", "--byterange"], ["testparm", "-s", "--suppress-prompt"]
USAGE = answer(SMBSTATUS, stdout=(FIXTURES / "smbstatus" / TRIXIE / "usage.json").read_text())
IDLE = answer(SMBSTATUS, stdout=(FIXTURES / "smbstatus" / TRIXIE / "idle.json").read_text())
SHARES = answer(TESTPARM, stdout=(FIXTURES / "testparm" / TRIXIE / "registry.txt").read_text())


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr(smb_info, "smbd_runs", lambda: True)
    return caller(smb_info, tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_healthy_node_in_full(call: Call, check_mode: bool) -> None:
    replay = Replay(USAGE, SHARES)
    result = call(replay, {}, check_mode=check_mode)
    replay.done()
    assert (result["changed"], result["running"], result["error"], result["warnings"]) == (False, True, None, [])
    assert result["shares"] == [
        {"name": name, "path": f"/srv/samba_ha/data/{name}", "available": True} for name in ("data", "private")
    ]
    usage = result["usage"]
    assert sorted(usage) == ["locks", "open_files", "sessions", "tree_connects"]
    assert set(usage["sessions"][0]) == {
        *("session_id", "username", "groupname", "uid", "remote_machine", "address", "dialect"),
        *("encryption", "signing", "node", "pid"),
    }
    assert usage["sessions"][0]["encryption"] == {"degree": "partial", "cipher": "AES-128-GCM"}
    assert set(usage["tree_connects"][0]) == {"share", "session_id", "machine", "connected_at", "node", "pid"}
    handle = usage["open_files"][0]["opens"][0]
    assert handle == {
        "node": 0,
        "pid": handle["pid"],
        "uid": 90207,
        "username": "alice",
        "access": "R",
        "sharemode": "R",
        "caching": "RWH",
        "oplock": None,
        "lease": "RWH",
        "opened_at": handle["opened_at"],
    }
    lock = usage["locks"][1]
    assert lock == {
        "node": 1,
        "pid": lock["pid"],
        "share_path": "/srv/samba_ha/data/data",
        "path": "zz-probe file.txt",
        "type": "read",
        "flavour": "Windows",
        "start": 200,
        "size": 50,
    }


@pytest.mark.parametrize(("gather", "reply", "empty"), [("usage", IDLE, "shares"), ("shares", SHARES, "usage")])
def test_only_what_is_asked_for_is_read(call: Call, gather: str, reply: object, empty: str) -> None:
    replay = Replay(reply)  # type: ignore[arg-type]
    result = call(replay, {"gather": [gather]})
    replay.done()
    assert result[empty] is None and result[gather] is not None and result["error"] is None


def test_without_an_smbd_the_pool_can_still_be_read(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb_info, "smbd_runs", lambda: False)
    result = call(Replay(USAGE, SHARES), {})
    assert (result["running"], result["error"]) == (False, "no smbd runs on this host")
    assert len(result["usage"]["sessions"]) == 3 and len(result["shares"]) == 2


def test_without_samba_nothing_fails(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smb_info, "smbd_runs", lambda: False)
    result = call(Replay(missing(SMBSTATUS), missing(TESTPARM)), {})
    assert "failed" not in result and (result["usage"], result["shares"]) == (None, None)
    assert result["error"] == "no smbd runs on this host; smbstatus is not installed; testparm is not installed"


def test_what_is_not_understood_is_a_warning(call: Call) -> None:
    odd = [answer(SMBSTATUS, stdout="new 1\n" + IDLE.stdout), answer(TESTPARM, stdout=SHARES.stdout + "new 2\n")]
    result = call(Replay(*odd), {})
    assert result["warnings"] == ["smbstatus: not understood: new 1", "testparm: not understood: new 2"]
    assert result["usage"]["sessions"] == [] and len(result["shares"]) == 2


def test_an_unknown_part_is_refused(call: Call) -> None:
    assert "value of gather must be one or more of" in call(Replay(), {"gather": ["all"]})["msg"]


def test_an_instance_with_a_configuration_of_its_own_is_asked_by_it(call: Call) -> None:
    path = "/etc/samba/pair.conf"
    usage, shares = answer([*SMBSTATUS, f"--configfile={path}"], stdout=IDLE.stdout), [*TESTPARM, path]
    replay = Replay(usage, answer(shares, stdout=SHARES.stdout))
    assert call(replay, {"config": path})["error"] is None
    replay.done()
