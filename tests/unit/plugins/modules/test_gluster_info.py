# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import gluster_info
from ansible_collections.samba_ha.cluster.plugins.modules.gluster_volume import apply_present
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import (
    GLUSTER,
    HOSTS,
    RELEASES,
    argv,
    brick,
    gluster,
    text,
    xml,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, hangs, missing

ALL = {"gather": ["bricks", "heal"]}
COUNT = "volume heal data statistics heal-count"
SPLIT = "volume heal data info split-brain"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr(gluster_info, "silent", lambda _addresses: frozenset())
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return caller(gluster_info, tmp_path, monkeypatch, capsys)


def steps(scenario: str, *parts: str, release: str = GLUSTER) -> list[Answer]:
    """The requests of which each name stands for one, answered by the scenario's fixtures."""
    requests = {
        "peers": "peer status",
        "uuid": "system:: uuid get",
        "volumes": "volume info all",
        "status": "volume status all",
        "detail": "volume status all detail",
        "heal_data": "volume heal data info summary",
        "heal_lock": "volume heal lock info summary",
        "heal_spread": "volume heal spread info summary",
        "split_data": SPLIT,
    }
    return [xml(requests[part], f"{scenario}/{part}.xml", release) for part in parts]


START = ("peers", "uuid", "volumes")
BRICKS = (*START, "status", "detail")


def online(volume: dict[str, t.Any]) -> list[bool | None]:
    return [brick["online"] for brick in volume["bricks"]]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_healthy_pool(call: Call, release: str, check_mode: bool) -> None:
    replay = Replay(*steps("pool_ok", *BRICKS, "heal_data", "heal_lock", release=release))
    result = call(replay, ALL, check_mode=check_mode)
    replay.done()
    assert set(replay.timeouts) == {8.0}
    assert (result["changed"], result["running"], result["error"]) == (False, True, None)
    assert result["warnings"] == []
    assert [(peer["address"], peer["connected"], peer["state"]) for peer in result["peers"]] == [
        (f"{HOSTS[release]}{n}", True, "Peer in Cluster") for n in "23"
    ]
    assert result["peers"][0]["names"] == [f"{HOSTS[release]}2"]
    data, lock = result["volumes"]
    assert (data["name"], lock["name"], data["status"], data["type"]) == ("data", "lock", "Started", "Replicate")
    assert (data["replica"], data["arbiter"], len(data["id"])) == (3, 0, 36)
    assert data["options"]["performance.write-behind"] == "off"
    first = data["bricks"][0]
    assert first.pop("pid") > 0 and first.pop("size_free") > 0 and first.pop("inodes_free") > 0
    assert first == {
        "name": brick(1, release=release),
        "address": f"{HOSTS[release]}1",
        "path": "/srv/gluster/data",
        "host_uuid": result["uuid"],
        "online": True,
        "size_total": 270553174016,
        "inodes_total": 16777216,
    }
    assert data["self_heal_daemons"] == [{"address": f"{HOSTS[release]}{n}", "online": True} for n in "123"]
    assert data["quorum"] == {"type": "auto", "needed": 2, "online": 3, "met": True}
    assert data["heal"] == {"pending": 0, "split_brain": 0, "split_brain_files": [], "unreadable_bricks": []}


def test_only_the_peers_by_default(call: Call) -> None:
    result = call(Replay(*steps("pool_ok", "peers", "uuid")), {})
    assert len(result["peers"]) == 2 and len(result["uuid"]) == 36 and result["volumes"] is None


def test_what_is_not_gathered_is_null(call: Call) -> None:
    (data, _lock) = call(Replay(*steps("pool_ok", *START)), {"gather": ["volumes"]})["volumes"]
    assert online(data) == [None] * 3 and data["bricks"][0]["size_total"] is None
    assert [data[name] for name in ("self_heal_daemons", "quorum", "heal")] == [None] * 3


@pytest.mark.parametrize("release", RELEASES)
def test_a_killed_brick(call: Call, release: str) -> None:
    replay = Replay(*steps("pool_brick_killed", *BRICKS, "heal_data", "heal_lock", release=release))
    result = call(replay, ALL)
    data, lock = result["volumes"]
    assert online(data) == [True, True, False] and online(lock) == [True] * 3
    assert data["bricks"][2]["pid"] is None and data["bricks"][2]["size_total"] == 270553174016
    assert data["quorum"] == {"type": "auto", "needed": 2, "online": 2, "met": True}
    assert data["heal"] == {
        "pending": 22,
        "split_brain": 0,
        "split_brain_files": [],
        "unreadable_bricks": [brick(3, release=release)],
    }
    assert result["error"] is None


def test_pending_heals(call: Call) -> None:
    result = call(Replay(*steps("pool_pending", *START, "heal_data", "heal_lock")), {"gather": ["heal"]})
    assert [volume["heal"]["pending"] for volume in result["volumes"]] == [22, 0]
    assert online(result["volumes"][0]) == [None] * 3 and result["volumes"][0]["quorum"] is None


@pytest.mark.parametrize("release", RELEASES)
def test_split_brain(call: Call, release: str) -> None:
    parts = (*START, "heal_data", "split_data", "heal_lock")
    result = call(Replay(*steps("pool_split_brain", *parts, release=release)), {"gather": ["heal"]})
    heal = result["volumes"][0]["heal"]
    assert (heal["pending"], heal["split_brain"], heal["unreadable_bricks"]) == (0, 2, [])
    assert "/by-path.txt" in heal["split_brain_files"]
    assert [name[:5] for name in sorted(heal["split_brain_files"])] == ["/by-p", "gfid:"]


def test_split_brain_whose_names_cannot_be_read(call: Call) -> None:
    start = steps("pool_split_brain", *START, "heal_data")
    replay = Replay(*start, replace(xml(SPLIT, "heal/split_none.xml"), stdout=""), *steps("pool_ok", "heal_lock"))
    result = call(replay, {"gather": ["heal"]})
    assert result["volumes"][0]["heal"] is not None
    assert result["volumes"][0]["heal"]["split_brain"] == 2
    assert result["volumes"][0]["heal"]["split_brain_files"] is None
    assert "info split-brain: wanted an answer in XML" in result["error"]


@pytest.mark.parametrize("release", RELEASES)
def test_a_host_that_is_gone_and_answers_by_refusals(call: Call, release: str) -> None:
    """Its bricks are not known, and what is to be healed is read in full: glusterd or the host's services are down."""
    result = call(Replay(*steps("pool_host_gone", *BRICKS, "heal_data", "heal_lock", release=release)), ALL)
    data = result["volumes"][0]
    assert [peer["connected"] for peer in result["peers"]] == [True, False]
    assert online(data) == [True, True, None] and data["bricks"][2]["size_total"] is None
    assert data["self_heal_daemons"][2] == {"address": f"{HOSTS[release]}3", "online": None}
    assert data["quorum"] == {"type": "auto", "needed": 2, "online": 2, "met": True}
    assert (data["heal"]["pending"], data["heal"]["split_brain"]) == (4, 0)
    assert result["error"] is None


def silent_third(monkeypatch: pytest.MonkeyPatch, release: str = GLUSTER) -> None:
    lost = f"{HOSTS[release]}3"
    monkeypatch.setattr(gluster_info, "silent", lambda addresses: frozenset({lost} & set(addresses)))


def test_a_host_that_is_gone_without_a_sound_makes_nobody_wait(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    silent_third(monkeypatch)
    replay = Replay(
        *steps("pool_host_gone", *BRICKS),
        text(COUNT, "pool_host_gone/count_data.txt"),
        text("volume heal lock statistics heal-count", "heal/count_none.txt"),
    )
    result = call(replay, ALL)
    replay.done()
    data, lock = (volume["heal"] for volume in result["volumes"])
    assert (data["pending"], data["split_brain"], data["split_brain_files"]) == (4, None, None)
    assert (lock["pending"], lock["split_brain"], lock["split_brain_files"]) == (0, 0, [])
    assert "volume data: wanted a look at each entry" in result["error"] and "Give it 12 s" in result["error"]


def test_who_has_the_time_waits_for_a_host_that_is_gone(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    silent_third(monkeypatch)
    replay = Replay(*steps("pool_host_gone", *START, "heal_data", "heal_lock"))
    result = call(replay, {"gather": ["heal"], "timeout": 12})
    assert result["volumes"][0]["heal"]["split_brain"] == 0 and result["error"] is None
    assert replay.timeouts[-1] == 12.0


def test_a_host_that_was_just_cut_off_is_not_asked_for_anything(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    silent_third(monkeypatch)
    replay = Replay(*steps("pool_ok", *START))
    result = call(replay, ALL)
    replay.done()
    assert online(result["volumes"][0]) == [None] * 3
    assert result["volumes"][0]["quorum"] == {"type": "auto", "needed": 2, "online": 0, "met": None}
    assert result["volumes"][0]["heal"] is None
    assert "found none from 10.229.13.13" in result["error"]


def test_many_entries_are_counted_and_the_next_volume_hurries(call: Call) -> None:
    replay = Replay(
        *steps("pool_ok", *START),
        hangs(argv("volume heal data info summary")),
        text(COUNT, "heal/count_brick_killed.txt"),
        *steps("pool_ok", "heal_lock"),
    )
    result = call(replay, {"gather": ["heal"]})
    replay.done()
    assert replay.timeouts[3:] == [8.0, 8.0, 2.0]
    assert [volume["heal"]["pending"] for volume in result["volumes"]] == [22, 0]
    assert "info summary" in result["error"]


def test_a_busy_volume_is_asked_again_and_then_named(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [*steps("pool_ok", *START), xml("volume status all", "pool_ok/status_data_busy.xml")]
    replay = Replay(*first, *steps("pool_ok", "status", "detail"))
    result = call(replay, {"gather": ["bricks"]})
    replay.done()
    assert result["error"] is None and online(result["volumes"][0]) == [True] * 3
    now = iter(range(0, 1000, 3))
    monkeypatch.setattr("time.monotonic", lambda: float(next(now)))
    result = call(Replay(*first, *first[3:], *first[3:]), {"gather": ["bricks"]})
    assert "another transaction holds: data" in result["error"]
    assert online(result["volumes"][0]) == [None] * 3 and online(result["volumes"][1]) == [True] * 3


def test_a_status_that_hangs_is_not_asked_for_again(call: Call) -> None:
    result = call(Replay(*steps("pool_ok", *START), hangs(argv("volume status all"))), {"gather": ["bricks"]})
    assert "volume status all" in result["error"] and result["running"]
    assert result["volumes"][0]["quorum"]["met"] is None


def test_kinds_of_volumes(call: Call) -> None:
    start = steps("pool_kinds", *BRICKS)
    heals = [
        xml(f"volume heal {name} info summary", f"pool_kinds/heal_{fixture}.xml")
        for name, fixture in (("data", "spread"), ("lock", "spread"), ("spread", "spread"), ("two", "spread"))
    ]
    result = call(Replay(*start, *heals), ALL)
    volumes = {volume["name"]: volume for volume in result["volumes"]}
    assert {name: volume["quorum"]["type"] for name, volume in volumes.items()} == {
        "data": "auto",
        "idle": "auto",
        "lock": "auto",
        "plain": "none",
        "spread": "auto",
        "two": "fixed",
    }
    assert volumes["plain"]["heal"] is None and volumes["plain"]["self_heal_daemons"] == []
    assert volumes["idle"]["heal"] is None and online(volumes["idle"]) == [False] * 3
    assert volumes["idle"]["self_heal_daemons"] == []
    assert (volumes["spread"]["arbiter"], volumes["spread"]["quorum"]["online"]) == (1, 3)
    assert len(volumes["two"]["self_heal_daemons"]) == 3


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (missing(argv("peer status")), "no such program"),
        (hangs(argv("peer status")), "wanted an answer"),
        (xml("peer status", "connection_failed.txt"), "systemctl start glusterd"),
    ],
)
def test_without_glusterd(call: Call, step: Answer, words: str) -> None:
    result = call(Replay(step), ALL)
    assert "failed" not in result and words in result["error"]
    assert (result["running"], result["peers"], result["uuid"], result["volumes"]) == (False, [], None, None)


def test_volumes_that_cannot_be_read_leave_the_peers(call: Call) -> None:
    replay = Replay(*steps("pool_ok", "peers", "uuid"), hangs(argv("volume info all")))
    result = call(replay, ALL)
    assert result["running"] and len(result["peers"]) == 2 and result["volumes"] is None and result["error"]


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_read_changes_nothing_when_it_is_applied(call: Call, release: str) -> None:
    (volume, _lock) = call(Replay(*steps("pool_ok", *START, release=release)), {"gather": ["volumes"]})["volumes"]
    wanted = {
        **{name: volume[name] for name in ("name", "replica", "arbiter", "options")},
        "bricks": [brick["name"] for brick in volume["bricks"]],
        "state": "present",
        "force": False,
        "timeout": 0,
    }
    replay = gluster(("volume info data", f"../{release}/heal/volume.xml"))
    assert not apply_present(wanted, replay, check_mode=False)["changed"]
    replay.done()
