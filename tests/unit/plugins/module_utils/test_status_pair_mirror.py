# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What status makes of a pair's mirror, as real hosts told of it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drbd import load_resources
from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.plugins.modules.drbd_info import as_told
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.drbd_cases import events
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import Break, State
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_pair_cases import (
    FILE1,
    FILE2,
    both,
    judged_pair,
    lost,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Replay


def copies(file1: str, file2: str, **changes: t.Any) -> Break:
    """Add what each host tells of its copy, by the names of the fixtures; changed alike on both."""

    def act(data: State) -> None:
        for host, name in ((FILE1, file1), (FILE2, file2)):
            told = [as_told(each) for each in load_resources(Replay(events(name)), 8)]
            data[host]["mirror"] = {"resources": [{**each, **changes} for each in told]}

    return act


def judged(file1: str, file2: str, *more: Break, **changes: t.Any) -> Report:
    # file1 serves.
    return judged_pair("healthy", "healthy", copies(file1, file2, **changes), *more)


def may_fail(report: Report) -> int | None:
    return next(each.may_fail for each in report.redundancy if each.of == "hosts of projects")


def test_two_whole_copies_are_healthy() -> None:
    report = judged("whole.file1", "whole.file2")
    assert report.findings == () and may_fail(report) == 1
    assert "  copy of file1           Secondary, Connected, UpToDate" in page(report).splitlines()


def test_a_split_brain_is_mended_by_who_decides_which_copy_stays() -> None:
    [finding] = judged("split_brain.file1", "split_brain.file2").findings
    assert "split brain" in finding.sentence and "lost" in finding.sentence
    # Neither is promoted in the fixture; the second of the hosts gives way then.
    assert (finding.host, finding.command) == (FILE2, "drbdadm connect --discard-my-data projects")
    assert "then on file1: drbdadm connect projects" in finding.sentence


def test_the_copy_that_is_in_use_is_not_the_one_that_gives_way() -> None:
    def in_use(data: State) -> None:
        data[FILE2]["mirror"]["resources"][0]["role"] = "Primary"

    [finding] = judged("split_brain.file1", "split_brain.file2", in_use).findings
    assert finding.host == FILE1


def test_a_copy_that_was_disconnected_by_hand() -> None:
    report = judged("standalone_by_hand.file1", "standalone_by_hand.file2")
    [finding] = report.findings
    assert (finding.host, finding.command) == (FILE1, "drbdadm connect projects")
    assert may_fail(report) == 0


def test_copies_that_do_not_reach_each_other() -> None:
    [finding] = judged("standalone_by_hand.file2", "standalone_by_hand.file2").findings
    assert finding.host is None and finding.command is None and "interconnect" in finding.sentence


def test_a_copy_whose_host_is_away_is_told_by_the_cluster_alone() -> None:
    report = judged("standalone_by_hand.file2", "standalone_by_hand.file2", lost(FILE2))
    assert not [each for each in report.findings if "copies" in each.sentence]


def test_a_lost_disk() -> None:
    report = judged("diskless.file1", "diskless.file2")
    [finding] = report.findings
    assert (finding.host, finding.command) == (FILE1, "drbdadm attach projects")
    assert "Diskless" in finding.sentence and may_fail(report) == 0
    # It serves all the same.
    assert [host.serves for host in report.hosts[:2]] == [True, True]


def test_a_copy_that_is_being_filled_takes_nothing_over() -> None:
    report = judged("resync.file2", "resync.file1")
    [finding] = report.findings
    assert (finding.host, finding.command) == (FILE2, None)
    assert "is being filled from the other one (294 MiB are left)" in finding.sentence
    assert [host.serves for host in report.hosts[:2]] == [True, False]


def test_a_copy_that_is_incomplete_and_left_so() -> None:
    [finding, *_more] = judged("just_created.file1", "just_created.file1").findings
    assert "is incomplete (300 MiB are left), and is not filled" in finding.sentence


@pytest.mark.parametrize("disk", ["Outdated", "Consistent"])
def test_an_old_copy(disk: str) -> None:
    def old(data: State) -> None:
        data[FILE2]["mirror"]["resources"][0]["volumes"][0] |= {"disk": disk, "whole": False}

    [finding] = judged("whole.file1", "whole.file2", old).findings
    assert finding.host == FILE2 and f"not the newest ({disk})" in finding.sentence


def test_writes_that_stand_still() -> None:
    report = judged("whole.file1", "whole.file2", suspended="fencing")
    assert {each.command for each in report.findings} == {"drbdadm resume-io projects"}
    assert all(each.critical and "off for sure" in each.sentence for each in report.findings)


def test_a_cloned_resource_that_runs_on_one_host_runs() -> None:
    def cloned(data: State) -> None:
        for host in (FILE1, FILE2):
            [like] = [each for each in data[host]["pair"]["pair"]["resources"] if each["id"] == "files-ip"]
            copy = {**like, "id": "files-drbd", "group": None}
            told = [{**copy, "role": "Promoted"}, {**copy, "role": "Stopped", "active_on": []}]
            data[host]["pair"]["pair"]["resources"] += told

    assert judged("whole.file1", "whole.file2", cloned).findings == ()


def test_a_cluster_without_a_mirror_is_not_asked_for_one() -> None:
    report = judged_pair("healthy", "healthy", both(True, "fencing"))
    assert report.findings == () and may_fail(report) == 1
