# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import drbd_filesystem
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.drbd_cases import events
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer

NAME = {"resource": "projects", "fstype": "ext4", "timeout": 0}
DEVICE = "/dev/drbd945"
HEADS = {
    "none": bytes(2**20),
    "ext4": bytes(0x438) + b"\x53\xef",
    "xfs": b"XFSB" + bytes(2**20),
    "btrfs": bytes(0x10040) + b"_BHRfS_M",
}
BEGIN = answer(("drbdadm", "new-current-uuid", "--clear-bitmap", "projects/0"))
DEVICE_OF = answer(("drbdadm", "sh-dev", "projects"), stdout=f"{DEVICE}\n")
PRIMARY, SECONDARY = (answer(("drbdadm", role, "projects")) for role in ("primary", "secondary"))
BLANK = answer(("blkid", "--probe", "--output", "export", DEVICE), 2)
MKFS = answer(("mkfs.ext4", "-q", "-E", "nodiscard", DEVICE))
MAKE = (DEVICE_OF, PRIMARY, BLANK, MKFS, SECONDARY)
WHOLE, CREATED = events("whole.file1"), events("just_created.file1")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], no_waiting: None) -> Call:
    monkeypatch.setattr(os, "O_DIRECT", 0)
    return caller(drbd_filesystem, tmp_path, monkeypatch, capsys)


def done(call: Call, folder: Path, head: str, *answers: Answer, check_mode: bool = False, **more: t.Any) -> t.Any:
    disk = folder / "disk"
    disk.write_bytes(HEADS[head])
    asked = [
        answer(("drbdadm", "sh-ll-dev", "projects"), stdout=f"{disk}\n"),
        answer(("blkid", "--probe", "--output", "export", str(disk)), 0, "TYPE=drbd\nUSAGE=raid\n"),
    ]
    replay = Replay(*asked, *answers)
    result = call(replay, {**NAME, **more}, check_mode=check_mode)
    replay.done()
    return result


def test_two_new_copies_become_one_with_a_file_system(call: Call, tmp_path: Path) -> None:
    result = done(call, tmp_path, "none", CREATED, CREATED, BEGIN, WHOLE, *MAKE)
    assert (result["changed"], result["made"]) == (True, True)
    assert result["diff"] == {"before": {"file_system": None}, "after": {"file_system": "ext4"}}


def test_what_an_interrupted_run_left_is_ended(call: Call, tmp_path: Path) -> None:
    assert done(call, tmp_path, "none", WHOLE, WHOLE, *MAKE)["made"]


@pytest.mark.parametrize("fstype", ["ext4", "xfs", "btrfs"])
def test_a_file_system_that_is_there_is_left_alone(call: Call, tmp_path: Path, fstype: str) -> None:
    assert done(call, tmp_path, fstype, fstype=fstype)["changed"] is False


def test_another_file_system_is_refused(call: Call, tmp_path: Path) -> None:
    result = done(call, tmp_path, "xfs")
    assert result["failed"] and "wanted ext4; found xfs" in result["msg"]


def test_a_copy_that_is_filled_from_the_other_gets_none(call: Call, tmp_path: Path) -> None:
    assert done(call, tmp_path, "none", events("resync.file1"))["changed"] is False
    assert done(call, tmp_path, "none", events("resync.file1"), check_mode=True)["changed"] is False


@pytest.mark.parametrize("name", ["just_created.file1", "none"])
def test_check_mode_tells_it_and_does_nothing(call: Call, tmp_path: Path, name: str) -> None:
    assert done(call, tmp_path, "none", events(name), check_mode=True)["made"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("none", "found none that is up"),
        ("standalone_by_hand.file2", "found Secondary, Connecting, UpToDate here and DUnknown there"),
        ("resync.file2", "found Secondary, Connected, UpToDate here and Inconsistent there"),
    ],
)
def test_nothing_is_made_before_the_copies_are_the_same(call: Call, tmp_path: Path, name: str, found: str) -> None:
    result = done(call, tmp_path, "none", events(name))
    assert result["failed"] and found in result["msg"] and "firewall" in result["msg"]


def test_the_device_itself_has_the_last_word(call: Call, tmp_path: Path) -> None:
    used = answer(BLANK.argv, stdout="TYPE=ntfs\nUSAGE=filesystem\n")
    result = done(call, tmp_path, "none", WHOLE, WHOLE, DEVICE_OF, PRIMARY, used, SECONDARY)
    assert result["failed"] and f"{DEVICE}: wanted a blank device; found ntfs" in result["msg"]


def test_a_device_that_could_not_be_formatted_is_given_up(call: Call, tmp_path: Path) -> None:
    broken = answer(MKFS.argv, 1, stderr="mkfs.ext4: Input/output error\n")
    result = done(call, tmp_path, "none", WHOLE, WHOLE, DEVICE_OF, PRIMARY, BLANK, broken, SECONDARY)
    assert result["failed"] and "Input/output error" in result["msg"]
