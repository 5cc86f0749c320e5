# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of a fence by SBD is one line that names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    Data,
    insist_on_one_fault,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import (
    DISK,
    FENCE,
    LUN,
    by_sbd,
    pair,
    with_two,
)

# What is spoilt; parts that the one line must have, its subject first.
ONE_FAULT: dict[str, tuple[Callable[[Data], None], tuple[str, ...]]] = {
    "SBD without disks": (pair(fence={"agent": "fence_sbd"}), ("pair projects: fence: options: devices: ", "none")),
    "SBD on two disks": (by_sbd(f"{LUN}1,{LUN}2"), ("pair projects: fence: options: devices: ", "or three", "found 2")),
    "SBD on four disks": (
        by_sbd(",".join(f"{LUN}{number}" for number in range(4))),
        ("pair projects: fence: options: devices: ", "found 4"),
    ),
    "SBD with its disks as a list": (
        by_sbd([f"{LUN}1"]),
        ("pair projects: fence: options: devices: ", "text or a whole number", "a list"),
    ),
    "a disk of SBD by a name that changes": (
        by_sbd("/dev/sdb"),
        ("pair projects: fence: options: devices: ", "'/dev/sdb'", "by-id"),
    ),
    "a disk of SBD that is none": (
        by_sbd("LABEL=sbd"),
        ("pair projects: fence: options: devices: ", "'LABEL=sbd'", "Name the disk"),
    ),
    "a disk of SBD that is mirrored": (
        by_sbd("/dev/drbd1"),
        ("pair projects: fence: options: devices: ", "nothing mirrors", "'/dev/drbd1'"),
    ),
    "disks of SBD as its own file has them": (
        by_sbd(f"{LUN}1;{LUN}2;{LUN}3"),
        ("pair projects: fence: options: devices: ", "with commas", f"{LUN}1;{LUN}2"),
    ),
    "a disk of SBD twice": (
        by_sbd(f"{LUN}1,{LUN}2,{LUN}1"),
        ("pair projects: fence: options: devices: ", "each disk once", f"{LUN}1 2 times"),
    ),
    "hosts of SBD": (
        by_sbd(hosts=FENCE["hosts"]),
        ("pair projects: fence: hosts: ", "one disk is for both hosts", "a mapping"),
    ),
    "an option of SBD that the role sets": (
        pair(fence={"agent": "fence_sbd", "options": {"devices": f"{LUN}1", "power_timeout": 30}}),
        ("pair projects: fence: options: power_timeout: ", "sets itself"),
    ),
    "SBD on the pair's storage": (
        lambda data: (by_sbd()(data), pair(storage={**DISK, "source": f"{LUN}1"})(data))[0],
        ("pair projects: fence: options: devices: ", f"{LUN}1, the storage of pair projects"),
    ),
    "SBD on a partition of the storage": (
        lambda data: (by_sbd(f"{LUN}1-part2")(data), pair(storage={**DISK, "source": f"{LUN}1"})(data))[0],
        ("pair projects: fence: options: devices: ", f"{LUN}1-part2, the storage of pair projects"),
    ),
    "SBD on the disk that the storage is a partition of": (
        lambda data: (by_sbd()(data), pair(storage={**DISK, "source": f"{LUN}1-part1"})(data))[0],
        ("pair projects: fence: options: devices: ", "the storage of pair projects"),
    ),
    "SBD on the storage of another pair": (
        lambda data: (by_sbd()(data), pair(1, storage={**DISK, "source": f"{LUN}1"})(data))[0],
        ("pair projects: fence: options: devices: ", "the storage of pair printers"),
    ),
}


@pytest.mark.parametrize("case", ONE_FAULT)
def test_one_fault_is_one_line(case: str) -> None:
    spoil, parts = ONE_FAULT[case]
    data = with_two()
    spoil(data)
    insist_on_one_fault(data, parts)
