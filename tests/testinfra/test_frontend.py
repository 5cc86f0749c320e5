# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front end: one address, on one host, that leads to living nodes only."""

from __future__ import annotations

from lab import Lab, LabHost, SmbClient, eventually

ASK_HAPROXY = """
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("/run/haproxy/admin.sock")
s.sendall(b"show stat\\n")
print(s.makefile().read())
"""


def holders(lab: Lab) -> list[str]:
    return [host.name for host in lab.frontends if f" {lab.vip}/32 " in host.run("ip -o -4 address show")]


def server_states(frontend: LabHost) -> dict[str, str]:
    answer = frontend.run("python3 -c %s", ASK_HAPROXY)
    rows = [line.split(",") for line in answer.splitlines() if line.startswith("pool,")]
    return {row[1]: row[17] for row in rows if row[1] != "BACKEND"}


def test_the_virtual_address_is_on_exactly_one_front_end(lab: Lab) -> None:
    assert len(holders(lab)) == 1


def test_both_front_ends_see_all_nodes_up(lab: Lab) -> None:
    for frontend in lab.frontends:
        assert server_states(frontend) == {node.name: "UP" for node in lab.pool}


def test_the_address_moves_when_haproxy_stops_and_does_not_wander_back(lab: Lab) -> None:
    (active,) = (host for host in lab.frontends if host.name in holders(lab))
    active.run("systemctl stop haproxy")
    try:
        moved = eventually(lambda: holders(lab), lambda now: now not in ([], [active.name]), timeout=15, what="VIP")
        assert len(moved) == 1
        with SmbClient(lab, lab.vip) as client:
            client.write("moved", b"moved")
            client.delete("moved")
    finally:
        active.run("systemctl start haproxy")
    eventually(lambda: server_states(active), lambda seen: set(seen.values()) == {"UP"}, timeout=15, what="servers")
    assert holders(lab) == moved


def test_a_frozen_smbd_is_taken_out_although_it_still_accepts_connections(lab: Lab) -> None:
    node, frontend = lab.pool[0], lab.frontends[0]
    node.run("pkill -STOP -x smbd")
    try:
        stopped = node.run("ps -C smbd -o state=").split()
        assert stopped and set(stopped) == {"T"}
        eventually(lambda: server_states(frontend)[node.name], lambda seen: seen == "DOWN", timeout=15, what=node.name)
        with SmbClient(lab, lab.vip) as client:
            client.write("elsewhere", b"served")
            client.delete("elsewhere")
    finally:
        node.run("pkill -CONT -x smbd")
    eventually(lambda: server_states(frontend)[node.name], lambda seen: seen == "UP", timeout=15, what=node.name)
