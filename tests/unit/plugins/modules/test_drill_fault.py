# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _drill_fault
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_cut import rules
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_process import PS, SERVING
from ansible_collections.samba_ha.cluster.plugins.modules import drill_fault
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.modules.drill_cases import (
    ADDRESSES,
    DELETE,
    DELETE_BOTH,
    DROPPED,
    LOCK,
    NO_CUT,
    NO_TIMER,
    PIDS,
    START_SMBD,
    STOP_TIMER,
    UNITS,
    listed,
    processes,
    status,
    switch,
    unit,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer

RELEASES = pytest.mark.parametrize("release", DROPPED)


@pytest.fixture
def call(no_waiting: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.time", lambda: 1000.0)
    return caller(drill_fault, tmp_path, monkeypatch, capsys)


def test_every_name_is_documented() -> None:
    assert set(_drill_fault.NEEDS) < set(_drill_fault.NAMES)
    for name in _drill_fault.NAMES:
        assert f"      - {name}\n" in drill_fault.DOCUMENTATION


def test_smbd_is_killed_and_started_again(call: Call) -> None:
    made = Replay(
        processes("smbd", 7, 8), switch(*START_SMBD, limit="60"), answer(["kill", "-KILL", "7", "8"]), answer(PS)
    )
    result = call(made, {"name": "smbd_all_killed", "limit": 60})
    made.done()
    assert (result["changed"], result["at"], result["proof"]) == (True, 1000.0, "smbd 7 8 gone")
    undone = Replay(STOP_TIMER, answer(PS), answer(START_SMBD))
    result = call(undone, {"name": "smbd_all_killed", "state": "absent"})
    undone.done()
    assert (result["changed"], result["at"], result["proof"]) == (True, None, "systemctl start smbd.service")


def test_only_those_that_serve_clients_are_killed(call: Call) -> None:
    listed = (FIXTURES / "ss/bookworm-6.1.0/serving.txt").read_text(encoding="utf-8")
    made = Replay(
        answer(SERVING, 0, listed), processes("smbd", 7, *PIDS), answer(["kill", "-KILL", *map(str, PIDS)]), answer(PS)
    )
    assert call(made, {"name": "smbd_killed"})["proof"] == f"smbd {' '.join(map(str, PIDS))} gone"
    made.done()
    undone = Replay()
    assert not call(undone, {"name": "smbd_killed", "state": "absent"})["changed"]


def test_what_runs_again_by_itself_is_left_alone(call: Call) -> None:
    replay = Replay(NO_TIMER, processes("smbd", 9))
    result = call(replay, {"name": "smbd_all_killed", "state": "absent"})
    replay.done()
    assert (result["changed"], result["proof"]) == (False, None)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_fault_without_anything_to_hit_fails(call: Call, check_mode: bool) -> None:
    replay = Replay(processes("sshd", 1))
    result = call(replay, {"name": "smbd_hung"}, check_mode=check_mode)
    replay.done()
    assert result["failed"] and "fault smbd_hung: wanted processes to hit; found none." in result["msg"]


def test_a_second_fault_at_once_is_refused(call: Call) -> None:
    timer = switch(*START_SMBD)
    said = "Failed to start transient timer unit: Unit samba-ha-drill.timer was already loaded"
    result = call(Replay(processes("smbd", 7), answer(timer.argv, 1, stderr=said)), {"name": "smbd_all_killed"})
    assert result["failed"] and "already loaded" in result["msg"]


def test_smbd_hangs_and_goes_on(call: Call) -> None:
    thaw = ("systemctl", "kill", "--signal=CONT", "smbd.service")
    made = Replay(processes("smbd", 7), switch(*thaw), answer(["kill", "-STOP", "7"]), processes("smbd", 7, state="T"))
    assert call(made, {"name": "smbd_hung"})["proof"] == "smbd 7 in state T"
    made.done()
    frozen = processes("smbd", 7, state="T")
    undone = Replay(STOP_TIMER, frozen, frozen, answer(["kill", "-CONT", "7"]))
    assert call(undone, {"name": "smbd_hung", "state": "absent"})["proof"] == "smbd 7 go on"
    undone.done()


def test_a_brick_is_killed_and_started_again(call: Call) -> None:
    start = ("gluster", "--mode=script", "volume", "start", "data", "force")
    brick = processes("glusterfsd", 7, args="glusterfsd --volfile-id data.192.0.2.11.srv-brick")
    made = Replay(brick, switch(*start), answer(["kill", "-KILL", "7"]), answer(PS))
    assert call(made, {"name": "brick_killed", "volume": "data"})["proof"] == "glusterfsd 7 gone"
    made.done()
    undone = Replay(STOP_TIMER, answer(PS), answer(start))
    assert call(undone, {"name": "brick_killed", "volume": "data", "state": "absent"})["changed"]
    undone.done()


def test_a_node_is_killed_whole_and_started_in_order(call: Call) -> None:
    units = ("glusterd.service", "ctdb.service")
    there = answer(PS, 0, "7 S /usr/sbin/glusterfsd glusterd\n8 S /usr/sbin/smbd smbd\n9 S /usr/sbin/sshd sshd\n")
    made = Replay(
        there,
        switch("systemctl", "unmask", "--runtime", *units),
        answer(["systemctl", "mask", "--runtime", *units]),
        there,
        answer(["kill", "-KILL", "7", "8"]),
        answer(PS),
        # systemd has to hear of it.
        unit(units[0], "active"),
        unit(units[0]),
        unit(units[1]),
    )
    assert call(made, {"name": "node_killed"})["proof"] == "glusterfsd 7, smbd 8 gone"
    made.done()
    masked = [unit(name, "failed", "masked-runtime") for name in units]
    undone = Replay(
        STOP_TIMER,
        answer(PS),
        *masked,
        answer(["systemctl", "unmask", "--runtime", *units]),
        answer(["systemctl", "reset-failed", "glusterd.service"]),
        answer(["systemctl", "start", "glusterd.service"]),
        answer(["systemctl", "restart", "samba-ha-shared-fs.service"]),
        answer(["systemctl", "start", "ctdb.service"]),
    )
    assert call(undone, {"name": "node_killed", "state": "absent"})["changed"]
    undone.done()


def test_a_node_without_gluster_is_killed_without_it(call: Call) -> None:
    there = processes("smbd", 8)
    made = Replay(
        there,
        switch("systemctl", "unmask", "--runtime", "ctdb.service"),
        answer(["systemctl", "mask", "--runtime", "ctdb.service"]),
        there,
        answer(["kill", "-KILL", "8"]),
        answer(PS),
        unit("ctdb.service"),
    )
    assert call(made, {"name": "node_killed", "gluster": False})["proof"] == "smbd 8 gone"
    made.done()
    undone = Replay(
        STOP_TIMER,
        answer(PS),
        unit("ctdb.service", "failed", "masked-runtime"),
        answer(["systemctl", "unmask", "--runtime", "ctdb.service"]),
        answer(["systemctl", "restart", "samba-ha-shared-fs.service"]),
        answer(["systemctl", "start", "ctdb.service"]),
    )
    assert call(undone, {"name": "node_killed", "gluster": False, "state": "absent"})["changed"]
    undone.done()


@pytest.mark.parametrize("status", [0, 2])
def test_a_dead_front_end_does_not_answer_for_the_address(call: Call, status: int) -> None:
    made = Replay(
        processes("haproxy", 7),
        switch("systemctl", "unmask", "--runtime", *UNITS),
        answer(["systemctl", "mask", "--runtime", *UNITS]),
        processes("haproxy", 7),
        ADDRESSES,
        answer(["kill", "-KILL", "7"]),
        answer(PS),
        answer(["ip", "address", "delete", "10.213.1.11/24", "dev", "eth0"], rc=status),
        unit(UNITS[0]),
        unit(UNITS[1], "inactive"),
    )
    result = call(made, {"name": "frontend_killed", "virtual_addresses": ["10.213.1.11", "10.213.1.12"]})
    made.done()
    assert result["proof"] == "haproxy 7 gone, 10.213.1.11 taken from eth0"


def test_a_front_end_without_the_address_is_not_hit(call: Call) -> None:
    replay = Replay(
        processes("haproxy", 7),
        switch("systemctl", "unmask", "--runtime", *UNITS),
        answer(["systemctl", "mask", "--runtime", *UNITS]),
        processes("haproxy", 7),
        ADDRESSES,
    )
    result = call(replay, {"name": "frontend_killed", "virtual_addresses": ["192.0.2.10"]})
    replay.done()
    assert result["failed"] and "address 192.0.2.10: wanted an interface" in result["msg"]


@RELEASES
def test_a_node_is_cut_off_and_its_ban_is_lifted_when_it_reaches_the_lock(call: Call, release: str) -> None:
    made = Replay(switch("nft", DELETE), NO_CUT, answer(["nft", "--file", "-"]), listed(release)[0])
    result = call(made, {"name": "node_cut_off", "ssh_port": 2222})
    made.done()
    assert made.stdin[2] == rules(2222)
    assert result["proof"] == "table inet samba_ha_drill drops all but ssh"
    undone = Replay(
        STOP_TIMER,
        listed(release)[0],
        *listed(release)[1:],
        answer(["nft", DELETE_BOTH]),
        *status("disconnected"),
        *status("banned_self"),
        LOCK,
        answer(["stat", "/lock"], 1, "", "stat: cannot statx '/lock': Transport endpoint is not connected"),
        *status("banned_self"),
        LOCK,
        answer(["stat", "/lock"]),
        answer(["ctdb", "unban"]),
        *status("ok"),
    )
    result = call(undone, {"name": "node_cut_off", "state": "absent"})
    undone.done()
    assert result["proof"] == f"{DROPPED[release]} packets were dropped; the node's ban was lifted"


@RELEASES
def test_a_cut_that_held_nothing_back_was_none(call: Call, release: str) -> None:
    replay = Replay(STOP_TIMER, *listed(release, packets=0), answer(["nft", DELETE_BOTH]))
    result = call(replay, {"name": "node_cut_off", "state": "absent"})
    replay.done()
    assert result["failed"] and "wanted packets held back; found none at all" in result["msg"]


def test_a_cut_that_ended_by_itself_changes_nothing(call: Call) -> None:
    replay = Replay(NO_TIMER, NO_CUT)
    assert not call(replay, {"name": "interconnect_cut", "interconnect_address": "x", "state": "absent"})["changed"]
    replay.done()


@RELEASES
def test_a_cut_on_top_of_a_cut_is_refused(call: Call, release: str) -> None:
    result = call(Replay(switch("nft", DELETE), listed(release)[0]), {"name": "node_cut_off"})
    assert result["failed"] and "wanted none; found one" in result["msg"]


def test_only_the_interconnect_is_cut(call: Call) -> None:
    replay = Replay(ADDRESSES)
    result = call(replay, {"name": "interconnect_cut", "interconnect_address": "10.213.2.11"}, check_mode=True)
    replay.done()
    assert (result["changed"], result["at"]) == (True, None)
    assert 'oifname "eth1" counter drop' in result["proof"] and "tcp sport 22 accept" in result["proof"]


def test_whom_a_fault_will_hit_need_not_be_there_yet(call: Call) -> None:
    result = call(Replay(), {"name": "smbd_killed"}, check_mode=True)
    assert result["proof"] == "would kill each smbd that then serves a client"


def test_a_front_end_that_is_cut_off_answers_no_arp(call: Call) -> None:
    result = call(Replay(), {"name": "frontend_cut_off", "virtual_addresses": ["192.0.2.10"]}, check_mode=True)
    assert "arp saddr ip 192.0.2.10 counter drop" in result["proof"]


@pytest.mark.parametrize(("state", "changed"), [("T", True), ("S", False)])
def test_check_mode_tells_whether_there_is_something_to_undo(call: Call, state: str, changed: bool) -> None:
    replay = Replay(processes("smbd", 7, state=state))
    result = call(replay, {"name": "smbd_hung", "state": "absent"}, check_mode=True)
    replay.done()
    assert result["changed"] is changed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": "brick_killed"}, "volume"),
        ({"name": "frontend_killed"}, "virtual_addresses"),
        ({"name": "interconnect_cut"}, "interconnect_address"),
        ({"name": "smbd_hung", "limit": 0}, "limit must be more than 0 seconds"),
    ],
)
def test_what_is_missing_is_refused(call: Call, arguments: dict[str, str], said: str) -> None:
    result = call(Replay(), arguments)
    assert result["failed"] and said in result["msg"]
