# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandTimeout
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster import GlusterError, parse_reply
from ansible_collections.samba_ha.cluster.plugins.module_utils._gluster_heal import (
    BrickHeal,
    Heal,
    SplitFile,
    launch,
    load_count,
    load_heal,
    load_progress,
    load_split_files,
    parse_count,
    parse_split_files,
    parse_summary,
    resolve,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.gluster_cases import (
    GLUSTER,
    RELEASES,
    argv,
    brick,
    gluster_fixture,
    text,
    xml,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, hangs

pytestmark = pytest.mark.usefixtures("no_waiting")

SUMMARY = "volume heal data info summary"
SPLIT = "volume heal data info split-brain"
COUNT = "volume heal data statistics heal-count"
LAUNCH = "volume heal data"
MTIME = "volume heal data split-brain latest-mtime"


def summary(name: str, release: str = GLUSTER) -> Heal:
    return parse_summary(parse_reply(gluster_fixture(name, release)).root)


def heal(*counts: tuple[int | None, int | None], release: str = GLUSTER) -> Heal:
    return Heal(tuple(BrickHeal(brick(i + 1, release=release), *count) for i, count in enumerate(counts)))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("pool_ok", [(0, 0), (0, 0), (0, 0)]),
        ("pool_pending", [(22, 0), (22, 0), (0, 0)]),
        ("pool_brick_killed", [(22, 0), (22, 0), (None, None)]),
        ("pool_host_gone", [(4, 0), (4, 0), (None, None)]),
        ("pool_split_brain", [(0, 2), (0, 2), (0, 2)]),
    ],
)
def test_summaries(name: str, counts: list[tuple[int | None, int | None]], release: str) -> None:
    found = summary(f"{name}/heal_data.xml", release)
    assert found == heal(*counts, release=release)
    assert found.done == (name in {"pool_ok", "pool_split_brain"})


def test_a_summary_without_its_numbers_is_not_guessed() -> None:
    changed = gluster_fixture("pool_ok/heal_data.xml").replace("PossiblyHealing>0<", "PossiblyHealing>-<")
    with pytest.raises(ValueError, match="<numberOfEntriesPossiblyHealing> is no number"):
        parse_summary(parse_reply(changed).root)


def test_entries_that_are_being_healed_are_pending() -> None:
    changed = gluster_fixture("pool_ok/heal_data.xml").replace("PossiblyHealing>0<", "PossiblyHealing>1<", 1)
    assert parse_summary(parse_reply(changed).root) == heal((1, 0), (0, 0), (0, 0))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("heal/count_none.txt", [(0, 0), (0, 0), (0, 0)]),
        ("heal/count_brick_killed.txt", [(22, None), (22, None), (None, None)]),
        ("pool_host_gone/count_data.txt", [(4, None), (4, None), (None, None)]),
    ],
)
def test_counts_tell_split_brain_only_where_there_is_nothing(
    name: str, counts: list[tuple[int | None, int | None]], release: str
) -> None:
    found = parse_count(gluster_fixture(name, release))
    assert found == heal(*counts, release=release)


def test_a_line_that_is_not_understood_is_told() -> None:
    with pytest.raises(ValueError, match="Something new"):
        parse_count(gluster_fixture("heal/count_none.txt") + "Something new\n")


@pytest.mark.parametrize(
    ("replica", "values", "total"),
    [
        (3, [22, 22, 0], 22),
        (3, [4, None, 3], 4),
        (3, [None, None, None], None),
        (2, [1, 2, 3, None], 5),
        (2, [1, 2, None, None], None),
    ],
)
def test_each_replica_set_counts_once(replica: int, values: list[int | None], total: int | None) -> None:
    state = Heal(tuple(BrickHeal("h:/b", value, value) for value in values))
    assert (state.pending(replica), state.split_brain(replica)) == (total, total)


def test_a_brick_that_was_only_counted_or_not_read_is_not_done() -> None:
    assert heal((0, 0), (0, 7), (0, 0)).done
    assert not heal((0, 0), (0, None)).done
    assert not heal((0, 0), (None, None)).done
    assert not heal((0, 0), (1, 0)).done


def test_states_in_words() -> None:
    words = heal((3, 1), (2, None), (None, None)).describe()
    assert words == (f"{brick(1)}: 3 pending, 1 in split brain; {brick(2)}: 2 pending; {brick(3)}: cannot be read")


@pytest.mark.parametrize("release", RELEASES)
def test_files_in_split_brain_are_listed_once(release: str) -> None:
    files = parse_split_files(parse_reply(gluster_fixture("pool_split_brain/split_data.xml", release)).root)
    assert min(file.name for file in files) == "/by-path.txt"
    without_path = next(file for file in files if file.name.startswith("gfid:"))
    assert len(files) == 2 and without_path.name == f"gfid:{without_path.gfid}" and len(without_path.gfid) == 36
    assert parse_split_files(parse_reply(gluster_fixture("heal/split_none.xml", release)).root) == ()


def test_a_path_that_one_brick_knows_is_enough() -> None:
    listed = gluster_fixture("heal/split_one.xml")
    gfid = listed.partition('gfid="')[2][:36]
    changed = listed.replace(">/by-path.txt<", f">&lt;gfid:{gfid}&gt;<", 2)
    assert parse_split_files(parse_reply(changed).root) == (SplitFile("/by-path.txt", gfid),)


def test_a_file_is_named_by_its_path_or_its_gfid() -> None:
    file = SplitFile("/a", "0000")
    assert file.named(["/a"]) and file.named(["gfid:0000"])
    assert not file.named(["/b", "a", "0000"])


def test_one_request_suffices() -> None:
    replay = Replay(xml(SUMMARY, "pool_pending/heal_data.xml"))
    assert load_heal(replay, "data", timeout=8) == (heal((22, 0), (22, 0), (0, 0)), None)
    assert replay.timeouts == [8.0]


def test_what_takes_too_long_is_counted() -> None:
    replay = Replay(hangs(argv(SUMMARY)), text(COUNT, "heal/count_brick_killed.txt"))
    found, error = load_heal(replay, "data", timeout=8)
    replay.done()
    assert found.pending(3) == 22 and found.split_brain(3) is None
    assert isinstance(error, CommandTimeout)


def test_what_takes_too_long_is_not_counted_where_that_is_forbidden() -> None:
    with pytest.raises(CommandTimeout):
        load_heal(Replay(hangs(argv(SUMMARY))), "data", timeout=8, count=False)


def test_a_refusal_is_told_in_gluster_s_words() -> None:
    with pytest.raises(GlusterError, match="Not able to fetch volfile"):
        load_heal(Replay(xml("volume heal idle info summary", "pool_kinds/heal_idle.xml")), "idle", timeout=8)


def test_many_entries_are_only_counted_while_they_are_waited_for() -> None:
    step = text(COUNT, "heal/count_brick_killed.txt")
    many = Replay(replace(step, stdout=step.stdout.replace(": 22", ": 201")))
    assert load_progress(many, "data", timeout=8).pending(3) == 201
    few = Replay(step, xml(SUMMARY, "pool_pending/heal_data.xml"))
    assert load_progress(few, "data", timeout=8).split_brain(3) == 0
    few.done()


def test_counting_waits_for_the_volume_s_lock() -> None:
    replay = Replay(text(COUNT, "heal/count_busy.txt", 1), text(COUNT, "heal/count_none.txt"))
    assert load_count(replay, "data", timeout=8).done
    replay.done()


@pytest.mark.parametrize("release", RELEASES)
def test_counting_without_a_daemon_is_told(release: str) -> None:
    with pytest.raises(GlusterError, match="Self-heal daemon is not running"):
        load_count(Replay(text(COUNT, "heal/count_no_daemon.txt", 1, release)), "data", timeout=8)


def test_names_that_xml_cannot_hold_are_no_empty_list() -> None:
    # glfsheal writes nothing then, and ends with exit status 0.
    step = replace(xml(SPLIT, "heal/split_none.xml"), stdout="")
    with pytest.raises(GlusterError, match="an answer in XML"):
        load_split_files(Replay(step), "data", timeout=8)


@pytest.mark.parametrize("release", RELEASES)
def test_a_heal_is_launched(release: str) -> None:
    launch(Replay(text(LAUNCH, "heal/launch_pending.txt", release=release)), "data", full=False, timeout=8)
    launch(Replay(text(f"{LAUNCH} full", "heal/launch_full.txt", release=release)), "data", full=True, timeout=8)


@pytest.mark.parametrize("name", ["heal/launch_busy.txt", "heal/launch_host_gone.txt"])
def test_a_launch_is_repeated_while_it_is_too_early(name: str) -> None:
    replay = Replay(text(LAUNCH, name, 1), text(LAUNCH, "heal/launch_none.txt"))
    launch(replay, "data", full=False, timeout=8)
    replay.done()


def test_a_launch_that_stays_refused_fails_with_gluster_s_words() -> None:
    with pytest.raises(WaitTimeout, match=r"brick op 'Heal' failed.*gluster volume start data force"):
        launch(Replay(text(LAUNCH, "heal/launch_brick_killed.txt", 1)), "data", full=False, timeout=0)
    with pytest.raises(GlusterError, match="Self-heal daemon is not running"):
        launch(Replay(text(LAUNCH, "heal/launch_no_daemon.txt", 1)), "data", full=False, timeout=8)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "rc"), [("heal/resolve_done_bigger.txt", 0), ("heal/resolve_not_in_split_brain.txt", 1)]
)
def test_a_split_brain_is_resolved(name: str, rc: int, release: str) -> None:
    brick_policy = ("source-brick", brick(1))
    request = f"volume heal data split-brain source-brick {brick(1)} /by-path.txt"
    replay = Replay(text(request, name, rc, release))
    resolve(replay, "data", "/by-path.txt", brick_policy, timeout=8)
    replay.done()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "rc", "words"),
    [
        ("heal/resolve_no_difference.txt", 1, "No difference in mtime"),
        ("heal/resolve_missing.txt", 22, "No such file or directory"),
        ("heal/resolve_bad_brick.txt", 1, "No such brick available"),
    ],
)
def test_a_policy_that_cannot_choose_is_told(name: str, rc: int, words: str, release: str) -> None:
    with pytest.raises(GlusterError, match=f"{words}.* was not changed"):
        resolve(Replay(text(f"{MTIME} /f", name, rc, release)), "data", "/f", ["latest-mtime"], timeout=8)
