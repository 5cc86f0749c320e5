# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._ctdb_databases import (
    Database,
    HotKey,
    Statistics,
    load_databases,
    parse_databases,
    parse_statistics,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES, Replay, answer

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"
ASK = ["ctdb", "-t", "2"]
HEADER = "|ID|Name|Path|Persistent|Sticky|Unhealthy|Readonly|Replicated|\n"
TWO = f"{HEADER}|0x2|locking.tdb|/x|0|0|0|0|0|\n|0x1|a.tdb|/y|1|0|0|0|0|\n"


def fixture(release: str, name: str) -> str:
    return (FIXTURES / "ctdb" / release / f"{name}.txt").read_text()


@pytest.mark.parametrize(("release", "total"), [(BOOKWORM, 16), (TRIXIE, 15)])
def test_the_databases_of_a_pool(release: str, total: int) -> None:
    databases, unknown = parse_databases(fixture(release, "getdbmap"))
    assert unknown == () and len(databases) == total
    by_name = {database.name: database for database in databases}
    plain: dict[str, t.Any] = {"replicated": False, "unhealthy": False, "readonly": False, "sticky": False}
    assert by_name["locking.tdb"] == Database("locking.tdb", "0x7A19D84D", persistent=False, **plain)
    assert by_name["passdb.tdb"] == Database("passdb.tdb", "0x3EF19640", persistent=True, **plain)


@pytest.mark.parametrize("flag", ["persistent", "sticky", "unhealthy", "readonly", "replicated"])
def test_each_flag_is_read_from_its_own_column(flag: str) -> None:
    titles = HEADER.lower().strip("|\n").split("|")
    cells = ["0x1", "x.tdb", "/x", *("1" if title == flag else "0" for title in titles[3:])]
    databases, _unknown = parse_databases(f"{HEADER}|{'|'.join(cells)}|\n")
    names = ("persistent", "sticky", "unhealthy", "readonly", "replicated")
    assert [name for name in names if getattr(databases[0], name)] == [flag]


def test_a_flag_that_is_neither_set_nor_unset_is_told() -> None:
    row = "|0x1|x.tdb|/x|maybe|0|0|0|0|"
    assert parse_databases(HEADER + row) == ((), (row,))


def test_the_numbers_and_the_hot_keys() -> None:
    statistics, keys, unknown = parse_statistics(fixture(BOOKWORM, "dbstatistics_locking"))
    assert unknown == ()
    assert statistics == Statistics(
        lock_calls=4,
        locks_scheduled=0,
        locks_queued=0,
        locks_failed=0,
        lock_latency_average=0.063489,
        lock_latency_max=0.120702,
        vacuum_latency_average=0.001598,
        vacuum_latency_max=0.013186,
        readonly_delegations=0,
        readonly_revokes=0,
    )
    assert keys == (
        HotKey("17b8c58fdd6d4c2f3e1788c1faea11990000000000000000", 3),
        HotKey("17b8c58fdd6d4c2f97d8cc4c3890ce8c0000000000000000", 1),
    )


def test_every_counter_has_its_own_line() -> None:
    text = fixture(TRIXIE, "dbstatistics_registry")
    for number, name in enumerate(("ro_delegations", "ro_revokes", "calls", "current", "pending", "failed"), start=1):
        head, _name, rest = text.partition(f"_{name} ")
        value, _newline, rest = rest.lstrip().partition("\n")
        assert value.isdigit()
        text = f"{head}_{name} {number}\n{rest}"
    found = parse_statistics(text)[0]
    assert found is not None
    assert (found.readonly_delegations, found.readonly_revokes) == (1, 2)
    assert (found.lock_calls, found.locks_scheduled, found.locks_queued, found.locks_failed) == (3, 4, 5, 6)


@pytest.mark.parametrize("release", [BOOKWORM, TRIXIE])
def test_free_places_are_no_hot_keys(release: str) -> None:
    statistics, keys, unknown = parse_statistics(fixture(release, "dbstatistics_registry"))
    assert statistics is not None and (keys, unknown) == ((), ())


def test_without_a_number_there_are_no_statistics() -> None:
    lines = fixture(TRIXIE, "dbstatistics_registry").splitlines()
    rest = "\n".join(line for line in lines if "num_failed" not in line)
    assert parse_statistics(rest) == (None, (), ("no locks_failed",))


def test_a_line_that_is_not_understood_is_told() -> None:
    statistics, _keys, unknown = parse_statistics(fixture(TRIXIE, "dbstatistics_registry") + " news 5\n")
    assert statistics is not None and unknown == (" news 5",)


def test_every_database_is_asked_for_by_its_number_and_listed_by_name() -> None:
    replay = Replay(
        answer([*ASK, "-X", "getdbmap"], 0, TWO),
        answer([*ASK, "dbstatistics", "0x1"], 0, fixture(TRIXIE, "dbstatistics_registry")),
        answer([*ASK, "dbstatistics", "0x2"], 0, fixture(TRIXIE, "dbstatistics_locking")),
    )
    databases, told = load_databases(replay)
    replay.done()
    assert told == () and [database.name for database in databases] == ["a.tdb", "locking.tdb"]
    assert databases[0].statistics is not None and databases[0].hot_keys == ()
    assert databases[1].hot_keys[0] == HotKey("df96849e000000008a7d9c573fcba2b70000000000000000", 21)


def test_a_database_that_is_gone_meanwhile_does_not_hide_the_others() -> None:
    gone = answer([*ASK, "dbstatistics", "0x1"], 1, "", "No database matching '0x1' found\n")
    replay = Replay(
        answer([*ASK, "-X", "getdbmap"], 0, TWO),
        gone,
        answer([*ASK, "dbstatistics", "0x2"], 0, fixture(TRIXIE, "dbstatistics_locking")),
    )
    databases, told = load_databases(replay)
    assert [database.statistics is None for database in databases] == [True, False]
    assert len(told) == 1 and told[0].startswith("a.tdb: ") and "No database matching" in told[0]


def test_the_time_is_for_all_of_them_together(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.chain([0.0, 1.0], itertools.repeat(5.0))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    replay = Replay(
        answer([*ASK, "-X", "getdbmap"], 0, TWO),
        answer([*ASK, "dbstatistics", "0x1"], 0, fixture(TRIXIE, "dbstatistics_registry")),
    )
    databases, told = load_databases(replay)
    replay.done()
    assert [database.statistics is None for database in databases] == [False, True]
    assert told == ("locking.tdb: no statistics, the time was up",)
