# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import Volume, parse_reply, parse_volumes
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_heal_wait import (
    check_able,
    check_files,
    check_volume,
    parse_crawls,
    wait_crawled,
    wait_healed,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import (
    GLUSTER,
    RELEASES,
    brick,
    gluster_fixture,
    text,
    xml,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay

pytestmark = pytest.mark.usefixtures("no_waiting")

STATUS = "volume status data"
COUNT = "volume heal data statistics heal-count"
SUMMARY = "volume heal data info summary"
SPLIT = "volume heal data info split-brain"
CRAWLS = "volume heal data statistics"


def volume(name: str, fixture: str = "pool_kinds/volumes.xml", release: str = GLUSTER) -> Volume:
    found = parse_volumes(parse_reply(gluster_fixture(fixture, release)).root)
    return next(volume for volume in found if volume.name == name)


def data(scenario: str, release: str = GLUSTER) -> Volume:
    return volume("data", f"{scenario}/volumes.xml", release)


def nobody(_addresses: object) -> frozenset[str]:
    return frozenset()


def able(scenario: str, status: str, release: str = GLUSTER) -> None:
    replay = Replay(
        xml("peer status", f"{scenario}/peers.xml", release),
        xml(STATUS, status, release),
    )
    check_able(replay, data(scenario, release), nobody, timeout=8)
    replay.done()


@pytest.mark.parametrize(
    ("name", "words"), [("plain", "Distribute, Started"), ("idle", "Replicate, Created.*gluster volume start idle")]
)
def test_a_volume_with_nothing_to_heal_is_refused(name: str, words: str) -> None:
    with pytest.raises(StateError, match=words):
        check_volume(name, volume(name))


def test_a_missing_volume_is_refused() -> None:
    with pytest.raises(StateError, match="found no such volume"):
        check_volume("nope", None)
    assert check_volume("spread", volume("spread")).type == "Distributed-Replicate"


@pytest.mark.parametrize(
    "file", ["", "by-path.txt", "gfid:", "gfid:1e09", "<gfid:1e09bb63-1b08-42cf-b668-bb97ba729738>"]
)
def test_a_request_that_would_resolve_something_else_is_refused(file: str) -> None:
    with pytest.raises(StateError, match="is no path on the volume"):
        check_files(volume("data"), ["/fine", file], "latest-mtime", None)


def test_files_and_bricks_that_can_be_named() -> None:
    names = ["/a b/ä", "gfid:1e09bb63-1b08-42cf-b668-bb97ba729738", "/with\nnewline"]
    check_files(volume("data"), names, "source-brick", brick(2))
    spread = volume("spread")
    check_files(spread, names, "source-brick", spread.bricks[4].name)
    with pytest.raises(StateError, match="is an arbiter, which holds no data"):
        check_files(spread, names, "source-brick", spread.bricks[5].name)
    with pytest.raises(StateError, match=r"'10\.0\.0\.1:/b' is none of its bricks"):
        check_files(spread, names, "source-brick", "10.0.0.1:/b")


@pytest.mark.parametrize("release", RELEASES)
def test_a_whole_pool_can_heal(release: str) -> None:
    able("pool_ok", "heal/status_ok.xml", release)


@pytest.mark.parametrize("release", RELEASES)
def test_a_brick_that_is_down_is_named(release: str) -> None:
    with pytest.raises(StateError) as failure:
        able("pool_brick_killed", "heal/status_brick_killed.xml", release)
    assert f"found offline: brick {brick(3, release=release)}. Start" in str(failure.value)
    assert "gluster volume start data force" in failure.value.remedy


@pytest.mark.parametrize("release", RELEASES)
def test_daemons_that_are_down_are_named(release: str) -> None:
    with pytest.raises(StateError) as failure:
        able("pool_ok", "heal/status_no_daemon.xml", release)
    hosts = [brick(n, release=release).partition(":")[0] for n in (1, 2, 3)]
    assert failure.value.found == "offline: " + ", ".join(f"self-heal daemon on {host}" for host in hosts)


@pytest.mark.parametrize("release", RELEASES)
def test_a_host_that_is_gone_is_named(release: str) -> None:
    with pytest.raises(StateError) as failure:
        able("pool_host_gone", "heal/status_host_gone.xml", release)
    lost = brick(3, release=release)
    assert failure.value.found == f"cut off: brick {lost}, self-heal daemon on {lost.partition(':')[0]}"
    assert "Bring back the hosts" in failure.value.remedy and "force" not in failure.value.remedy


def test_a_host_that_was_just_cut_off_is_not_waited_for() -> None:
    replay = Replay(xml("peer status", "pool_ok/peers.xml"))
    with pytest.raises(StateError, match=r"none from 10\.229\.13\.13"):
        check_able(replay, data("pool_ok"), lambda addresses: frozenset(addresses[1:]), timeout=8)


def test_a_busy_volume_is_asked_again() -> None:
    replay = Replay(
        xml("peer status", "pool_ok/peers.xml"), xml(STATUS, "heal/status_busy.xml"), xml(STATUS, "heal/status_ok.xml")
    )
    # These fixtures are of one pool, so all bricks are found.
    check_able(replay, data("pool_ok"), nobody, timeout=8)
    replay.done()
    busy = Replay(xml("peer status", "pool_ok/peers.xml"), xml(STATUS, "heal/status_busy.xml"))
    with pytest.raises(WaitTimeout, match="Another transaction is in progress for data"):
        check_able(busy, data("pool_ok"), nobody, timeout=0)


@pytest.mark.parametrize("release", RELEASES)
def test_crawls(release: str) -> None:
    before, running, done = (
        parse_crawls(gluster_fixture(f"heal/statistics_{name}.txt", release)) for name in ("before", "running", "done")
    )
    assert {crawl.kind for crawl in before} == {"INDEX"} and {crawl.brick for crawl in before} == {"0", "1", "2"}
    (full,) = (crawl for crawl in running if crawl.kind == "FULL")
    assert full.running and full.started.endswith("2026")
    assert [crawl for crawl in done if crawl.kind == "FULL"] == [replace(full, running=False)]


def test_the_end_of_going_over_the_volume_is_waited_for() -> None:
    replay = Replay(
        text(CRAWLS, "heal/statistics_before.txt"),
        text("volume heal data full", "heal/launch_full.txt"),
        text(CRAWLS, "heal/statistics_before.txt"),
        text(CRAWLS, "heal/statistics_running.txt"),
        text(CRAWLS, "heal/statistics_done.txt"),
    )
    wait_crawled(replay, "data", timeout=8)
    replay.done()


@pytest.mark.parametrize(("name", "words"), [("before", "found not begun"), ("running", "found under way")])
def test_going_over_the_volume_in_vain_is_told(name: str, words: str) -> None:
    replay = Replay(
        text(CRAWLS, "heal/statistics_before.txt"),
        text("volume heal data full", "heal/launch_full.txt"),
        text(CRAWLS, f"heal/statistics_{name}.txt"),
    )
    with pytest.raises(WaitTimeout, match=words):
        wait_crawled(replay, "data", timeout=0)


def test_an_older_pass_over_the_volume_is_not_taken_for_this_one() -> None:
    replay = Replay(
        text(CRAWLS, "heal/statistics_done.txt"),
        text("volume heal data full", "heal/launch_full.txt"),
        text(CRAWLS, "heal/statistics_done.txt"),
    )
    with pytest.raises(WaitTimeout, match="found not begun"):
        wait_crawled(replay, "data", timeout=0)


def test_a_heal_ends_when_nothing_is_pending() -> None:
    replay = Replay(
        text(COUNT, "heal/count_brick_killed.txt"),
        xml(SUMMARY, "heal/info_pending.xml"),
        text(COUNT, "heal/count_none.txt"),
        xml(SUMMARY, "heal/info_healed.xml"),
    )
    assert wait_healed(replay, "data", (), timeout=8).settled
    replay.done()


def test_a_heal_in_vain_shows_the_last_counts() -> None:
    replay = Replay(text(COUNT, "heal/count_brick_killed.txt"), xml(SUMMARY, "heal/info_pending.xml"))
    with pytest.raises(WaitTimeout) as failure:
        wait_healed(replay, "data", (), timeout=0)
    assert f"found {brick(1)}: 22 pending, 0 in split brain; {brick(2)}: 22 pending" in str(failure.value)


def test_only_the_files_named_are_waited_for() -> None:
    steps = (
        text(COUNT, "heal/count_none.txt"),
        xml(SUMMARY, "heal/info_split_one.xml"),
        xml(SPLIT, "heal/split_one.xml"),
    )
    state = wait_healed(Replay(*steps), "data", ["/other.txt"], timeout=0)
    assert [file.name for file in state.unnamed] == ["/by-path.txt"]
    with pytest.raises(WaitTimeout, match=r"still in split brain: /by-path.txt"):
        wait_healed(Replay(*steps), "data", ["/by-path.txt"], timeout=0)
