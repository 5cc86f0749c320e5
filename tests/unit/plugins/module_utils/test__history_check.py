# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Entry, Oddity, Rename
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_check import check
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import RECORD_SIZE, count_record, record
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import (
    ENTRIES,
    LAST,
    NODES,
    at,
    copies,
    good_files,
    history,
    records,
)

SIZE = RECORD_SIZE
ZERO = records("writer-0", 0, 1, 2, 3, 4)
ONE = records("writer-1", 0, 1, 2)


def without(*kinds: type[Entry]) -> list[Entry]:
    return [entry for entry in ENTRIES if not isinstance(entry, kinds)]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        # What nobody acknowledged may be there or not.
        {"writer__1": records("writer-1", 0, 1, 2, 3)},
        {"renamer__0__a": None, "renamer__0__b": record("r1", "renamer-0", 0)},
    ],
)
def test_kept_promises_are_not_blamed(changed: dict[str, bytes | None]) -> None:
    assert check(history(), copies(**changed)) == []


@pytest.mark.parametrize(
    ("changed", "violation"),
    [
        (
            {"writer__0": ZERO[: 4 * SIZE]},
            r"file writer-0, record 4: wanted the record acknowledged at 00:00:07\.0+Z; found the end of the file",
        ),
        (
            {"writer__0": ZERO[: 2 * SIZE]},
            r"file writer-0, records 2 to 4: wanted the first: the record .* at 00:00:03.*; found the first: ",
        ),
        (
            {"writer__0": ZERO[:SIZE] + bytes(SIZE) + ZERO[2 * SIZE :]},
            r"file writer-0, record 1: wanted the record acknowledged at .*; found zeros",
        ),
        (
            {"writer__0": ZERO[: SIZE + 60] + b"?" + ZERO[SIZE + 61 :]},
            r"file writer-0, record 1: wanted .*; found 128 bytes b'r1 writer-0 1\.+', which is no whole record",
        ),
        ({"writer__0": ZERO[:-1]}, r"file writer-0, record 4: .* found 127 bytes .* no whole record"),
        (
            {"writer__1": ONE + b"r1"},
            r"file writer-1, record 3: wanted the record sent at .*, or nothing; found 2 bytes",
        ),
        ({"writer__1": ONE + bytes(SIZE)}, r"file writer-1, record 3: wanted the record sent at .*; found 128 bytes"),
        (
            {"writer__0": records("writer-0", 0, 1, 2, 1, 4)},
            r"file writer-0, record 3: .*; found the writer's record 1, in the wrong place",
        ),
        (
            {"writer__0": records("writer-0", 0, 1) + records("writer-1", 2) + records("writer-0", 3, 4)},
            r"file writer-0, record 2: .*; found a record of another file, 'r1 writer-1 2'",
        ),
        (
            {"writer__0": records("writer-0", 0, 1, 2, 3, 4, 5)},
            r"file writer-0, record 5: wanted nothing, for it was never sent; found it, whole",
        ),
        ({"writer__0": None}, r"file writer-0: wanted 5 records; found no such file"),
        (
            {"opener__0": b"changed"},
            r"file opener-0: wanted the record that it was made with; found 7 bytes b'changed'",
        ),
        ({"opener__0": None}, r"file opener-0: wanted the file; found no such file"),
        ({"renamer__0__a": None}, r"the file of renamer-0: wanted one of its names, .*; found neither"),
        (
            {"renamer__0__b": record("r1", "renamer-0", 0)},
            r"the file of renamer-0: wanted one of its names, .*; found both, renamer-0-a and renamer-0-b",
        ),
        ({"renamer__0__a": b""}, r"file renamer-0-a: wanted the record that it was made with; found 0 bytes"),
        ({"counter": None}, r"file counter: wanted a count that somebody wrote; found no such file"),
    ],
)
def test_a_broken_promise_is_found_and_nothing_else(changed: dict[str, bytes | None], violation: str) -> None:
    (told,) = check(history(), copies(**changed))
    assert re.match(violation, told), told


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ([], "the name renamer-0-a; found renamer-0-b"),
        (
            [Rename("renamer-0", 0, at(1), None), Rename("renamer-0", 1, at(2), at(3))],
            "the name renamer-0-a since 00:00:03",
        ),
    ],
)
def test_a_rename_that_was_acknowledged_holds(steps: list[Entry], name: str) -> None:
    moved = copies(renamer__0__a=None, renamer__0__b=record("r1", "renamer-0", 0))
    (told,) = check(history([*without(Rename), *steps]), moved)
    assert name in told


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (
            "writer-1",
            ONE + records("writer-1", 3),
            "384 bytes through 192.0.2.11, 192.0.2.12, 512 bytes through 192.0.2.13",
        ),
        ("writer-1", ONE + records("writer-1", 3), "the first difference at byte 384"),
        ("renamer-0-b", None, "file renamer-0-a or renamer-0-b: wanted the same through every node"),
    ],
)
def test_nodes_that_differ_are_told(name: str, data: bytes | None, words: str) -> None:
    nodes = copies()
    if data is None:
        nodes[NODES[2]][name] = nodes[NODES[2]].pop("renamer-0-a")
    else:
        nodes[NODES[2]][name] = data
    (told,) = check(history(), nodes)
    assert words in told


def test_what_only_one_node_has_lost_is_told_with_the_node() -> None:
    nodes = copies()
    del nodes[NODES[1]]["writer-0"]
    differ, lost = check(history(), nodes)
    assert differ == (
        "file writer-0: wanted the same through every node; "
        "found 640 bytes through 192.0.2.11, 192.0.2.13, no file through 192.0.2.12"
    )
    assert lost == "file writer-0 through 192.0.2.12: wanted 5 records; found no such file"


def test_what_workers_saw_is_told_once() -> None:
    seen = [Oddity("lister-0", at(time), "the listing without writer-0", "all", "4 others") for time in (3, 2)]
    other = Oddity("locker-0", at(1), "file counter", "a whole record", "b''")
    assert check(history([*ENTRIES, *seen, other]), copies()) == [
        "the listing without writer-0: wanted all; found 4 others (2 times, first at 00:00:02.000000Z, by lister-0)",
        "file counter: wanted a whole record; found b'' (once at 00:00:01.000000Z, by locker-0)",
    ]


def test_one_node_and_no_workers_but_a_writer_will_do() -> None:
    files = {"writer-0": ZERO, "counter": count_record("r1", LAST)}
    assert check(history(), {"192.0.2.11": {**good_files(), **files}}) == []
