# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_ping_pong import (
    PROGRAM,
    PingPong,
    parse_ping_pong,
)
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES

NFS = "nfs-4.2-linux-6.12"


def fixture(name: str) -> str:
    return (FIXTURES / "ping_pong" / f"{name}.json").read_text()


def told(rates: list[int], increments: list[int]) -> str:
    return json.dumps({"rates": rates, "increments": increments})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{NFS}/direct1", PingPong(49, (1, 2, 3), True, 3)),
        (f"{NFS}/direct2", PingPong(39, (2, 3), True, 3)),
        (f"{NFS}/direct3", PingPong(41, (2, 3), True, 3)),
        (f"{NFS}/alone", PingPong(213, (1,), True, 1)),
        ("ext4/alone", PingPong(173116, (1,), True, 1)),
    ],
)
def test_data_that_all_nodes_see_is_coherent(name: str, expected: PingPong) -> None:
    assert parse_ping_pong(fixture(name), expected.nodes) == expected


@pytest.mark.parametrize("node", [1, 2, 3])
def test_what_the_kernel_keeps_of_an_open_file_is_not_coherent(node: int) -> None:
    # On the same mounts as above, with noac, lookupcache=none and sync.
    assert parse_ping_pong(fixture(f"{NFS}/plain{node}"), 3).coherent is False


@pytest.mark.parametrize("node", [1, 2])
def test_locks_that_do_not_hold_are_not_coherent(node: int) -> None:
    # Two on one file, without the line that locks.
    assert parse_ping_pong(fixture(f"ext4/no_locks{node}"), 2).coherent is False


def test_data_that_nobody_wrote_is_not_coherent() -> None:
    assert parse_ping_pong(told([900], [3, 4]), 3) == PingPong(900, (3, 4), False, 3)


@pytest.mark.parametrize(("rates", "coherent"), [([90, 100, 40], False), ([90, 100, 39], None)])
def test_few_rounds_without_the_others_tell_nothing(rates: list[int], coherent: bool | None) -> None:
    assert parse_ping_pong(told(rates, [1, 2]), 3).coherent is coherent


def test_a_run_that_never_got_a_lock_tells_nothing() -> None:
    assert parse_ping_pong(told([0, 0], []), 3) == PingPong(0, (), None, 3)


@pytest.mark.parametrize("how", ["plain", "mmap"])
def test_two_programs_count_together(tmp_path: Path, how: str) -> None:
    argv = [sys.executable, "-c", PROGRAM, str(tmp_path / "locks"), str(tmp_path / "data"), "3", "2", how]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _each in range(2)]
    for each in both:
        found = parse_ping_pong(each.communicate()[0], 2)
        assert each.returncode == 0 and found.coherent and set(found.increments) <= {1, 2}, found
