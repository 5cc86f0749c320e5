# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How ctdb is asked, and the tables in which it answers."""

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Result, Runner

ANSWER_TIMEOUT = 4.5
"""Seconds for one answer of ctdb, which takes some 20 ms if ctdbd and the nodes that it asks in turn are well."""

_NODE_TIMELIMIT = "2"
"""Seconds that ctdb waits for one node or for the leader's word, which comes every second. Its own default, 10, is
more than a status page can wait: one node that hangs would hide the state of the others."""

T = t.TypeVar("T")


def ask(
    runner: Runner,
    *request: str,
    node: int | None = None,
    ok: t.Container[int] = (0,),
    timeout: float = ANSWER_TIMEOUT,
) -> Result:
    """Ask the local ctdbd, or that of ``node`` through the local one, something that changes nothing.

    :param timeout: seconds.
    :raises CommandMissing, CommandTimeout, CommandFailed: see :func:`_command.run`.
    """
    target = () if node is None else ("-n", str(node))
    return runner(["ctdb", "-t", _NODE_TIMELIMIT, *target, *request], ok=ok, timeout=timeout)


def parse_table(
    text: str, columns: t.Sequence[str], record: t.Callable[[dict[str, str]], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Parse what ``ctdb -X`` prints: the records, and the lines that were not understood.

    :param columns: the titles that the table must have, in lower case; the first one tells the header from the rows.
    :param record: makes one record of a row, given by title; raises ValueError if it does not understand it.

    Without one of the columns the meaning of a row would be a guess: then no row is understood.
    """
    records: list[T] = []
    unknown: list[str] = []
    titles: list[str] = []
    for line in text.splitlines():
        cells = line[1:].removesuffix("|").split("|") if line.startswith("|") else []
        if cells and cells[0].lower() == columns[0]:
            titles = [cell.lower() for cell in cells]
            unknown += [f"unknown column {title}" for title in titles if title not in columns]
            lacking = sorted(set(columns) - set(titles))
            if lacking:
                unknown += [f"no column {title}" for title in lacking]
                titles = []
            continue
        try:
            records.append(record(dict(zip(titles, cells, strict=True))))
        except (KeyError, ValueError):
            unknown.append(line)
    return tuple(records), tuple(unknown)


def truth(cell: str) -> bool:
    """The meaning of a cell that holds 0 or 1. Anything else is a ValueError."""
    return bool(("0", "1").index(cell))
