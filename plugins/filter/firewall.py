# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the firewall role's rules to nftables' expressions."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError


def firewall_matches(rules: list[dict[str, t.Any]]) -> list[dict[str, str]]:
    """Turn each rule into what the firewall's template prints.

    :param rules: as the option ``firewall_rules`` of the role ``firewall``.
    :returns: for each rule its ``name``, ``allowed`` (the packets that come in) and ``all`` (those of anybody).
    """
    made = []
    for rule in rules:
        ports = ", ".join(rule.get("ports") or [])
        if rule["protocol"] == "vrrp":
            everyone = "meta l4proto vrrp"
        elif ports:
            everyone = f"{rule['protocol']} dport {{ {ports} }}"
        else:
            # An empty set would be refused by nft, with words that do not lead to the rule.
            raise AnsibleFilterError(f"firewall rule {rule['name']!r}: wanted ports, found none. Name at least one.")
        sources = ", ".join(rule.get("sources") or [])
        words = [f'iifname "{rule["interface"]}"', f"ip saddr {{ {sources} }}" if sources else "", everyone]
        made.append({"name": rule["name"], "allowed": " ".join(word for word in words if word), "all": everyone})
    return made


class FilterModule:
    """The filter of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"firewall_matches": firewall_matches}
