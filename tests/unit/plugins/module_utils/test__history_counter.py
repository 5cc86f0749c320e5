# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import START, Count, Hold
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_counter import check_counts, check_locks
from ansible_collections.samba_ha.cluster.plugins.module_utils._workload_files import count_record
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import (
    HOLDS,
    LAST,
    at,
    history,
    hold,
)

FIRST = Count(1, "locker-0", 1)
UNKNOWN = Count(4, "locker-1", 2)


def counts(holds: list[Hold], final: Count) -> list[str]:
    assert check_locks(history(holds)) == []
    return check_counts(history(holds), [("", count_record("r1", final))])


def test_a_counter_to_which_nothing_happened_is_good() -> None:
    assert counts([], START) == []
    assert counts(HOLDS, LAST) == []


@pytest.mark.parametrize("final", [Count(3, "locker-0", 2), UNKNOWN])
def test_an_increment_of_unknown_outcome_may_be_the_last_or_not(final: Count) -> None:
    assert counts(HOLDS[:-1], final) == []


def test_reading_without_writing_is_good() -> None:
    assert (
        counts([*HOLDS, hold(6, "locker-1", 2, LAST, sent=False), hold(7, "locker-0", 3, None, sent=False)], LAST) == []
    )


@pytest.mark.parametrize(
    ("holds", "final", "violation"),
    [
        # Both acknowledged: the second had not seen the first.
        (
            [hold(1, "locker-0", 1, START), hold(2, "locker-1", 1, START)],
            Count(1, "locker-1", 1),
            r"file counter, value 1: wanted one .*; found locker-0's increment 1, acknowledged .* and locker-1's",
        ),
        # Acknowledged, and then overwritten by one that was given up.
        (
            [*HOLDS, hold(6, "locker-1", 3, UNKNOWN)],
            Count(5, "locker-1", 3),
            r"file counter, value 4: .* locker-1's increment 2, never acknowledged, but seen later and locker-0's",
        ),
        (HOLDS, UNKNOWN, r"file counter, value 4: .* locker-1's increment 2, never acknowledged, but seen later and"),
        (HOLDS, Count(3, "locker-0", 2), r"file counter: wanted at least 4 \(locker-0's increment 3\); found 3 "),
        (HOLDS, START, r"file counter: wanted at least 4 .*; found 0 \(nobody's increment 0\)"),
        (
            HOLDS,
            Count(9, "locker-0", 9),
            r"file counter: wanted a count that somebody wrote; found 9 \(locker-0's incr",
        ),
        (
            HOLDS,
            Count(5, "locker-0", 3),
            r"file counter: wanted a count that somebody wrote; found 5 \(locker-0's incr",
        ),
        (
            [*HOLDS, hold(6, "locker-1", 3, Count(7, "locker-9", 7), acked=False)],
            LAST,
            r"file counter as locker-1 read it, its lock granted at 00:00:06.*: wanted a count that .*; found 7",
        ),
        (
            [*HOLDS, hold(6, "locker-1", 3, FIRST, acked=False)],
            LAST,
            r"file counter as locker-1 read it.*: wanted at least 4 \(.*\), acknowledged before; found 1 \(locker-0's",
        ),
        (
            [*HOLDS, hold(6, "locker-1", 3, FIRST, sent=False)],
            LAST,
            r"file counter as locker-1 read it.*: wanted at least 4 \(.*\), acknowledged before; found 1 \(locker-0's",
        ),
    ],
)
def test_a_lost_increment_is_found_and_nothing_else(holds: list[Hold], final: Count, violation: str) -> None:
    (told,) = counts(holds, final)
    assert re.match(violation, told), told


def test_a_torn_counter_is_found() -> None:
    (told,) = check_counts(history(HOLDS), [(" through 192.0.2.11", count_record("r1", LAST)[:-1])])
    assert told.startswith("file counter through 192.0.2.11: wanted a count that somebody wrote; found b'r1 counter 4 ")


def span(worker: str, granted: float, until: float) -> Hold:
    return Hold(worker, 1, at(granted), at(until), None, None, None)


@pytest.mark.parametrize(
    "holds",
    [
        # One gives it back, another gets it: at the same moment, too.
        [span("locker-0", 1, 2), span("locker-1", 2, 3)],
        # Its connection broke right after the grant: nothing is certain.
        [span("locker-0", 1, 1), span("locker-1", 1, 3)],
        [span("locker-1", 1, 3), span("locker-0", 3, 3)],
    ],
)
def test_taking_turns_is_good(holds: list[Hold]) -> None:
    assert check_locks(history(holds)) == []


@pytest.mark.parametrize(
    ("holds", "found"),
    [
        ([span("locker-1", 1.5, 3), span("locker-0", 1, 2)], "for 0.500000 s"),
        ([span("locker-0", 1, 5), span("locker-1", 2, 3)], "for 1.000000 s"),
        ([span("locker-0", 1, 5), span("locker-1", 6, 7), span("locker-1", 2, 2.25)], "for 0.250000 s"),
    ],
)
def test_a_lock_granted_twice_is_found(holds: list[Hold], found: str) -> None:
    (told,) = check_locks(history(holds))
    assert told.startswith(
        "the lock on file counter: wanted nobody beside locker-0, who held it from 00:00:01.000000Z to "
    )
    assert found in told
