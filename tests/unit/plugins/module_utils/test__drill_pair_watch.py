# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_pair_watch import lacks, proof
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_pair_cases import (
    FILE1,
    FILE2,
    seen,
    seen_by_file2,
)

BEFORE = seen()


def serving(told: dict[str, t.Any], host: str) -> dict[str, t.Any]:
    """The same with all resources on that host."""
    told["active"] = host
    for each in told["resources"]:
        each["active_on"] = [host]
    return told


def test_a_takeover_is_proven_by_the_fencing_and_the_other_host() -> None:
    # In the fixture file1 fenced file2, and serves.
    assert proof(seen("peer_gone", "fenced"), BEFORE, FILE2, "takeover") == "file2 was fenced, then file1 served"


def test_a_copy_that_stands_by_is_in_nobody_s_way() -> None:
    def mirrored(told: dict[str, t.Any]) -> dict[str, t.Any]:
        copies = [("Promoted", FILE1), ("Unpromoted", FILE2)]
        told["resources"] += [{"id": "files-drbd", "role": role, "active_on": [host]} for role, host in copies]
        return told

    now = mirrored(seen("healthy", "resource_recovered"))
    assert proof(now, BEFORE, FILE1, "restart") == "files-storage failed and was started again on file1"
    stuck = mirrored(serving(seen("peer_gone", "fence_failed"), FILE2))
    for each in stuck["resources"]:
        each["active_on"] = [FILE1 if each["role"] == "Unpromoted" else FILE2]
    assert proof(stuck, BEFORE, FILE2, "nobody") == "file2 could not be fenced, and nobody took over"
    assert lacks(mirrored(seen())) == []


def test_a_takeover_without_fencing_is_none() -> None:
    assert proof(seen("peer_gone", "fence_failed"), BEFORE, FILE2, "takeover") == ""
    assert proof(seen(), BEFORE, FILE2, "takeover") == ""


def test_what_was_fenced_before_the_fault_proves_nothing() -> None:
    assert proof(seen("peer_gone", "fenced"), seen("healthy", "fenced"), FILE2, "takeover") == ""


def test_while_the_lost_host_counts_as_the_active_one_nothing_is_proven() -> None:
    assert proof(serving(seen("peer_gone", "fenced"), FILE2), BEFORE, FILE2, "takeover") == ""


def test_nobody_takes_over_from_a_host_that_could_not_be_fenced() -> None:
    held = serving(seen("peer_gone", "fence_failed"), FILE2)
    assert proof(held, BEFORE, FILE2, "nobody") == "file2 could not be fenced, and nobody took over"
    # Somebody did.
    assert proof(seen("peer_gone", "fence_failed"), BEFORE, FILE2, "nobody") == ""


def test_a_link_less_leaves_the_host_alone() -> None:
    seen_there = seen_by_file2(seen("link_cut"))
    assert proof(seen_there, BEFORE, FILE1, "alone") == "link 1 down, file1 serves on"
    assert proof(seen_by_file2(seen()), BEFORE, FILE1, "alone") == ""
    assert proof(serving(seen_there, FILE2), BEFORE, FILE1, "alone") == ""


def test_a_restart_is_proven_by_a_failure_that_is_new() -> None:
    now = seen("healthy", "resource_recovered")
    assert proof(now, BEFORE, FILE1, "restart") == "files-storage failed and was started again on file1"
    assert proof(now, now, FILE1, "restart") == ""
    assert proof(seen("healthy", "resource_failed"), BEFORE, FILE1, "restart") == ""


def test_a_cluster_that_does_not_answer_proves_nothing() -> None:
    for expected in ("takeover", "restart", "alone", "nobody"):
        assert proof(seen("stopped", "pacemaker_stopped"), BEFORE, FILE1, expected) == ""


@pytest.mark.parametrize(
    ("corosync", "pacemaker", "lacking"),
    [
        ("healthy", "healthy", []),
        ("link_cut", "healthy", ["link 1 to file2"]),
        ("qnetd_gone", "healthy", ["the quorum device"]),
        ("healthy", "standby", ["host file1", "fence-file2"]),
        ("healthy", "resource_recovered", ["files-storage failed on file1"]),
        ("healthy", "fence_device_failed", ["fence-file2", "fence-file2 failed on file1"]),
        ("healthy", "resource_disabled", ["files-samba"]),
    ],
)
def test_what_a_pair_lacks_is_told(corosync: str, pacemaker: str, lacking: list[str]) -> None:
    assert lacks(seen(corosync, pacemaker)) == lacking


def test_a_cluster_that_does_not_answer_is_told_in_its_words() -> None:
    assert [words.partition(":")[0] for words in lacks(seen("stopped", "pacemaker_stopped"))] == [
        "corosync",
        "pacemaker",
    ]
