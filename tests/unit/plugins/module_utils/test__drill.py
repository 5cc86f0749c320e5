# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._drill import client_time, writers_by_host

STATES: dict[str, dict[str, t.Any]] = {
    "node1": {"ctdb": {"pnn": 0}},
    "node2": {"ctdb": {"pnn": 1}},
    "node3": {"ctdb": {"pnn": 2}},
    "fe1": {"vrrp": {}},
}


def usage(*files: tuple[str, int]) -> dict[str, t.Any]:
    """What smb_info tells of files that are open, each once, by the number of the node."""
    return {"open_files": [{"path": path, "opens": [{"node": node}]} for path, node in files]}


def test_writers_are_counted_by_the_node_that_serves_them() -> None:
    folder = ".samba_ha_workload-5f0c1d2e3a4b"
    seen = usage(
        (f"{folder}/writer-0", 0),
        (f"{folder}/writer-1", 2),
        (f"{folder}/writer-2", 2),
        (f"{folder}/counter", 1),
        (folder, 1),
        ("letters/writer-1", 1),
    )
    assert list(writers_by_host(seen, STATES).items()) == [("node3", 2), ("node1", 1)]


@pytest.mark.parametrize("seen", [None, {}, usage()])
def test_where_nobody_writes_there_is_no_node(seen: dict[str, t.Any] | None) -> None:
    assert writers_by_host(seen, STATES) == {}


def clock(offset: float, uncertainty: float = 0.01) -> dict[str, float]:
    return {"offset": offset, "uncertainty": uncertainty}


@pytest.mark.parametrize(
    ("host", "client", "told"),
    [
        (clock(2.0), clock(0.0), 998.0),
        (clock(-2.0), clock(1.0), 1003.0),
        # What was measured may be an error of the measurement.
        (clock(0.015), clock(0.0), 1000.0),
        (clock(0.5), clock(0.495), 1000.0),
    ],
)
def test_a_time_is_corrected_where_the_clocks_differ(
    host: dict[str, float], client: dict[str, float], told: float
) -> None:
    assert client_time(1000.0, host, client) == told
