# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.filter.status import (
    PARTS,
    status_pairs,
    status_reached,
    status_states,
)

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


def test_pairs_are_told_without_their_secrets() -> None:
    pair = {"name": "projects", "address": "192.0.2.30/24", "hosts": ["file1", "file2"], "storage": {"type": "nfs"}}
    told = {"name": "projects", "address": "192.0.2.30/24", "hosts": ["file1", "file2"]}
    fence = {"agent": "fence_ipmilan", "secrets": {"password": "opensesame"}}
    assert status_pairs([{**pair, "fence": fence}]) == [{**told, "fenced": True}]
    assert status_pairs([{**pair, "fence": "none_since_this_is_a_lab"}]) == [{**told, "fenced": False}]
