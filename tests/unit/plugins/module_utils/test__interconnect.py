# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _interconnect
from ansible_collections.samba_ha.cluster.plugins.module_utils._interconnect import (
    Count,
    Interface,
    Latency,
    Peer,
    judge,
    load_interface,
    load_speed,
    measure,
    parse_interface,
    parse_ping,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Answer, Replay, answer, missing

BOOKWORM, TRIXIE = "bookworm-20221126", "trixie-20240905"
EACH_RELEASE = pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
OWN, PEER = "192.0.2.11", "192.0.2.12"
ADDRESSES = {"bookworm-6.1.0": "10.214.2.11", "trixie-6.15.0": "10.213.2.11"}
GOOD = Count(20, 20, Latency(0.1, 0.2, 0.3, 0.05))


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "ping" / release / f"{name}.txt").read_text()


def parsed(release: str, name: str) -> Count:
    count = parse_ping(fixture(release, name))
    assert count is not None
    return count


def small(rc: int, stdout: str = "", stderr: str = "", peer: str = PEER) -> Answer:
    argv = ["ping", "-n", "-q", "-I", OWN, "-c", "20", "-i", "0.05", "-W", "1", "-w", "2", peer]
    return answer(argv, rc, stdout, stderr)


def full(rc: int, stdout: str, size: str = "1472", peer: str = PEER) -> Answer:
    argv = ["ping", "-n", "-q", "-I", OWN, "-c", "3", "-i", "0.05", "-W", "1", "-w", "1", "-M", "do", "-s", size, peer]
    return answer(argv, rc, stdout)


def measured(*answers: Answer, mtu: int | None = 1500, peer: str = PEER) -> Peer:
    replay = Replay(*answers)
    found = measure(replay, OWN, peer, count=20, timeout=2, mtu=mtu)
    replay.done()
    return found


@pytest.mark.parametrize(
    ("release", "name", "expected"),
    [
        (TRIXIE, "good", Count(20, 20, Latency(0.056, 0.078, 0.167, 0.023))),
        (BOOKWORM, "good", Count(20, 20, Latency(0.040, 0.073, 0.099, 0.011))),
        (TRIXIE, "loss", Count(27, 20, Latency(0.038, 0.075, 0.097, 0.010))),
        (BOOKWORM, "loss", Count(24, 20, Latency(0.052, 0.076, 0.087, 0.007))),
        (TRIXIE, "cut_off", Count(36, 0, None)),
        (BOOKWORM, "cut_off", Count(36, 0, None)),
        (TRIXIE, "nobody", Count(12, 0, None)),
        (BOOKWORM, "nobody", Count(12, 0, None)),
        (TRIXIE, "full_size_lost", Count(17, 0, None)),
        (BOOKWORM, "full_size_lost", Count(18, 0, None)),
    ],
)
def test_the_summary_is_read(release: str, name: str, expected: Count) -> None:
    assert parsed(release, name) == expected


def test_a_summary_with_errors_in_it_is_read() -> None:
    line = "20 packets transmitted, 0 received, +12 errors, 100% packet loss, time 3049ms\npipe 20\n"
    assert parse_ping(line) == Count(20, 0, None)


@EACH_RELEASE
def test_without_a_summary_nothing_is_known(release: str) -> None:
    assert parse_ping("") is None and parse_ping(fixture(release, "bad_source.stderr")) is None


def test_loss_is_a_share_of_what_was_sent() -> None:
    assert parsed(TRIXIE, "loss").loss_percent == 25.9
    assert (parsed(TRIXIE, "good").loss_percent, parsed(TRIXIE, "cut_off").loss_percent) == (0.0, 100.0)
    assert Count(0, 0, None).loss_percent == 0.0


@EACH_RELEASE
def test_a_good_peer(release: str) -> None:
    found = measured(small(0, fixture(release, "good")), full(0, fixture(release, "full_size")))
    assert found == Peer(PEER, parsed(release, "good"), "good", None)


@EACH_RELEASE
def test_a_peer_that_is_cut_off_gets_no_second_try(release: str) -> None:
    found = measured(small(1, fixture(release, "cut_off")))
    assert (found.verdict, found.fault) == ("unreachable", "no answer to 36 packets within 2 s")


@EACH_RELEASE
def test_lost_packets_are_told_with_their_number(release: str) -> None:
    found = measured(small(0, fixture(release, "loss")), full(0, fixture(release, "full_size")))
    lost = {TRIXIE: "7 of 27 packets got no answer", BOOKWORM: "4 of 24 packets got no answer"}[release]
    assert (found.verdict, found.fault) == ("lossy", lost)


@EACH_RELEASE
def test_a_smaller_mtu_on_the_way_is_found(release: str) -> None:
    found = measured(small(0, fixture(release, "good")), full(1, fixture(release, "full_size_lost")))
    assert found.verdict == "lossy" and found.count == parsed(release, "good")
    assert found.fault == "packets of 1500 bytes, this interface's MTU, get no answer, and small ones do"


def test_ipv6_has_longer_headers() -> None:
    peer, text = "2001:db8::12", fixture(TRIXIE, "good")
    assert measured(small(0, text, peer=peer), full(0, text, "8952", peer), mtu=9000, peer=peer).verdict == "good"


def test_without_an_mtu_only_small_packets_are_sent() -> None:
    assert measured(small(0, fixture(TRIXIE, "good")), mtu=None).verdict == "good"


@EACH_RELEASE
def test_pings_own_words_are_told(release: str) -> None:
    found = measured(small(2, "", fixture(release, "bad_source.stderr")))
    assert found == Peer(PEER, None, "unreachable", "ping: bind: Cannot assign requested address")


def test_a_missing_ping_is_told() -> None:
    found = measured(missing(small(0).argv))
    assert found == Peer(PEER, None, "unreachable", "ping is not installed on this host")


def test_a_ping_that_says_nothing_is_told() -> None:
    assert measured(small(2)).fault == "ping: exit status 2 without a word"


@pytest.mark.parametrize(
    ("latency", "verdict", "fault"),
    [
        (Latency(0.9, 1.0, 200.0, 1), "good", None),
        (Latency(0.9, 1.01, 1.2, 1), "slow", "1.01 ms on average, more than 1 ms"),
        (Latency(0.1, 0.9, 200.1, 1), "slow", "one packet took 200.1 ms, more than 200 ms"),
    ],
)
def test_latency_has_two_limits(latency: Latency, verdict: str, fault: str | None) -> None:
    assert judge(Count(20, 20, latency), 2, GOOD, 1500) == (verdict, fault)


def test_loss_is_worse_than_latency() -> None:
    assert judge(Count(20, 19, Latency(5, 5, 5, 0)), 2, GOOD, 1500)[0] == "lossy"
    assert judge(Count(20, 20, Latency(5, 5, 5, 0)), 2, Count(3, 0, None), 1500)[0] == "lossy"


def test_one_large_packet_that_arrives_shows_that_they_fit() -> None:
    assert judge(GOOD, 2, Count(4, 3, GOOD.latency), 1500) == ("good", None)


@pytest.mark.parametrize("release", sorted(ADDRESSES))
def test_the_interface_of_an_address_is_found(release: str) -> None:
    text = (FIXTURES / "ip" / release / "address.json").read_text()
    assert parse_interface(text, ADDRESSES[release]) == ("eth1", 1500)
    assert parse_interface(text, "192.0.2.1") is None


def test_an_interface_has_a_speed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_interconnect, "_CLASS_NET", str(tmp_path))
    (tmp_path / "eth1").mkdir()
    (tmp_path / "eth1" / "speed").write_text("10000\n")
    text = (FIXTURES / "ip" / "trixie-6.15.0" / "address.json").read_text()
    replay = Replay(answer(["ip", "-json", "address", "show"], stdout=text))
    assert load_interface(replay, "10.213.2.11") == Interface("eth1", 1500, 10000)


@pytest.mark.parametrize("speed", ["-1\n", "", None])
def test_a_driver_that_claims_no_speed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speed: str | None) -> None:
    monkeypatch.setattr(_interconnect, "_CLASS_NET", str(tmp_path))
    (tmp_path / "eth1").mkdir()
    if speed is not None:
        (tmp_path / "eth1" / "speed").write_text(speed)
    assert load_speed("eth1") is None


IP = ["ip", "-json", "address", "show"]


@pytest.mark.parametrize(
    "reply",
    [missing(IP), answer(IP, 1, "", "Cannot open netlink"), answer(IP, 0, "odd"), answer(IP), answer(IP, 0, "[1]")],
)
def test_without_an_answer_no_interface_is_known(reply: Answer) -> None:
    assert load_interface(Replay(reply), OWN) is None
