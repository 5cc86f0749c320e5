# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the playbook status."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible.errors import AnsibleFilterError


def widest_view(results: Mapping[str, Mapping[str, t.Any]]) -> str:
    """The host whose glusterd is connected to the most peers, one that answers before one that does not."""

    def reach(host: str) -> int:
        result = results[host]
        if not result.get("running"):
            return -1
        return sum(bool(peer["connected"]) for peer in result["peers"])

    if not results:
        raise AnsibleFilterError("widest_view: wanted the results of one host or more, found none")
    return max(results, key=reach)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"widest_view": widest_view}
