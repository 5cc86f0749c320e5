# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the network between two nodes carries, as ``iperf3`` sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._interconnect import Peer

MINIMUM = 900
"""Mbit/s. TCP gets 941 of a link of 1 Gbit/s with an MTU of 1500: 1448 bytes of payload in 1538 on the wire."""

_CONNECT_TIMEOUT = 2000
"""Milliseconds for the connection to the server."""

_GRACE = 5.0
"""Seconds beyond the measurement's own, for the connection and the exchange of results."""


@dataclass(frozen=True)
class Throughput:
    """What arrived at the peer in Mbit/s and how many packets were sent again; or why that is not known."""

    mbit: float | None = None
    retransmits: int | None = None
    error: str | None = None


def parse_iperf(text: str) -> Throughput:
    """Parse what ``iperf3 --client --json`` prints, whatever its exit status."""
    try:
        told = json.loads(text)
        if "error" in told:
            return Throughput(error=str(told["error"]))
        end = told["end"]
        mbit = round(end["sum_received"]["bits_per_second"] / 1e6, 1)
        return Throughput(mbit, int(end["sum_sent"]["retransmits"]))
    except (ValueError, LookupError, TypeError):
        return Throughput(error=f"iperf3: not understood: {text[:200]!r}")


def measure_throughput(runner: Runner, source: str, peer: str, port: int, seconds: int) -> Throughput:
    """Send to the iperf3 server of a peer for some seconds as much as passes."""
    argv = ["iperf3", "--client", peer, "--bind", source, "--port", str(port), "--time", str(seconds), "--json"]
    argv += ["--connect-timeout", str(_CONNECT_TIMEOUT)]
    try:
        return parse_iperf(runner(argv, ok=range(256), timeout=seconds + _GRACE).stdout)
    except CommandMissing:
        return Throughput(error="iperf3 is not installed on this host")
    except StateError as exc:
        return Throughput(error=exc.found)


def with_throughput(peer: Peer, throughput: Throughput, minimum: int) -> Peer:
    """The peer's verdict with the throughput in it. What is lossy or cut off stays so."""
    if peer.verdict != "good" or throughput.mbit is None or throughput.mbit >= minimum:
        return peer
    return replace(peer, verdict="slow", fault=f"{throughput.mbit:g} Mbit/s, less than {minimum} Mbit/s")
