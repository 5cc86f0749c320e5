# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair import active
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_crm import Resource, Status, parse_status
from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_push import faults
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.pair_cases import RELEASES, pacemaker

GROUP = ("files-storage", "files-ip", "files-samba")


def status(scenario: str, release: str = "trixie") -> Status:
    return parse_status(pacemaker(f"crm_mon/{scenario}.xml", release))


def places(seen: Status) -> dict[str, tuple[str, ...]]:
    return {each.id: each.active_on for each in seen.resources}


@RELEASES
def test_healthy(release: str) -> None:
    seen = status("healthy", release)
    assert (seen.dc, seen.maintenance, seen.fencing) == ({"bookworm": "file2", "trixie": "file1"}[release], False, True)
    assert [(node.name, node.fit, str(node)) for node in seen.nodes] == [
        ("file1", True, "file1 online"),
        ("file2", True, "file2 online"),
    ]
    assert places(seen) == {
        "fence-file1": ("file2",),
        "fence-file2": ("file1",),
        **dict.fromkeys(GROUP, ("file1",)),
    }
    assert seen.resources[3] == Resource(
        "files-ip", "files", "ocf:heartbeat:IPaddr2", True, False, False, None, "Started", ("file1",)
    )
    assert [each.group for each in seen.resources] == [None, None, "files", "files", "files"]
    assert [each.fencing for each in seen.resources] == [True, True, False, False, False]
    assert seen.failures == () and seen.history == ()


def test_a_copy_that_is_not_promoted_any_more_serves_nobody() -> None:
    # Taken while a pair moved: Pacemaker calls the one that is about to go Stopping.
    seen = status("mirror_moves")
    assert [(each.role, each.active_on) for each in seen.resources if each.id == "projects-drbd"] == [
        ("Unpromoted", ("file2",)),
        ("Unpromoted", ("file1",)),
    ]
    assert active(seen.resources) == []


def test_promoted_on_one_node() -> None:
    seen = status("promoted")
    assert [(each.id, each.role, each.active_on) for each in seen.resources[:2]] == [
        ("projects-disk", "Promoted", ("file1",)),
        ("projects-disk", "Unpromoted", ("file2",)),
    ]
    assert active(seen.resources) == ["file1"]
    alone = status("promoted_alone")
    assert [(each.role, each.active_on) for each in alone.resources[:2]] == [("Promoted", ("file2",)), ("Stopped", ())]
    assert faults(alone, {"projects-disk"}) == []


@RELEASES
def test_standby(release: str) -> None:
    seen = status("standby", release)
    first, second = seen.nodes
    assert first.standby and not first.fit and str(first) == "file1 online standby" and second.fit
    assert {places(seen)[name] for name in GROUP} == {("file2",)}


@RELEASES
def test_a_failure_that_was_mended_is_remembered(release: str) -> None:
    (failure,) = status("resource_recovered", release).failures
    assert (failure.node, failure.resource, failure.operation) == ("file1", "files-storage", "monitor")
    assert failure.exit.lower() == "not running"
    assert datetime.fromtimestamp(failure.at, UTC).isoformat()[:16] == "2026-11-26T10:28"
    assert str(failure).lower() == "files-storage: monitor failed on file1 (not running)"


@RELEASES
def test_a_resource_that_starts_nowhere(release: str) -> None:
    seen = status("resource_failed", release)
    assert {(each.resource, each.operation, each.node) for each in seen.failures} == {
        ("files-storage", "start", "file1"),
        ("files-storage", "start", "file2"),
    }
    assert {places(seen)[name] for name in GROUP} == {()}
    assert all(each.wanted for each in seen.resources)


@RELEASES
def test_a_resource_that_was_stopped_by_hand(release: str) -> None:
    (stopped,) = (each for each in status("resource_disabled", release).resources if each.target_role)
    assert (stopped.id, stopped.target_role, stopped.wanted, stopped.active_on) == ("files-samba", "Stopped", False, ())


@RELEASES
def test_maintenance(release: str) -> None:
    seen = status("maintenance", release)
    assert seen.maintenance and not any(each.managed or each.wanted for each in seen.resources)


@RELEASES
def test_two_active(release: str) -> None:
    assert places(status("two_active", release))["files-ip"] == ("file1", "file2")


@RELEASES
def test_a_node_that_could_not_be_fenced(release: str) -> None:
    seen = status("fence_failed", release)
    lost = seen.node("file2")
    assert lost is not None and lost.unclean and str(lost) == "file2 offline unclean"
    pending, *failed = seen.history
    assert (pending.status, pending.completed, pending.delegate) == ("pending", None, None)
    assert {(event.target, event.action, event.origin, event.delegate, event.status) for event in failed} == {
        ("file2", "reboot", "file1", "file1", "failed")
    }


@RELEASES
def test_a_node_that_was_fenced(release: str) -> None:
    seen = status("fenced", release)
    lost, last = seen.node("file2"), seen.history[0]
    assert lost is not None and not lost.unclean and not lost.online
    assert last.status == "success" and last.completed is not None
    assert datetime.fromtimestamp(last.completed, UTC).isoformat()[:19] == "2026-11-26T10:31:04"


@RELEASES
def test_a_cluster_that_is_starting_has_no_controller(release: str) -> None:
    assert status("starting", release).dc is None


@RELEASES
def test_without_quorum_all_is_stopped(release: str) -> None:
    assert set(places(status("no_quorum", release)).values()) == {()}


def test_times_of_other_zones() -> None:
    text = pacemaker("crm_mon/resource_recovered.xml")
    (there,) = parse_status(text.replace("10:28:42Z", "05:58:42 -04:30")).failures
    (here,) = status("resource_recovered").failures
    assert there.at == here.at


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Something new", "not XML: 'Something new'"),
        ("<crm_mon/>", "not an answer of Pacemaker: <crm_mon>"),
        ("<pacemaker-result/>", "without <summary/cluster_options>"),
        (pacemaker("crm_mon/healthy.xml").replace('online="true"', 'online="maybe"'), "online is neither true nor"),
        (pacemaker("crm_mon/healthy.xml").replace("resource_agent", "agent"), "without resource_agent"),
        (pacemaker("crm_mon/resource_failed.xml").replace("last-rc-change", "then"), "a failure without its time"),
    ],
)
def test_what_is_not_understood_is_shown(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_status(text)
