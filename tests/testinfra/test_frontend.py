# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front end: one address, on one host, that leads to living nodes only."""

from __future__ import annotations

from acts import freeze_smbd, watch_smbd
from lab import Lab, SmbClient, eventually
from observe import holders, servers


def test_the_virtual_address_is_on_exactly_one_front_end(lab: Lab) -> None:
    assert len(holders(lab)) == 1


def test_both_front_ends_see_all_nodes_up(lab: Lab) -> None:
    for frontend in lab.frontends:
        assert servers(frontend) == {node.name: "UP" for node in lab.pool}


def test_the_address_moves_when_haproxy_stops_and_does_not_wander_back(lab: Lab) -> None:
    (active,) = holders(lab)
    active.run("systemctl stop haproxy")
    try:
        # The front ends are asked one after another: while it moves, both may seem to have it.
        moved = eventually(
            lambda: holders(lab), lambda now: len(now) == 1 and now != [active], timeout=15, what="one other holder"
        )
        with SmbClient(lab, lab.vip) as client:
            client.write("moved", b"moved")
            client.delete("moved")
    finally:
        active.run("systemctl start haproxy")
    eventually(lambda: servers(active), lambda seen: set(seen.values()) == {"UP"}, timeout=15, what="servers")
    assert holders(lab) == moved


def test_a_frozen_smbd_is_taken_out_although_it_still_accepts_connections(lab: Lab) -> None:
    node, frontend = lab.pool[0], lab.frontends[0]
    freeze_smbd(node)
    try:
        eventually(lambda: servers(frontend)[node.name], lambda seen: seen == "DOWN", timeout=15, what=node.name)
        with SmbClient(lab, lab.vip) as client:
            client.write("elsewhere", b"served")
            client.delete("elsewhere")
    finally:
        node.run("pkill -CONT -x smbd")
        watch_smbd(node)
    eventually(lambda: servers(frontend)[node.name], lambda seen: seen == "UP", timeout=15, what=node.name)
