# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_ping_pong import PingPong, parse_ping_pong
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

BOOKWORM, TRIXIE = "bookworm-4.17.12", "trixie-4.22.11"


def fixture(release: str, name: str) -> str:
    # Carriage returns are part of it.
    return (FIXTURES / "ping_pong" / release / f"{name}.txt").read_bytes().decode()


def rates(*numbers: int) -> str:
    return "".join(f"{number:8} locks/sec\r" for number in numbers)


@pytest.mark.parametrize(
    ("release", "name", "expected"),
    [
        (TRIXIE, "together1", PingPong(1, (1, 2), None, 3)),
        (TRIXIE, "together2", PingPong(1, (3,), True, 3)),
        (TRIXIE, "together3", PingPong(0, (), None, 3)),
        (BOOKWORM, "together1", PingPong(1, (1, 2), None, 3)),
        (BOOKWORM, "together2", PingPong(1, (2,), None, 3)),
        (BOOKWORM, "together3", PingPong(0, (2, 1), None, 3)),
        (TRIXIE, "alone", PingPong(513, (1,), True, 1)),
        (BOOKWORM, "alone", PingPong(591, (1,), True, 1)),
    ],
)
def test_five_seconds_on_gluster(release: str, name: str, expected: PingPong) -> None:
    assert parse_ping_pong(fixture(release, name), expected.nodes) == expected


@pytest.mark.parametrize(("release", "rate"), [(TRIXIE, 1068006), (BOOKWORM, 1160014)])
def test_two_seconds_on_a_local_disk(release: str, rate: int) -> None:
    assert parse_ping_pong(fixture(release, "local"), 1) == PingPong(rate, (1,), True, 1)


def test_locks_that_each_node_takes_by_itself_are_not_coherent() -> None:
    # Two on one file, with fcntl() made to do nothing; the lines about each second.
    told = parse_ping_pong(fixture(BOOKWORM, "local_locks"), 2)
    assert told.coherent is False and max(told.increments) > 2


def test_data_that_nobody_wrote_is_not_coherent() -> None:
    text = "data increment = 3\n" + rates(900) + "data increment = 4\n"
    assert parse_ping_pong(text, 3) == PingPong(900, (3, 4), False, 3)


def test_many_rounds_without_the_others_are_not_coherent() -> None:
    assert parse_ping_pong("data increment = 1\n" + rates(90, 100, 80), 3).coherent is False


@pytest.mark.parametrize("seconds", [(90, 100), (90, 100, 79), ()])
def test_few_rounds_or_seconds_tell_nothing(seconds: tuple[int, ...]) -> None:
    assert parse_ping_pong("data increment = 1\n" + rates(*seconds), 3).coherent is None


def test_nothing_printed_is_nothing_known() -> None:
    assert parse_ping_pong("", 3) == PingPong(None, (), None, 3)
