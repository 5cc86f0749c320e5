# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd import EVENTS
from ansible_collections.samba_ha.cluster.plugins.modules import drbd_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.drbd_cases import events
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer, hangs, missing


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(drbd_info, tmp_path, monkeypatch, capsys)


def seen(call: Call, name: str) -> dict[str, t.Any]:
    replay = Replay(events(name))
    result = call(replay, {"timeout": 3})
    replay.done()
    assert result["changed"] is False and replay.timeouts == [3]
    (resource,) = result["resources"]
    assert resource["name"] == "projects"
    (volume,) = resource["volumes"]
    assert (volume["number"], volume["minor"]) == (0, 945)
    return {**resource, **volume}


@pytest.mark.parametrize(
    ("name", "connection", "disks", "replication", "out_of_sync"),
    [
        ("whole.file1", "Connected", ("UpToDate", "UpToDate"), "Established", 0),
        ("just_created.file1", "Connected", ("Inconsistent", "Inconsistent"), "Established", 307152 * 1024),
        ("standalone_by_hand.file1", "StandAlone", ("UpToDate", "DUnknown"), "Off", 0),
        ("standalone_by_hand.file2", "Connecting", ("UpToDate", "DUnknown"), "Off", 0),
        ("diskless.file1", "Connected", ("Diskless", "UpToDate"), "Established", None),
        ("diskless.file2", "Connected", ("UpToDate", "Diskless"), "Established", 1308 * 1024),
        ("resync.file1", "Connected", ("Inconsistent", "UpToDate"), "SyncTarget", 301464 * 1024),
        ("resync.file2", "Connected", ("UpToDate", "Inconsistent"), "SyncSource", 298400 * 1024),
        ("split_brain.file1", "StandAlone", ("UpToDate", "Outdated"), "Off", 1024 * 1024),
    ],
)
def test_the_states_of_two_copies(
    call: Call, name: str, connection: str, disks: tuple[str, str], replication: str, out_of_sync: int | None
) -> None:
    told = seen(call, name)
    assert (told["connection"], told["replication"]) == (connection, replication)
    assert (told["disk"], told["peer_disk"]) == disks
    assert told["out_of_sync"] == out_of_sync
    assert told["whole"] is (disks == ("UpToDate", "UpToDate"))


def test_the_roles_of_both_hosts(call: Call) -> None:
    told = [seen(call, f"diskless.{host}") for host in ("file1", "file2")]
    assert [(each["role"], each["peer_role"]) for each in told] == [("Primary", "Secondary"), ("Secondary", "Primary")]
    assert seen(call, "split_brain.file2")["peer_role"] == "Unknown"
    assert {each["suspended"] for each in told} == {"no"}


def test_a_host_without_resources(call: Call) -> None:
    assert call(Replay(events("none")), {})["resources"] == []


@pytest.mark.parametrize(("asked", "found"), [(missing(EVENTS), "no such program"), (hangs(EVENTS), "within 8 s")])
def test_drbd_cannot_be_asked(call: Call, asked: t.Any, found: str) -> None:
    result = call(Replay(asked), {})
    assert result["failed"] and found in result["msg"]


@pytest.mark.parametrize(
    "change",
    [("connection:Connected ", ""), ("volume:0 minor", "minor"), ("peer-device", "other"), ("minor:945", "minor:x")],
)
def test_output_of_another_kind_is_refused(call: Call, change: tuple[str, str]) -> None:
    spoilt = answer(EVENTS, stdout=events("whole.file1").stdout.replace(*change))
    result = call(Replay(spoilt), {})
    assert result["failed"] and "as DRBD 8.4 tells of them" in result["msg"]
