# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The front end's reader of the name that a client dialled, on what real clients send and on what is broken."""

from __future__ import annotations

import random
import struct
import typing as t

import lupa.lua54 as lupa
import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import build_negotiate
from ansible_collections.samba_ha.cluster.tests.unit.replay import FIXTURES
from ansible_collections.samba_ha.cluster.tests.unit.roles.program import ROLES

CAPTURES = FIXTURES / "smb_negotiate"
# Names as bytes, as HAProxy's own Lua has them.
READER = lupa.LuaRuntime(encoding=None).execute((ROLES / "frontend/files/samba_ha_name.lua").read_bytes())

BAD, MORE, NONE = ("bad", None), ("more", None), ("none", None)
# Offsets in a packet with its transport header: of the SMB2 header, and of the NEGOTIATE behind it.
HEADER, NEGOTIATE = 4, 68


def read(data: bytes) -> tuple[str, str | None]:
    """What the reader says: its verdict and the name."""
    told = READER[b"read"](data)
    verdict, name = told if isinstance(told, tuple) else (told, None)
    return verdict.decode(), name.decode() if name is not None else None


def capture(client: str) -> bytes:
    return bytes.fromhex((CAPTURES / f"{client}.hex").read_text())


def dialled(name: str) -> bytes:
    return build_negotiate(name, bytes(16), bytes(32))


def changed(packet: bytes, offset: int, layout: str, value: int) -> bytes:
    """The packet with another number at an offset."""
    data = bytearray(packet)
    struct.pack_into(layout, data, offset, value)
    return bytes(data)


def resized(packet: bytes) -> bytes:
    """The packet with a transport header that announces what there is."""
    return struct.pack(">I", len(packet) - HEADER) + packet[HEADER:]


def netname(packet: bytes) -> int:
    """The offset of the context with the name, behind its length."""
    return packet.index(struct.pack("<HH", 5, 2 * len("files")) + bytes(4) + "files".encode("utf-16-le"))


PACKET = dialled("files")


@pytest.mark.parametrize(
    ("client", "told"),
    [
        ("smbclient-4.22.11", ("name", "files.example.com")),
        ("smbprotocol-1.17.0", ("name", "localhost")),
        ("impacket-0.13.1-smb3", NONE),
        ("impacket-0.13.1-smb1", NONE),
        ("pysmb-1.2.15", NONE),
    ],
)
def test_the_name_is_read_from_what_real_clients_send(client: str, told: tuple[str, str | None]) -> None:
    assert read(capture(client)) == told


@pytest.mark.parametrize("name", ["files", "FILES", "Files.Example.COM", "a", "print-2", "under_score", "x" * 255])
def test_names_are_read_without_case(name: str) -> None:
    assert read(dialled(name)) == ("name", name.lower())


@pytest.mark.parametrize("name", ["192.0.2.10", "2001:db8::1", "büro", "файлы", "a/b", "a:b", "\u0131", "a\U0001f5a8"])
def test_what_cannot_be_a_server_of_the_inventory_counts_as_no_name(name: str) -> None:
    assert read(dialled(name)) == NONE


@pytest.mark.parametrize("client", sorted(path.stem for path in CAPTURES.iterdir()))
def test_a_packet_in_pieces_is_waited_for(client: str) -> None:
    packet = capture(client)
    assert {read(packet[:length]) for length in range(len(packet))} == {MORE}
    assert read(packet + b"what follows") == read(packet)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"SSH-2.0-",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x81\x00\x00\x44 CKFDENECFDEFFCFGEFFCCACACACACACA\x00",
        b"\xff",
        b"\x00\x00\x00\x40\xfd",
        b"\x00\x00\x00\x54\xffSMB\x73",
    ],
    ids=["HTTP", "SSH", "TLS", "NetBIOS session", "one byte", "another protocol", "SMB1, another command"],
)
def test_garbage_is_told_by_its_first_bytes(data: bytes) -> None:
    assert read(data) == BAD


def test_silence_is_waited_for() -> None:
    assert read(b"") == MORE


@pytest.mark.parametrize("length", [0, 1, 34, 4097, 0xFFFFFF])
def test_a_length_that_no_negotiate_has_is_refused_at_once(length: int) -> None:
    assert read(struct.pack(">I", length) + PACKET[HEADER:12]) == BAD


@pytest.mark.parametrize("missing", range(4, len(PACKET) - HEADER - 35, 7))
def test_a_packet_that_is_cut_off_and_says_so_is_refused(missing: int) -> None:
    verdict = read(resized(PACKET[:-missing]))
    assert verdict == BAD


@pytest.mark.parametrize(
    ("offset", "layout", "value"),
    [
        (HEADER + 4, "<H", 63),
        (HEADER + 12, "<H", 1),
        (HEADER + 16, "<I", 1),
        (HEADER + 16, "<I", 4),
        (HEADER + 20, "<I", 64),
        (NEGOTIATE, "<H", 35),
        (NEGOTIATE + 2, "<H", 0),
        (NEGOTIATE + 2, "<H", 0xFFFF),
        (NEGOTIATE + 28, "<I", 0),
        (NEGOTIATE + 28, "<I", 100),
        (NEGOTIATE + 28, "<I", len(PACKET) - HEADER - 7),
        (NEGOTIATE + 28, "<I", 0xFFFFFFFF),
        (NEGOTIATE + 32, "<H", 0),
        (netname(PACKET) + 2, "<H", 9),
        (netname(PACKET) + 2, "<H", 12),
        (netname(PACKET) + 2, "<H", 0xFFFF),
        (netname(PACKET), "<H", 6),
    ],
    ids=[
        "size of the header",
        "another command",
        "a reply",
        "a related request",
        "another request behind it",
        "size of the request",
        "no dialects",
        "dialects beyond its end",
        "contexts at its beginning",
        "contexts among the dialects",
        "contexts that begin too late",
        "contexts far beyond its end",
        "no contexts",
        "half a letter",
        "a name beyond its end",
        "a name far beyond its end",
        "no name, and fewer contexts than announced",
    ],
)
def test_what_does_not_fit_together_is_refused(offset: int, layout: str, value: int) -> None:
    packet = changed(PACKET, offset, layout, value)
    if offset == netname(PACKET):
        packet = changed(packet, NEGOTIATE + 32, "<H", 4)
    assert read(packet) == BAD


def test_a_name_where_no_contexts_can_be_is_refused() -> None:
    guid = struct.pack("<HHI", 5, 2, 0) + "a".encode("utf-16-le") + bytes(6)
    packet = build_negotiate("files", guid, bytes(32))
    # The GUID is 12 bytes into the request, and that 64 into the message.
    assert read(changed(packet, NEGOTIATE + 28, "<I", 64 + 12)) == BAD


def test_a_name_longer_than_dns_has_is_refused() -> None:
    packet = resized(PACKET[: netname(PACKET)] + struct.pack("<HHI", 5, 512, 0) + "x".encode("utf-16-le") * 256)
    assert read(packet) == BAD


def test_an_empty_name_is_none() -> None:
    assert read(changed(PACKET, netname(PACKET) + 2, "<H", 0)) == NONE


def test_without_smb_311_there_are_no_contexts_to_read() -> None:
    offered = PACKET.index(struct.pack("<H", 0x0311), NEGOTIATE + 36)
    assert read(changed(PACKET, offered, "<H", 0x0302)) == NONE


def test_whatever_is_mutilated_gets_a_verdict() -> None:
    """Neither an error of Lua's nor a wrong name: a changed bit outside the name cannot make another one of it."""
    dice = random.Random(311)  # noqa: S311  dice
    name = range(netname(PACKET) + 8, netname(PACKET) + 18)
    verdicts: set[str] = set()
    for _turn in range(20000):
        data = bytearray(PACKET)
        for _change in range(dice.choice([1, 1, 2, 8])):
            data[dice.choice([at for at in range(len(data)) if at not in name])] = dice.randrange(256)
        verdict, found = read(bytes(data[: dice.choice([len(data), dice.randrange(len(data))])]))
        assert found is None or "files".startswith(found)
        verdicts.add(verdict)
    assert verdicts == {"bad", "more", "name", "none"}


def test_random_bytes_behind_a_good_beginning_get_a_verdict() -> None:
    dice = random.Random(5)  # noqa: S311  dice
    seen: t.Counter[str] = t.Counter()
    for _turn in range(5000):
        size = dice.randrange(35, 400)
        data = struct.pack(">I", size) + b"\xfeSMB" + dice.randbytes(size - 4)
        seen[read(data)[0]] += 1
    assert set(seen) == {"bad"}
