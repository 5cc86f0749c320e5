# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of a host of a pair, which the other one fences for most of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_process import PS, mount_of, parse_processes
from ansible_collections.samba_ha.cluster.plugins.modules import drill_fault
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.modules.drill_cases import (
    ADDRESSES,
    DELETE,
    NO_CUT,
    NO_TIMER,
    STOP_TIMER,
    listed,
    processes,
    switch,
    unit,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer

UNITS = ["corosync.service", "pacemaker.service"]
LINKS = ["10.213.1.11", "10.213.2.11"]
AGENT = "/usr/sbin/fence_redfish"
KILLED = {"name": "pair_killed", "virtual_addresses": ["10.213.1.11"], "units": UNITS}
HUNG = {"name": "pair_hung", "units": UNITS}
FAILING = {"name": "pair_fence_failing", "fence_agent": "fence_redfish"}
PROGRAMS = (
    "7 {state} /usr/sbin/corosync\n8 {state} /usr/libexec/pacemaker/pacemaker-fenced\n9 {state} /usr/sbin/smbd\n"
    "10 S /usr/sbin/sshd\n"
)


def there(state: str = "S") -> Answer:
    return answer(PS, 0, PROGRAMS.format(state=state))


def mounted(rc: int) -> Answer:
    return answer(["findmnt", "--noheadings", "--output=TARGET", "--mountpoint", AGENT], rc)


@pytest.fixture
def call(no_waiting: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.time", lambda: 1000.0)
    return caller(drill_fault, tmp_path, monkeypatch, capsys)


def test_a_killed_host_keeps_neither_its_daemons_nor_the_address(call: Call) -> None:
    made = Replay(
        there(),
        switch("systemctl", "unmask", "--runtime", *UNITS),
        answer(["systemctl", "mask", "--runtime", *UNITS]),
        there(),
        ADDRESSES,
        answer(["kill", "-KILL", "7", "8", "9"]),
        answer(PS),
        answer(["ip", "address", "delete", "10.213.1.11/24", "dev", "eth0"]),
        *(unit(name) for name in UNITS),
    )
    result = call(made, KILLED)
    made.done()
    assert result["proof"] == "corosync 7, pacemaker-fenced 8, smbd 9 gone, 10.213.1.11 taken from eth0"
    undone = Replay(
        STOP_TIMER,
        answer(PS),
        *(unit(name, "failed", "masked-runtime") for name in UNITS),
        answer(["systemctl", "unmask", "--runtime", *UNITS]),
        answer(["systemctl", "start", *UNITS]),
    )
    assert call(undone, {**KILLED, "state": "absent"})["changed"]
    undone.done()


def test_a_host_that_was_fenced_has_nothing_to_undo(call: Call) -> None:
    replay = Replay(NO_TIMER, there(), *(unit(name, "active", "enabled") for name in UNITS))
    assert not call(replay, {**KILLED, "state": "absent"})["changed"]
    replay.done()
    replay = Replay(NO_TIMER, there())
    assert not call(replay, {**HUNG, "state": "absent"})["changed"]
    replay.done()


def test_a_hung_host_goes_on(call: Call) -> None:
    thaw = ("systemctl", "kill", "--signal=CONT", *UNITS, "samba-ha-pair.service")
    made = Replay(there(), switch(*thaw), answer(["kill", "-STOP", "7", "8", "9"]), there("T"))
    assert call(made, HUNG)["proof"] == "corosync 7, pacemaker-fenced 8, smbd 9 in state T"
    made.done()
    undone = Replay(STOP_TIMER, there("T"), there("T"), answer(["kill", "-CONT", "7", "8", "9"]))
    assert call(undone, {**HUNG, "state": "absent"})["changed"]
    undone.done()


@pytest.mark.parametrize(
    ("name", "cut", "asked"), [("pair_link_cut", ["eth1"], 1), ("pair_cut_off", ["eth0", "eth1"], 2)]
)
def test_heartbeat_links_are_cut(call: Call, name: str, cut: list[str], asked: int) -> None:
    text = call(Replay(*[ADDRESSES] * asked), {"name": name, "links": LINKS}, check_mode=True)["proof"]
    assert [device for device in ("eth0", "eth1") if f'iifname "{device}" counter drop' in text] == cut
    assert [device for device in ("eth0", "eth1") if f'oifname "{device}" counter drop' in text] == cut
    assert "; counter drop" not in text
    made = Replay(
        *[ADDRESSES] * asked, switch("nft", DELETE), NO_CUT, answer(["nft", "--file", "-"]), listed("bookworm-1.0.6")[0]
    )
    assert not call(made, {"name": name, "links": LINKS}).get("failed")
    made.done()


def test_smbd_is_left_to_pacemaker(call: Call) -> None:
    made = Replay(processes("smbd", 9), answer(["kill", "-KILL", "9"]), answer(PS))
    assert call(made, {"name": "pair_smbd_killed"})["proof"] == "smbd 9 gone"
    made.done()
    undone = Replay(processes("smbd", 11))
    assert not call(undone, {"name": "pair_smbd_killed", "state": "absent"})["changed"]
    undone.done()


def test_only_the_mount_of_the_volume_is_lost(call: Call) -> None:
    text = (FIXTURES / "ps/trixie-4.0.4/pool.txt").read_text(encoding="utf-8")
    hit = [process for process in parse_processes(text) if mount_of("data")(process)]
    assert [process.args[-1] for process in hit] == ["/srv/samba_ha/data"]
    mount = processes("glusterfsd", 7, args="/usr/sbin/glusterfs --process-name fuse --volfile-id=/projects /srv/x")
    made = Replay(mount, answer(["kill", "-KILL", "7"]), answer(PS))
    assert call(made, {"name": "pair_storage_lost", "volume": "projects"})["proof"] == "glusterfsd 7 gone"
    made.done()


def test_a_fence_agent_fails_and_works_again(call: Call) -> None:
    made = Replay(
        switch("umount", AGENT), answer(["mount", "--bind", "/usr/bin/false", AGENT]), mounted(0), answer([AGENT], 1)
    )
    assert call(made, FAILING)["proof"] == f"{AGENT} fails"
    made.done()
    undone = Replay(STOP_TIMER, mounted(0), answer(["umount", AGENT]))
    assert call(undone, {**FAILING, "state": "absent"})["proof"] == f"{AGENT} is there again"
    undone.done()
    again = Replay(NO_TIMER, mounted(1))
    assert not call(again, {**FAILING, "state": "absent"})["changed"]


def test_a_fence_agent_that_still_works_is_told(call: Call) -> None:
    made = Replay(
        switch("umount", AGENT), answer(["mount", "--bind", "/usr/bin/false", AGENT]), mounted(0), answer([AGENT], 0)
    )
    assert f"program {AGENT}: wanted it to fail; found success." in call(made, FAILING)["msg"]


def test_a_fence_agent_that_is_not_there_is_told_before(call: Call) -> None:
    result = call(Replay(answer(["test", "-x", AGENT], 1)), FAILING, check_mode=True)
    assert result["failed"] and f"program {AGENT}: wanted one that can be run; found none." in result["msg"]
    assert call(Replay(answer(["test", "-x", AGENT])), FAILING, check_mode=True)["proof"] == f"would have {AGENT} fail"
