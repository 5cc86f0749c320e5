# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first packet of an SMB 3.1.1 connection and its answer, with the standard library alone.

Constants and layouts: [MS-SMB2] 2.1 (transport header), 2.2.1.2 (packet header), 2.2.3 (NEGOTIATE request),
2.2.3.1 (its contexts) and 2.2.4 (NEGOTIATE response).
"""

from __future__ import annotations

import struct
import typing as t
import uuid
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
"""[MS-SMB2] 2.2.3, DialectRevision, as administrators write it."""

TRANSPORT_HEADER_SIZE = 4
MAX_ANSWER = 65536
"""Bytes. Real answers have a few hundred; more is not a NEGOTIATE answer."""

_HEADER = struct.Struct("<4sHHIHHIIQIIQ16s")
_REQUEST = struct.Struct("<HHHHI16sIHH")
_RESPONSE = struct.Struct("<HHHH16sIIIIQQHHI")
_CONTEXT = struct.Struct("<HHI")

_COMMAND_NEGOTIATE = 0
_FLAG_RESPONSE = 0x1
_SIGNING_ENABLED = 0x1
_SIGNING_REQUIRED = 0x2
_CAPABILITIES = 0x1 | 0x4 | 0x40  # DFS, large MTU, encryption; no multichannel: each connection stands alone
_CREDITS = 31

_PREAUTH_INTEGRITY = 1
_ENCRYPTION = 2
_NETNAME = 5
_SHA512 = 1
_CIPHERS = (2, 1, 4, 3)  # AES-128-GCM, AES-128-CCM, AES-256-GCM, AES-256-CCM

SALT_SIZE = 32
MAX_SERVER_NAME = 255
"""Characters: the longest DNS name."""


@dataclass(frozen=True)
class NegotiateResponse:
    """What a server says of itself before anyone logs on. Sizes are in bytes."""

    dialect: str
    server_guid: str
    signing_required: bool
    capabilities: int
    max_transact_size: int
    max_read_size: int
    max_write_size: int


def build_negotiate(server_name: str, client_guid: bytes, salt: bytes) -> bytes:
    """Return a NEGOTIATE request with its transport header, ready to be sent.

    :param server_name: the name the client dialled; goes into the NETNAME context, where front ends read it.
    :param client_guid: 16 bytes.
    :param salt: :data:`SALT_SIZE` bytes for the preauthentication hash.
    :raises StateError: a name that no client could have dialled.
    """
    if not 1 <= len(server_name) <= MAX_SERVER_NAME or not server_name.isprintable() or " " in server_name:
        raise StateError(
            f"SMB server name {server_name!r}",
            wanted=f"a host name of 1 to {MAX_SERVER_NAME} characters",
            found=f"{len(server_name)} characters, or blanks or control characters among them",
            remedy="Give the name that clients dial.",
        )
    if len(client_guid) != 16 or len(salt) != SALT_SIZE:
        raise ValueError(f"client_guid needs 16 bytes and salt {SALT_SIZE}")
    contexts = _pack_contexts(
        (
            (_PREAUTH_INTEGRITY, struct.pack("<HHH", 1, len(salt), _SHA512) + salt),
            (_ENCRYPTION, struct.pack(f"<H{len(_CIPHERS)}H", len(_CIPHERS), *_CIPHERS)),
            (_NETNAME, server_name.encode("utf-16-le")),
        )
    )
    dialects = struct.pack(f"<{len(DIALECTS)}H", *DIALECTS)
    unpadded = _HEADER.size + _REQUEST.size + len(dialects)
    offset = _aligned(unpadded)
    message = (
        _HEADER.pack(b"\xfeSMB", 64, 0, 0, _COMMAND_NEGOTIATE, _CREDITS, 0, 0, 0, 0, 0, 0, bytes(16))
        + _REQUEST.pack(36, len(DIALECTS), _SIGNING_ENABLED, 0, _CAPABILITIES, client_guid, offset, 3, 0)
        + dialects
        + bytes(offset - unpadded)
        + contexts
    )
    return struct.pack(">I", len(message)) + message


def message_length(transport_header: bytes, most: int = MAX_ANSWER) -> int:
    """Return how many bytes follow the 4-byte transport header of an answer.

    :raises StateError: the header is cut off, is not SMB's, or announces more than ``most`` bytes.
    """
    if len(transport_header) < TRANSPORT_HEADER_SIZE:
        raise _malformed(f"only {len(transport_header)} bytes")
    if transport_header[0] != 0:
        raise _malformed(f"bytes that are not SMB, beginning {transport_header[:4]!r}")
    length = int.from_bytes(transport_header[1:4], "big")
    if length > most:
        raise _malformed(f"an announced length of {length} bytes")
    return length


def parse_negotiate_response(data: bytes) -> NegotiateResponse:
    """Read a whole answer, transport header included.

    :raises StateError: truncated, over-long, no SMB2 NEGOTIATE answer at all, or the server's refusal.
    """
    message = data[TRANSPORT_HEADER_SIZE:]
    length = message_length(data[:TRANSPORT_HEADER_SIZE])
    if len(message) != length:
        raise _malformed(f"{len(message)} bytes where {length} were announced")
    _check_header(message)
    if len(message) < _HEADER.size + _RESPONSE.size:
        raise _malformed(f"a body of {len(message) - _HEADER.size} bytes, too short for a NEGOTIATE response")
    (
        structure_size,
        security_mode,
        dialect,
        context_count,
        guid,
        capabilities,
        max_transact,
        max_read,
        max_write,
        _system_time,
        _start_time,
        token_offset,
        token_length,
        context_offset,
    ) = _RESPONSE.unpack_from(message, _HEADER.size)
    if structure_size != 65:
        raise _malformed(f"a response structure of size {structure_size}, not 65")
    if dialect not in DIALECTS:
        raise _malformed(f"the dialect {dialect:#06x}, which was not offered")
    if token_length and not _HEADER.size + _RESPONSE.size <= token_offset <= len(message) - token_length:
        raise _malformed("a security token that reaches outside the message")
    if dialect == 0x0311:
        kinds = _context_kinds(message, context_offset, context_count)
        if kinds.count(_PREAUTH_INTEGRITY) != 1:
            raise _malformed(f"negotiate contexts of kinds {kinds}, without exactly one for preauthentication")
    return NegotiateResponse(
        dialect=DIALECTS[dialect],
        server_guid=str(uuid.UUID(bytes_le=guid)),
        signing_required=bool(security_mode & _SIGNING_REQUIRED),
        capabilities=capabilities,
        max_transact_size=max_transact,
        max_read_size=max_read,
        max_write_size=max_write,
    )


def _check_header(message: bytes) -> None:
    if len(message) < _HEADER.size:
        raise _malformed(f"a message of {len(message)} bytes, too short for an SMB2 header")
    protocol, size, _charge, status, command, _credits, flags, *_rest = _HEADER.unpack_from(message)
    if protocol == b"\xffSMB":
        raise _malformed("an SMB1 message")
    if protocol != b"\xfeSMB" or size != 64 or command != _COMMAND_NEGOTIATE or not flags & _FLAG_RESPONSE:
        raise _malformed(f"no SMB2 NEGOTIATE response, beginning {message[:4]!r}")
    if status != 0:
        raise StateError(
            "SMB NEGOTIATE",
            wanted="status 0",
            found=f"NT status {status:#010x}",
            remedy="Read the server's log: it refuses the dialects or the name it was dialled by.",
        )


def _context_kinds(message: bytes, offset: int, count: int) -> list[int]:
    kinds = []
    for _index in range(count):
        offset = _aligned(offset)
        if offset < _HEADER.size + _RESPONSE.size or offset + _CONTEXT.size > len(message):
            raise _malformed("negotiate contexts that reach outside the message")
        kind, length, _reserved = _CONTEXT.unpack_from(message, offset)
        offset += _CONTEXT.size + length
        if offset > len(message):
            raise _malformed("a negotiate context that reaches outside the message")
        kinds.append(kind)
    return kinds


def _pack_contexts(contexts: t.Iterable[tuple[int, bytes]]) -> bytes:
    packed = b""
    for kind, data in contexts:
        packed += bytes(_aligned(len(packed)) - len(packed))
        packed += _CONTEXT.pack(kind, len(data), 0) + data
    return packed


def _aligned(offset: int) -> int:
    """Contexts begin on multiples of 8 bytes, counted from the packet header ([MS-SMB2] 2.2.3)."""
    return (offset + 7) // 8 * 8


def _malformed(found: str) -> StateError:
    return StateError(
        "SMB NEGOTIATE",
        wanted="a well-formed SMB2 NEGOTIATE response",
        found=found,
        remedy="Check that an SMB server, and nothing else, answers on this address and port.",
    )
