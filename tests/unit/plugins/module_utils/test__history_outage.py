# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._history import Error, Reconnect
from ansible_collections.samba_ha.cluster.plugins.module_utils._history_outage import (
    describe_outage,
    longest_gap,
    longest_gaps,
    outages,
    summary,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.history_cases import (
    ENTRIES,
    at,
    history,
    writes,
)


def test_the_longest_gap_is_found_by_writer() -> None:
    gaps = longest_gaps(history())
    assert {name: (gap.start, gap.seconds, gap.ended) for name, gap in gaps.items()} == {
        "writer-0": (at(3), 3.0, True),
        "writer-1": (at(3), 7.0, False),
    }
    assert longest_gap(history()) == gaps["writer-1"]


def test_the_time_before_the_first_acknowledgement_is_a_gap() -> None:
    gap = longest_gap(history([*writes("writer-0", [6, 9.9]), *writes("writer-1", [5, 9.9])]))
    assert (gap.worker, gap.start, gap.seconds, gap.ended) == ("writer-0", at(0), 6.0, True)


def test_a_writer_that_was_never_acknowledged_was_away_all_the_time() -> None:
    gap = longest_gap(history(writes("writer-0", [], 1)))
    assert (gap.seconds, gap.ended) == (10.0, False)


def test_an_acknowledgement_after_the_end_ends_a_gap() -> None:
    gap = longest_gap(history([*writes("writer-0", [1, 10.5]), *writes("writer-1", [1, 10.2])]))
    assert (gap.start, gap.seconds, gap.ended) == (at(1), 9.5, True)


def test_a_fault_is_told_in_stages() -> None:
    second = [
        Error("writer-1", at(3.5), "write", "STATUS_IO_TIMEOUT"),
        Reconnect("writer-1", at(4.1), at(4.2), "closed by the server", 1, None, at(4.3), at(6)),
    ]
    outage = outages(history([*ENTRIES, *second]), [at(3.25).wall])[0]
    assert describe_outage(outage) == {
        "at": at(3.25).wall,
        "gap": {"worker": "writer-1", "start": at(3).wall, "seconds": 7.0, "ended": False},
        "errors": 2,
        "reconnects": 2,
        "noticed": 0.25,
        "up": 1.75,
        # From the request of writer-0; the other one asked later.
        "recovered": 2.25,
    }


def test_each_fault_lasts_until_the_next() -> None:
    first, second, third = outages(history(), [at(6.5).wall, at(0.5).wall, at(3.5).wall])
    # Most of the gap from 3 to 6 lies after the second fault, so it is not the first one's.
    assert (first.gap.worker, first.gap.start, first.reconnects, first.noticed) == ("writer-0", at(1), 0, None)
    assert (second.reconnects, second.noticed, second.up, second.recovered) == (1, 0.5, 1.5, 2.0)
    assert (third.errors, third.noticed, third.up, third.recovered) == (0, None, None, None)


def test_who_did_not_come_back_leaves_the_stages_open() -> None:
    gone = Reconnect("locker-0", at(4.5), at(4.5), "closed by the server", 9, "no connection", None, None)
    outage = outages(history([*ENTRIES, gone]), [at(3.5).wall])[0]
    assert (outage.reconnects, outage.up, outage.recovered) == (2, None, None)


@pytest.mark.parametrize("seconds", [-1, 11])
def test_a_fault_beside_the_run_is_refused(seconds: float) -> None:
    with pytest.raises(StateError, match="times while the workload ran"):
        outages(history(), [at(5).wall, at(seconds).wall])


def test_the_summary_is_counts_only() -> None:
    assert summary(history()) == {
        "operations": {"writer": 8, "lister": 12},
        "errors": 1,
        "reconnects": 1,
        "handles_kept": 1,
        "handles_lost": 1,
        "gap": {"worker": "writer-1", "start": at(3).wall, "seconds": 7.0, "ended": False},
    }
