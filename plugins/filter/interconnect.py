# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the playbook interconnect."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._table import table

HEADER = ("from", "to", "mean ms", "max ms", "loss %", "Mbit/s", "sent again", "verdict")


def interconnect_table(results: Mapping[str, Mapping[str, t.Any]]) -> list[str]:
    """Results of interconnect_info by host as lines of a table: a header, then a line for each pair, both ways."""
    names = {result["address"]: host for host, result in results.items()}
    rows = [HEADER]
    for host, result in results.items():
        for peer in result["peers"]:
            latency, throughput = peer["latency_ms"] or {}, peer["throughput"] or {}
            values = (
                latency.get("mean"),
                latency.get("max"),
                peer["loss_percent"],
                throughput.get("mbit"),
                throughput.get("retransmits"),
            )
            cells = ("-" if value is None else f"{value:g}" for value in values)
            verdict = ": ".join(filter(None, (peer["verdict"], peer["fault"] or throughput.get("error"))))
            rows.append((host, names.get(peer["address"], peer["address"]), *cells, verdict))
    return table(rows, numbers=range(2, 7))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"interconnect_table": interconnect_table}
