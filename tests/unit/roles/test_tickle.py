# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import asyncio
import socket
import struct
import time
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES, load

program = load(ROLES / "tickle/files/samba-ha-tickle")

# /proc/net/tcp of Linux 6.12 on a little-endian machine, its columns up to the user: a listener, two clients, a closing
# one, ssh, and a client whose own port is 445.
CONNECTIONS = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0A01D50A:01BD 00000000:0000 0A 00000000:00000000 00:00000000 00000000   105
   1: 0A01D50A:01BD 0101D50A:CA3C 01 00000000:00000000 02:000AFF6C 00000000   105
   2: 0A01D50A:01BD 1F01D50A:01BD 01 00000000:00000000 02:000AFF6C 00000000   105
   3: 0A01D50A:01BD 0101D50A:CA3E 06 00000000:00000000 03:00000F6C 00000000     0
   4: 1501D50A:0016 0101D50A:CA40 01 00000000:00000000 02:000AFF6C 00000000     0
   5: 1501D50A:B23E 0A01D50A:01BD 01 00000000:00000000 02:000AFF6C 00000000     0
"""


VIP, OTHER = "192.0.2.10", "192.0.2.20"


def end(address: str, port: int) -> bytes:
    return socket.inet_aton(address) + port.to_bytes(2)


def test_only_clients_that_are_connected_to_the_address_are_found() -> None:
    local = program.local_end("10.213.1.10", 445)
    assert local == "0A01D50A:01BD"
    assert program.parse_connections(CONNECTIONS, local) == {end("10.213.1.1", 51772), end("10.213.1.31", 445)}


@pytest.mark.parametrize("count", [0, 1, 190, 191, 1000])
def test_a_list_comes_over_whole_in_any_order(count: int) -> None:
    ends = {end("192.0.2.1", 1024 + number) for number in range(count)}
    memory = program.Memory(VIP)
    datagrams = program.encode(VIP, 7, ends)
    assert max(map(len, datagrams)) <= 1200
    for datagram in reversed(datagrams):
        assert memory.at is None
        assert memory.take(datagram, 5.0)
    assert memory.ends == ends
    assert memory.at == 5.0


def test_half_a_list_does_not_replace_a_whole_one() -> None:
    memory = program.Memory(VIP)
    memory.take(program.encode(VIP, 1, {end("192.0.2.1", 1)})[0], 1.0)
    memory.take(program.encode(VIP, 2, {end("192.0.2.1", 1024 + number) for number in range(300)})[0], 2.0)
    assert memory.ends == {end("192.0.2.1", 1)} and memory.at == 1.0


GOOD = program.encode(VIP, 1, {end("192.0.2.1", 1)})[0]


@pytest.mark.parametrize(
    "datagram",
    [b"", GOOD[:15], GOOD[:-1], b"X" + GOOD[1:], GOOD[:12] + struct.pack("!HH", 1, 1) + GOOD[16:]],
    ids=["empty", "short", "cut", "magic", "part"],
)
def test_what_is_no_list_is_not_taken(datagram: bytes) -> None:
    memory = program.Memory(VIP)
    assert not memory.take(datagram, 1.0)
    assert memory.at is None


def test_those_are_told_that_are_not_connected_here_while_the_list_is_fresh() -> None:
    gone, here = end("192.0.2.1", 1), end("192.0.2.2", 2)
    memory = program.Memory(VIP, frozenset({gone, here}), 100.0)
    assert memory.due({here}, 101.0) == {gone}
    assert memory.due({here}, 111.0) == set()
    assert program.Memory(VIP).due(set(), 1.0) == set()


def test_the_packet_is_an_ack_from_the_address_with_a_right_checksum() -> None:
    packet = program.tickle("192.0.2.10", 445, end("192.0.2.77", 51772))
    assert len(packet) == 40
    assert packet[0] == 0x45 and packet[9] == socket.IPPROTO_TCP
    assert packet[12:20] == socket.inet_aton("192.0.2.10") + socket.inet_aton("192.0.2.77")
    assert struct.unpack("!HH", packet[20:24]) == (445, 51772)
    assert packet[33] == 0x10
    # A receiver adds up all words of the pseudo header and the segment, checksum among them: all ones.
    words = packet[12:20] + struct.pack("!HH", socket.IPPROTO_TCP, 20) + packet[20:]
    total = sum(words[at] << 8 | words[at + 1] for at in range(0, len(words), 2))
    assert total % 0xFFFF == 0


def test_the_checksum_is_that_of_the_standard() -> None:
    # The example of RFC 1071, section 3: the sum is ddf2.
    assert program.checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


def test_an_address_is_here_or_not() -> None:
    assert program.is_here("127.0.0.1")
    assert not program.is_here("192.0.2.10")


def test_lists_are_taken_from_peers_only() -> None:
    memory, other = program.Memory(VIP), program.Memory(OTHER)
    listener = program.Listener([other, memory], ["192.0.2.22"])
    listener.datagram_received(GOOD, ("192.0.2.23", 9446))
    assert memory.at is None
    listener.datagram_received(GOOD, ("192.0.2.22", 9446))
    assert memory.ends == {end("192.0.2.1", 1)}
    assert other.at is None


def test_every_client_is_told_three_times_although_one_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    class Raw:
        def sendto(self, _packet: bytes, target: tuple[str, int]) -> None:
            sent.append(target[0])
            if target[0] == "192.0.2.1":
                raise OSError("unreachable")

    monkeypatch.setattr(program, "PAUSE", 0)
    asyncio.run(program.tell(Raw(), "192.0.2.10", 445, {end("192.0.2.1", 1), end("192.0.2.2", 2)}))
    assert sorted(sent) == ["192.0.2.1"] * 3 + ["192.0.2.2"] * 3


def test_only_clients_of_the_address_that_came_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = {VIP}
    told: list[tuple[str, set[bytes]]] = []
    sent: list[bytes] = []
    changed: list[asyncio.Event] = []
    connections = tmp_path / "tcp"
    connections.write_text("")

    def listen(_loop: object) -> asyncio.Event:
        changed.append(asyncio.Event())
        return changed[-1]

    async def tell(_raw: object, address: str, _port: int, ends: set[bytes]) -> None:
        told.append((address, ends))

    monkeypatch.setattr(program, "CONNECTIONS", connections)
    monkeypatch.setattr(program, "is_here", lambda address: address in here)
    monkeypatch.setattr(program, "listen_to_kernel", listen)
    monkeypatch.setattr(program, "tell", tell)

    async def take_over() -> None:
        now = time.monotonic()
        clients = {address: frozenset({end("192.0.2.1", number)}) for number, address in enumerate((VIP, OTHER), 1)}
        memories = [program.Memory(address, ends, now) for address, ends in clients.items()]
        tasks = [asyncio.create_task(program.watch(memory, 445, 60, None, sent.append)) for memory in memories]
        while len(changed) < len(tasks) or not sent:
            await asyncio.sleep(0)
        here.add(OTHER)
        for event in changed:
            event.set()
        while not told:
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(asyncio.wait_for(take_over(), 10))
    assert told == [(OTHER, {end("192.0.2.1", 2)})]
    # Of each that it has it tells the others.
    assert {socket.inet_ntoa(datagram[4:8]) for datagram in sent} == {VIP, OTHER}
