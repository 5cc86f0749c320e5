# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients without front ends: any of them to any node, and an address that moves tells its clients."""

from __future__ import annotations

import json
import os
import socket
import typing as t
import uuid

import pytest
from drilling import make_fault, undo_fault
from lab import Lab, LabHost, SmbClient, eventually, playbook
from observe import journals, public_holders, spread, stdout
from test_access import lock_is_refused_through
from test_firewall import CTDB, GLUSTERD, SMB, open_from

SITE = "playbooks/site.yml"


def holder(lab: Lab, address: str) -> LabHost:
    (node,) = public_holders(lab)[address]
    return node


def test_a_file_written_through_one_address_reads_the_same_through_all(lab: Lab) -> None:
    name, data = f"same-{uuid.uuid4().hex}", os.urandom(300_000)
    with SmbClient(lab, lab.addresses[0]) as client:
        client.write(name, data)
    for address in lab.addresses:
        with SmbClient(lab, address) as client:
            assert client.read(name) == data, f"{address} serves other bytes"
    with SmbClient(lab, lab.addresses[-1]) as client:
        client.delete(name)


def test_a_lock_taken_through_one_address_is_refused_through_the_others(lab: Lab) -> None:
    first, *others = lab.addresses
    lock_is_refused_through(lab, first, others)


def test_clients_reach_smb_by_public_addresses_and_nothing_else(lab: Lab) -> None:
    for address in lab.addresses:
        assert open_from(lab.client, address, SMB)
        for port in (CTDB, GLUSTERD):
            assert not open_from(lab.client, address, port), f"{address}:{port} is open to clients"
    first, *others = lab.pool
    for node in others:
        # smbd listens there as well: it is the firewall that shuts the port.
        assert not open_from(first, str(node.interconnect), SMB)
        assert not node.shell.service("samba-ha-agent").is_running


def test_clients_that_ask_for_more_channels_are_told_of_public_addresses_alone(lab: Lab) -> None:
    for node in lab.pool:
        told = {
            name: stdout(node, f"testparm -s --parameter-name '{name}' 2>/dev/null")
            for name in ("server multi channel support", "interfaces", "bind interfaces only")
        }
        assert told == {
            "server multi channel support": "Yes",
            "interfaces": " ".join(["lo", *lab.addresses]),
            "bind interfaces only": "No",
        }


def test_the_page_says_which_node_has_which_address(lab: Lab) -> None:
    done = playbook("playbooks/status.yml")
    assert done.returncode == 0, done.stdout
    assert f"{lab.virtual_name} ({', '.join(lab.addresses)}): HEALTHY" in done.stdout
    for address in lab.addresses:
        assert f"{address} on {holder(lab, address).name}" in done.stdout


def wait_for_reset(client: socket.socket, seconds: float) -> None:
    """Insist that the client, which says nothing, is told that its connection is gone."""
    client.settimeout(seconds)
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_an_idle_client_is_told_when_its_address_is_moved(lab: Lab) -> None:
    address = lab.addresses[0]
    node = holder(lab, address)
    with socket.create_connection((address, SMB), timeout=10) as client:
        connected(lab, node, client)
        node.run("ctdb disable")
        try:
            wait_for_reset(client, 8)
            assert holder(lab, address) is not node
            with SmbClient(lab, address) as again:
                again.write("moved", b"moved")
                again.delete("moved")
        finally:
            node.run("ctdb enable")


def test_an_idle_client_is_told_when_its_node_is_cut_off(lab: Lab) -> None:
    address = lab.addresses[-1]
    node = holder(lab, address)
    with socket.create_connection((address, SMB), timeout=10) as client:
        connected(lab, node, client)
        make_fault(lab, node, "node_cut_off")
        try:
            wait_for_reset(client, 20)
            with SmbClient(lab, address) as again:
                assert again.end[0]
        finally:
            undo_fault(lab, node, "node_cut_off")


def connected(lab: Lab, node: LabHost, client: socket.socket) -> None:
    """Wait until the other nodes know of the connection, whom its smbd tells through CTDB."""
    port = client.getsockname()[1]
    address = client.getpeername()[0]
    for other in lab.pool:
        eventually(
            lambda other=other: stdout(other, f"ctdb -X gettickles {address}"),  # type: ignore[misc]
            lambda told: f"|{port}|" in told,
            timeout=30,
            what=f"the connection to {node.name} in the list of {other.name}",
        )


def deploy(addresses: t.Sequence[str]) -> None:
    done = playbook(SITE, "-e", json.dumps({"samba_ha_public_addresses": [f"{each}/24" for each in addresses]}))
    assert done.returncode == 0, done.stdout


def test_a_longer_and_a_shorter_list_take_effect_without_a_restart(lab: Lab) -> None:
    more = lab.addresses[0].rpartition(".")[0] + ".44"

    def running() -> dict[str, str]:
        return {node.name: stdout(node, "systemctl show --property MainPID --value ctdb smbd") for node in lab.pool}

    before = running()

    def has_more() -> bool:
        return any(f" {more}/" in node.run("ip -o -4 address show") for node in lab.pool)

    deploy([*lab.addresses, more])
    try:
        with SmbClient(lab, more) as client:
            client.write("more", b"more")
            client.delete("more")
    finally:
        deploy(lab.addresses)
    eventually(has_more, lambda there: not there, timeout=30, what=f"{more} on no node")
    assert running() == before, journals(lab.pool, "smbd", "samba-ha-smbd-watch", "samba-ha-peer-watch")
    eventually(lambda: spread(lab), bool, timeout=30, what="one address on each node")
