# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a page for a terminal."""

from __future__ import annotations

import textwrap

from ansible_collections.samba_ha.cluster.plugins.module_utils._status import PairState, Report
from ansible_collections.samba_ha.cluster.plugins.module_utils._table import table

_WIDTH = 100


def page(report: Report) -> str:
    """The whole page, without a newline at its end. It begins with the verdict."""
    services = [f"{service}: {service.verdict.upper()}" for service in report.services]
    layers = [("layer", "state", "what it is like"), *((x.name, x.state, x.summary) for x in report.layers)]
    redundancy = [(f"  {each.of}", _number(each.may_fail)) for each in report.redundancy]
    parts = [
        "\n".join(services),
        "\n".join(table(layers)),
        *(_pair(pair) for pair in report.pairs),
        _findings(report),
        "\n".join(["Before the service stops, there may fail:", *table(redundancy)]),
    ]
    return "\n\n".join(part for part in parts if part)


def _pair(pair: PairState) -> str:
    """A pair, each of its parts in a line."""
    if not pair.lines:
        return ""
    rows = [(f"  {name}", words) for name, words in pair.lines]
    return "\n".join([f"The pair {pair.name}:", *table(rows)])


def _findings(report: Report) -> str:
    said = []
    for number, finding in enumerate(report.findings, 1):
        text = f"{finding.host or finding.layer}: {finding.sentence}"
        said.append(textwrap.fill(text, _WIDTH, initial_indent=f"{number:2}. ", subsequent_indent="    "))
        if finding.command:
            # In one piece, however long: it is to be copied.
            said.append(f"    {finding.where}# {finding.command}")
    return "\n".join(["What is wrong, and what mends it:", *said]) if said else "Nothing is wrong."


def _number(value: int | None) -> str:
    return "unknown" if value is None else str(value)
