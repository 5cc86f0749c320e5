# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How good the network between the nodes is, as ``ping`` sees it; docs/interconnect.md has the limits' reasons."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandMissing, Runner, words
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

SLOW_MEAN = 1.0
"""Milliseconds there and back. Above it a lone write to three replicas, of up to five round trips, takes 5 ms."""

SLOW_MAX = 200.0
"""Milliseconds. What takes longer, TCP sends again: Linux' smallest retransmission timeout (TCP_RTO_MIN)."""

INTERVAL = 0.05
"""Seconds between two packets: 20 of them in one second."""

_FULL_SIZE_COUNT = 3
_FULL_SIZE_SECONDS = 1
_GRACE = 2.0
"""Seconds beyond ping's own deadline; it keeps that one unless the host itself hangs."""

_HEADERS = {4: 20 + 8, 6: 40 + 8}
"""Bytes of IP and ICMP in a packet, by the version of IP."""

_CLASS_NET = "/sys/class/net"


@dataclass(frozen=True)
class Interface:
    """Where an address is; ``mtu`` in bytes, ``speed`` in Mbit/s as the driver claims it, None if it does not."""

    name: str
    mtu: int
    speed: int | None


@dataclass(frozen=True)
class Latency:
    """Round-trip times in milliseconds."""

    min: float
    mean: float
    max: float
    deviation: float


@dataclass(frozen=True)
class Count:
    """The summary of one call of ping; ``latency`` is None when nothing came back."""

    sent: int
    received: int
    latency: Latency | None

    @property
    def loss_percent(self) -> float:
        return round(100 * (self.sent - self.received) / self.sent, 1) if self.sent else 0.0


@dataclass(frozen=True)
class Peer:
    """What was measured to a peer, and what it means: good, slow, lossy or unreachable, and a sentence if not good.

    ``count`` is None when ping itself failed.
    """

    address: str
    count: Count | None
    verdict: str
    fault: str | None


def parse_ping(text: str) -> Count | None:
    """Parse the summary that ``ping -q`` of iputils ends with; None if there is none."""
    packets = re.search(r"^(\d+) packets transmitted, (\d+) received,.* [\d.]+% packet loss", text, re.MULTILINE)
    if packets is None:
        return None
    times = re.search(r"^rtt min/avg/max/mdev = ([\d.]+)/([\d.]+)/([\d.]+)/([\d.]+) ms", text, re.MULTILINE)
    latency = Latency(*(float(number) for number in times.groups())) if times else None
    return Count(int(packets.group(1)), int(packets.group(2)), latency)


def parse_interface(text: str, address: str) -> tuple[str, int] | None:
    """Parse ``ip -json address show``: name and MTU of the interface that has the address, None if none has.

    :raises ValueError: the text is something else.
    """
    for link in json.loads(text or "[]"):
        if any(entry.get("local") == address for entry in link.get("addr_info", [])):
            return str(link["ifname"]), int(link["mtu"])
    return None


def judge(count: Count, timeout: int, full_size: Count | None, mtu: int | None) -> tuple[str, str | None]:
    """The verdict and its sentence. What is worse comes first: no answer, then loss, then latency.

    :param full_size: the same with packets that fill the interface's MTU, None if that was not tried.
    """
    if count.received == 0:
        return "unreachable", f"no answer to {count.sent} packets within {timeout} s"
    if count.received < count.sent:
        return "lossy", f"{count.sent - count.received} of {count.sent} packets got no answer"
    if full_size is not None and full_size.received == 0:
        return "lossy", f"packets of {mtu} bytes, this interface's MTU, get no answer, and small ones do"
    if count.latency is not None and count.latency.mean > SLOW_MEAN:
        return "slow", f"{count.latency.mean:g} ms on average, more than {SLOW_MEAN:g} ms"
    if count.latency is not None and count.latency.max > SLOW_MAX:
        return "slow", f"one packet took {count.latency.max:g} ms, more than {SLOW_MAX:g} ms"
    return "good", None


def _ping(runner: Runner, source: str, peer: str, count: int, deadline: int, *more: str) -> Count:
    """:raises StateError: ping is missing, hangs, or says nothing of packets; ``found`` holds its words."""
    argv = ["ping", "-n", "-q", "-I", source, "-c", str(count), "-i", f"{INTERVAL:g}", "-W", "1", "-w", str(deadline)]
    result = runner([*argv, *more, peer], ok=range(256), timeout=deadline + _GRACE)
    summary = parse_ping(result.stdout)
    if summary is None:
        raise StateError(
            f"ping {peer}",
            wanted="its summary",
            found=words(result.stderr, result.stdout) or f"ping: exit status {result.rc} without a word",
            remedy="Run it by hand.",
        )
    return summary


def measure(runner: Runner, source: str, peer: str, *, count: int, timeout: int, mtu: int | None) -> Peer:
    """Send ``count`` small packets to a peer, and if they come back a few that fill the MTU.

    :param timeout: whole seconds after which the small ones that are still under way count as lost.
    :param mtu: None if it is not known; then only small packets are sent.
    """
    try:
        small = _ping(runner, source, peer, count, timeout)
        full_size = None
        if small.received and mtu is not None:
            size = mtu - _HEADERS[6 if ":" in peer else 4]
            more = ("-M", "do", "-s", str(size))
            full_size = _ping(runner, source, peer, _FULL_SIZE_COUNT, _FULL_SIZE_SECONDS, *more)
    except CommandMissing:
        return Peer(peer, None, "unreachable", "ping is not installed on this host")
    except StateError as exc:
        return Peer(peer, None, "unreachable", exc.found)
    return Peer(peer, small, *judge(small, timeout, full_size, mtu))


def load_interface(runner: Runner, address: str) -> Interface | None:
    """The interface that has the address; None if none has, or if ``ip`` does not tell."""
    try:
        found = parse_interface(runner(["ip", "-json", "address", "show"], timeout=_GRACE).stdout, address)
    except (StateError, ValueError, LookupError, AttributeError, TypeError):
        return None
    if found is None:
        return None
    name, mtu = found
    return Interface(name, mtu, load_speed(name))


def load_speed(name: str) -> int | None:
    """The speed that the driver claims, in Mbit/s; None where it claims none (it says -1, or nothing at all)."""
    try:
        with open(os.path.join(_CLASS_NET, name, "speed"), encoding="ascii") as stream:
            speed = int(stream.read())
    except (OSError, ValueError):
        return None
    return speed if speed > 0 else None
