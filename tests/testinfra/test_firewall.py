# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports as strangers find them, with the peers' own way in as the proof that the test would see an open one."""

from __future__ import annotations

import socket

import pytest
from lab import Lab, LabHost

SMB, CTDB, GLUSTERD, FIRST_BRICK = 445, 4379, 24007, 49152
KNOCK = "import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)"


def open_from(host: LabHost, address: str, port: int) -> bool:
    return bool(host.shell.run("python3 -c %s %s %s", KNOCK, address, str(port)).rc == 0)


def open_from_here(address: str, port: int) -> bool:
    """Knock from the machine that the lab runs on, which has an address in the clients' network."""
    try:
        socket.create_connection((address, port), 1).close()
    except OSError:
        return False
    return True


def brick_port(node: LabHost) -> int:
    ports = {
        int(line.split()[3].rsplit(":", 1)[1]) for line in node.run("ss -Hltnp").splitlines() if "glusterfsd" in line
    }
    assert ports, f"{node.name} has no brick that listens"
    assert all(FIRST_BRICK <= port <= 49251 for port in ports), ports
    return min(ports)


def test_clients_reach_smb_and_nothing_else(lab: Lab) -> None:
    for node in lab.pool:
        assert open_from(lab.client, node.address, SMB)
        for port in (CTDB, GLUSTERD, brick_port(node)):
            assert not open_from(lab.client, node.address, port), f"{node.name}:{port} is open to clients"
    assert open_from(lab.client, lab.vip, SMB)


def test_peers_reach_each_other_and_strangers_do_not(lab: Lab) -> None:
    first, *others = lab.pool
    for node in others:
        assert node.interconnect is not None
        for port in (CTDB, GLUSTERD, brick_port(node)):
            assert open_from(first, node.interconnect, port), f"{node.name}:{port} is shut to its peer"
            # A front end is on the interconnect too, and has no business with the pool's own daemons.
            assert not open_from(lab.frontends[0], node.interconnect, port), f"{node.name}:{port} is open to a stranger"


def test_smb_is_not_on_the_interconnect(lab: Lab) -> None:
    for node in lab.pool:
        assert node.interconnect is not None
        assert not open_from(lab.pool[0], node.interconnect, SMB)


def test_the_administrator_is_not_locked_out(lab: Lab) -> None:
    for host in lab.hosts:
        assert open_from_here(host.address, 22)


@pytest.mark.parametrize("restart", ["nftables"])
def test_the_rules_outlive_a_restart_of_the_systems_own_firewall(lab: Lab, restart: str) -> None:
    node = lab.pool[0]
    node.run(f"systemctl restart {restart}")
    try:
        assert "tcp dport 4379 drop" in node.run("nft list table inet samba_ha")
        assert not open_from_here(node.address, CTDB)
    finally:
        node.run(f"systemctl stop {restart}")
        node.run("systemctl restart samba-ha-firewall")
