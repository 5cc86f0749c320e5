# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runs of a drill showed: figures over all of them, held against the target."""

from __future__ import annotations

import math
import statistics
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._table import table

MANY = 30
"""So many runs make a p99 worth its name; fewer only show that the target can be met."""

STAGES = {
    "outage": "longest without a write, s",
    "noticed": "first noticed, s",
    "up": "share there again, s",
    "recovered": "all work again, s",
    "errors": "errors at applications",
}
"""What figures are made of, and how it is called on the page."""


@dataclass(frozen=True)
class Run:
    """One run. Stages are in seconds, None where there was none.

    ``ended`` tells whether all writers wrote again, and all clients whose connection broke had the share again.

    ``at`` is when the fault was made on ``host``, in seconds of the epoch by the client's clock.
    """

    host: str
    at: float
    proof: str
    outage: float
    ended: bool
    noticed: float | None
    up: float | None
    recovered: float | None
    errors: int
    acknowledged: int
    handles_kept: int
    handles_lost: int
    violations: tuple[str, ...]
    history: str


@dataclass(frozen=True)
class Figures:
    """Figures of ``n`` values. With fewer than 100 of them the p99 is the greatest one."""

    n: int
    min: float
    median: float
    p99: float
    max: float


@dataclass(frozen=True)
class Report:
    """All runs of one fault; ``target`` is in seconds.

    It is ``met`` if writers were not longer without an acknowledgement, and no client was longer without the share: it
    might have been a writer. It is None without a run.
    """

    fault: str
    target: float
    met: bool | None
    figures: Mapping[str, Figures | None]
    acknowledged: int
    violations: tuple[str, ...]
    handles_kept: int
    handles_lost: int
    runs: tuple[Run, ...]

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def read_run(told: Mapping[str, t.Any]) -> Run:
    """Take a run from what the playbook kept: the results of smb_workload and smb_readback, with one fault."""
    workload, readback = told["workload"], told["readback"]
    (outage,) = readback["outages"]
    return Run(
        host=told["host"],
        at=outage["at"],
        proof=told["proof"],
        outage=outage["gap"]["seconds"],
        ended=outage["gap"]["ended"] and (outage["up"] is not None or outage["reconnects"] == 0),
        noticed=outage["noticed"],
        up=outage["up"],
        recovered=outage["recovered"],
        errors=outage["errors"],
        acknowledged=workload["operations"].get("writer", 0),
        handles_kept=workload["handles_kept"],
        handles_lost=workload["handles_lost"],
        violations=tuple(readback["violations"]),
        history=told["history"],
    )


def figures(values: Sequence[float]) -> Figures | None:
    """The figures of some values, None without any. The p99 is the smallest value that 99 % do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    p99 = ordered[math.ceil(0.99 * len(ordered)) - 1]
    return Figures(len(ordered), ordered[0], round(statistics.median(ordered), 6), p99, ordered[-1])


def report(fault: str, target: float, runs: Sequence[Run]) -> Report:
    """Put the runs together."""
    told = {stage: figures([value for run in runs if (value := getattr(run, stage)) is not None]) for stage in STAGES}
    held = [stage.p99 <= target for stage in (told["outage"], told["up"]) if stage is not None]
    return Report(
        fault=fault,
        target=target,
        met=all([*held, *(run.ended for run in runs)]) if runs else None,
        figures=told,
        acknowledged=sum(run.acknowledged for run in runs),
        violations=tuple(violation for run in runs for violation in run.violations),
        handles_kept=sum(run.handles_kept for run in runs),
        handles_lost=sum(run.handles_lost for run in runs),
        runs=tuple(runs),
    )


def verdict(report: Report) -> str:
    """What became of the target, in words."""
    if report.met is None:
        return "no run came to its end"
    if not report.met:
        unended = sum(not run.ended for run in report.runs)
        outage = report.figures["outage"]
        if unended:
            return f"missed; outages that did not end in their run: {unended}"
        return "missed" if outage and outage.p99 > report.target else "missed, though not by writers"
    return "met" if len(report.runs) >= MANY else f"met, which fewer than {MANY} runs do not prove"


def page(report: Report) -> str:
    """The report for a terminal, without a newline at its end."""
    runs = f"{len(report.runs)} run{'' if len(report.runs) == 1 else 's'}"
    each = [("run", "host", *STAGES, "what proves the fault")]
    for number, run in enumerate(report.runs, 1):
        cells = (_cell(getattr(run, stage), whole=stage == "errors") for stage in STAGES)
        each.append((str(number), run.host, *cells, run.proof))
    overall = rows(report)
    promises = f"{report.acknowledged} records acknowledged, promises broken: {len(report.violations)}"
    parts = [
        f"{report.fault}: {runs}; target {report.target:g} s: {verdict(report)}",
        "\n".join(table(overall, numbers=range(1, len(overall[0])))),
        "\n".join(table(each, numbers={0, *range(2, len(each[0]) - 1)})) if report.runs else "",
        f"{promises}; open handles: {report.handles_kept} kept, {report.handles_lost} lost",
        "\n".join(f"broken: {violation}" for violation in report.violations),
    ]
    return "\n\n".join(part for part in parts if part)


def rows(report: Report) -> list[tuple[str, ...]]:
    """The figures as a table: a header, then a row for each stage with the target beside its figures."""
    lines: list[tuple[str, ...]] = [("over all runs", "n", "min", "median", "p99", "max", "target")]
    for stage, name in STAGES.items():
        told = report.figures[stage]
        values = (None,) * 4 if told is None else (told.min, told.median, told.p99, told.max)
        cells = (_cell(value, whole=stage == "errors") for value in values)
        lines.append((name, str(told.n if told else 0), *cells, f"{report.target:.3f}" if stage == "outage" else ""))
    return lines


def _cell(value: float | None, *, whole: bool) -> str:
    """Seconds to the millisecond, or a number; a hyphen for what there is not."""
    if value is None:
        return "-"
    return f"{value:g}" if whole else f"{value:.3f}"
