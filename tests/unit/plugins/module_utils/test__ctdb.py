# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb import (
    Cluster,
    Node,
    load_cluster,
    parse_machine_status,
    parse_status,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer, hangs, missing

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
MACHINE, TEXT = ["ctdb", "-t", "2", "-X", "status"], ["ctdb", "-t", "2", "status"]
HEADER = "|Node|IP|Disconnected|Unknown|Banned|Disabled|Unhealthy|Stopped|Inactive|PartiallyOnline|ThisNode|\n"


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "ctdb" / release / f"{name}.txt").read_text()


def load(release: str, name: str) -> Cluster:
    replay = Replay(
        answer(MACHINE, stdout=fixture(release, f"{name}.machine")), answer(TEXT, stdout=fixture(release, name))
    )
    cluster = load_cluster(replay)
    replay.done()
    return cluster


def flags(cluster: Cluster) -> dict[int, tuple[str, ...]]:
    return {node.pnn: node.flags for node in cluster.nodes}


@pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
def test_all_is_well(release: str) -> None:
    cluster = load(release, "ok")
    assert cluster.running and cluster.healthy
    assert cluster.warnings == ()
    assert set(flags(cluster).values()) == {()}
    assert (cluster.pnn, cluster.leader, cluster.recovery_mode) == (0, 0, "normal")


def test_every_value_of_a_healthy_cluster() -> None:
    assert load(TRIXIE, "ok") == Cluster(
        running=True,
        nodes=(
            Node(0, "10.224.0.11", (), True),
            Node(1, "10.224.0.12", (), False),
            Node(2, "10.224.0.13", (), False),
        ),
        pnn=0,
        leader=0,
        generation=1421988961,
        recovery_mode="normal",
        lmasters=(0, 1, 2),
    )


@pytest.mark.parametrize(
    ("release", "name", "pnn", "expected"),
    [
        (BOOKWORM, "disabled", 1, ("disabled",)),
        (TRIXIE, "disabled", 1, ("disabled",)),
        (TRIXIE, "stopped", 1, ("stopped", "inactive")),
        (TRIXIE, "banned", 2, ("banned", "inactive")),
        (TRIXIE, "unhealthy", 1, ("unhealthy",)),
        (TRIXIE, "disconnected", 2, ("disconnected", "unhealthy", "inactive")),
    ],
)
def test_one_node_is_not_well(release: str, name: str, pnn: int, expected: tuple[str, ...]) -> None:
    cluster = load(release, name)
    assert cluster.running and not cluster.healthy and cluster.warnings == ()
    assert {number: seen for number, seen in flags(cluster).items() if seen} == {pnn: expected}
    assert (cluster.leader, cluster.recovery_mode) == (0, "normal")
    node = next(node for node in cluster.nodes if node.pnn == pnn)
    assert f"node {pnn} ({node.address}) {' '.join(expected)}; " in f"{cluster.describe()}; "


def test_a_banned_node_itself_is_in_recovery_without_a_generation() -> None:
    cluster = load(TRIXIE, "banned_self")
    assert (cluster.pnn, cluster.generation, cluster.recovery_mode) == (2, None, "recovery")
    assert flags(cluster) == {0: (), 1: (), 2: ("banned", "inactive")}


@pytest.mark.parametrize(("release", "generation"), [(BOOKWORM, 1707509782), (TRIXIE, 1402856586)])
def test_during_recovery(release: str, generation: int) -> None:
    cluster = load(release, "recovery")
    assert (cluster.recovery_mode, cluster.generation) == ("recovery", generation)
    assert not cluster.healthy
    assert cluster.describe().endswith("; leader 0, recovery mode recovery")


def test_recovery_alone_is_not_healthy() -> None:
    replay = Replay(answer(MACHINE, 0, fixture(TRIXIE, "ok.machine")), answer(TEXT, 0, fixture(TRIXIE, "recovery")))
    cluster = load_cluster(replay)
    assert all(node.healthy for node in cluster.nodes)
    assert not cluster.healthy


def test_a_node_that_starts_knows_nobody_yet() -> None:
    cluster = load(TRIXIE, "starting")
    alone = ("disconnected", "unhealthy", "inactive")
    assert flags(cluster) == {0: alone, 1: alone, 2: ("unhealthy",)}
    assert (cluster.pnn, cluster.generation, cluster.recovery_mode) == (2, None, "recovery")


@pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
def test_without_a_daemon_nothing_runs(release: str) -> None:
    replay = Replay(answer(MACHINE, 1, "", fixture(release, "down.stderr")))
    cluster = load_cluster(replay)
    replay.done()
    why = "connect() failed, errno=2; Failed to connect to CTDB daemon (/run/ctdb/ctdbd.socket)"
    assert cluster == Cluster(running=False, error=why)
    assert not cluster.healthy
    assert cluster.describe() == f"no ctdbd that answers: {why}"


def test_without_the_program_nothing_runs() -> None:
    cluster = load_cluster(Replay(missing(MACHINE)))
    assert cluster == Cluster(running=False, error="ctdb is not installed")


def test_a_daemon_that_hangs_is_an_answer() -> None:
    replay = Replay(hangs(MACHINE))
    cluster = load_cluster(replay)
    assert cluster == Cluster(running=False, error="no answer within 4.5 s; it hangs or is overloaded")
    assert replay.timeouts == [4.5]


def test_a_program_that_is_killed_is_an_answer() -> None:
    cluster = load_cluster(Replay(answer(MACHINE, -9)))
    assert cluster == Cluster(running=False, error="exit status -9: no output")


def test_nodes_are_known_though_the_rest_takes_too_long() -> None:
    cluster = load_cluster(Replay(answer(MACHINE, 0, fixture(TRIXIE, "ok.machine")), hangs(TEXT)))
    assert cluster.running and len(cluster.nodes) == 3
    assert (cluster.leader, cluster.recovery_mode, cluster.healthy) == (None, None, False)
    assert len(cluster.warnings) == 1 and "ctdb -t 2 status: wanted an answer" in cluster.warnings[0]


def test_another_node_is_asked_through_the_own_one() -> None:
    replay = Replay(
        answer(["ctdb", "-t", "2", "-n", "0", "-X", "status"], 0, fixture(TRIXIE, "stopped_other.machine")),
        answer(["ctdb", "-t", "2", "-n", "0", "status"], 0, fixture(TRIXIE, "stopped_other")),
    )
    cluster = load_cluster(replay, node=0)
    replay.done()
    assert (cluster.pnn, cluster.lmasters) == (0, (0, 2))
    assert [node.pnn for node in cluster.nodes if not node.active] == [1]


def test_a_node_that_does_not_exist_says_so() -> None:
    replay = Replay(answer(["ctdb", "-t", "2", "-n", "9", "-X", "status"], 1, "", "Node 9 does not exist\n"))
    assert load_cluster(replay, node=9) == Cluster(running=False, error="Node 9 does not exist")


def test_a_cluster_without_a_leader_is_not_healthy() -> None:
    text = fixture(TRIXIE, "ok")
    assert text.count("Leader:0\n") == 1
    assert parse_status(text.replace("Leader:0\n", "Leader:UNKNOWN\n"))["leader"] is None
    leaderless = dataclasses.replace(load(TRIXIE, "ok"), leader=None)
    assert not leaderless.healthy
    assert "; no leader, recovery mode normal" in leaderless.describe()


def test_a_cluster_without_nodes_is_not_healthy() -> None:
    assert not Cluster(running=True, leader=0, recovery_mode="normal").healthy


def test_lines_that_are_not_understood_are_told_and_the_others_count() -> None:
    good = fixture(TRIXIE, "ok.machine")
    strange = [
        "Warning: something new",
        "|x|10.0.0.9|0|0|0|0|0|0|0|0|N|",
        "|3|10.0.0.9|0|",
        "|3|10.0.0.9|0|0|0|?|0|0|0|0|N|",
    ]
    nodes, unknown = parse_machine_status(good + "\n".join(strange) + "\n")
    assert nodes == parse_machine_status(good)[0]
    assert unknown == tuple(strange)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER.replace("ThisNode|", "Frozen|ThisNode|"), "|0|a|0|0|0|1|0|0|0|0|1|Y|\n"),
        (HEADER.replace("ThisNode|", "ThisNode|Frozen|"), "|0|a|0|0|0|1|0|0|0|0|Y|1|\n"),
    ],
)
def test_an_unknown_column_is_told_wherever_it_stands(header: str, row: str) -> None:
    assert parse_machine_status(header + row) == ((Node(0, "a", ("disabled",), True),), ("unknown column frozen",))


@pytest.mark.parametrize("column", ["IP", "Banned", "PartiallyOnline", "ThisNode"])
def test_without_a_known_column_no_node_is_taken_for_healthy(column: str) -> None:
    row = "|0|10.0.0.9|0|0|0|0|0|0|0|0|"
    nodes, unknown = parse_machine_status(HEADER.replace(f"{column}|", "") + row + "\n")
    assert nodes == ()
    assert unknown == (f"no column {column.lower()}", row)


def test_rows_without_a_header_are_not_guessed_at() -> None:
    rows = fixture(TRIXIE, "ok.machine").splitlines()[1:]
    assert parse_machine_status("\n".join(rows)) == ((), tuple(rows))


def test_the_text_form_of_something_else_tells_nothing() -> None:
    assert parse_status("Segmentation fault\n") == {
        "generation": None,
        "recovery_mode": None,
        "leader": None,
        "lmasters": (),
    }
