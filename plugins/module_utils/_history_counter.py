# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether locks were exclusive and no increment was lost: the lockers' part of a workload's history.

Each locker reads the counter under its lock, and writes one more with its name and the number of its increment. So
each value names who wrote it, and an increment whose outcome is unknown took place if anyone read it later.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._history import START, Count, History, Hold, sentence
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import COUNTER, parse_count


def check_locks(history: History) -> list[str]:
    """Find two that certainly held the lock at the same time."""
    told = []
    holds = sorted(history.of(Hold), key=lambda hold: hold.granted.mono)
    last: Hold | None = None
    for hold in holds:
        if last is not None and hold.granted.mono < last.until.mono:
            both = min(last.until.mono, hold.until.mono) - hold.granted.mono
            found = f"it granted to {hold.worker} at {hold.granted}, for {both:.6f} s of the same time"
            wanted = f"nobody beside {last.worker}, who held it from {last.granted} to {last.until}"
            told.append(sentence(f"the lock on file {COUNTER}", wanted, found))
        if last is None or hold.until.mono > last.until.mono:
            last = hold
    return told


def check_counts(history: History, finals: Sequence[tuple[str, bytes | None]]) -> list[str]:
    """Find increments that were lost, and counts that nobody wrote.

    :param finals: what is in the counter's file now: words that say through which nodes, if they differ, and bytes.
    """
    holds = sorted(history.of(Hold), key=lambda hold: hold.granted.mono)
    sent = {wrote: hold for hold in holds if (wrote := hold.wrote) is not None}
    known = {START, *sent}
    counts, told = _read_finals(history, finals, known)
    bases = [hold.base for hold in holds if hold.base is not None]
    for hold in holds:
        if hold.base is not None and hold.base not in known:
            told.append(sentence(_at(hold), "a count that somebody wrote", _name(hold.base)))
    took_place = {wrote for wrote, hold in sent.items() if hold.acked is not None}
    took_place |= {count for count in (*bases, *(count for _where, count in counts)) if count in sent}
    told += _same_value(sent, took_place)
    told += _stale(holds, took_place)
    highest = max(took_place, default=START)
    for where, count in counts:
        if count in known and count.value < highest.value:
            told.append(sentence(f"file {COUNTER}{where}", f"at least {_name(highest)}", _name(count)))
    return told


def _read_finals(
    history: History, finals: Sequence[tuple[str, bytes | None]], known: set[Count]
) -> tuple[list[tuple[str, Count]], list[str]]:
    """Return the counts in the file, and violations for those that are none."""
    counts, told = [], []
    for where, data in finals:
        count = parse_count(history.run.run, data) if data is not None else None
        if count is not None:
            counts.append((where, count))
        if count not in known:
            what = "no such file" if data is None else _name(count) if count is not None else repr(data)
            told.append(sentence(f"file {COUNTER}{where}", "a count that somebody wrote", what))
    return counts, told


def _same_value(sent: dict[Count, Hold], took_place: set[Count]) -> list[str]:
    """Find increments that took place and wrote the same value: all but one are lost."""
    told = []
    ordered = sorted(took_place, key=lambda count: (count.value, sent[count].granted.mono))
    for value, group in itertools.groupby(ordered, key=lambda count: count.value):
        counts = list(group)
        if len(counts) > 1:
            found = " and ".join(_outcome(sent[count]) for count in counts)
            told.append(sentence(f"file {COUNTER}, value {value}", "one increment that wrote it", found))
    return told


def _stale(holds: Sequence[Hold], took_place: set[Count]) -> list[str]:
    """Find reads of less than what had been acknowledged before the lock was granted.

    If the increment that followed took place, its value is found twice, which says it all.
    """
    acked = sorted((hold.acked.mono, wrote) for hold in holds if hold.acked and (wrote := hold.wrote))
    times = [time for time, _wrote in acked]
    highest = list(itertools.accumulate((wrote for _time, wrote in acked), max))
    told = []
    for hold in holds:
        before = bisect.bisect_left(times, hold.granted.mono)
        if hold.base is None or hold.wrote in took_place or before == 0:
            continue
        if hold.base.value < highest[before - 1].value:
            wanted = f"at least {_name(highest[before - 1])}, acknowledged before"
            told.append(sentence(_at(hold), wanted, _name(hold.base)))
    return told


def _at(hold: Hold) -> str:
    return f"file {COUNTER} as {hold.worker} read it, its lock granted at {hold.granted}"


def _name(count: Count) -> str:
    return f"{count.value} ({count.author}'s increment {count.number})"


def _outcome(hold: Hold) -> str:
    outcome = f"acknowledged at {hold.acked}" if hold.acked is not None else "never acknowledged, but seen later"
    return f"{hold.worker}'s increment {hold.number}, {outcome}"
