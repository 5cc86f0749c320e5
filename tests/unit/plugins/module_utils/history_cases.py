# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small history with something of everything, in which all promises were kept, and the files that go with it."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._history import (
    START,
    Count,
    Entry,
    Handle,
    History,
    Hold,
    Moment,
    Reconnect,
    Rename,
    Run,
    Tally,
    Write,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Error as Seen
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import count_record, record

NODES = ("192.0.2.11", "192.0.2.12", "192.0.2.13")
Files = dict[str, bytes]


def at(seconds: float) -> Moment:
    """A moment of the run, in seconds from its beginning."""
    return Moment(1_767_225_600 + seconds, 5000 + seconds)


RUN = Run(
    run="r1",
    server="192.0.2.10",
    server_name="files",
    share="data",
    folder=".samba_ha_workload-r1",
    workers=("writer-0", "writer-1", "locker-0", "locker-1", "opener-0", "lister-0", "renamer-0"),
    begin=at(0),
    end=at(10),
)


def writes(worker: str, acked: t.Sequence[float], unknown: float | None = None) -> list[Entry]:
    """Records acknowledged at these times, and one more that was sent."""
    entries: list[Entry] = [Write(worker, i, at(time - 0.1), at(time)) for i, time in enumerate(acked)]
    return entries + ([Write(worker, len(acked), at(unknown), None)] if unknown is not None else [])


def hold(time: float, worker: str, number: int, base: Count | None, *, acked: bool = True, sent: bool = True) -> Hold:
    """A lock granted at ``time``, and an increment that was sent 0.2 s and acknowledged 0.3 s later."""
    return Hold(
        worker,
        number,
        at(time),
        at(time + (0.4 if acked and sent else 0.1)),
        base,
        at(time + 0.2) if sent else None,
        at(time + 0.3) if acked and sent else None,
    )


HOLDS = [
    hold(1, "locker-0", 1, START),
    # Never acknowledged, but it took place: the next one reads it.
    hold(2, "locker-1", 1, Count(1, "locker-0", 1), acked=False),
    hold(3, "locker-0", 2, Count(2, "locker-1", 1)),
    # Never acknowledged, and it did not take place.
    hold(4, "locker-1", 2, Count(3, "locker-0", 2), acked=False),
    hold(5, "locker-0", 3, Count(3, "locker-0", 2)),
]
LAST = Count(4, "locker-0", 3)

ENTRIES: list[Entry] = [
    *writes("writer-0", [1, 2, 3, 6, 7]),
    *writes("writer-1", [1, 2, 3], 9.5),
    *HOLDS,
    Rename("renamer-0", 0, at(1), at(1.1)),
    Rename("renamer-0", 1, at(2), at(2.1)),
    Rename("renamer-0", 2, at(9), None),
    Handle("opener-0", at(4), True),
    Handle("opener-0", at(5), False),
    Seen("writer-0", at(4), "write", "closed by the server"),
    Reconnect(
        "writer-0", at(3.2), at(4), "closed by the server", 3, "no connection: Connection refused", at(5), at(5.5)
    ),
    Tally("writer-0", 5),
    Tally("writer-1", 3),
    Tally("lister-0", 12),
]


def records(worker: str, *numbers: int) -> bytes:
    return b"".join(record("r1", worker, number) for number in numbers)


def good_files() -> Files:
    return {
        "writer-0": records("writer-0", 0, 1, 2, 3, 4),
        "writer-1": records("writer-1", 0, 1, 2),
        "counter": count_record("r1", LAST),
        "opener-0": record("r1", "opener-0", 0),
        "renamer-0-a": record("r1", "renamer-0", 0),
    }


def history(entries: t.Sequence[Entry] = ENTRIES) -> History:
    return History(RUN, tuple(entries))


def copies(**changed: bytes | None) -> dict[str, Files]:
    """What each node has, with some files changed, and those that are None not there. ``__`` stands for a dash."""
    names = {name.replace("__", "-"): data for name, data in changed.items()}
    files = {name: data for name, data in {**good_files(), **names}.items() if data is not None}
    return {node: dict(files) for node in NODES}
