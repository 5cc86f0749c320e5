# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils import _wait
from ansible_collections.samba_ha.cluster.plugins.module_utils._wait import WaitTimeout, wait_for


class Clock:
    """Time that passes only while somebody sleeps, or while a reading takes its time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(_wait, "time", clock)
    return clock


def wait(read: t.Callable[[], int], wanted: int, timeout: float) -> int:
    return wait_for(
        read,
        lambda value: value == wanted,
        subject="counter",
        wanted=f"the value {wanted}",
        describe=lambda value: f"the value {value}",
        remedy="Count on.",
        timeout=timeout,
        interval=0.5,
    )


def test_a_state_that_is_reached_at_once_costs_one_reading_and_no_sleep(clock: Clock) -> None:
    readings = iter([1])
    assert wait(lambda: next(readings), 1, timeout=60) == 1
    assert clock.slept == []


def test_the_state_is_read_until_it_is_reached(clock: Clock) -> None:
    readings = iter([1, 2, 3, 4])
    assert wait(lambda: next(readings), 3, timeout=60) == 3
    assert clock.slept == [0.5, 0.5]


def test_without_any_time_the_state_is_still_read_once(clock: Clock) -> None:
    readings = iter([7])
    assert wait(lambda: next(readings), 7, timeout=0) == 7
    readings = iter([7])
    with pytest.raises(WaitTimeout):
        wait(lambda: next(readings), 8, timeout=0)


def test_after_the_deadline_the_last_state_is_told(clock: Clock) -> None:
    readings = iter(range(100))
    with pytest.raises(
        WaitTimeout, match=r": counter: wanted the value -1 within 1.25 s; found the value 3. Count on\.$"
    ):
        wait(lambda: next(readings), -1, timeout=1.25)
    # The last reading is after the deadline, so that nothing that came true in time is missed.
    assert clock.now - 1000.0 == 1.5


def test_slow_readings_count_as_well(clock: Clock) -> None:
    def slow() -> int:
        clock.now += 10
        return 0

    with pytest.raises(WaitTimeout):
        wait(slow, 1, timeout=10)
    assert clock.slept == []
