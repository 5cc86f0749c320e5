# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the drill while clients work: it ends in time, and nothing that was promised is lost."""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest
from drilling import known_faults, make_fault, target, undo_fault
from lab import Lab, LabHost, eventually
from observe import holders, settle, stdout
from workload import Result, Workload

FAULTS = known_faults()
# The service is whole again soon after these, so that they fit into one run, one after another.
SHORT = ["smbd_killed", "smbd_hung", "frontend_killed", "brick_killed", "frontend_cut_off", "smbd_all_killed"]
ALONE = [name for name in FAULTS if name not in SHORT]
# How many times the target an outage may last: a guard against noise, since two cores do all the work.
NOISE = 2
# Seconds that the others may need to elect a leader when CTDB's is lost: twice its timeout, since at the first try the
# lost one may still hold the cluster lock.
ELECTION = 4
# Seconds that a killed smbd may live on in a write that waits in GlusterFS for another node's lock on the file, which
# that keeps for a second after its own write (cluster.post-op-delay-secs); only then its client hears of its end.
UNDER_WAY = 1


@pytest.fixture(autouse=True)
def whole_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a fault", timeout=240)


def victim(lab: Lab, name: str, workload: Workload) -> LabHost:
    """The front end with the address, or the node with most clients."""
    if FAULTS[name]["part"] == "frontend":
        (active,) = holders(lab)
        return active
    sessions = workload.sessions()
    return max(lab.pool, key=lambda node: sessions[node.name])


def limit(lab: Lab, name: str, host: LabHost) -> float:
    leads = name in ALONE and stdout(host, "ctdb leader") == str(lab.pool.index(host))
    dies = name in ("smbd_killed", "smbd_all_killed")
    return NOISE * target(lab, name) + (ELECTION if leads else 0) + (UNDER_WAY if dies else 0)


@dataclass(frozen=True)
class Done:
    """A fault that was made and ended, with the times of both in seconds of the epoch, and an outage's limit."""

    name: str
    limit: float
    made: float
    ended: float


def break_and_mend(lab: Lab, name: str, workload: Workload) -> Done:
    """Make a fault that lasts longer than an outage may, and end it."""
    host = victim(lab, name, workload)
    most = limit(lab, name, host)
    try:
        made = make_fault(lab, host, name)
        assert made.proof
        time.sleep(most + 1)
        ended = time.time()
    finally:
        undo_fault(lab, host, name)
    return Done(name, most, made.at, ended)


def judge(workload: Workload, done: list[Done]) -> None:
    """Hold what the clients saw against the promises, for the end of a fault as well as for its beginning."""
    # All is read through every node, and one that was lost may still be on its way back. That is not to be felt either.
    settle(workload.lab, "what was done", timeout=240)
    workload.finish()
    result = workload.judge([at for each in done for at in (each.made, each.ended)])
    assert result["violations"] == []
    outages: list[Result] = result["outages"]
    faults = []
    for each, began, ended in zip(done, outages[::2], outages[1::2], strict=True):
        for what, outage in (("begins", began), ("ends", ended)):
            told = f"{each.name} {what}: limit {each.limit} s, {json.dumps(outage)}"
            if not outage["gap"]["ended"] or max(outage["gap"]["seconds"], outage["up"] or 0) > each.limit:
                faults.append(told)
            # A fault that no client felt would prove nothing.
            if what == "begins" and not outage["reconnects"]:
                faults.append(f"not felt: {told}")
    assert faults == []


def test_faults_that_are_soon_over_one_after_another(lab: Lab, tmp_path: Path) -> None:
    done = []
    with Workload(lab, tmp_path) as workload:
        for name in SHORT:
            done.append(break_and_mend(lab, name, workload))
            settle(lab, name)
        judge(workload, done)


@pytest.mark.parametrize("name", ALONE)
def test_a_fault_of_a_node(lab: Lab, tmp_path: Path, name: str) -> None:
    with Workload(lab, tmp_path) as workload:
        judge(workload, [break_and_mend(lab, name, workload)])


def test_a_node_is_lost_while_another_one_returns(lab: Lab, tmp_path: Path) -> None:
    returning = lab.pool[0]
    with Workload(lab, tmp_path) as workload:
        returning.run("systemctl restart ctdb.service")
        eventually(
            lambda: stdout(returning, "ctdb runstate"),
            lambda state: state in {"STARTUP", "RUNNING"},
            timeout=60,
            what=f"CTDB's recovery with {returning.name}",
        )
        judge(workload, [break_and_mend(lab, "node_killed", workload)])
