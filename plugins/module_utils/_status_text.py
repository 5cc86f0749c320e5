# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a page for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._status import Report

_WIDTH = 100


def page(report: Report) -> str:
    """The whole page, without a newline at its end. It begins with the verdict."""
    parts = [
        f"{report.virtual_name} ({report.vip}): {report.verdict.upper()}",
        _table([("layer", "state", "what it is like"), *((x.name, x.state, x.summary) for x in report.layers)]),
        _findings(report),
        "Before the service stops, there may fail:\n"
        + _table([(f"  {each.of}", _number(each.may_fail)) for each in report.redundancy]),
    ]
    return "\n\n".join(part for part in parts if part)


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


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
