# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which front end is home of which virtual address, and how keepalived is told. Controller side only."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

PRIORITY, AT_HOME = 100, 110
"""Of VRRP (RFC 5798, 1 to 254). They differ by less than what a failed check costs, so that home is left then."""


def homes(addresses: Sequence[str], frontends: Sequence[str]) -> dict[str, str]:
    """The address of each front end that is home of one: the first of the first, and so on.

    An address alone has no home. It stays where it is, since moving it back would break its sessions a second time;
    with several, all clients would stay on one front end after the other one's first failure.
    """
    return dict(zip(frontends, addresses, strict=False)) if len(addresses) > 1 else {}


def instances(addresses: Sequence[str], frontends: Sequence[str], own: str, router_id: int) -> list[dict[str, t.Any]]:
    """A VRRP instance for each address, as the front end ``own`` has it: name, address, router_id, home, priority.

    The first keeps its name and number whether there are others or not, so that keepalived takes it for the same one.
    """
    home = homes(addresses, frontends).get(own)
    return [
        {
            "name": f"samba_ha_{number + 1}" if number else "samba_ha",
            "address": address,
            "router_id": router_id + number,
            "home": address == home,
            "priority": AT_HOME if address == home else PRIORITY,
        }
        for number, address in enumerate(addresses)
    ]
