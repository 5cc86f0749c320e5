# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.filter.status import PARTS, status_reached, status_states

HOSTVARS: dict[str, dict[str, t.Any]] = {
    "node1": {"__status_units": {"units": []}, "__status_ctdb": {"running": True}},
    # It was asked, and that is what it said.
    "node2": {"__status_units": {"failed": True}},
    "node3": {"__status_units": {"unreachable": True}, "__status_ctdb": {"running": True}},
    "node4": {},
}
HOSTS = list(HOSTVARS)


def test_who_was_asked_and_said_anything_was_reached() -> None:
    assert status_reached(HOSTVARS, HOSTS) == ["node1", "node2"]


def test_every_part_is_told_of_a_host_that_was_reached_and_none_of_another() -> None:
    states = status_states(HOSTVARS, HOSTS)
    assert list(states) == HOSTS
    assert set(states["node1"]) == set(PARTS)
    assert states["node1"]["ctdb"] == {"running": True}
    assert states["node1"]["vrrp"] == {}
    assert states["node2"]["units"] == {"failed": True}
    assert states["node3"] == states["node4"] == {}
