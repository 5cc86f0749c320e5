# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the wrong type in a pair give a fault, never a traceback."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.test_topology_odd_types import ODD
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    service,
)
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_pair_cases import (
    DISK,
    MIRROR,
    NAS,
    PROJECTS,
    by_sbd,
    fence,
    pair,
    pair_alone,
    with_pair,
    with_two,
)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", [*PROJECTS, "aliases", "functions"])
def test_odd_types_in_a_pair_never_end_in_a_traceback(key: str, value: t.Any) -> None:
    for data in (with_two(), pair_alone()):
        pair(**{key: value})(data)
        assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["agent", "options", "hosts", "secrets"])
def test_odd_types_in_a_fence_never_end_in_a_traceback(key: str, value: object) -> None:
    data = with_pair()
    fence(**{key: value})(data)
    assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["agent", "options", "hosts", "secrets"])
def test_odd_types_in_a_fence_by_sbd_never_end_in_a_traceback(key: str, value: object) -> None:
    data = with_pair()
    by_sbd(devices="/dev/disk/by-id/wwn-1")(data)
    fence(**{key: value})(data)
    assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_types_of_disks_of_sbd_are_faults(value: object) -> None:
    data = with_pair()
    by_sbd(value)(data)
    [fault] = topology_faults(data)
    assert fault.startswith("pair projects: fence: options: devices: wanted ")


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["type", "source", "options", "fstype", "disks"])
def test_odd_types_of_storage_never_end_in_a_traceback(key: str, value: object) -> None:
    for storage in (NAS, DISK, MIRROR, {**MIRROR, "disks": {"file1": value, "file2": value}}):
        data = with_pair()
        pair(storage={**storage, key: value})(data)
        assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("variable", ["pairs", "heartbeat", "interconnect", "users", "virtual_servers", "dfs_roots"])
def test_odd_types_of_the_service_never_end_in_a_traceback(variable: str, value: object) -> None:
    for data in (with_pair(), pair_alone()):
        service(**{variable: value})(data)
        assert all(": wanted " in fault for fault in topology_faults(data))
