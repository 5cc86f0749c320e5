# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DFS referrals on the wire: REQ_GET_DFS_REFERRAL and RESP_GET_DFS_REFERRAL with entries of version 3 and 4, [MS-DFSC].

smbprotocol 1.17 has structures for them, but ends a text at the first two zero bytes wherever they stand: of ``a``
U+4E00 (61 00 00 4E) it returns ``a``. And it checks no offset.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

VERSIONS = (3, 4)
"""Levels that can be asked for. Samba answers 4 with entries of version 3; Windows does not."""

# [MS-DFSC] 2.2.4 RESP_GET_DFS_REFERRAL.
_HEADER = struct.Struct("<HHI")
_STORAGE_SERVERS, _TARGET_FAILBACK = 0x2, 0x4
# 2.2.5.3 and 2.2.5.4: version, size, server type, flags, TTL, and offsets of DFS path, alternate path and target.
_ENTRY = struct.Struct("<HHHHIHHH")
_ROOT, _NAME_LIST = 0x1, 0x2
_NUL = b"\0\0"


@dataclass(frozen=True)
class Referral:
    r"""Where a server sends a client.

    ``consumed`` are the bytes of the path that was asked for, in UTF-16, that ``targets`` stand for. Each of those is
    ``server\share[\folder]``, in the order in which a client tries them. ``ttl`` is in seconds.
    """

    version: int
    consumed: int
    root: bool
    storage: bool
    failback: bool
    ttl: int
    targets: tuple[str, ...]

    def rest(self, path: str) -> str:
        """What of the path that was asked for is left to be looked for at a target, without a backslash before it."""
        return path.encode("utf-16-le")[self.consumed :].decode("utf-16-le", "replace").strip("\\")


def build_request(path: str, level: int) -> bytes:
    r"""The request for a path ``\server\share\...``, with the highest version of the answer's entries."""
    return struct.pack("<H", level) + path.encode("utf-16-le") + _NUL


def parse_response(data: bytes) -> Referral:
    """Read the answer.

    :raises ValueError: with what it is instead, to be read after "is".
    """
    try:
        consumed, count, flags = _HEADER.unpack_from(data)
    except struct.error:
        raise ValueError(f"{len(data)} bytes, too few for a header") from None
    if not count:
        raise ValueError("a list of no targets")
    at = _HEADER.size
    targets: list[str] = []
    version = kind = ttl = 0
    for number in range(1, count + 1):
        try:
            version, size, kind, entry_flags, ttl, _path, _alternate, address = _ENTRY.unpack_from(data, at)
        except struct.error:
            raise ValueError(f"cut off in entry {number} of {count}") from None
        if version not in VERSIONS or size < _ENTRY.size:
            raise ValueError(f"of version {version} and {size} bytes in entry {number}")
        if entry_flags & _NAME_LIST:
            raise ValueError("a list of domains")
        targets.append(_text(data, at + address, number))
        at += size
    return Referral(
        version=version,
        consumed=consumed,
        root=bool(kind & _ROOT),
        storage=bool(flags & _STORAGE_SERVERS),
        failback=bool(flags & _TARGET_FAILBACK),
        ttl=ttl,
        targets=tuple(targets),
    )


def _text(data: bytes, start: int, number: int) -> str:
    """A text that ends with a NUL, without backslashes at its ends."""
    end = start
    while data[end : end + 2] != _NUL:
        if end + 2 > len(data):
            raise ValueError(f"without an end to the target of entry {number}")
        end += 2
    return data[start:end].decode("utf-16-le", "replace").strip("\\")
