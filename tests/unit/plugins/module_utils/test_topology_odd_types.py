# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the wrong type give a fault, never a traceback."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_faults import topology_faults
from ansible_collections.samba_ha.cluster.tests.unit.plugins.module_utils.topology_cases import (
    direct,
    good,
    settings,
    share,
)

ODD: tuple[t.Any, ...] = (
    None,
    "text",
    7,
    True,
    [None],
    [7],
    ["x"],
    {"a": 1},
    [{}],
    [{"name": None}],
    [{"name": ["x"]}],
    [[]],
)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("variable", sorted(good()["service"]))
def test_odd_types_never_end_in_a_traceback(variable: str, value: object) -> None:
    for data in (good(), direct()):
        data["service"][variable] = value
        assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["name", "path", "comment", "read_only", "users", "nfs", "parameters"])
def test_odd_types_in_a_share_never_end_in_a_traceback(key: str, value: object) -> None:
    data = good()
    share(**{key: value})(data)
    assert all(": wanted " in fault for fault in topology_faults(data))


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["ansible_host", "gluster_replica", "samba_ha_client_address", "smbd_witness"])
def test_odd_types_of_a_host_never_end_in_a_traceback(key: str, value: object) -> None:
    data = good()
    settings("node1", **{key: value})(data)
    assert all(": wanted " in fault for fault in topology_faults(data))
