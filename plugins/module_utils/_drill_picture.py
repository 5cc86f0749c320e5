# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of a drill as a time line: what each client got acknowledged, and when it met an error.

Pure arithmetic; the page's template draws what is here. Lengths are in units of the picture, times in seconds.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from ansible_collections.samba_ha.cluster.plugins.module_utils._drill_report import Run
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    Error,
    History,
    Hold,
    Moment,
    Rename,
    Write,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_outage import Gap, outages

LABEL, WIDTH, RIGHT = 90, 860, 20
ROW, TICK, AXIS = 22, 14, 30
"""A row is one client's; a tick in it is one acknowledgement."""

BEFORE, AFTER = 2.0, 3.0
"""How much is shown before the fault, and after the last that is worth seeing."""

_STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Distances between the axis' marks."""

_MARKS = 12


def picture(history: History, run: Run) -> dict[str, t.Any]:
    """The shapes as plain data: ``rows`` with ``ticks`` (an SVG path) and ``errors``, ``gap``, ``fault``, ``marks``."""
    (outage,) = outages(history, [run.at])
    about = history.run
    errors = {worker: _times(run.at, _errors(history, worker)) for worker in about.workers}
    last = max([outage.gap.end.wall - run.at, run.recovered or 0, *(time for row in errors.values() for time in row)])
    start = max(-BEFORE, about.begin.wall - run.at)
    end = min(max(last + AFTER, AFTER), about.end.wall - run.at)
    scale = WIDTH / (end - start)

    def x(time: float) -> float:
        return round(LABEL + (min(max(time, start), end) - start) * scale, 1)

    rows = []
    for number, worker in enumerate(about.workers):
        top = number * ROW + (ROW - TICK) / 2
        acked = [time for time in _times(run.at, _acknowledged(history, worker)) if start <= time <= end]
        rows.append(
            {
                "worker": worker,
                "middle": number * ROW + ROW / 2,
                "ticks": "".join(f"M{x(time):g} {top:g}v{TICK}" for time in acked),
                "errors": [x(time) for time in errors[worker]],
            }
        )
    begun, ended = (moment.wall - run.at for moment in (outage.gap.start, outage.gap.end))
    return {
        "width": LABEL + WIDTH + RIGHT,
        "height": len(rows) * ROW + AXIS,
        "bottom": len(rows) * ROW,
        "rows": rows,
        "gap": {"x": x(begun), "width": round(x(ended) - x(begun), 1), **_words(outage.gap)},
        "fault": x(0),
        "marks": [{"x": x(time), "text": f"{time:+g} s" if time else "fault"} for time in _marks(start, end)],
    }


def _acknowledged(history: History, worker: str) -> list[Moment]:
    """When a worker got changes acknowledged. Those that only read enter nothing but errors."""
    changes: tuple[Write | Hold | Rename, ...] = (*history.of(Write), *history.of(Hold), *history.of(Rename))
    return [entry.acked for entry in changes if entry.worker == worker and entry.acked is not None]


def _errors(history: History, worker: str) -> list[Moment]:
    return [entry.at for entry in history.of(Error) if entry.worker == worker]


def _times(at: float, moments: Iterable[Moment]) -> list[float]:
    return sorted(moment.wall - at for moment in moments)


def _words(gap: Gap) -> dict[str, str]:
    return {"text": f"{gap.seconds:.3f} s without a write of {gap.worker}{'' if gap.ended else ', to the end'}"}


def _marks(start: float, end: float) -> list[float]:
    step = next((each for each in _STEPS if (end - start) / each <= _MARKS), _STEPS[-1])
    return [number * step for number in range(-int(-start // step), int(end // step) + 1)]
