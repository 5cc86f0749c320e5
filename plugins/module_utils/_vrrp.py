# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keepalived says of its VRRP instances, and which addresses the host holds, as typed records."""

from __future__ import annotations

import ipaddress
import json
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._ip_addresses import parse_interfaces

STATES = {0: "init", 1: "backup", 2: "master", 3: "fault"}
"""keepalived's numbers for an instance's state (VRRP_STATE_* in its vrrp.h)."""

COUNTERS = {
    "become_master": "become_master",
    "release_master": "release_master",
    "advertisements_received": "advert_rcvd",
    "advertisements_sent": "advert_sent",
    "priority_zero_received": "pri_zero_rcvd",
    "priority_zero_sent": "pri_zero_sent",
    "interval_errors": "advert_interval_err",
    "address_list_errors": "addr_list_err",
    "ttl_errors": "ip_ttl_err",
    "length_errors": "packet_len_err",
}
"""Counters since keepalived started, and their names in its dump."""

_ENTERING = re.compile(r"\((?P<name>.+)\) Entering (?P<state>MASTER|BACKUP|FAULT) STATE")

Holders = t.Mapping[str, frozenset[str]]
"""The addresses on each interface, in their canonical form."""


@dataclass(frozen=True)
class Transition:
    """When an instance entered a state; seconds of the epoch."""

    name: str
    time: float
    state: str


@dataclass(frozen=True)
class Address:
    """A virtual address, and the interface that it belongs on."""

    address: str
    interface: str | None


@dataclass(frozen=True)
class Instance:
    """A VRRP instance. What keepalived did not tell is None; ``since`` is in seconds of the epoch."""

    name: str
    state: str | None
    since: float | None
    priority: int | None
    base_priority: int | None
    interface: str | None
    router_id: int | None
    addresses: tuple[Address, ...]
    counters: t.Mapping[str, int | None]

    def held(self, holders: Holders) -> list[str]:
        """Those of its addresses that are on their interface."""
        return [item.address for item in self.addresses if item.address in holders.get(item.interface or "", ())]


def canonical(address: str) -> str:
    """The usual form of an address, with or without a prefix length.

    :raises ValueError: for what is no address.
    """
    return str(ipaddress.ip_interface(address).ip)


@dataclass
class _Object:
    """An object of the dump. What is not there, or of another type, becomes None and a warning."""

    values: dict[str, t.Any]
    warnings: list[str]

    def get(self, key: str, *kinds: type) -> t.Any:
        value = self.values.get(key)
        if type(value) in kinds:
            return value
        self.warnings.append(f"keepalived's dump: no usable {key}")
        return None

    def inner(self, key: str) -> _Object:
        return _Object(self.get(key, dict) or {}, self.warnings)


def parse_dump(text: str) -> tuple[tuple[Instance, ...], tuple[str, ...]]:
    """Parse keepalived's dump (of json_version 1 or 2): the instances, and what was not understood.

    :raises ValueError: while the dump is not complete.
    """
    warnings: list[str] = []
    content = json.loads(text)
    top = _Object(content if isinstance(content, dict) else {"vrrp": content}, warnings)
    instances: list[Instance] = []
    for item in top.get("vrrp", list) or []:
        entry = _Object({"instance": item}, warnings).inner("instance")
        instances.append(_instance(entry.inner("data"), entry.inner("stats")))
    return tuple(instances), tuple(dict.fromkeys(warnings))


def _instance(data: _Object, stats: _Object) -> Instance:
    number, interface = data.get("state", int), data.get("ifp_ifname", str)
    if number is not None and number not in STATES:
        data.warnings.append(f"keepalived's dump: state {number}")
    # Left out when there are none.
    vips = data.get("vips", list) if "vips" in data.values else []
    return Instance(
        name=data.get("iname", str) or "",
        state=STATES.get(number),
        # 0 before the first transition.
        since=data.get("last_transition", float, int) or None,
        priority=data.get("effective_priority", int),
        base_priority=data.get("base_priority", int),
        interface=interface,
        router_id=data.get("vrid", int),
        addresses=tuple(_addresses(vips or [], interface, data.warnings)),
        counters={name: stats.get(key, int) for name, key in COUNTERS.items()},
    )


def _addresses(vips: t.Iterable[t.Any], interface: str | None, warnings: list[str]) -> t.Iterator[Address]:
    """Read lines such as ``192.0.2.10/24 dev eth0 scope global set``."""
    for line in vips:
        try:
            address = canonical(str(line).split(" ", 1)[0])
        except ValueError:
            warnings.append(f"keepalived's dump: virtual address {line}")
            continue
        device = re.search(r" dev (\S+)", line)
        yield Address(address, device.group(1) if device else interface)


def parse_addresses(text: str) -> dict[str, frozenset[str]]:
    """Parse ``ip -json address show``: the addresses on each interface, whatever their prefix.

    :raises ValueError: for anything else.
    """
    return {name: frozenset(str(item.ip) for item in held) for name, held in parse_interfaces(text).items()}


def parse_journal(text: str) -> tuple[tuple[Transition, ...], tuple[str, ...]]:
    """Parse lines of ``journalctl --output=json``: the transitions, oldest first, and what was not understood."""
    transitions: list[Transition] = []
    unknown: list[str] = []
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            match = _ENTERING.match(entry["MESSAGE"])
            microseconds = int(entry["__REALTIME_TIMESTAMP"])
        except (KeyError, TypeError, ValueError):
            unknown.append(f"journal: {line}")
            continue
        if match:
            transitions.append(Transition(match["name"], microseconds / 1_000_000, match["state"].lower()))
    return tuple(sorted(transitions, key=lambda item: item.time)), tuple(unknown)
