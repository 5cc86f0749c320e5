# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import PacemakerDown
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import parse_status
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_plan import Seen, load_plan, parse_plan
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import (
    RELEASES,
    pacemaker,
    simulate,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay, answer

GROUP = frozenset({"files-storage", "files-ip", "files-samba"})


def seen(status: str, plan: str) -> Seen:
    return Seen(parse_status(pacemaker(f"crm_mon/{status}.xml")), parse_plan(pacemaker(f"crm_simulate/{plan}.xml")))


@RELEASES
def test_nothing_to_do(release: str) -> None:
    plan = load_plan(Replay(simulate("idle", release)))
    assert (plan.actions, plan.stopped) == ((), frozenset())


@RELEASES
def test_a_restart(release: str) -> None:
    plan = load_plan(Replay(simulate("restart", release, "--xml-pipe")), "<cib/>")
    assert plan.stopped == GROUP
    assert "stop files-samba on file1" in plan.actions and "start files-ip on file1" in plan.actions


@RELEASES
def test_a_move(release: str) -> None:
    plan = parse_plan(pacemaker("crm_simulate/standby.xml", release))
    # The fence device stops too, and does not count.
    assert plan.stopped == GROUP and "stop fence-file2 on file1" in plan.actions
    assert {each.active_on for each in plan.resources if each.id in GROUP} == {("file2",)}


@RELEASES
def test_an_outage(release: str) -> None:
    plan = parse_plan(pacemaker("crm_simulate/outage.xml", release))
    assert {each.active_on for each in plan.resources} == {()}


def test_a_cluster_is_idle_when_somebody_found_nothing_to_do() -> None:
    assert seen("healthy", "idle").idle
    assert not seen("healthy", "restart").idle
    assert not seen("starting", "idle").idle


def test_what_is_seen_in_words() -> None:
    assert str(seen("healthy", "idle")) == "file1 online, file2 online"
    told = str(seen("failed_with_reason", "restart"))
    assert "still to do: files_stop_0, stop files-samba on file1" in told and "monitor files-ip" not in told
    assert "files-storage: monitor failed on file2 (Error occurred: smoke detected near CPU fan)" in told
    assert "no controller elected" in str(seen("starting", "idle"))


def test_errors() -> None:
    argv = simulate("idle").argv
    down = answer(argv, 102, pacemaker("crm_mon/pacemaker_stopped.xml"))
    with pytest.raises(PacemakerDown, match="Connection refused"):
        load_plan(Replay(down))
    with pytest.raises(StateError, match="wanted what Pacemaker would do; found no idea"):
        load_plan(Replay(answer(argv, 1, "", "no idea\n")))
    with pytest.raises(StateError, match="Something new"):
        load_plan(Replay(answer(argv, 0, "Something new")))
    with pytest.raises(StateError, match="without <transition>"):
        load_plan(Replay(answer(argv, 0, pacemaker("crm_mon/healthy.xml"))))
