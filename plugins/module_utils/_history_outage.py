# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a service was away, as the clients of a workload saw it."""

from __future__ import annotations

import itertools
import math
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    Error,
    Handle,
    History,
    Moment,
    Reconnect,
    Tally,
    Write,
)


@dataclass(frozen=True)
class Gap:
    """A time without an acknowledged write of one worker. ``ended`` is false if it lasted to the end of the run."""

    worker: str
    start: Moment
    end: Moment
    ended: bool

    @property
    def seconds(self) -> float:
        return round(self.end.mono - self.start.mono, 6)


@dataclass(frozen=True)
class Outage:
    """What a fault did to the clients. ``gap`` is the longest of any writer between the fault and the next one.

    Stages are seconds, None where there was none: ``noticed`` from the fault to the first error or broken connection of
    any client, ``up`` the longest that one whose connection broke had to wait until it had the share again, from the
    fault or, if that was later, from its request that found the connection broken; ``recovered`` the longest until its
    first success. The last two are None, too, if one of them did not get so far.
    """

    at: float
    gap: Gap
    errors: int
    reconnects: int
    noticed: float | None
    up: float | None
    recovered: float | None


def gaps(history: History, worker: str) -> t.Iterator[Gap]:
    """Yield the times between a writer's acknowledged writes, and those before the first and after the last one."""
    # A writer's entries are in the order in which it made them.
    acked = [entry.acked for entry in history.of(Write) if entry.worker == worker and entry.acked is not None]
    run = history.run
    moments = [run.begin, *acked]
    for start, end in itertools.pairwise(moments):
        yield Gap(worker, start, end, True)
    # What was under way at the end may have been acknowledged after it.
    if moments[-1].mono < run.end.mono:
        yield Gap(worker, moments[-1], run.end, False)


def longest_gaps(history: History, since: float = -math.inf, before: float = math.inf) -> dict[str, Gap]:
    """Return the gap of each writer of which most lies between two times, both seconds of the epoch.

    It is told whole, though it may have begun before or lasted longer.
    """

    def within(gap: Gap) -> float:
        return gap.seconds - max(since - gap.start.wall, 0) - max(gap.end.wall - before, 0)

    return {worker: max(gaps(history, worker), key=within) for worker in history.run.having("writer")}


def longest_gap(history: History) -> Gap:
    """The longest gap of any writer."""
    return max(longest_gaps(history).values(), key=lambda gap: gap.seconds)


def outages(history: History, faults: t.Sequence[float]) -> list[Outage]:
    """What each fault did, up to the next one.

    :param faults: seconds since the epoch by the client's clock.
    :raises StateError: one was not while the workload ran.
    """
    times = sorted(faults)
    run = history.run
    beside = [at for at in times if not run.begin.wall <= at <= run.end.wall]
    if beside:
        raise StateError(
            f"faults {' '.join(str(at) for at in beside)}",
            wanted=f"times while the workload ran, from {run.begin.wall} to {run.end.wall}",
            found="others",
            remedy="Take them from the clock of the host that the workload ran on, and let it run long enough.",
        )
    return [_outage(history, at, before) for at, before in itertools.pairwise([*times, math.inf])]


def _outage(history: History, at: float, before: float) -> Outage:
    errors = [entry for entry in history.of(Error) if at <= entry.at.wall < before]
    broken = [entry for entry in history.of(Reconnect) if at <= entry.broken.wall < before]
    seen = [entry.at for entry in errors] + [entry.broken for entry in broken]
    return Outage(
        at,
        max(longest_gaps(history, at, before).values(), key=lambda gap: gap.seconds),
        len(errors),
        len(broken),
        _after(at, min(seen)) if seen else None,
        _longest(at, [(entry.asked, entry.up) for entry in broken]),
        _longest(at, [(entry.asked, entry.first) for entry in broken]),
    )


def _longest(at: float, waits: list[tuple[Moment, Moment | None]]) -> float | None:
    """The longest of some waits, the part before a time left out. None if one of them did not end, or there is none."""
    ended = [_after(max(at, asked.wall), moment) for asked, moment in waits if moment is not None]
    return max(ended) if ended and len(ended) == len(waits) else None


def _after(at: float, moment: Moment) -> float:
    return round(moment.wall - at, 6)


def summary(history: History) -> dict[str, t.Any]:
    """The figures of a run, as smb_workload returns them."""
    operations: dict[str, int] = {}
    for entry in history.of(Tally):
        part = entry.worker.split("-", maxsplit=1)[0]
        operations[part] = operations.get(part, 0) + entry.operations
    handles = [entry.kept for entry in history.of(Handle)]
    return {
        "operations": operations,
        "errors": len(history.of(Error)),
        "reconnects": len(history.of(Reconnect)),
        "handles_kept": handles.count(True),
        "handles_lost": handles.count(False),
        "gap": describe_gap(longest_gap(history)),
    }


def describe_outage(outage: Outage) -> dict[str, t.Any]:
    """Return it as smb_readback does."""
    return {**vars(outage), "gap": describe_gap(outage.gap)}


def describe_gap(gap: Gap) -> dict[str, t.Any]:
    """Return it as both modules do."""
    return {"worker": gap.worker, "start": gap.start.wall, "seconds": gap.seconds, "ended": gap.ended}
