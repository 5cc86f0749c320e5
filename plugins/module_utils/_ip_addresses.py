# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``ip -json address show`` tells: the addresses of a host, as typed values and as facts."""

from __future__ import annotations

import ipaddress
import json
import typing as t


def parse_interfaces(text: str) -> dict[str, tuple[ipaddress.IPv4Interface | ipaddress.IPv6Interface, ...]]:
    """Parse ``ip -json address show``: the addresses with their prefixes on each interface, in their order there.

    :raises ValueError: for anything else.
    """
    links = json.loads(text)
    if not isinstance(links, list):
        raise ValueError("not a list of interfaces")
    try:
        return {
            str(link["ifname"]): tuple(
                ipaddress.ip_interface(f"{item['local']}/{item['prefixlen']}")
                for item in link["addr_info"]
                if "local" in item
            )
            # What a filter leaves out is an empty object.
            for link in links
            if "ifname" in link
        }
    except (KeyError, TypeError) as exc:
        raise ValueError(f"not a list of interfaces: {exc}") from exc


def address_facts(text: str) -> dict[str, t.Any]:
    """The IPv4 addresses in ``ip -json address show``, in the form of the facts of ansible.builtin.setup.

    Shape::

        ansible_interfaces: [name]
        ansible_NAME:       {ipv4: {address, prefix (text)}, ipv4_secondaries: [{address, prefix}]}

    As setup does, the key has underscores where the name has hyphens, and what is empty is left out. Unlike there, an
    address with a label (eth0:1) stands under its interface alone: a label is none.

    :raises ValueError: the text is something else.
    """
    interfaces = parse_interfaces(text)
    facts: dict[str, t.Any] = {"ansible_interfaces": list(interfaces)}
    for name, held in interfaces.items():
        entries = [
            {"address": str(item.ip), "prefix": str(item.network.prefixlen)} for item in held if item.version == 4
        ]
        details: dict[str, t.Any] = {}
        if entries:
            details["ipv4"] = entries[0]
        if len(entries) > 1:
            details["ipv4_secondaries"] = entries[1:]
        facts[f"ansible_{name.replace('-', '_')}"] = details
    return facts
