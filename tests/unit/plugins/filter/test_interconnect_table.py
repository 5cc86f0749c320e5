# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.samba_ha.cluster.plugins.filter.interconnect import interconnect_table


def test_a_line_for_each_pair_with_columns_that_line_up() -> None:
    good: dict[str, object] = {
        "address": "10.0.0.2",
        "latency_ms": {"mean": 0.08, "max": 0.1},
        "loss_percent": 0.0,
        "throughput": {"mbit": 1252.5, "retransmits": 18, "error": None},
        "verdict": "good",
        "fault": None,
    }
    silent: dict[str, object] = {
        "address": "10.0.0.1",
        "latency_ms": None,
        "loss_percent": 100.0,
        "throughput": None,
        "verdict": "unreachable",
        "fault": "no answer",
    }
    unmeasured = {
        **good,
        "address": "10.0.0.9",
        "throughput": {"mbit": None, "retransmits": None, "error": "iperf3 is not installed on this host"},
    }
    results: dict[str, dict[str, object]] = {
        "n1": {"address": "10.0.0.1", "peers": [good]},
        "node2": {"address": "10.0.0.2", "peers": [silent, unmeasured]},
    }
    assert interconnect_table(results) == [
        "from   to        mean ms  max ms  loss %  Mbit/s  sent again  verdict",
        "n1     node2        0.08     0.1       0  1252.5          18  good",
        "node2  n1              -       -     100       -           -  unreachable: no answer",
        "node2  10.0.0.9     0.08     0.1       0       -           -  good: iperf3 is not installed on this host",
    ]
