# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import START, Count
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import (
    RECORD_SIZE,
    count_record,
    first_content,
    parse_count,
    record,
    steady_files,
    unseal,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import RUN

GOOD = record("r1", "writer-0", 7)


def test_a_record_is_a_line_that_people_can_read() -> None:
    assert len(GOOD) == RECORD_SIZE
    assert GOOD.startswith(b"r1 writer-0 7...")
    assert GOOD.endswith(b"\n")
    assert unseal(GOOD) == "r1 writer-0 7"


def test_any_change_of_any_byte_is_seen() -> None:
    for place in range(RECORD_SIZE):
        assert unseal(GOOD[:place] + bytes([GOOD[place] ^ 1]) + GOOD[place + 1 :]) is None


@pytest.mark.parametrize(
    "data", [b"", GOOD[:-1], GOOD + b"x", bytes(RECORD_SIZE), GOOD[:64] + bytes(64), b"\xff" * RECORD_SIZE]
)
def test_what_is_not_whole_is_no_record(data: bytes) -> None:
    assert unseal(data) is None


def test_halves_of_two_records_are_no_record() -> None:
    assert unseal(record("r1", "writer-0", 70)[:64] + GOOD[64:]) is None


def test_a_count_is_read_as_it_was_written() -> None:
    count = Count(12, "locker-1", 5)
    assert parse_count("r1", count_record("r1", count)) == count


@pytest.mark.parametrize("data", [b"", GOOD, count_record("r2", START), count_record("r1", START)[:-1]])
def test_what_is_no_count_of_this_run_is_none(data: bytes) -> None:
    assert parse_count("r1", data) is None


def test_a_folder_begins_with_the_files_of_its_workers() -> None:
    files = first_content(RUN)
    assert sorted(files) == ["counter", "opener-0", "renamer-0-a", "writer-0", "writer-1"]
    assert files["writer-0"] == b""
    assert parse_count("r1", files["counter"]) == START
    assert sorted(steady_files(RUN)) == ["counter", "opener-0", "writer-0", "writer-1"]
