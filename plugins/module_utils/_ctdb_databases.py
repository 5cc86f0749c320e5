# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CTDB's databases and what one node counted of them."""

from __future__ import annotations

import dataclasses
import re
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import Runner
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_ask import ANSWER_TIMEOUT, ask, parse_table, truth
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

_FLAGS = ("persistent", "sticky", "unhealthy", "readonly", "replicated")
_COLUMNS = ("id", "name", "path", *_FLAGS)

_COUNTERS = {
    "db_ro_delegations": "readonly_delegations",
    "db_ro_revokes": "readonly_revokes",
    "num_calls": "lock_calls",
    "num_current": "locks_scheduled",
    "num_pending": "locks_queued",
    "num_failed": "locks_failed",
}
"""The names of :class:`Statistics` by those of ctdb; the last four stand under the title ``locks``."""

_LATENCY = re.compile(r" (locks|vacuum)_latency\s+MIN/AVG/MAX\s+[\d.]+/([\d.]+)/([\d.]+) sec out of \d+")
_HOT_KEY = re.compile(r"\s+Count:(\d+) Key:([0-9a-f]*)")
_NO_NEWS = re.compile(r"DB Statistics \S+| locks| (hop_count|lock)_buckets:[ \d]+| Num Hot Keys:\s+\d+")


@dataclass(frozen=True)
class Statistics:
    """Counted by one node since its ctdbd started; the latencies in seconds."""

    lock_calls: int
    locks_scheduled: int
    locks_queued: int
    locks_failed: int
    lock_latency_average: float
    lock_latency_max: float
    vacuum_latency_average: float
    vacuum_latency_max: float
    readonly_delegations: int
    readonly_revokes: int


@dataclass(frozen=True)
class HotKey:
    """A record that wanders between the nodes: its key as hexadecimal digits, and how often it came within a second.

    ctdbd keeps the most that it has seen since it started (``ctdb_migration_init`` in its source).
    """

    key: str
    count: int


@dataclass(frozen=True)
class Database:
    """One attached database; ``id`` is ctdb's number in the form 0x4D2A432B. Without an answer no statistics."""

    name: str
    id: str
    persistent: bool
    replicated: bool
    unhealthy: bool
    readonly: bool
    sticky: bool
    statistics: Statistics | None = None
    hot_keys: tuple[HotKey, ...] = ()


def _database(row: dict[str, str]) -> Database:
    flags: dict[str, t.Any] = {flag: truth(row[flag]) for flag in _FLAGS}
    return Database(name=row["name"], id=row["id"], **flags)


def parse_databases(text: str) -> tuple[tuple[Database, ...], tuple[str, ...]]:
    """Parse ``ctdb -X getdbmap``: the databases, and the lines that were not understood."""
    return parse_table(text, _COLUMNS, _database)


def parse_statistics(text: str) -> tuple[Statistics | None, tuple[HotKey, ...], tuple[str, ...]]:
    """Parse ``ctdb dbstatistics``: the numbers, the hot keys from the hottest on, and what was not understood.

    Without one of the numbers there are none.
    """
    values: dict[str, t.Any] = {}
    keys: list[HotKey] = []
    unknown: list[str] = []
    for line in text.splitlines():
        counter = re.fullmatch(r"\s+(\w+)\s+(\d+)", line)
        latency = _LATENCY.fullmatch(line)
        hot = _HOT_KEY.fullmatch(line)
        if counter and counter.group(1) in _COUNTERS:
            values[_COUNTERS[counter.group(1)]] = int(counter.group(2))
        elif latency:
            kind = latency.group(1).removesuffix("s")
            values[f"{kind}_latency_average"] = float(latency.group(2))
            values[f"{kind}_latency_max"] = float(latency.group(3))
        elif hot:
            # ctdb always lists ten; those without a key are free.
            keys += [HotKey(hot.group(2), int(hot.group(1)))] if hot.group(2) else []
        elif not _NO_NEWS.fullmatch(line):
            unknown.append(line)
    lacking = [field.name for field in dataclasses.fields(Statistics) if field.name not in values]
    unknown += [f"no {name}" for name in lacking]
    keys.sort(key=lambda item: (-item.count, item.key))
    return None if lacking else Statistics(**values), tuple(keys), tuple(unknown)


def load_databases(runner: Runner) -> tuple[tuple[Database, ...], tuple[str, ...]]:
    """The databases by name with the local node's numbers, and what was not understood.

    Each database is asked for by itself. Once the time for one answer is used up for all of them together, the rest
    have no statistics, and that is told too.
    """
    databases, told = parse_databases(ask(runner, "-X", "getdbmap").stdout)
    deadline = time.monotonic() + ANSWER_TIMEOUT
    complete: list[Database] = []
    for database in sorted(databases, key=lambda item: item.name):
        left = deadline - time.monotonic()
        if left <= 0:
            told = (*told, f"{database.name}: no statistics, the time was up")
            complete.append(database)
            continue
        try:
            answer = ask(runner, "dbstatistics", database.id, timeout=left)
        except StateError as exc:
            told = (*told, f"{database.name}: {exc}")
            complete.append(database)
            continue
        statistics, keys, unknown = parse_statistics(answer.stdout)
        told = (*told, *(f"{database.name}: {line}" for line in unknown))
        complete.append(dataclasses.replace(database, statistics=statistics, hot_keys=keys))
    return tuple(complete), told
