# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drbdadm 9.22.0 and blkid of Debian 13 said of real disks, before a file that stands for the disk."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import drbd_disk
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.drbd_cases import events
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer

NAME = {"resource": "projects"}
NEW, USED = "0000000000000004", "304A59C5584B4B5C"
METADATA = "UUID=4cff301896329b8b\nVERSION=v08\nTYPE=drbd\nUSAGE=raid\n"
SETTINGS = "drbdsetup-84 net-options ipv4:10.0.0.1:9450 ipv4:10.0.0.2:9450 --set-defaults --protocol=C --ko-count=6\n"
CONNECT = "drbdsetup-84 connect projects ipv4:10.0.0.1:9450 ipv4:10.0.0.2:9450 --protocol=C\n"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    # Not every file system that tests run on has it.
    monkeypatch.setattr(os, "O_DIRECT", 0)
    return caller(drbd_disk, tmp_path, monkeypatch, capsys)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "disk"
    path.write_bytes(bytes(2**21))
    return path


def with_ext4(disk: Path) -> None:
    disk.write_bytes(bytes(0x438) + b"\x53\xef" + bytes(2**20))


def asked(disk: Path, content: str = "", rc: int = 0, *, up: str = "none", stderr: str = "") -> list[Answer]:
    """What is always asked: the configured disk, what is on it, and what is up."""
    return [
        answer(("drbdadm", "sh-ll-dev", "projects"), stdout=f"{disk}\n"),
        answer(("blkid", "--probe", "--output", "export", str(disk)), rc if content else 2, content, stderr),
        events(up),
    ]


def drbdadm(*words: str, stdout: str = "") -> Answer:
    return answer(("drbdadm", *words), stdout=stdout)


def generation(current: str) -> Answer:
    zeros = ":".join(["0000000000000000"] * 3)
    return drbdadm("get-gi", "projects", stdout=f"{current}:{zeros}:0:0:0:0:0:0:0\n")


def adjust(stdout: str = "") -> Answer:
    return drbdadm("--dry-run", "adjust", "projects", stdout=stdout)


def done(call: Call, *answers: Answer, check_mode: bool = False) -> dict[str, t.Any]:
    replay = Replay(*answers)
    result = call(replay, NAME, check_mode=check_mode)
    replay.done()
    return result


def test_a_blank_disk_gets_metadata_and_is_brought_up(call: Call, disk: Path) -> None:
    steps = [drbdadm("create-md", "projects"), drbdadm("up", "projects")]
    result = done(call, *asked(disk), *steps)
    assert (result["changed"], result["disk"], result["up"]) == (True, str(disk), True)
    assert result["diff"]["before"]["content"] == "none" and result["diff"]["after"]["content"] == "drbd"


def test_check_mode_tells_the_same_and_writes_nothing(call: Call, disk: Path) -> None:
    result = done(call, *asked(disk), check_mode=True)
    assert (result["changed"], result["up"]) == (True, True)


@pytest.mark.parametrize(
    ("content", "rc", "found"),
    [
        ("UUID=20b63f5d\nVERSION=1.0\nTYPE=ext4\nUSAGE=filesystem\n", 0, "found ext4."),
        ("UUID=x\nTYPE=LVM2_member\nUSAGE=raid\n", 0, "found LVM2_member."),
        ("PTUUID=1b2c\nPTTYPE=gpt\n", 0, "found a partition table (gpt)."),
        ("AMBIVALENT\n", 8, "found several things at once."),
    ],
)
def test_a_disk_with_anything_on_it_is_refused(call: Call, disk: Path, content: str, rc: int, found: str) -> None:
    result = done(call, *asked(disk, content, rc))
    assert result["failed"] and found in result["msg"] and "Nothing was changed" in result["msg"]


def test_data_that_blkid_does_not_know_are_refused(call: Call, disk: Path) -> None:
    disk.write_bytes(bytes(2**20 - 1) + b"x")
    result = done(call, *asked(disk))
    assert result["failed"] and "data that are not recognised" in result["msg"]


def test_a_disk_that_is_not_there(call: Call) -> None:
    gone = Path("/dev/disk/by-id/wwn-0x0")
    told = answer(
        ("blkid", "--probe", "--output", "export", str(gone)), 2, stderr=f"error: {gone}: No such file or directory\n"
    )
    result = done(call, asked(gone)[0], told)
    assert result["failed"] and f"{gone}: wanted a disk that can be read" in result["msg"]


def test_a_host_by_another_name(call: Call) -> None:
    said = "'projects' not defined in your config (for this host).\n"
    result = done(call, answer(("drbdadm", "sh-ll-dev", "projects"), 1, stderr=said))
    assert result["failed"] and "names this host as it names itself" in result["msg"]


def test_a_copy_with_data_that_is_down_is_left_to_pacemaker(call: Call, disk: Path) -> None:
    with_ext4(disk)
    result = done(call, *asked(disk, METADATA), generation(USED))
    assert (result["changed"], result["up"]) == (False, False)


def test_a_copy_that_never_held_data_is_brought_up_again(call: Call, disk: Path) -> None:
    with_ext4(disk)
    result = done(call, *asked(disk, METADATA), generation(NEW), drbdadm("up", "projects"))
    assert (result["changed"], result["up"]) == (True, True)


def test_a_copy_still_without_a_file_system_is_brought_up_again(call: Call, disk: Path) -> None:
    assert done(call, *asked(disk, METADATA), drbdadm("up", "projects"))["changed"]


def test_a_new_disk_in_place_of_a_lost_one_is_filled_from_the_other(call: Call, disk: Path) -> None:
    steps = [drbdadm("create-md", "projects"), drbdadm("attach", "projects")]
    assert done(call, *asked(disk, up="diskless.file1"), *steps)["changed"]


# What only has to be found again was not changed: that is for the playbook status, and for who mends it.
@pytest.mark.parametrize("dry_run", ["", CONNECT])
def test_a_copy_that_runs_as_configured_is_left_alone(call: Call, disk: Path, dry_run: str) -> None:
    result = done(call, *asked(disk, METADATA, up="whole.file1"), adjust(dry_run))
    assert (result["changed"], result["up"]) == (False, True)


@pytest.mark.parametrize("check_mode", [False, True])
def test_changed_settings_are_applied(call: Call, disk: Path, check_mode: bool) -> None:
    apply = [] if check_mode else [drbdadm("net-options", "projects")]
    result = done(call, *asked(disk, METADATA, up="whole.file1"), adjust(SETTINGS), *apply, check_mode=check_mode)
    assert result["changed"] and result["diff"]["after"]["settings"] == "as configured (net-options)"


@pytest.mark.parametrize(
    "dry_run",
    [
        "drbdsetup-84 disconnect ipv4:10.0.0.1:9450 ipv4:10.0.0.2:9450\n" + CONNECT,
        "drbdsetup-84 detach 945\ndrbdsetup-84 attach 945 /dev/vdc /dev/vdc internal\n",
    ],
)
def test_another_disk_or_address_is_refused_while_it_runs(call: Call, disk: Path, dry_run: str) -> None:
    result = done(call, *asked(disk, METADATA, up="whole.file1"), adjust(dry_run))
    assert result["failed"] and "playbook failover" in result["msg"]
