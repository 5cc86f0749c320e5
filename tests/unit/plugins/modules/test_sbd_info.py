# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._sbd import load_watchdog
from ansible_collections.samba_ha.cluster.plugins.modules import sbd_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer, hangs, missing

DUMP, LIST = ("sbd", "-d", "/dev/d1", "dump"), ("sbd", "-d", "/dev/d1", "list")
HEADER = {"uuid": "49d99ae6-5706-433a-9ce4-c90f010b8023", "watchdog_timeout": 5, "msgwait": 10}


def said(name: str) -> str:
    return (FIXTURES / "sbd" / "trixie-1.5.2" / name).read_text(encoding="utf-8")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(sbd_info, tmp_path, monkeypatch, capsys)


def disk(header: dict[str, t.Any] | None, error: str | None = None, *slots: dict[str, t.Any]) -> dict[str, t.Any]:
    return {"device": "/dev/d1", "path": None, "header": header, "slots": list(slots), "error": error}


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_disk_with_slots_and_a_message(call: Call, check_mode: bool) -> None:
    replay = Replay(answer(DUMP, stdout=said("good.dump.out")), answer(LIST, stdout=said("message.list.out")))
    result = call(replay, {"devices": ["/dev/d1"], "timeout": 3}, check_mode=check_mode)
    replay.done()
    one = {"host": "one", "message": "clear", "sender": None}
    two = {"host": "two", "message": "test", "sender": "41682c172d88"}
    assert (result["changed"], result["disks"]) == (False, [disk(HEADER, None, one, two)])
    assert replay.timeouts == [3, 3]


def test_a_disk_that_no_host_used_yet(call: Call) -> None:
    replay = Replay(answer(DUMP, stdout=said("short.dump.out")), answer(LIST, stdout=said("new.list.out")))
    header = {"uuid": "6053ab85-f8d2-4e1c-b9bd-17d739906d6f", "watchdog_timeout": 10, "msgwait": 15}
    assert call(replay, {"devices": ["/dev/d1"]})["disks"] == [disk(header)]


def test_a_disk_without_a_header_does_not_hide_the_next(call: Call) -> None:
    blank = answer(("sbd", "-d", "/dev/blank", "dump"), 1, said("blank.dump.out"), said("blank.dump.err"))
    good = [answer(DUMP, stdout=said("good.dump.out")), answer(LIST, stdout=said("new.list.out"))]
    first, second = call(Replay(blank, *good), {"devices": ["/dev/blank", "/dev/d1"]})["disks"]
    assert first["header"] is None
    assert first["error"] == "==Header on disk /dev/blank NOT dumped; sbd failed; please check the logs."
    assert second == disk(HEADER)


def test_no_such_disk(call: Call) -> None:
    none = answer(("sbd", "-d", "/dev/none", "dump"), 1, stderr=said("missing.dump.err"))
    (seen,) = call(Replay(none), {"devices": ["/dev/none"]})["disks"]
    assert seen["header"] is None and seen["error"].startswith("== disk /dev/none unreadable!")


def test_a_disk_that_does_not_answer(call: Call) -> None:
    assert call(Replay(hangs(DUMP)), {"devices": ["/dev/d1"]})["disks"] == [
        disk(None, "wanted an answer within 8 s; found none")
    ]


def test_a_disk_that_is_lost_between_the_questions(call: Call) -> None:
    lost = answer(LIST, 1, stderr="== Slots on disk /dev/d1 NOT dumped\n")
    (seen,) = call(Replay(answer(DUMP, stdout=said("good.dump.out")), lost), {"devices": ["/dev/d1"]})["disks"]
    assert seen == disk(None, "wanted success; found exit status 1: == Slots on disk /dev/d1 NOT dumped")


def test_where_the_name_of_a_disk_leads(call: Call, tmp_path: Path) -> None:
    disk_itself, name = tmp_path / "sdx", tmp_path / "wwn-1"
    disk_itself.touch()
    name.symlink_to(disk_itself)
    dump, slots = (("sbd", "-d", str(name), word) for word in ("dump", "list"))
    replay = Replay(answer(dump, stdout=said("good.dump.out")), answer(slots, stdout=said("new.list.out")))
    (seen,) = call(replay, {"devices": [str(name)]})["disks"]
    assert (seen["device"], seen["path"]) == (str(name), str(disk_itself.resolve()))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"identity": "iTCO_wdt\n", "state": "inactive\n"}, {"identity": "iTCO_wdt", "in_use": False}),
        ({"identity": "Software Watchdog\n", "state": "active\n"}, {"identity": "Software Watchdog", "in_use": True}),
        ({}, {"identity": None, "in_use": None}),
    ],
)
def test_a_watchdog_is_found_and_not_opened(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], found: dict[str, t.Any]
) -> None:
    # Whoever opens it waits for a writer, as it would start the real one.
    device = tmp_path / "watchdog"
    os.mkfifo(device)
    for name, text in told.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(sbd_info, "load_watchdog", lambda: load_watchdog(str(device), str(tmp_path)))
    replay = Replay(answer(DUMP, stdout=said("good.dump.out")), answer(LIST, stdout=said("new.list.out")))
    assert call(replay, {"devices": ["/dev/d1"]})["watchdog"] == {"device": str(device), **found}


def test_no_watchdog(tmp_path: Path) -> None:
    assert load_watchdog(str(tmp_path / "watchdog"), str(tmp_path)) is None


def test_sbd_is_not_installed(call: Call) -> None:
    result = call(Replay(missing(DUMP)), {"devices": ["/dev/d1"]})
    assert result["failed"] and "no such program" in result["msg"]


@pytest.mark.parametrize(
    ("dumped", "listed", "found"),
    [
        ("Header version     : 3\n", "", "found Header version     : 3."),
        (None, "0 one clear\n", "found 0 one clear."),
    ],
)
def test_output_of_another_kind_is_refused(call: Call, dumped: str | None, listed: str, found: str) -> None:
    dump = said("good.dump.out") if dumped is None else dumped
    result = call(Replay(answer(DUMP, stdout=dump), answer(LIST, stdout=listed)), {"devices": ["/dev/d1"]})
    assert result["failed"] and found in result["msg"]
