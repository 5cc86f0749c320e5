# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two nodes of a pool without a connection with each other: no client waits for what one asks the other one for."""

from __future__ import annotations

import contextlib
import time
import typing as t
from pathlib import Path

import pytest
from acts import end_silence, silence
from lab import Lab, LabHost, eventually
from observe import ctdb_flags, generation, settle, stdout
from workload import Workload

APART = (
    "add table inet lab_apart;"
    " add chain inet lab_apart input {{ type filter hook input priority -300; }};"
    " add chain inet lab_apart output {{ type filter hook output priority -300; }};"
    " add rule inet lab_apart input ip saddr {0} tcp dport 4379 drop;"
    " add rule inet lab_apart input ip saddr {0} tcp sport 4379 drop;"
    " add rule inet lab_apart output ip daddr {0} tcp dport 4379 drop;"
    " add rule inet lab_apart output ip daddr {0} tcp sport 4379 drop"
)
MOST = 30
"""Seconds that a client may be without an answer, a guard: without a cure they have no end."""


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a missing connection", timeout=240)


def roles(lab: Lab) -> tuple[LabHost, LabHost, LabHost]:
    """The leader, and the two others in their order."""
    leader = lab.pool[int(stdout(lab.pool[0], "ctdb leader"))]
    first, second = (node for node in lab.pool if node is not leader)
    return leader, first, second


@contextlib.contextmanager
def apart(first: LabHost, second: LabHost) -> t.Iterator[None]:
    """CTDB on one node reaches that on the other one no more. All else does, so nobody else misses the node."""
    first.run("nft %s", APART.format(second.interconnect))
    try:
        yield
    finally:
        first.run("nft delete table inet lab_apart")


def disconnected(viewer: LabHost, node: LabHost) -> bool:
    return "Disconnected" in ctdb_flags(viewer)[str(node.interconnect)]


def times(host: LabHost, since: float, words: str) -> list[float]:
    """When CTDB said so, in seconds of the epoch."""
    show = f"journalctl --quiet --unit ctdb --output short-unix --since @{since:.0f} | grep -F {words!r}"
    found = [float(line.split()[0]) for line in stdout(host, show).splitlines()]
    return [at for at in found if at >= since]


def asked_for_one_more(lab: Lab, since: float) -> bool:
    show = f"journalctl --quiet --identifier samba-ha-links --since @{since:.0f}"
    return any("one more is asked for" in stdout(node, show) for node in lab.pool)


@pytest.mark.parametrize("late", [False, True])
def test_a_node_returns_that_is_slow_to_connect_with_all_others(lab: Lab, tmp_path: Path, late: bool) -> None:
    leader, returning, third = roles(lab)
    with Workload(lab, tmp_path) as workload:
        began = time.time()
        silence(returning, str(returning.interconnect))
        try:
            what = f"CTDB without {returning.name}"
            eventually(lambda: disconnected(leader, returning), bool, timeout=30, what=what)
            with apart(returning, third):
                end_silence(returning)
                returned = time.time()
                begun, over = "Recovery has started", "Recovery has finished"
                what = f"a recovery with {returning.name}"
                eventually(lambda: times(returning, returned, over if late else begun), bool, timeout=30, what=what)
                # A recovery that waits for nobody is over by then.
                time.sleep(1)
        finally:
            returning.shell.run("nft delete table inet lab_cut")
        settle(lab, f"the return of {returning.name}", timeout=240)
        connected = times(returning, returned, f" connected to {third.interconnect}:")[0]
        assert (times(returning, returned, over)[0] < connected) == late
        workload.finish()
        workload.outages([began, returned], MOST)
    # Those that have waited for nobody may ask as well: what came after they looked counts as new.
    assert asked_for_one_more(lab, began) or not late


def test_a_connection_that_was_lost_for_a_moment_is_followed_by_a_recovery(lab: Lab) -> None:
    """Else nobody would ask again for what was under way: the leader has not noticed anything."""
    _leader, first, second = roles(lab)
    before = generation(first)
    first.run(f"ss --no-header --tcp --kill dst {second.interconnect} dport = :4379")
    eventually(lambda: generation(first), lambda now: now != before, timeout=30, what="a recovery")
