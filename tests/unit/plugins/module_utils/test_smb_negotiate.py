# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError
from ansible_collections.samba_ha.cluster.plugins.module_utils._smb_negotiate import (
    MAX_ANSWER,
    build_negotiate,
    message_length,
    parse_negotiate_response,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "smb"
RELEASES = ["bookworm-4.17.12", "trixie-4.22.11"]
GUID = bytes(range(16))
SALT = bytes(range(32))


def answer(release: str = "trixie-4.22.11") -> bytearray:
    return bytearray.fromhex((FIXTURES / release / "negotiate-response.txt").read_text())


def with_length(message: bytes) -> bytes:
    return struct.pack(">I", len(message)) + message


def contexts_of(packet: bytes) -> dict[int, bytes]:
    """Walk the contexts of a request as a server does, independently of the code that packs them."""
    message = packet[4:]
    offset, count = struct.unpack_from("<IH", message, 64 + 28)
    found = {}
    for index in range(count):
        assert offset % 8 == 0
        kind, length = struct.unpack_from("<HH", message, offset)
        found[kind] = message[offset + 8 : offset + 8 + length]
        end = offset + 8 + length
        assert end <= len(message)
        offset = end if index == count - 1 else end + -end % 8
    assert offset == len(message), "nothing may follow the last context"
    return found


@pytest.mark.parametrize("name", ["f", "files", "files.example.com", "10.0.0.1", "fïles", "x" * 255])
def test_a_request_carries_the_name_and_consistent_lengths(name: str) -> None:
    packet = build_negotiate(name, GUID, SALT)
    assert struct.unpack(">I", packet[:4])[0] == len(packet) - 4
    assert packet[4:8] == b"\xfeSMB"
    contexts = contexts_of(packet)
    assert set(contexts) == {1, 2, 5}
    assert contexts[5].decode("utf-16-le") == name
    assert contexts[1] == struct.pack("<HHH", 1, 32, 1) + SALT
    count = struct.unpack_from("<H", contexts[2])[0]
    assert len(contexts[2]) == 2 + 2 * count


def test_a_request_offers_3_1_1_and_the_given_guid() -> None:
    body = build_negotiate("files", GUID, SALT)[4 + 64 :]
    size, count = struct.unpack_from("<HH", body)
    assert size == 36
    assert struct.unpack_from(f"<{count}H", body, 36)[-1] == 0x0311
    assert body[12:28] == GUID


@pytest.mark.parametrize("name", ["", "x" * 256, "a b", "a\nb", "a\0b"])
def test_a_name_nobody_can_dial_is_refused(name: str) -> None:
    with pytest.raises(StateError, match="SMB server name"):
        build_negotiate(name, GUID, SALT)


@pytest.mark.parametrize(("guid", "salt"), [(GUID[:-1], SALT), (GUID, SALT + b"x")])
def test_a_guid_or_salt_of_another_size_is_a_mistake_of_the_caller(guid: bytes, salt: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        build_negotiate("files", guid, salt)


@pytest.mark.parametrize("release", RELEASES)
def test_real_answers_are_read(release: str) -> None:
    response = parse_negotiate_response(bytes(answer(release)))
    assert response.dialect == "3.1.1"
    assert response.server_guid == "00317368-0000-0000-0000-000000000000"  # "hs1", the netbios name
    assert response.signing_required is False
    assert response.max_read_size == response.max_write_size == response.max_transact_size == 8 * 1024 * 1024


def test_required_signing_is_seen() -> None:
    data = answer()
    data[4 + 64 + 2] |= 2
    assert parse_negotiate_response(bytes(data)).signing_required is True


@pytest.mark.parametrize("release", RELEASES)
def test_every_truncation_is_refused(release: str) -> None:
    data = bytes(answer(release))
    for size in range(len(data)):
        with pytest.raises(StateError):
            parse_negotiate_response(data[:size])
        if size >= 4:  # the same with a length field that fits
            message = data[4:size]
            with pytest.raises(StateError):
                parse_negotiate_response(with_length(message))


def test_bytes_after_the_announced_length_are_refused() -> None:
    with pytest.raises(StateError, match="were announced"):
        parse_negotiate_response(bytes(answer()) + b"x")


def test_any_single_wrong_byte_is_read_or_refused_but_never_crashes() -> None:
    original = bytes(answer())
    for position in range(len(original)):
        for value in (0x00, 0x7F, 0xFF):
            data = bytearray(original)
            data[position] = value
            try:
                parse_negotiate_response(bytes(data))
            except StateError:
                continue


@pytest.mark.parametrize(
    ("position", "value", "words"),
    [
        (4, b"\xffSMB", "SMB1"),
        (4, b"HTTP", "no SMB2 NEGOTIATE response"),
        (4 + 4, b"\x41", "no SMB2 NEGOTIATE response"),
        (4 + 12, b"\x01", "no SMB2 NEGOTIATE response"),
        (4 + 16, b"\x00", "no SMB2 NEGOTIATE response"),
        (4 + 8, b"\xbb\x00\x00\xc0", "0xc00000bb"),
        (4 + 64, b"\x40", "structure of size"),
        (4 + 64 + 4, b"\xff\x02", "dialect 0x02ff"),
        (4 + 64 + 6, b"\x00\x00", "preauthentication"),
        (4 + 64 + 6, b"\xff\xff", "outside the message"),
        (4 + 64 + 56, b"\xff\xff", "token"),
        (4 + 64 + 58, b"\xff\xff", "token"),
        (4 + 64 + 60, b"\xff\xff\xff\xff", "outside the message"),
        (4 + 64 + 60, b"\x00\x00\x00\x00", "outside the message"),
    ],
)
def test_mutilations_are_told(position: int, value: bytes, words: str) -> None:
    data = answer()
    data[position : position + len(value)] = value
    with pytest.raises(StateError, match=words):
        parse_negotiate_response(bytes(data))


def test_an_answer_with_an_older_dialect_needs_no_contexts() -> None:
    data = answer()
    data[4 + 64 + 4 : 4 + 64 + 8] = b"\x02\x03\x00\x00"
    assert parse_negotiate_response(bytes(data)).dialect == "3.0.2"


@pytest.mark.parametrize("header", [b"", b"\0\0\0", b"HTTP", b"\0\xff\xff\xff"])
def test_a_header_that_is_not_one_is_refused(header: bytes) -> None:
    with pytest.raises(StateError):
        message_length(header)


def test_the_longest_answer_is_still_taken() -> None:
    assert message_length(struct.pack(">I", MAX_ANSWER)) == MAX_ANSWER
