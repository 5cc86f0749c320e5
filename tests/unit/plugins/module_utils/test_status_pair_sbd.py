# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair that is fenced by SBD: what its disks tell, and what may be done about it."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report
from ansible_collections.samba_ha.cluster.plugins.module_utils._status_text import page
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_cases import Break, State, put
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.status_pair_cases import (
    FILE1,
    FILE2,
    PAIR,
    both,
    judged_pair,
    lost,
)

NAMES = ("/dev/disk/by-id/wwn-1", "/dev/disk/by-id/wwn-2", "/dev/disk/by-id/wwn-3")
RESTART = "systemctl restart corosync.service"
DOWN = {"running": False, "missing": {"pacemaker": "crm_mon: Connection refused"}}


def slot(host: str, message: str = "clear", sender: str | None = None) -> State:
    return {"host": host, "message": message, "sender": sender}


def by_sbd(disks: int = 1) -> Break:
    """One fence device, and disks that both hosts read."""

    def act(data: State) -> None:
        device = {"id": "fence-sbd", "agent": "stonith:fence_sbd", "running_on": FILE2, "failed": False}
        both([device], "fence_devices")(data)
        for host in PAIR.hosts:
            unit = {"name": "sbd.service", "loaded": True, "active_state": "active", "enabled": True}
            data[host]["units"]["units"].append(unit)
            # Another pair may use the disks as well.
            slots = [slot(FILE1), slot(FILE2), slot("other1", "reset", "other2")]
            header = {"uuid": "u", "watchdog_timeout": 5, "msgwait": 10}
            data[host]["sbd"] = {
                "disks": [
                    {"device": name, "path": "/dev/sda", "header": header, "slots": [*slots], "error": None}
                    for name in NAMES[:disks]
                ]
            }

    return act


def unreadable(host: str, number: int = 0) -> Break:
    def act(data: State) -> None:
        data[host]["sbd"]["disks"][number].update(header=None, slots=[], error="== disk unreadable!")

    return act


def told(host: str, message: str, *, by: str | None = FILE1, disks: int = 1) -> Break:
    """A message on the disks, as both hosts see it."""

    def act(data: State) -> None:
        for reader in PAIR.hosts:
            for disk in ((data[reader] or {}).get("sbd") or {"disks": []})["disks"][:disks]:
                disk["slots"] = [slot(host, message, by) if each["host"] == host else each for each in disk["slots"]]

    return act


def judged(*breaks: Break, disks: int = 1, fixture: tuple[str, str] = ("healthy", "healthy")) -> Report:
    return judged_pair(*fixture, by_sbd(disks), *breaks)


def may_fail(report: Report) -> int | None:
    return {each.of: each.may_fail for each in report.redundancy}["hosts of projects"]


def test_disks_that_are_read_and_silent_are_no_finding() -> None:
    report = judged(disks=3)
    assert report.findings == ()
    assert may_fail(report) == 1
    lines = page(report).splitlines()
    assert [line.split(maxsplit=3)[3] for line in lines if line.startswith("  SBD of ")] == ["reads 3 of 3 disks"] * 2


@pytest.mark.parametrize(
    ("disks", "numbers", "rest"),
    [
        (1, [0], "cannot fence the other one"),
        (3, [1], "can still fence the other one by the rest"),
        (3, [0, 2], "cannot fence the other one"),
    ],
)
def test_a_disk_that_cannot_be_read_is_told_where(disks: int, numbers: list[int], rest: str) -> None:
    report = judged(*(unreadable(FILE2, number) for number in numbers), disks=disks)
    for finding, number in zip(report.findings, numbers, strict=True):
        assert (finding.host, finding.command, finding.critical) == (FILE2, None, False)
        assert finding.sentence.startswith(f"It cannot read SBD's disk {NAMES[number]} (== disk unreadable!), and")
        assert f", and {rest}. " in finding.sentence
        assert "`sbd create` is no remedy" in finding.sentence


def test_disks_are_told_of_where_no_cluster_answers() -> None:
    down = [put(DOWN, host, "pair", "pair") for host in PAIR.hosts]
    report = judged(*down, *(unreadable(host) for host in PAIR.hosts))
    assert report.verdict == "down"
    assert sum("cannot read SBD's disk" in finding.sentence for finding in report.findings) == 2


def test_a_host_that_was_fenced_and_did_not_come_back() -> None:
    report = judged(lost(FILE2), told(FILE2, "reset"), fixture=("peer_gone", "fenced"))
    [finding] = [each for each in report.findings if each.layer != "hosts"]
    assert (finding.host, finding.command, finding.critical) == (FILE2, None, False)
    assert finding.sentence.startswith("SBD's disks hold the message `reset` for it, sent by file1. It was fenced")


def test_a_message_that_a_running_host_does_not_read() -> None:
    [finding] = judged(told(FILE2, "off")).findings
    assert (finding.host, finding.command, finding.where) == (FILE2, RESTART, FILE2)
    assert "which SBD does not read here" in finding.sentence


@pytest.mark.parametrize("message", ["test", "exit", "crashdump"])
def test_a_message_by_which_the_agent_fences_nobody(message: str) -> None:
    report = judged(put(DOWN, FILE2, "pair", "pair"), told(FILE2, message, by=None, disks=3), disks=3)
    [finding] = [each for each in report.findings if "message" in each.sentence]
    devices = " ".join(f"-d {name}" for name in NAMES)
    assert (finding.command, finding.where) == (f"sbd {devices} message file2 clear", FILE1)
    assert f"`{message}` for it, by nobody. While it is there, the other host cannot fence" in finding.sentence


def test_a_cluster_without_sbd_is_told_once() -> None:
    def stopped(data: State) -> None:
        data[FILE1]["units"]["units"][-1]["active_state"] = "failed"

    [finding] = judged(stopped, told(FILE1, "reset")).findings
    assert (finding.host, finding.command) == (FILE1, RESTART)
    assert finding.sentence.startswith("The cluster runs without SBD here")


def test_a_host_without_a_place_cannot_be_fenced() -> None:
    def new(data: State) -> None:
        for host in PAIR.hosts:
            data[host]["sbd"]["disks"][1]["slots"] = [slot(FILE1)]

    [finding] = judged(new, disks=3).findings
    assert (finding.host, finding.command) == (FILE2, None)
    assert finding.sentence.startswith(f"It has no place on {NAMES[1]}: it cannot be fenced by that")


def test_the_one_device_that_fails_costs_the_redundancy_of_both() -> None:
    for active in PAIR.hosts:
        report = judged(both(True, "fence_devices", 0, "failed"), both(active, "active"))
        [finding] = report.findings
        assert "if file1 or file2 is lost, nobody takes over" in finding.sentence
        assert may_fail(report) == 0


def test_what_could_not_be_read_of_the_disks_is_told() -> None:
    failed: dict[str, t.Any] = {"failed": True, "msg": "sbd: no such program."}
    report = judged(put(failed, FILE2, "sbd"))
    assert [each.host for each in report.findings] == [FILE2]
