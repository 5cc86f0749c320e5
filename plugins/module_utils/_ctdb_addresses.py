# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CTDB's public addresses: which node holds them, which node may, and what its file says."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import ask, parse_table
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

FILE = Path("/etc/ctdb/public_addresses")

_ALL_COLUMNS = ("public ip", "node")
_OWN_COLUMNS = (*_ALL_COLUMNS, "activeinterfaces", "availableinterfaces", "configuredinterfaces")
_NOWHERE = -1


@dataclass(frozen=True)
class PublicAddress:
    """An address and the number of the node that holds it; None while no node does."""

    address: str
    pnn: int | None

    def describe(self) -> str:
        return f"{self.address} on {'no node' if self.pnn is None else f'node {self.pnn}'}"


@dataclass(frozen=True)
class OwnAddress:
    """An address that a node may hold, on one of ``interfaces``.

    ``linked`` are those of them that have a link, as far as CTDB knows; a file says nothing of it.
    """

    address: str
    interfaces: frozenset[str]
    linked: frozenset[str] = frozenset()


def normal(address: str) -> str:
    """The address in the one form in which addresses are compared. Raises ValueError."""
    return str(ipaddress.ip_address(address))


def _interfaces(cell: str) -> frozenset[str]:
    return frozenset(name for name in cell.split(",") if name)


def _public(row: dict[str, str]) -> PublicAddress:
    pnn = int(row["node"])
    return PublicAddress(normal(row["public ip"]), None if pnn == _NOWHERE else pnn)


def _own(row: dict[str, str]) -> OwnAddress:
    return OwnAddress(
        normal(row["public ip"]), _interfaces(row["configuredinterfaces"]), _interfaces(row["availableinterfaces"])
    )


def parse_addresses(text: str) -> tuple[tuple[PublicAddress, ...], tuple[str, ...]]:
    """Parse ``ctdb -X ip all``: the cluster's addresses, and the lines that were not understood."""
    return parse_table(text, _ALL_COLUMNS, _public)


def parse_own_addresses(text: str) -> tuple[tuple[OwnAddress, ...], tuple[str, ...]]:
    """Parse ``ctdb -X -v ip``: the addresses that one node may hold, and the lines that were not understood."""
    return parse_table(text, _OWN_COLUMNS, _own)


def parse_file(text: str) -> tuple[OwnAddress, ...]:
    """Parse a public_addresses file: lines of address/bits and interfaces, with commas between them.

    :raises StateError: for a line that CTDB would refuse, and with it the whole file.
    """
    found: list[OwnAddress] = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        try:
            address = str(ipaddress.ip_interface(fields[0]).ip)
            if "/" not in fields[0]:
                raise ValueError("no /bits")
            found.append(OwnAddress(address, _interfaces(fields[1])))
        except (ValueError, IndexError) as exc:
            raise StateError(
                f"line {number} of {FILE}",
                wanted="an address with /bits, and an interface",
                found=repr(line),
                remedy="Correct the line; CTDB reads nothing of a file with a bad line.",
            ) from exc
    return tuple(found)


def load_addresses(runner: Runner) -> tuple[tuple[PublicAddress, ...], tuple[str, ...]]:
    """The public addresses of all active nodes, and the lines that were not understood. Asks each active node."""
    return parse_addresses(ask(runner, "-X", "ip", "all").stdout)


def load_own_addresses(runner: Runner, node: int | None = None) -> tuple[tuple[OwnAddress, ...], tuple[str, ...]]:
    """The addresses that the local node, or ``node``, may hold, and the lines that were not understood."""
    return parse_own_addresses(ask(runner, "-X", "-v", "ip", node=node).stdout)


def load_file(path: Path) -> tuple[OwnAddress, ...] | None:
    """What this host's file says; None if there is no file.

    :raises StateError: if it cannot be read or has a bad line.
    """
    try:
        return parse_file(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise StateError(str(path), wanted="a file that can be read", found=str(exc), remedy="Correct it.") from exc


def as_dicts(addresses: t.Iterable[PublicAddress]) -> list[dict[str, t.Any]]:
    return [{"address": item.address, "pnn": item.pnn} for item in addresses]
