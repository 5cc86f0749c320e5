# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters over the names that clients dial."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible.errors import AnsibleFilterError
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_pairs import exports
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_servers import DNS_NAME


def dns_names(names: Sequence[str], zone: str) -> dict[str, list[str]]:
    """Names sorted by whether they are in a zone: ``inside``, relative to it, and ``outside``, whole; each once."""
    if not DNS_NAME.fullmatch(zone):
        raise AnsibleFilterError(f"zone={zone}: wanted a DNS zone such as example.com")
    ending = f".{zone.lower()}"
    inside, outside = [], []
    for name in (name.lower() for name in names):
        if "." in name and not name.endswith(ending):
            outside.append(name)
        else:
            inside.append(name.removesuffix(ending))
    return {"inside": list(dict.fromkeys(inside)), "outside": list(dict.fromkeys(outside))}


def pair_names(pairs: Sequence[Mapping[str, t.Any]]) -> dict[str, str]:
    """The names and aliases of pairs that clients dial, and the address of each."""
    return {
        name: pair["address"].split("/")[0]
        for pair in pairs
        if not exports(pair)
        for name in (pair["name"], *(pair.get("aliases") or []))
    }


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"dns_names": dns_names, "pair_names": pair_names}
