# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._vrrp_dump import VrrpDown
from ansible_collections.samba_ha.cluster.plugins.modules import vrrp_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.vrrp_cases import (
    ADDRESSES,
    JOURNAL,
    RELEASES,
    SHOW,
    SIGNUM,
    TRIXIE,
    VIP,
    fixture,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import Answer, Replay, answer, missing


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(vrrp_info, tmp_path, monkeypatch, capsys)


def running(release: str, name: str, journal: str | None = None) -> list[Answer]:
    return [
        answer(ADDRESSES, stdout=fixture(release, f"{name}.ip.json")),
        answer(SHOW, stdout=fixture(release, "active.show.txt")),
        answer(SIGNUM, stdout="36\n"),
        answer(JOURNAL, stdout=fixture(release, "journal.txt") if journal is None else journal),
    ]


def dumps(monkeypatch: pytest.MonkeyPatch, text: str | Exception) -> None:
    def dump(_pid: int, _number: int, _timeout: float = 3) -> str:
        if isinstance(text, Exception):
            raise text
        return text

    monkeypatch.setattr(vrrp_info, "dump", dump)


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_master_in_full(call: Call, monkeypatch: pytest.MonkeyPatch, check_mode: bool) -> None:
    dumps(monkeypatch, fixture(TRIXIE, "master.json"))
    replay = Replay(*running(TRIXIE, "master"))
    result = call(replay, {"addresses": [VIP[TRIXIE], "10.213.1.99"]}, check_mode=check_mode)
    replay.done()
    del result["invocation"]
    (instance,) = result["instances"]
    counters, transitions = instance.pop("counters"), instance.pop("transitions")
    assert counters["advertisements_sent"] == 9195 and len(counters) == 10
    assert transitions[0] == {"time": 1795372130.825334, "state": "backup"} and len(transitions) == 5
    assert result == {
        "changed": False,
        "warnings": [],
        "running": True,
        "error": None,
        "held_addresses": [VIP[TRIXIE]],
        "instances": [
            {
                "name": "samba_ha",
                "state": "master",
                "since": 1795372131.791353,
                "priority": 200,
                "base_priority": 200,
                "interface": "eth0",
                "router_id": 51,
                "addresses": [VIP[TRIXIE]],
                "held": [VIP[TRIXIE]],
            }
        ],
    }


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("name", "state"), [("backup", "backup"), ("fault", "fault")])
def test_one_that_holds_nothing(
    call: Call, monkeypatch: pytest.MonkeyPatch, release: str, name: str, state: str
) -> None:
    dumps(monkeypatch, fixture(release, f"{name}.json"))
    result = call(Replay(*running(release, name)), {"addresses": [VIP[release]]})
    (instance,) = result["instances"]
    assert (instance["state"], instance["addresses"], instance["held"]) == (state, [VIP[release]], [])
    assert result["held_addresses"] == []


def test_ten_transitions_of_its_own_at_most(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f'{{"MESSAGE":"({name}) Entering BACKUP STATE","__REALTIME_TIMESTAMP":"{second}000000"}}'
        for second in range(1, 13)
        for name in ("samba_ha", "other")
    ]
    dumps(monkeypatch, fixture(TRIXIE, "master.json"))
    result = call(Replay(*running(TRIXIE, "master", "\n".join(lines))), {})
    assert [item["time"] for item in result["instances"][0]["transitions"]] == [
        float(second) for second in range(3, 13)
    ]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("stopped", "keepalived.service is inactive (dead)"),
        ("failed", "keepalived.service is failed (failed)"),
        ("not_installed", "not installed"),
    ],
)
def test_addresses_are_told_without_a_keepalived(call: Call, release: str, name: str, error: str) -> None:
    replay = Replay(
        answer(ADDRESSES, stdout=fixture(release, "master.ip.json")),
        answer(SHOW, stdout=fixture(release, f"{name}.show.txt")),
    )
    result = call(replay, {"addresses": [VIP[release]]})
    replay.done()
    assert (result["running"], result["error"], result["instances"]) == (False, error, [])
    assert result["held_addresses"] == [VIP[release]] and result["warnings"] == []


def test_a_keepalived_that_hangs_is_an_answer(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    dumps(monkeypatch, VrrpDown("no answer within 3 s"))
    result = call(Replay(*running(TRIXIE, "backup")[:3]), {})
    assert (result["running"], result["error"]) == (False, "no answer within 3 s")


def test_without_systemd_it_says_so(call: Call) -> None:
    result = call(Replay(answer(ADDRESSES, stdout=fixture(TRIXIE, "backup.ip.json")), missing(SHOW)), {})
    assert not result["running"] and "keepalived.service: wanted the program" in result["error"]


def test_without_the_interfaces_nothing_is_guessed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    dumps(monkeypatch, fixture(TRIXIE, "master.json"))
    result = call(Replay(missing(ADDRESSES), *running(TRIXIE, "master")[1:]), {"addresses": [VIP[TRIXIE]]})
    assert (result["held_addresses"], result["instances"][0]["held"]) == (None, None)
    assert [line.split(":")[0] for line in result["warnings"]] == ["ip address show"]


def test_what_is_not_understood_is_a_warning(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    dumps(monkeypatch, fixture(TRIXIE, "master.json").replace('"state":2', '"state":7'))
    result = call(Replay(*running(TRIXIE, "master")), {})
    assert result["instances"][0]["state"] is None
    assert result["warnings"] == ["keepalived's dump: state 7"]


@pytest.mark.parametrize("address", ["files", "10.213.1"])
def test_an_address_that_is_none_is_refused(call: Call, address: str) -> None:
    result: dict[str, t.Any] = call(Replay(), {"addresses": [address]})
    assert result["failed"] and address in result["msg"]
