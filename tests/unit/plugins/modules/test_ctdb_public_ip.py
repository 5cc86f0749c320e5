# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.modules import ctdb_public_ip
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, hangs

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
NET = {BOOKWORM: "10.214.1", TRIXIE: "10.213.1"}
BOTH = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
CHECK = pytest.mark.parametrize("check_mode", [False, True])
RELOAD = answer(["ctdb", "reloadips"])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "public_addresses"
    monkeypatch.setattr(ctdb_public_ip, "FILE", path)
    return path


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return caller(ctdb_public_ip, tmp_path, monkeypatch, capsys)


def fixture(name: str, release: str = TRIXIE) -> str:
    return (FIXTURES / "ctdb" / release / f"{name}.txt").read_text()


def status(name: str = "ok", release: str = TRIXIE) -> list[Answer]:
    return [
        answer(["ctdb", "-t", "2", "-X", "status"], 0, fixture(f"{name}.machine", release)),
        answer(["ctdb", "-t", "2", "status"], 0, fixture(name, release)),
    ]


def own(name: str, *target: str, release: str = TRIXIE) -> Answer:
    return answer(["ctdb", "-t", "2", *target, "-X", "-v", "ip"], 0, fixture(f"ip_{name}", release))


def everywhere(name: str, release: str = TRIXIE) -> Answer:
    return answer(["ctdb", "-t", "2", "-X", "ip", "all"], 0, fixture(f"ip_{name}", release))


@BOTH
def test_new_addresses_are_taken_over(call: Call, file: Path, release: str) -> None:
    file.write_text(fixture("public_addresses_two", release))
    replay = Replay(
        *status(release=release),
        own("two_third", release=release),
        RELOAD,
        own("two_own", release=release),
        everywhere("two", release),
    )
    result = call(replay, {"state": "reloaded"})
    replay.done()
    both = [f"{NET[release]}.77", f"{NET[release]}.78"]
    assert result["changed"] and result["diff"] == {"before": {"addresses": []}, "after": {"addresses": both}}
    assert result["public_addresses"] == [{"address": both[0], "pnn": 0}, {"address": both[1], "pnn": 1}]


def test_check_mode_predicts(call: Call, file: Path) -> None:
    file.write_text("10.213.1.78/24 eth0\n")
    replay = Replay(*status(), own("two_own"), everywhere("two"))
    result = call(replay, {"state": "reloaded"}, check_mode=True)
    replay.done()
    assert result["changed"]
    assert result["diff"]["after"] == {"addresses": ["10.213.1.78"]}
    assert result["diff"]["before"] == {"addresses": ["10.213.1.77", "10.213.1.78"]}


def test_an_equal_file_is_not_read_again(call: Call, file: Path) -> None:
    file.write_text("10.213.1.78/24 eth0\n10.213.1.77/24 eth0\n")
    replay = Replay(*status(), own("two_own"), everywhere("two"))
    result = call(replay, {"state": "reloaded"})
    replay.done()
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"]


def test_no_file_and_no_addresses_are_equal(call: Call, file: Path) -> None:
    replay = Replay(*status(), own("two_third"), everywhere("none"))
    assert not call(replay, {"state": "reloaded"})["changed"]
    replay.done()


def test_an_empty_file_takes_the_addresses_away(call: Call, file: Path) -> None:
    file.write_text("")
    replay = Replay(*status(), own("two_own"), RELOAD, own("two_third"), everywhere("none"))
    result = call(replay, {"state": "reloaded"})
    replay.done()
    assert result["changed"] and result["public_addresses"] == []


@CHECK
def test_without_a_file_the_addresses_are_not_taken_away(call: Call, file: Path, check_mode: bool) -> None:
    replay = Replay(*status(), own("two_own"))
    result = call(replay, {"state": "reloaded"}, check_mode=check_mode)
    replay.done()
    assert result["failed"] and "found none, and CTDB has 10.213.1.77, 10.213.1.78" in result["msg"]


@CHECK
@BOTH
def test_another_interface_is_refused_for_ctdb_would_not_take_it(
    call: Call, file: Path, release: str, check_mode: bool
) -> None:
    file.write_text(f"{NET[release]}.77/24 eth1\n{NET[release]}.78/24 eth0\n")
    replay = Replay(*status(release=release), own("iface_own", release=release))
    result = call(replay, {"state": "reloaded"}, check_mode=check_mode)
    replay.done()
    assert result["failed"] and f"public address {NET[release]}.77: wanted the interface eth1" in result["msg"]


@CHECK
def test_a_bad_line_is_refused(call: Call, file: Path, check_mode: bool) -> None:
    file.write_text("10.213.1.77/24\n")
    result = call(Replay(*status(), own("two_third")), {"state": "reloaded"}, check_mode=check_mode)
    assert result["failed"] and "line 1 of" in result["msg"]


def test_a_refused_reload_is_tried_again(call: Call, file: Path) -> None:
    file.write_text(fixture("public_addresses_two"))
    refused = answer(["ctdb", "reloadips"], 0, "", "Failed to reload IPs on some nodes.\n")
    replay = Replay(*status(), own("two_third"), refused, own("two_third"), RELOAD, own("two_own"), everywhere("two"))
    assert call(replay, {"state": "reloaded"})["changed"]
    replay.done()


def test_reloading_in_vain_shows_the_last_state_and_what_ctdb_said(call: Call, file: Path) -> None:
    file.write_text(fixture("public_addresses_two"))
    refused = answer(["ctdb", "reloadips"], 0, "", "Failed to reload IPs on some nodes.\n")
    result = call(Replay(*status(), own("one_own"), refused, own("one_own")), {"state": "reloaded", "timeout": 0})
    assert result["failed"] and "found 10.213.1.77; Failed to reload IPs on some nodes." in result["msg"]


@BOTH
def test_an_address_is_moved(call: Call, release: str) -> None:
    address = f"{NET[release]}.77"
    replay = Replay(
        *status(release=release),
        everywhere("two", release),
        own("two_second", "-n", "1", release=release),
        answer(["ctdb", "moveip", address, "1"]),
        everywhere("moved", release),
    )
    result = call(replay, {"state": "moved", "address": address, "node": 1})
    replay.done()
    assert result["changed"] and result["public_addresses"][0] == {"address": address, "pnn": 1}
    assert result["diff"] == {"before": {address: 0}, "after": {address: 1}}


def test_moving_in_check_mode_predicts(call: Call) -> None:
    replay = Replay(*status(), everywhere("unassigned"), own("two_second", "-n", "1"))
    result = call(replay, {"state": "moved", "address": "10.213.1.77", "node": 1}, check_mode=True)
    replay.done()
    assert result["changed"] and result["diff"] == {"before": {"10.213.1.77": None}, "after": {"10.213.1.77": 1}}
    assert result["public_addresses"][0] == {"address": "10.213.1.77", "pnn": None}


def test_an_address_that_is_there_stays(call: Call) -> None:
    replay = Replay(*status(), everywhere("two"))
    result = call(replay, {"state": "moved", "address": "10.213.1.78", "node": 1})
    replay.done()
    assert not result["changed"] and result["diff"]["before"] == result["diff"]["after"]


@CHECK
def test_a_node_that_cannot_hold_the_address_is_refused(call: Call, check_mode: bool) -> None:
    replay = Replay(*status(), everywhere("two"), own("two_third", "-n", "2"))
    result = call(replay, {"state": "moved", "address": "10.213.1.77", "node": 2}, check_mode=check_mode)
    replay.done()
    assert result["failed"] and "found not one of its addresses" in result["msg"]


def test_an_interface_without_a_link_is_refused(call: Call) -> None:
    replay = Replay(
        *status(release=BOOKWORM), everywhere("unassigned", BOOKWORM), own("unlinked_own", "-n", "1", release=BOOKWORM)
    )
    result = call(replay, {"state": "moved", "address": "10.214.1.77", "node": 1})
    replay.done()
    assert result["failed"] and "no link on its interface" in result["msg"] and "ethtool" in result["msg"]


def test_moving_in_vain_shows_the_last_state_and_what_ctdb_said(call: Call) -> None:
    replay = Replay(
        *status(),
        everywhere("two"),
        own("two_second", "-n", "1"),
        answer(["ctdb", "moveip", "10.213.1.77", "1"], 1, "", fixture("moveip_cannot.stderr")),
        everywhere("two"),
    )
    result = call(replay, {"state": "moved", "address": "10.213.1.77", "node": 1, "timeout": 0})
    replay.done()
    assert result["failed"] and "10.213.1.77 on node 0; 10.213.1.78 on node 1; Node 2 CANNOT host" in result["msg"]


def test_a_move_that_does_not_end_is_told(call: Call) -> None:
    replay = Replay(
        *status(),
        everywhere("two"),
        own("two_second", "-n", "1"),
        hangs(["ctdb", "moveip", "10.213.1.77", "1"]),
        everywhere("two"),
    )
    result = call(replay, {"state": "moved", "address": "10.213.1.77", "node": 1, "timeout": 0})
    assert result["failed"] and "ctdb moveip did not end" in result["msg"]


@pytest.mark.parametrize(("name", "node"), [("stopped", 1), ("banned", 2), ("disconnected", 2), ("ok", 9)])
def test_a_node_that_takes_no_part_is_refused(call: Call, name: str, node: int) -> None:
    result = call(Replay(*status(name)), {"state": "moved", "address": "10.213.1.77", "node": node})
    assert result["failed"] and f"CTDB node {node}: wanted an active node" in result["msg"]


@CHECK
def test_without_a_daemon_it_fails(call: Call, file: Path, check_mode: bool) -> None:
    down = answer(["ctdb", "-t", "2", "-X", "status"], 1, "", fixture("down.stderr"))
    result = call(Replay(down), {"state": "reloaded"}, check_mode=check_mode)
    assert result["failed"] and "Failed to connect to CTDB daemon" in result["msg"]


def test_what_is_no_address_is_refused(call: Call) -> None:
    result = call(Replay(), {"state": "moved", "address": "10.213.1.77/24", "node": 1})
    assert result["failed"] and "'10.213.1.77/24' is not an IP address" in result["msg"]


def test_moving_needs_to_know_where(call: Call) -> None:
    assert "node" in call(Replay(), {"state": "moved", "address": "10.213.1.77"})["msg"]


def test_what_is_not_understood_is_a_warning(call: Call) -> None:
    strange = answer(everywhere("two").argv, 0, fixture("ip_two") + "Something new\n")
    result = call(Replay(*status(), strange), {"state": "moved", "address": "10.213.1.77", "node": 0})
    assert result["warnings"] == ["ctdb ip: not understood: Something new"]
