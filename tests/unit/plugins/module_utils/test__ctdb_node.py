# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import Cluster, Node, load_cluster
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_node import (
    after,
    observe,
    parse_uptime,
    plan,
    reached,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
BOTH = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])


def status(release: str, name: str, *target: str) -> list[Answer]:
    place = FIXTURES / "ctdb" / release
    return [
        answer(["ctdb", "-t", "2", *target, "-X", "status"], 0, (place / f"{name}.machine.txt").read_text()),
        answer(["ctdb", "-t", "2", *target, "status"], 0, (place / f"{name}.txt").read_text()),
    ]


def load(release: str, name: str) -> Cluster:
    return load_cluster(Replay(*status(release, name)))


@pytest.mark.parametrize(
    ("flags", "state", "clear_ban", "verbs", "left"),
    [
        ((), "enabled", False, [], []),
        (("unhealthy",), "enabled", False, [], []),
        (("disabled",), "enabled", False, ["enable"], []),
        (("stopped", "inactive"), "enabled", False, ["continue"], []),
        (("disabled", "stopped", "inactive"), "enabled", False, ["continue", "enable"], []),
        (("banned", "disabled", "inactive"), "enabled", True, ["unban", "enable"], []),
        (("banned", "disabled", "inactive"), "enabled", False, ["enable"], ["banned"]),
        ((), "disabled", False, ["disable"], ["disabled"]),
        (("disabled",), "disabled", False, [], ["disabled"]),
        (("stopped", "inactive"), "disabled", False, ["disable"], ["disabled", "stopped"]),
        ((), "stopped", False, ["stop"], ["stopped"]),
        (("banned", "inactive"), "stopped", True, ["stop"], ["banned", "stopped"]),
        (("stopped", "inactive"), "stopped", False, [], ["stopped"]),
    ],
)
def test_what_is_to_be_done(
    flags: tuple[str, ...], state: str, clear_ban: bool, verbs: list[str], left: list[str]
) -> None:
    assert plan(flags, state, clear_ban=clear_ban) == verbs
    assert after(flags, verbs) == left


@BOTH
def test_a_node_that_was_just_continued_does_not_serve_yet(release: str) -> None:
    seen = load(release, "continued_self")
    node = seen.find(1)
    assert node is not None and node.healthy
    assert not reached(seen, 1, "enabled")


@BOTH
def test_a_healthy_node_serves_unless_a_recovery_runs(release: str) -> None:
    assert reached(load(release, "ok"), 0, "enabled")
    assert not reached(load(release, "recovery"), 0, "enabled")


@pytest.mark.parametrize(
    "change",
    [{"leader": None}, {"generation": None}, {"recovery_mode": None}, {"nodes": ()}, {"running": False, "nodes": ()}],
)
@pytest.mark.parametrize("state", ["enabled", "disabled", "stopped"])
def test_a_cluster_that_is_not_whole_has_reached_nothing(state: str, change: dict[str, t.Any]) -> None:
    names = {"enabled": "ok", "disabled": "disabled", "stopped": "stopped"}
    whole = load(TRIXIE, names[state])
    assert reached(whole, 1, state)
    assert not reached(dataclasses.replace(whole, **change), 1, state)


@pytest.mark.parametrize("name", ["disabled", "stopped", "unhealthy", "disconnected", "banned"])
def test_a_node_with_a_flag_does_not_serve(name: str) -> None:
    seen = load(TRIXIE, name)
    pnn = next(node.pnn for node in seen.nodes if node.flags)
    assert not reached(seen, pnn, "enabled")
    assert reached(seen, 0, "enabled")


@BOTH
def test_a_stopped_node_is_out_of_the_databases(release: str) -> None:
    seen = load(release, "stopped_other")
    assert reached(seen, 1, "stopped") and not reached(seen, 2, "stopped")
    assert not reached(dataclasses.replace(seen, lmasters=(0, 1, 2)), 1, "stopped")
    assert not reached(load(release, "stopped_self"), 1, "stopped")


def test_the_last_node_that_is_stopped_waits_for_nobody() -> None:
    alone = Cluster(running=True, nodes=(Node(0, "a", ("stopped", "inactive"), True),), pnn=0, recovery_mode="recovery")
    assert reached(alone, 0, "stopped") and not reached(alone, 0, "disabled") and not reached(alone, 0, "enabled")


@BOTH
def test_a_node_that_takes_part_is_asked_itself(release: str) -> None:
    replay = Replay(*status(release, "ok"))
    assert observe(replay, 0).pnn == 0
    replay.done()
    replay = Replay(*status(release, "ok"), *status(release, "continued_self", "-n", "1"))
    assert observe(replay, 1).generation is None
    replay.done()


@BOTH
def test_of_a_node_that_takes_no_part_another_is_asked(release: str) -> None:
    replay = Replay(*status(release, "stopped_self"), *status(release, "stopped_other", "-n", "0"))
    seen = observe(replay, 1)
    replay.done()
    assert (seen.pnn, seen.recovery_mode, seen.lmasters) == (0, "normal", (0, 2))


def test_without_a_daemon_there_is_nobody_to_ask() -> None:
    down = (FIXTURES / "ctdb" / TRIXIE / "down.stderr.txt").read_text()
    assert not observe(Replay(answer(["ctdb", "-t", "2", "-X", "status"], 1, "", down)), 1).running


@pytest.mark.parametrize(("age", "seconds"), [("000 00:04:07", 247), ("000 00:00:00", 0), ("012 03:04:05", 1047845)])
def test_the_age_of_the_last_recovery(age: str, seconds: int) -> None:
    text = (FIXTURES / "ctdb" / TRIXIE / "uptime.txt").read_text()
    assert parse_uptime(text.replace("000 00:04:07", age)) == seconds


def test_an_age_that_is_not_told_is_no_age() -> None:
    with pytest.raises(ValueError, match="no time of the last recovery"):
        parse_uptime("Current time of node 1\n")
