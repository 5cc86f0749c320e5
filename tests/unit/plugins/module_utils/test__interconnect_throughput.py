# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._interconnect import Count, Peer
from ansible_collections.samba_ha.cluster.plugins.module_utils._interconnect_throughput import (
    Throughput,
    measure_throughput,
    parse_iperf,
    with_throughput,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, missing

IPERF = FIXTURES / "iperf3"


@pytest.mark.parametrize(("release", "mbit", "again"), [("bookworm-3.12", 7877.6, 18), ("trixie-3.18", 1252.5, 0)])
def test_what_arrived_counts(release: str, mbit: float, again: int) -> None:
    assert parse_iperf((IPERF / release / "good.json").read_text()) == Throughput(mbit, again)


@pytest.mark.parametrize("release", ["bookworm-3.12", "trixie-3.18"])
def test_a_server_that_is_not_there_is_told_in_the_tools_words(release: str) -> None:
    told = parse_iperf((IPERF / release / "refused.json").read_text())
    assert told.mbit is None
    assert (told.error or "").startswith("unable to connect to server")


@pytest.mark.parametrize("text", ["", "{}", "[]", "iperf3: what?", '{"end": {"sum_received": {}}}'])
def test_other_output_is_told_and_not_guessed(text: str) -> None:
    assert parse_iperf(text) == Throughput(error=f"iperf3: not understood: {text!r}")


def test_without_the_program_that_is_told() -> None:
    words = "iperf3 --client 10.0.0.2 --bind 10.0.0.1 --port 5201 --time 2 --json --connect-timeout 2000"
    replay = Replay(missing(words.split()))
    told = measure_throughput(replay, "10.0.0.1", "10.0.0.2", 5201, 2)
    assert told == Throughput(error="iperf3 is not installed on this host")
    replay.done()


def test_only_a_good_link_becomes_slow() -> None:
    few = Throughput(99.0, 0)
    good = Peer("10.0.0.2", Count(20, 20, None), "good", None)
    lossy = Peer("10.0.0.2", Count(20, 19, None), "lossy", "1 of 20 packets got no answer")
    assert with_throughput(good, few, 900).verdict == "slow"
    assert with_throughput(good, few, 99) == good
    assert with_throughput(good, Throughput(error="no"), 900) == good
    assert with_throughput(lossy, few, 900) == lossy
