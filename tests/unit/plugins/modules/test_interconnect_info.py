# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _interconnect
from ansible_collections.samba_ha.cluster.plugins.module_utils._command import DEFAULT_TIMEOUT, Result
from ansible_collections.samba_ha.cluster.plugins.modules import interconnect_info
from ansible_collections.samba_ha.cluster.tests.unit.call import Call, caller
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, missing

OWN = "10.213.2.11"
PING = FIXTURES / "ping" / "trixie-20240905"
ADDRESSES = (FIXTURES / "ip" / "trixie-6.15.0" / "address.json").read_text()


class Network:
    """A runner that answers by peer, because all are asked at once. ``asked`` holds the commands in any order."""

    iperf = (0, (FIXTURES / "iperf3" / "trixie-3.18" / "good.json").read_text(), "")

    def __init__(self, **peers: str) -> None:
        self.peers = {f"10.213.2.{number.strip('n')}": name for number, name in peers.items()}
        self.asked: list[tuple[str, ...]] = []

    def __call__(
        self,
        argv: t.Sequence[str],
        *,
        stdin: str | None = None,
        ok: t.Container[int] = (0,),
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Result:
        self.asked.append(tuple(argv))
        if argv[0] == "ip":
            return Result(tuple(argv), 0, ADDRESSES, "")
        if argv[0] == "iperf3":
            return Result(tuple(argv), *self.iperf)
        name = "full_size" if "-s" in argv else self.peers[argv[-1]]
        return Result(tuple(argv), 0, (PING / f"{name}.txt").read_text(), "")


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr(_interconnect, "load_speed", lambda name: {"eth1": 10000}[name])
    return caller(interconnect_info, tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("check_mode", [False, True])
def test_every_value(call: Call, check_mode: bool) -> None:
    network = Network(n12="good", n13="cut_off")
    result = call(network, {"address": OWN, "peers": ["10.213.2.13", OWN, "10.213.2.12"]}, check_mode=check_mode)
    del result["invocation"]
    assert result == {
        "changed": False,
        "warnings": [],
        "address": OWN,
        "interface": "eth1",
        "mtu": 1500,
        "speed_mbit": 10000,
        "peers": [
            {
                "address": "10.213.2.13",
                "sent": 36,
                "received": 0,
                "loss_percent": 100.0,
                "latency_ms": None,
                "throughput": None,
                "verdict": "unreachable",
                "fault": "no answer to 36 packets within 2 s",
            },
            {
                "address": "10.213.2.12",
                "sent": 20,
                "received": 20,
                "loss_percent": 0.0,
                "latency_ms": {"min": 0.056, "mean": 0.078, "max": 0.167, "deviation": 0.023},
                "throughput": None,
                "verdict": "good",
                "fault": None,
            },
        ],
    }
    # The interface, two peers, and large packets to the one that answers.
    assert len(network.asked) == 4


def test_count_and_timeout_reach_ping(call: Call) -> None:
    network = Network(n13="cut_off")
    result = call(network, {"address": OWN, "peers": ["10.213.2.13"], "count": 40, "timeout": 5})
    assert result["peers"][0]["fault"] == "no answer to 36 packets within 5 s"
    ping = ("ping", "-n", "-q", "-I", OWN, "-c", "40", "-i", "0.05", "-W", "1", "-w", "5", "10.213.2.13")
    assert network.asked[1:] == [ping]


def test_without_tools_nothing_fails(call: Call) -> None:
    ping = ["ping", "-n", "-q", "-I", OWN, "-c", "20", "-i", "0.05", "-W", "1", "-w", "2", "10.213.2.13"]
    replay = Replay(missing(["ip", "-json", "address", "show"]), missing(ping))
    result = call(replay, {"address": OWN, "peers": ["10.213.2.13"]})
    replay.done()
    assert (result["interface"], result["mtu"], result["speed_mbit"]) == (None, None, None)
    peer = result["peers"][0]
    assert (peer["sent"], peer["received"], peer["loss_percent"], peer["latency_ms"]) == (0, 0, None, None)
    assert (peer["verdict"], peer["fault"]) == ("unreachable", "ping is not installed on this host")


@pytest.mark.parametrize(
    ("minimum", "verdict", "fault"),
    [(900, "good", None), (1300, "slow", "1252.5 Mbit/s, less than 1300 Mbit/s")],
)
def test_throughput_is_measured_to_the_peers_that_answer(
    call: Call, minimum: int, verdict: str, fault: str | None
) -> None:
    network = Network(n12="good", n13="cut_off")
    wanted = {"port": 49251, "seconds": 3, "minimum": minimum}
    options = {"address": OWN, "peers": ["10.213.2.13", "10.213.2.12"], "throughput": wanted}
    cut_off, good = call(network, options)["peers"]
    assert (cut_off["throughput"], cut_off["verdict"]) == (None, "unreachable")
    assert good["throughput"] == {"mbit": 1252.5, "retransmits": 0, "error": None}
    assert (good["verdict"], good["fault"]) == (verdict, fault)
    words = ("--client", "10.213.2.12", "--bind", OWN, "--port", "49251", "--time", "3", "--json")
    assert network.asked[-1] == ("iperf3", *words, "--connect-timeout", "2000")


def test_alone_there_is_nothing_to_measure(call: Call) -> None:
    assert call(Network(), {"address": OWN, "peers": [OWN]})["peers"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count and timeout must be 1 or more."),
        ({"timeout": 0}, "count and timeout must be 1 or more."),
        ({"peers": ["-f"]}, "'-f' is no address."),
    ],
)
def test_options_that_make_no_sense_are_refused(call: Call, options: dict[str, object], message: str) -> None:
    result = call(Replay(), {"address": OWN, "peers": ["10.213.2.13"], **options})
    assert (result["failed"], result["msg"]) == (True, message)
