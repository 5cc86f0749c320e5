# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import gluster_heal
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import (
    GLUSTER,
    RELEASES,
    brick,
    text,
    xml,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay

INFO = "volume info data"
SUMMARY = "volume heal data info summary"
SPLIT = "volume heal data info split-brain"
COUNT = "volume heal data statistics heal-count"
CRAWLS = "volume heal data statistics"
LAUNCH = "volume heal data"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr(gluster_heal, "silent", lambda _addresses: frozenset())
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return caller(gluster_heal, tmp_path, monkeypatch, capsys)


def start(summary: str, release: str = GLUSTER) -> list[Answer]:
    return [xml(INFO, "heal/volume.xml", release), xml(SUMMARY, summary, release)]


def whole(status: str = "heal/status_ok.xml", scenario: str = "pool_ok", release: str = GLUSTER) -> list[Answer]:
    return [xml("peer status", f"{scenario}/peers.xml", release), xml("volume status data", status, release)]


def healed(release: str = GLUSTER, summary: str = "heal/info_healed.xml") -> list[Answer]:
    return [text(COUNT, "heal/count_none.txt", release=release), xml(SUMMARY, summary, release)]


def split(*files: str, policy: str = "bigger-file", **more: t.Any) -> dict[str, t.Any]:
    return {"volume": "data", "split_brain": {"files": list(files), "policy": policy, **more}}


def counts(*pending: int, release: str = GLUSTER) -> dict[str, int]:
    return {brick(number, release=release): count for number, count in enumerate(pending, 1)}


@pytest.mark.parametrize("release", RELEASES)
def test_pending_entries_are_healed(call: Call, release: str) -> None:
    replay = Replay(
        *start("heal/info_pending.xml", release),
        *whole(release=release),
        text(LAUNCH, "heal/launch_pending.txt", release=release),
        text(COUNT, "heal/count_brick_killed.txt", release=release),
        xml(SUMMARY, "heal/info_pending.xml", release),
        *healed(release),
    )
    result = call(replay, {"volume": "data"})
    replay.done()
    assert result["changed"] and result["resolved"] == [] and result["warnings"] == []
    assert result["diff"] == {
        "before": {"pending": counts(22, 22, 0, release=release), "split_brain": []},
        "after": {"pending": counts(0, 0, 0, release=release), "split_brain": []},
    }
    assert result["bricks"][0] == {"name": brick(1, release=release), "pending": 0, "split_brain": 0}


def test_check_mode_predicts_the_run_and_changes_nothing(call: Call) -> None:
    replay = Replay(*start("heal/info_pending.xml"), *whole())
    result = call(replay, {"volume": "data"}, check_mode=True)
    replay.done()
    assert result["changed"] and result["bricks"][0]["pending"] == 22
    assert result["diff"]["before"]["pending"] == counts(22, 22, 0)
    assert result["diff"]["after"]["pending"] == counts(0, 0, 0)


@pytest.mark.parametrize("check_mode", [False, True])
def test_where_nothing_is_pending_nothing_is_done(call: Call, check_mode: bool) -> None:
    replay = Replay(*start("heal/info_none.xml"))
    result = call(replay, {"volume": "data"}, check_mode=check_mode)
    replay.done()
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"]


def test_a_heal_in_vain_fails_with_the_last_counts(call: Call) -> None:
    replay = Replay(
        *start("heal/info_pending.xml"),
        *whole(),
        text(LAUNCH, "heal/launch_pending.txt"),
        text(COUNT, "heal/count_brick_killed.txt"),
        xml(SUMMARY, "heal/info_pending.xml"),
    )
    result = call(replay, {"volume": "data", "timeout": 0})
    assert result["failed"] and f"found {brick(1)}: 22 pending" in result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    ("scenario", "status", "words"),
    [
        ("pool_brick_killed", "heal/status_brick_killed.xml", "gluster volume start data force"),
        ("pool_host_gone", "heal/status_host_gone.xml", "Bring back the hosts that are cut off"),
    ],
)
def test_with_a_brick_down_it_is_refused(call: Call, check_mode: bool, scenario: str, status: str, words: str) -> None:
    replay = Replay(*start(f"{scenario}/heal_data.xml"), *whole(status, scenario))
    result = call(replay, {"volume": "data"}, check_mode=check_mode)
    replay.done()
    assert result["failed"] and "nothing could be healed" in result["msg"] and words in result["msg"]


def test_without_a_daemon_it_is_refused(call: Call) -> None:
    replay = Replay(*start("heal/info_pending.xml"), *whole("heal/status_no_daemon.xml"))
    result = call(replay, {"volume": "data"})
    assert result["failed"] and "offline: self-heal daemon on 10.229.13.11" in result["msg"]


def test_a_full_heal_is_a_change_also_where_nothing_is_pending(call: Call) -> None:
    replay = Replay(
        *start("heal/info_none.xml"),
        *whole(),
        text(CRAWLS, "heal/statistics_before.txt"),
        text(f"{LAUNCH} full", "heal/launch_full.txt"),
        text(CRAWLS, "heal/statistics_running.txt"),
        text(CRAWLS, "heal/statistics_done.txt"),
        *healed(),
    )
    assert call(replay, {"volume": "data", "full": True})["changed"]
    replay.done()


@pytest.mark.parametrize("release", RELEASES)
def test_only_the_file_that_is_named_is_resolved(call: Call, release: str) -> None:
    replay = Replay(
        *start("pool_split_brain/heal_data.xml", release),
        xml(SPLIT, "pool_split_brain/split_data.xml", release),
        *whole(release=release),
        text(f"{LAUNCH} split-brain bigger-file /by-path.txt", "heal/resolve_done_bigger.txt", release=release),
        text(LAUNCH, "heal/launch_none.txt", release=release),
        *healed(release, "heal/info_none.xml"),
    )
    # The fixture's other file stays; here the bricks are done with both.
    result = call(replay, split("/by-path.txt", "/not-in-split-brain"))
    replay.done()
    assert result["changed"] and result["resolved"] == ["/by-path.txt"]
    assert result["diff"]["before"]["split_brain"] == ["/by-path.txt"]
    assert result["diff"]["after"]["split_brain"] == []


def test_what_is_not_named_stays_and_is_told(call: Call) -> None:
    replay = Replay(*start("heal/info_split_one.xml"), xml(SPLIT, "heal/split_one.xml"))
    result = call(replay, split("/another.txt"))
    replay.done()
    assert not result["changed"] and result["resolved"] == []
    assert result["warnings"] == [
        "volume data: 1 in split brain are left alone; samba_ha.cluster.gluster_info names them"
    ]


def test_without_names_split_brain_is_left_alone(call: Call) -> None:
    replay = Replay(*start("pool_split_brain/heal_data.xml"))
    result = call(replay, {"volume": "data"})
    assert not result["changed"] and "2 in split brain are left alone" in result["warnings"][0]


def test_check_mode_predicts_what_would_be_resolved(call: Call) -> None:
    replay = Replay(*start("pool_split_brain/heal_data.xml"), xml(SPLIT, "pool_split_brain/split_data.xml"), *whole())
    result = call(replay, split("/by-path.txt", policy="latest-mtime"), check_mode=True)
    replay.done()
    assert result["changed"] and result["resolved"] == ["/by-path.txt"]
    assert "1 in split brain are left alone" in result["warnings"][0]


def test_a_brick_can_be_the_source_and_a_file_be_named_by_its_gfid(call: Call) -> None:
    listed = xml(SPLIT, "heal/split_one.xml")
    gfid = listed.stdout.partition('gfid="')[2][:36]
    replay = Replay(
        *start("heal/info_split_one.xml"),
        listed,
        *whole(),
        text(f"{LAUNCH} split-brain source-brick {brick(2)} /by-path.txt", "heal/resolve_done_bigger.txt"),
        text(LAUNCH, "heal/launch_none.txt"),
        *healed(),
    )
    result = call(replay, split(f"gfid:{gfid}", policy="source-brick", source_brick=brick(2)))
    replay.done()
    assert result["resolved"] == ["/by-path.txt"]


def test_a_policy_that_cannot_choose_fails_and_says_so(call: Call) -> None:
    replay = Replay(
        *start("heal/info_split_one.xml"),
        xml(SPLIT, "heal/split_one.xml"),
        *whole(),
        text(f"{LAUNCH} split-brain latest-mtime /by-path.txt", "heal/resolve_no_difference.txt", 1),
    )
    result = call(replay, split("/by-path.txt", policy="latest-mtime"))
    replay.done()
    assert result["failed"] and "No difference in mtime" in result["msg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (split("by-path.txt"), "is no path on the volume"),
        (split("/f", policy="source-brick"), "source_brick"),
        (split("/f", policy="source-brick", source_brick="10.0.0.1:/b"), "is none of its bricks"),
    ],
)
def test_a_request_that_is_not_complete_is_refused(call: Call, arguments: dict[str, t.Any], words: str) -> None:
    result = call(Replay(xml(INFO, "heal/volume.xml")), arguments)
    assert result["failed"] and words in result["msg"]


def test_a_missing_volume_is_told(call: Call) -> None:
    result = call(Replay(xml("volume info nope", "volume_info_missing.xml")), {"volume": "nope"})
    assert result["failed"] and "found no such volume" in result["msg"]


def test_without_glusterd_it_fails_at_its_deadline(call: Call) -> None:
    result = call(Replay(xml(INFO, "connection_failed.txt")), {"volume": "data", "timeout": 0})
    assert result["failed"] and "systemctl start glusterd" in result["msg"]
