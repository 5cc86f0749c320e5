# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health agent and its node's own brick."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

NOW = 1000.0

agent = load(ROLES / "health_agent/files/samba-ha-agent")


@pytest.mark.parametrize(
    ("missed", "since", "answer"),
    [
        (0, None, "up 100%"),
        # A mount that connects anew, for a changed option.
        (1, None, "up 100%"),
        (2, None, "down #its brick is away"),
        (9, 100.0, "down #its brick is away"),
        (0, 4.9, "down #its brick is back only now"),
        (1, 4.9, "down #its brick is back only now"),
        (0, 5.0, "up 100%"),
    ],
)
def test_a_node_without_its_brick_serves_nobody_until_it_is_back_for_a_while(
    missed: int, since: float | None, answer: str
) -> None:
    brick = agent.Brick(missed, None if since is None else NOW - since)
    cluster = agent.Cluster(NOW, (agent.Node(here=True, flags=frozenset()),))
    assert agent.judge(NOW, [agent.Mount("/data", NOW)], brick, cluster, agent.Deadlines(15, 5)) == answer


def mounted(folder: Path, **bricks: str) -> t.Any:
    """A watch on what GlusterFS tells of a mount; the bricks of each host, this one's is 10.0.0.1."""
    for number, (state, host) in enumerate(bricks.items()):
        client = folder / f".meta/graphs/active/data-client-{number}"
        (client / "options").mkdir(parents=True)
        (client / "options/remote-host").write_text(f"{host}\n")
        (client / "private").write_text((FIXTURES / f"gluster/trixie-11.1/meta_client_{state}.txt").read_text())
    return agent.BrickWatch(str(folder), "10.0.0.1")


def test_a_mount_tells_whether_it_has_this_nodes_brick(tmp_path: Path) -> None:
    assert mounted(tmp_path / "there", connected="10.0.0.1", away="10.0.0.2").connected() is True
    assert mounted(tmp_path / "away", connected="10.0.0.2", away="10.0.0.1").connected() is False
    assert mounted(tmp_path / "without", away="10.0.0.2").connected() is True
    assert mounted(tmp_path / "nothing").connected() is True


def test_only_a_brick_that_was_missed_twice_was_away(tmp_path: Path) -> None:
    watch = mounted(tmp_path)
    watch.look()
    assert watch.seen == agent.Brick()
    for connected, missed in ((False, 1), (True, 0), (False, 1), (False, 2), (False, 3)):
        watch.count(connected)
        assert watch.seen == agent.Brick(missed)
    before = time.monotonic()
    watch.count(connected=True)
    back = watch.seen.back
    assert before <= back <= time.monotonic()
    # It stays the time of its return, also when the mount connects anew.
    for connected in (True, False, True):
        watch.count(connected)
        assert watch.seen.back == back


def test_an_agent_that_starts_while_the_brick_is_away_never_says_that_all_is_well(tmp_path: Path) -> None:
    def judge(watch: t.Any) -> str:
        cluster = agent.Cluster(NOW, (agent.Node(here=True, flags=frozenset()),))
        answer: str = agent.judge(NOW, [agent.Mount("/data", NOW)], watch.seen, cluster, agent.Deadlines(15, 5))
        return answer

    watch = mounted(tmp_path, away="10.0.0.1")
    assert judge(watch) == agent.STARTING
    watch.look()
    assert judge(watch) == "down #its brick is away"


def test_a_mount_that_is_gone_says_nothing_of_its_brick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    watch = mounted(tmp_path, away="10.0.0.1")
    watch.look()
    away = watch.seen

    def gone(_path: Path) -> str:
        raise OSError(107, "Transport endpoint is not connected")

    monkeypatch.setattr(Path, "read_text", gone)
    watch.look()
    assert watch.seen == away
