# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name that a client dials decides who answers, and what is no SMB reaches nobody."""

from __future__ import annotations

import socket
import struct
import time
import uuid
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import (
    build_negotiate,
    parse_negotiate_response,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_transport import Target, dial
from lab import ROOT, Lab
from observe import route, stdout, summed

CAPTURES = ROOT / "tests/unit/fixtures/smb_negotiate"
# Of those in the lab's inventory.
PRINT, POOL = "only-pool3", "pool"


def named(name: str) -> bytes:
    return build_negotiate(name, uuid.uuid4().bytes, bytes(32))


def ask(lab: Lab, packet: bytes) -> tuple[tuple[str, int], bytes]:
    """Send a first packet to the virtual address; the client's end, and the answer."""
    with socket.create_connection((lab.vip, 445), timeout=10) as client:
        end = client.getsockname()
        client.sendall(packet)
        return end, client.recv(65536)


@pytest.mark.parametrize(
    ("name", "backend", "rule"),
    [
        ("files", POOL, "name"),
        ("FILES", POOL, "name"),
        ("files.example.com", POOL, "name"),
        ("print", PRINT, "name"),
        ("Print.Example.COM", PRINT, "name"),
        ("printers", PRINT, "name"),
        ("printers.branch.example.com", PRINT, "name"),
        ("unknown", POOL, "default"),
        ("10.0.0.1", POOL, "default"),
    ],
)
def test_the_name_in_the_first_packet_chooses_the_backend(lab: Lab, name: str, backend: str, rule: str) -> None:
    end, answer = ask(lab, named(name))
    assert parse_negotiate_response(answer).dialect == "3.1.1"
    told = route(lab, end)
    assert (told["backend"], told["route"]) == (backend, rule)
    assert told["host"] == "pool3" or backend == POOL


@pytest.mark.parametrize("capture", sorted(CAPTURES.iterdir()), ids=lambda path: path.stem)
def test_what_real_clients_send_is_answered(lab: Lab, capture: Path) -> None:
    end, answer = ask(lab, bytes.fromhex(capture.read_text()))
    assert answer[4:8] == b"\xfeSMB"
    assert route(lab, end)["backend"] == POOL


def test_smbprotocol_reaches_the_server_that_it_names(lab: Lab) -> None:
    for name, backend in (("files", POOL), ("print", PRINT)):
        target = Target(lab.vip, name, lab.share, lab.username, lab.password, timeout=10)
        before = sessions(lab, backend)
        connection = dial(target, uuid.uuid4(), 0)
        connection.connect(timeout=10)
        try:
            assert sessions(lab, backend) == before + 1
        finally:
            connection.disconnect(close=False)


def test_smbclient_reaches_the_server_that_it_names(lab: Lab) -> None:
    for name, backend in ((lab.virtual_name, POOL), ("print", PRINT)):
        before = total(lab, backend)
        command = "smbclient //%s/%s -I %s -U %s -c ls"
        lab.client.run(command, name, lab.share, lab.vip, f"{lab.username}%{lab.password}")
        assert total(lab, backend) == before + 1


def sessions(lab: Lab, backend: str) -> int:
    return sum(summed(host, "scur", backend) for host in lab.frontends)


def total(lab: Lab, backend: str) -> int:
    return sum(summed(host, "stot", backend) for host in lab.frontends)


# The head of the context with the name: its type, and its length in bytes.
NETNAME, ENDLESS = struct.pack("<HH", 5, 2 * len("print")), struct.pack("<HH", 5, 0xFFFF)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\x54\xffSMB\x73" + bytes(80),
        named("print").replace(NETNAME, ENDLESS),
    ],
    ids=["HTTP", "another command of SMB1", "a name beyond the packet's end"],
)
def test_what_is_no_negotiate_is_turned_away_at_once(lab: Lab, data: bytes) -> None:
    before = total(lab, POOL), total(lab, PRINT)
    start = time.monotonic()
    try:
        _end, answer = ask(lab, data)
    except ConnectionResetError:
        answer = b""
    assert answer == b""
    # Much sooner than one that may still send the rest.
    assert time.monotonic() - start < 2
    assert (total(lab, POOL), total(lab, PRINT)) == before


@pytest.mark.parametrize("data", [b"", named("print")[:50]], ids=["silence", "half a packet"])
def test_who_does_not_go_on_is_let_go(lab: Lab, data: bytes) -> None:
    start = time.monotonic()
    _end, answer = ask(lab, data)
    assert answer == b""
    assert 4 < time.monotonic() - start < 8


def test_a_packet_in_pieces_is_understood(lab: Lab) -> None:
    packet = named("print")
    with socket.create_connection((lab.vip, 445), timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(packet), 20):
            client.sendall(packet[at : at + 20])
            time.sleep(0.02)
        assert client.recv(65536)[4:8] == b"\xfeSMB"
        assert route(lab, client.getsockname())["backend"] == PRINT


def test_every_node_knows_itself_by_the_names(lab: Lab) -> None:
    for node in lab.pool:
        aliases = stdout(node, "testparm -s --parameter-name 'netbios aliases' 2>/dev/null")
        assert {"print", "printers"} <= {name.strip(",").lower() for name in aliases.split()}
