# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front end: one address, on one host, that leads to living nodes only."""

from __future__ import annotations

import contextlib
import functools
import operator
import os
import socket
import threading
import uuid

from acts import end_silence, freeze_smbd, other_holder, silence, watch_smbd
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import build_negotiate
from lab import Lab, LabHost, SmbClient, ensure_client_addresses, eventually
from observe import ask_haproxy, column, forget_clients, holders, route, servers, settle, stdout, summed


def test_the_virtual_address_is_on_exactly_one_front_end(lab: Lab) -> None:
    assert len(holders(lab)) == 1


def test_both_front_ends_see_all_nodes_up(lab: Lab) -> None:
    for frontend in lab.frontends:
        assert servers(frontend) == {node.name: "UP" for node in lab.pool}


def test_keepalived_finds_both_front_ends_well(lab: Lab) -> None:
    for frontend in lab.frontends:
        frontend.run("/usr/local/sbin/samba-ha-frontend-check")


def test_the_address_moves_when_haproxy_stops_and_does_not_wander_back(lab: Lab) -> None:
    (active,) = holders(lab)
    active.run("systemctl stop haproxy")
    try:
        moved = other_holder(lab, [active], timeout=15)
        with SmbClient(lab, lab.vip) as client:
            client.write("moved", b"moved")
            client.delete("moved")
    finally:
        active.run("systemctl start haproxy")
    eventually(lambda: servers(active), lambda seen: set(seen.values()) == {"UP"}, timeout=15, what="servers")
    assert holders(lab) == moved


def test_a_frozen_smbd_is_taken_out_although_it_still_accepts_connections(lab: Lab) -> None:
    node = lab.pool[0]

    def seen() -> set[str]:
        # By both: the client may come through either.
        return {servers(frontend)[node.name] for frontend in lab.frontends}

    freeze_smbd(node)
    try:
        eventually(seen, lambda states: states == {"DOWN"}, timeout=15, what=node.name)
        with SmbClient(lab, lab.vip) as client:
            client.write("elsewhere", b"served")
            client.delete("elsewhere")
    finally:
        node.run("pkill -CONT -x smbd")
        watch_smbd(node)
    eventually(seen, lambda states: states == {"UP"}, timeout=15, what=node.name)


def connect(stack: contextlib.ExitStack, lab: Lab, source: str) -> socket.socket:
    """A client's connection from one of its addresses; it is closed with the stack."""
    client = stack.enter_context(socket.create_connection((lab.vip, 445), timeout=10, source_address=(source, 0)))
    client.sendall(build_negotiate(lab.virtual_name, uuid.uuid4().bytes, bytes(32)))
    assert client.recv(65536)[4:8] == b"\xfeSMB"
    return client


def test_clients_are_spread_and_each_address_stays_on_its_node(lab: Lab) -> None:
    settle(lab, "what came before")
    ensure_client_addresses(lab)
    forget_clients(lab)
    (active,) = holders(lab)
    with contextlib.ExitStack() as stack:
        clients = [connect(stack, lab, source) for _turn in range(4) for source in lab.client_addresses]
        assert len(clients) == 200
        log = [route(lab, client.getsockname()) for client in clients[:3] + clients[-3:]]
        assert {told["server"] for told in log[:3]} == {"balance"}
        assert {told["server"] for told in log[3:]} == {"stick"}
        counts = {name: int(count) for name, count in column(active, "scur").items()}
        # An address brings four connections, and no node may have two addresses more than another.
        assert sum(counts.values()) == 200
        assert max(counts.values()) - min(counts.values()) <= 8, counts
        assert {int(count) % 4 for count in counts.values()} == {0}, counts


def test_a_client_comes_back_to_its_node_through_the_other_front_end(lab: Lab) -> None:
    ensure_client_addresses(lab)
    forget_clients(lab)
    (active,) = holders(lab)
    # A node that is still ending the many clients of another test would get none of the few of this one.
    sessions = functools.partial(summed, active, "scur")
    eventually(sessions, lambda left: left < len(lab.pool), timeout=30, what="clients of other tests")
    sources = lab.client_addresses[:12]
    with contextlib.ExitStack() as stack:
        ends = [connect(stack, lab, source).getsockname() for source in sources]
        before = {source: route(lab, end)["host"] for source, end in zip(sources, ends, strict=True)}
    assert len(set(before.values())) == len(lab.pool)
    active.run("systemctl stop keepalived.service")
    try:
        other_holder(lab, [active], timeout=15)
        with contextlib.ExitStack() as stack:
            told = [route(lab, connect(stack, lab, source).getsockname()) for source in sources]
        assert {source: line["host"] for source, line in zip(sources, told, strict=True)} == before
        assert {line["server"] for line in told} == {"stick"}
    finally:
        active.run("systemctl start keepalived.service")
    settle(lab, "an address that moved")


def test_a_reload_breaks_no_session_and_forgets_no_client(lab: Lab) -> None:
    (active,) = holders(lab)
    name, data = f"reload-{uuid.uuid4().hex}", os.urandom(4 << 20)
    ended = threading.Event()
    turns = []
    with SmbClient(lab, lab.vip) as client:
        handle = client.open(name, create=True)
        node = route(lab, client.end)["host"]

        def transfer() -> None:
            while not ended.is_set():
                for at in range(0, len(data), 1 << 16):
                    handle.write(data[at : at + (1 << 16)], at)
                turns.append(len(data))

        worker = threading.Thread(target=transfer)
        worker.start()
        try:
            for _turn in range(3):
                done = len(turns)
                active.run("systemctl reload haproxy.service")
                eventually(lambda: len(turns), functools.partial(operator.lt, done), timeout=30, what="a transfer")
        finally:
            ended.set()
            worker.join()
        handle.close()
        assert client.read(name) == data
        client.delete(name)
    with SmbClient(lab, lab.vip) as client:
        told = route(lab, client.end)
        assert (told["host"], told["server"]) == (node, "stick")


def test_a_session_from_before_a_reload_ends_when_its_node_is_cut_off(lab: Lab) -> None:
    settle(lab, "what came before")
    ensure_client_addresses(lab)
    (active,) = holders(lab)
    with contextlib.ExitStack() as stack:
        client = connect(stack, lab, lab.client_addresses[0])
        name = route(lab, client.getsockname())["host"]
        (node,) = (each for each in lab.pool if each.name == name)
        active.run("systemctl reload haproxy.service")
        silence(node, node.address)
        try:
            # The worker that has the session checks no nodes any more.
            client.settimeout(20)
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""
        finally:
            end_silence(node)
    settle(lab, "a node that was cut off")


def cut_from_the_pool(frontend: LabHost, lab: Lab) -> None:
    """A front end that reaches no node, and all else."""
    nodes = ", ".join(node.address for node in lab.pool)
    frontend.run(
        "nft %s",
        "add table inet lab_cut; add chain inet lab_cut output { type filter hook output priority -300; }; "
        f"add rule inet lab_cut output ip daddr {{ {nodes} }} tcp dport 445 drop",
    )
    down = {node.name: "DOWN" for node in lab.pool}
    eventually(lambda: servers(frontend), lambda seen: seen == down, timeout=15, what="a front end without nodes")


def test_the_address_leaves_a_front_end_without_nodes_while_the_other_one_has_some(lab: Lab) -> None:
    (active,) = holders(lab)
    (other,) = (host for host in lab.frontends if host is not active)
    try:
        cut_from_the_pool(active, lab)
        eventually(lambda: holders(lab), lambda now: now == [other], timeout=15, what="the address on the other one")
        with SmbClient(lab, lab.vip) as client:
            client.write("elsewhere", b"served")
            client.delete("elsewhere")
        # When neither has any, it stays where it is: somewhere.
        cut_from_the_pool(other, lab)
        for _turn in range(5):
            other.run("sleep 1")
            assert holders(lab) == [other]
    finally:
        for frontend in lab.frontends:
            frontend.run("nft destroy table inet lab_cut")
    settle(lab, "front ends without nodes")


def test_metrics_are_on_the_interconnect_alone(lab: Lab) -> None:
    fetch = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=2).read().decode())"
    for frontend in lab.frontends:
        url = f"http://{frontend.interconnect}:9448/metrics"
        assert 'haproxy_server_status{proxy="pool",server="pool1",state="UP"} 1' in lab.pool[0].run(
            "python3 -c %s %s", fetch, url
        )
        for address in (frontend.address, lab.vip):
            tried = lab.client.shell.run("python3 -c %s %s", fetch, f"http://{address}:9448/metrics")
            assert tried.failed and "haproxy" not in tried.stdout


def test_haproxy_takes_orders_from_its_group_alone(lab: Lab) -> None:
    for frontend in lab.frontends:
        assert stdout(frontend, "stat -c '%a %U' /run/haproxy/admin.sock") == "660 root"
        assert "Name: HAProxy" in ask_haproxy(frontend, "show info")
