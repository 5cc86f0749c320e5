# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair whose hosts are fenced by messages on a disk: make test-pair STORAGE=device."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta

import pytest
from acts import end_silence, podman
from lab import Lab, LabHost, eventually, playbook
from pairing import ON_GUESTS, Eyes, active, boot_of, cut_both_links, lose_disk, settle, wait_for_takeover

CLOCK = timedelta(seconds=1)
"""A file system's times are in whole seconds."""


@pytest.fixture(autouse=True)
def whole_pair(lab: Lab, request: pytest.FixtureRequest) -> t.Iterator[None]:
    if lab.storage != "device":
        pytest.skip("needs a lab whose pair has a disk of SBD: STORAGE=device")
    settle(lab, "what came before")
    yield
    settle(lab, request.node.name, timeout=240)


def last_mount(host: LabHost) -> datetime:
    """When the pair's file system was mounted last, as it says itself."""
    told = host.run("dumpe2fs -h /dev/mapper/lab-files")
    (line,) = (line for line in told.splitlines() if line.startswith("Last mount time:"))
    return datetime.strptime(line.partition(":")[2].strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)


def kernel_start(host: LabHost) -> datetime:
    """When a host's kernel began."""
    return datetime.fromtimestamp(int(host.run("sed -n s/^btime.//p /proc/stat")), tz=UTC)


def msgwait(host: LabHost) -> timedelta:
    """After how long a message on the disk counts as obeyed, also by a host that cannot read it."""
    told = host.run("sbd -d /dev/mapper/lab-sbd dump")
    (line,) = (line for line in told.splitlines() if line.startswith("Timeout (msgwait)"))
    return timedelta(seconds=int(line.partition(":")[2]))


def hang(host: LabHost) -> None:
    """Its cluster stands still, and all else goes on: it serves, and reads its messages."""
    host.run("systemctl kill --signal=STOP corosync.service")


def lose_the_messages(host: LabHost) -> None:
    """It meets nobody, and cannot read what is written to it."""
    lose_disk(host, "sbd")
    cut_both_links(host)


@pytest.mark.parametrize("lose", [hang, lose_the_messages], ids=["reads the message", "cannot read it"])
def test_the_lost_host_has_reset_itself_before_the_other_one_mounts(
    lab: Lab, lose: t.Callable[[LabHost], None]
) -> None:
    holder, other = active(lab)
    before = boot_of(holder)
    began = datetime.now(tz=UTC)
    try:
        lose(holder)
        wait_for_takeover(lab, other, ON_GUESTS)
        # Nobody has started it: it did so itself.
        eventually(lambda: boot_of(holder), lambda seen: seen != before, timeout=60, what=f"a start of {holder.name}")
    finally:
        end_silence(holder)
    assert kernel_start(holder) <= last_mount(other)
    assert last_mount(other) >= began + msgwait(other) - CLOCK, "nobody waited for the message to be obeyed"


def test_of_two_that_do_not_see_each_other_the_one_that_serves_goes_on(lab: Lab) -> None:
    holder, other = active(lab)
    before = {host.name: boot_of(host) for host in (holder, other)}
    mounted = last_mount(holder)
    try:
        cut_both_links(holder)
        eventually(
            lambda: boot_of(other), lambda seen: seen != before[other.name], timeout=ON_GUESTS, what="a host reset"
        )
    finally:
        end_silence(holder)
    settle(lab, "a cut", timeout=240)
    assert Eyes(lab).holders() == [holder]
    assert boot_of(holder) == before[holder.name]
    assert last_mount(holder) == mounted, "the storage was away for a while"


def test_a_lost_disk_of_sbd_is_told_and_is_no_outage(lab: Lab) -> None:
    holder, other = active(lab)
    before = [boot_of(host) for host in (holder, other)]
    lose_disk(other, "sbd")

    def told() -> str:
        page = playbook("playbooks/status.yml")
        return " ".join(page.stdout.split()) if page.returncode else "healthy"

    sentence = f"{other.name}: It cannot read SBD's disk"
    eventually(told, lambda page: sentence in page, timeout=ON_GUESTS, what="a page that says so")
    assert Eyes(lab).holders() == [holder]
    assert [boot_of(host) for host in (holder, other)] == before
    podman("restart", other)
