# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut a host off silently: what it sends and what is sent to it is dropped, but for the administrator's ssh."""

from __future__ import annotations

import json
import time
from collections.abc import Container, Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

TABLE = "samba_ha_drill"
"""The name of the tables, which are nobody else's."""

_PRIORITY = -300
"""Before connection tracking, and so before all other filters."""

_NEIGHBOURS = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"
"""Without them ssh over IPv6 would break as well. ARP is not filtered by these tables anyway."""


def rules(ssh_port: int, interfaces: Sequence[str] = (), silent: Sequence[str] = ()) -> str:
    """The cut for ``nft --file``.

    :param interfaces: cut only these off; none: all.
    :param silent: addresses that the host does not answer ARP for, as a host that is gone would not.
    """
    lines = [f"table inet {TABLE} {{"]
    for hook, device, port in (("input", "iifname", "dport"), ("output", "oifname", "sport")):
        places = [f'{device} "{interface}" ' for interface in interfaces] or [""]
        lines += [
            f"  chain {hook} {{",
            f"    type filter hook {hook} priority {_PRIORITY}; policy accept;",
            f'    {device} "lo" accept',
            f"    tcp {port} {ssh_port} accept",
            f"    {_NEIGHBOURS}",
            *(f"    {place}counter drop" for place in places),
            "  }",
        ]
    lines.append("}")
    if silent:
        lines += [
            f"table arp {TABLE} {{",
            "  chain output {",
            "    type filter hook output priority 0; policy accept;",
            *(f"    arp saddr ip {address} counter drop" for address in silent),
            "  }",
            "}",
        ]
    return "\n".join(lines) + "\n"


def delete(*families: str) -> tuple[str, ...]:
    """The command that ends a cut whose tables are of these families."""
    return ("nft", "; ".join(f"delete table {family} {TABLE}" for family in families))


def tables(runner: Runner) -> list[str]:
    """The families of the drill's tables that there are."""
    words = [line.split() for line in runner(["nft", "list", "tables"]).stdout.splitlines()]
    return [family for _table, family, name in words if name == TABLE]


def cut(runner: Runner, text: str) -> tuple[float, str]:
    """Load the rules, and see that they are there.

    :returns: when, in seconds of the epoch, and what proves it.
    :raises StateError: there was a cut already, or there is none afterwards.
    """
    if tables(runner):
        raise _unexpected("none", "one", "Undo the fault before with state=absent.")
    at = time.time()
    runner(["nft", "--file", "-"], stdin=text)
    if "inet" not in tables(runner):
        raise _unexpected("one", "none", "Look whether something flushes all rules.")
    return at, f"table inet {TABLE} drops all but ssh"


def end(runner: Runner) -> str:
    """Remove the cut, and return how much it held back.

    :raises StateError: it held nothing back, so it was none. It is removed all the same.
    """
    packets = parse_packets(runner(["nft", "--json", "list", "table", "inet", TABLE]).stdout)
    runner(delete(*tables(runner)))
    if packets == 0:
        raise _unexpected("packets held back", "none at all", "Look whether the host's traffic takes another way.")
    return f"{packets} packets were dropped"


def parse_packets(text: str) -> int:
    """The sum of the counters of the rules in ``nft --json list table``."""
    return sum(
        part["counter"]["packets"]
        for item in json.loads(text)["nftables"]
        for part in item.get("rule", {}).get("expr", ())
        if "counter" in part
    )


def parse_places(text: str, addresses: Container[str]) -> list[tuple[str, str, int]]:
    """Those of the addresses that are in ``ip -json address show``: address, interface, length of the prefix."""
    return [
        (info["local"], link["ifname"], info["prefixlen"])
        for link in json.loads(text)
        for info in link.get("addr_info", ())
        if info.get("local") in addresses
    ]


def places_of(runner: Runner, addresses: Sequence[str]) -> list[tuple[str, str, int]]:
    """Those of the addresses that this host has, each with its interface and the length of the prefix.

    :raises StateError: it has none of them.
    """
    places = parse_places(runner(["ip", "-json", "address", "show"]).stdout, addresses)
    if not places:
        raise StateError(
            f"address {' or '.join(addresses)}",
            wanted="an interface of this host that has it",
            found="none",
            remedy="Name an address that it has: its own in the interconnect, the virtual one, or a public one.",
        )
    return places


def _unexpected(wanted: str, found: str, remedy: str) -> StateError:
    return StateError(f"the drill's cut (nft table inet {TABLE})", wanted=wanted, found=found, remedy=remedy)
