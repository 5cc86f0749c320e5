# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that clients reach themselves, lost and taken out while they work: it ends in time, and nothing is lost."""

from __future__ import annotations

import time
from pathlib import Path

from drilling import target
from lab import Lab
from observe import ctdb_flags, public_holders, settle
from test_failover import done, fail_over
from test_promises import NOISE, Done, break_and_mend, judge
from workload import Workload


def drain_and_return(lab: Lab, workload: Workload) -> Done:
    """Take the node with most clients out of service and back, as an administrator would."""
    sessions = workload.sessions()
    node = max(lab.pool, key=lambda each: sessions[each.name])
    began = time.time()
    done(fail_over(node.name, "drain"))
    assert "Stopped" in ctdb_flags(lab.pool[0])[str(node.interconnect)]
    held = public_holders(lab)
    assert all(len(nodes) == 1 and nodes[0] is not node for nodes in held.values()), held
    ended = time.time()
    done(fail_over(node.name, "return"))
    return Done("node_drained", NOISE * target(lab, "node_drained"), began, ended)


def test_a_killed_smbd_and_a_drained_node(lab: Lab, tmp_path: Path) -> None:
    with Workload(lab, tmp_path) as workload:
        killed = break_and_mend(lab, "smbd_killed", workload)
        settle(lab, "smbd_killed")
        judge(workload, [killed, drain_and_return(lab, workload)])


def test_a_killed_node(lab: Lab, tmp_path: Path) -> None:
    with Workload(lab, tmp_path) as workload:
        judge(workload, [break_and_mend(lab, "node_killed", workload)])
