# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair that loses a link, a program, its storage, a host: it ends in time, and nothing is lost.

Both hosts are never active. One that is lost is fenced before the other takes over, and if it cannot be, nobody does.
"""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

import pytest
from acts import bring_back, end_silence, podman, silence
from lab import Lab, LabHost, eventually, playbook
from observe import stdout
from pairing import (
    Done,
    Eyes,
    PairWorkload,
    Watch,
    active,
    cut_both_links,
    failed_fencing,
    fenced,
    judge,
    limit,
    lose_disk,
    power_log,
    power_switch_refuses,
    settle,
    wait_for_takeover,
)
from printing import Printer, a_printer
from test_failover import done, fail_over


@pytest.fixture(scope="module", autouse=True)
def whole_pair(lab: Lab) -> None:
    settle(lab, "what came before")


@pytest.fixture(autouse=True)
def watched_pair(lab: Lab, request: pytest.FixtureRequest) -> t.Iterator[None]:
    failed = request.session.testsfailed
    watch = Watch(lab)
    watch.start()
    eventually(lambda: watch.looks, bool, timeout=30, what="a first look at both")
    yield
    watching = watch.is_alive()
    watch.stop()
    if request.session.testsfailed > failed:
        # The next test is to judge its own faults.
        podman("restart", *lab.pair)
        settle(lab, request.node.name)
    # What failed on purpose would count when something fails again.
    holder, _other = active(lab)
    holder.run("crm_resource --cleanup")
    holder.run("stonith_admin --history=%s --cleanup", "*")
    assert watching, "nobody looked to the end"
    assert watch.seen == [], "both hosts were active"


def one_link_cut(lab: Lab) -> Done:
    """Cut the heartbeat network for longer than a host takes to be believed lost."""
    holder, _other = active(lab)
    began = time.time()
    silence(holder, str(holder.heartbeat))
    try:
        cut = "corosync-cfgtool -s"
        eventually(lambda: stdout(holder, cut), lambda told: "disconnected" in told, timeout=20, what="a link down")
        time.sleep(5)
        assert Eyes(lab).holders() == [holder]
        assert power_log(began) == []
    finally:
        end_silence(holder)
    return Done("one link cut", limit(lab, "pair_link_cut", felt=False), began, felt=False)


def smbd_killed(lab: Lab) -> Done:
    """Kill every smbd. It is started again where it was."""
    holder, _other = active(lab)
    show = "systemctl show --property MainPID --value samba-ha-pair.service"
    before = stdout(holder, show)
    began = time.time()
    holder.run("systemctl kill --signal=KILL samba-ha-pair.service")
    eventually(lambda: stdout(holder, show), lambda pid: pid not in ("0", before), timeout=30, what="smbd again")
    # The address goes and comes back with it.
    wait_for_takeover(lab, holder, 30)
    return Done("smbd killed", limit(lab, "pair_smbd_killed"), began)


def drained_and_returned(lab: Lab, printer: Printer) -> list[Done]:
    """Take the active host out of service and back, as an administrator would. It stays with the other one."""
    holder, other = active(lab)
    printer.print_letter()
    began = time.time()
    done(fail_over(holder.name, "drain", "-e", "accept=no_redundancy"))
    assert Eyes(lab).holders() == [other]
    assert list(Eyes(lab).mounted()) == [other.name]
    printer.print_letter()
    returned = time.time()
    done(fail_over(holder.name, "return"))
    assert Eyes(lab).holders() == [other]
    assert power_log(began) == []
    return [
        Done("drained", limit(lab, "pair_drained"), began),
        Done("returned", limit(lab, "pair_link_cut", felt=False), returned, felt=False),
    ]


def shut_down(lab: Lab) -> Done:
    """Shut the active host down, as if somebody had said so on it: systemd ends all units in their order."""
    holder, other = active(lab)
    most = limit(lab, "pair_drained")
    began = time.time()
    if holder.kind == "guest":
        holder.run("systemctl poweroff --no-block")
    else:
        podman("stop", holder)
    wait_for_takeover(lab, other, most)
    return Done("shut down", most, began)


def return_of(lab: Lab, host: LabHost, action: str = "start") -> None:
    """Have it back and healed before it is judged what was kept, which ends with the removal of it.

    By SBD nobody switches a host on again, and the power switch takes its time.
    """
    bring_back(host, action)
    settle(lab, f"the return of {host.name}", timeout=240)


def test_what_needs_no_fencing(lab: Lab, tmp_path: Path) -> None:
    began = time.time()
    with a_printer(lab) as printer, PairWorkload(lab, tmp_path) as workload:
        acts = [one_link_cut(lab), smbd_killed(lab)]
        settle(lab, "the end of an smbd")
        acts += drained_and_returned(lab, printer)
        settle(lab, "a planned move")
        holder, _other = active(lab)
        # It may not be down to the end when the other one serves.
        judge(workload, [*acts, shut_down(lab)], lambda: return_of(lab, holder, "restart"))
    assert power_log(began) == []


def lose_the_active_host(lab: Lab, folder: Path, fault: str, lose: t.Callable[[LabHost], object]) -> None:
    """Lose it while clients work: it is fenced, and then the other one takes over."""
    most = limit(lab, fault)
    with PairWorkload(lab, folder) as workload:
        holder, other = active(lab)
        began = time.time()
        lose(holder)
        wait_for_takeover(lab, other, most)
        assert fenced(lab, holder, began) != []
        assert fenced(lab, other, began) == []
        judge(workload, [Done(fault, most, began)], lambda: return_of(lab, holder))
    assert Eyes(lab).holders() == [other], "clients were moved a second time"


def test_the_active_host_has_no_power(lab: Lab, tmp_path: Path) -> None:
    lose_the_active_host(lab, tmp_path, "pair_killed", lambda host: podman("kill", host))


def test_the_active_host_is_cut_off(lab: Lab, tmp_path: Path) -> None:
    if lab.storage == "device":
        pytest.skip("it goes on, since no quorum host is there to decide: see test_sbd.py")

    lose_the_active_host(lab, tmp_path, "pair_cut_off", cut_both_links)


def test_the_active_host_loses_its_storage(lab: Lab, tmp_path: Path) -> None:
    if lab.storage == "drbd":
        pytest.skip("the other host has a copy of it: see test_mirror.py")
    place = Eyes(lab).mounted()[active(lab)[0].name]
    lose: dict[str, t.Callable[[LabHost], object]] = {
        # In brackets, so that the pattern does not match the words of the command that looks for it.
        "gluster": lambda host: host.run("pkill -KILL -f %s", f"[g]lusterfs .*--volfile-id=.* {place}$"),
        "device": lambda host: lose_disk(host, "files"),
        # Until it starts again, nothing that it sends reaches the server.
        "nfs": lambda host: host.run(f"ip route add blackhole {lab.having('nfs_server')[0].interconnect}"),
    }
    lose_the_active_host(lab, tmp_path, "pair_storage_lost", lose[lab.storage])


def test_nobody_takes_over_from_a_host_that_cannot_be_fenced(lab: Lab) -> None:
    if lab.storage == "device":
        pytest.skip("it has no power switch: see test_sbd.py")
    holder, other = active(lab)
    began = time.time()
    with power_switch_refuses():
        podman("kill", holder)
        eventually(lambda: failed_fencing(other, holder), bool, timeout=60, what="a fencing that failed")
        page = playbook("playbooks/status.yml")
        assert page.returncode != 0
        assert "could not be fenced" in " ".join(page.stdout.split()), page.stdout
        # Long after it would have taken over.
        assert Eyes(lab).holders() == []
        assert Eyes(lab).mounted() == {}
    assert any("refused" in event for event in power_log(began))
    assert fenced(lab, holder, began) == []
    # Pacemaker has given up to try by then. Who mended the device has it fence the host.
    other.run("stonith_admin --reboot %s --timeout 60", holder.name)
    wait_for_takeover(lab, other, 30)
    # Sooner than the power switch does.
    bring_back(holder)
