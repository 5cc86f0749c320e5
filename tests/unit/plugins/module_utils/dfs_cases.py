# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Referrals as servers send them: entries first, then their texts, each text once for each entry, as smbd does."""

from __future__ import annotations

import struct


def response(
    path: str,
    *targets: str,
    version: int = 3,
    consumed: int | None = None,
    ttl: int = 600,
    kind: int = 0,
    header: int = 2,
    entry: int = 0,
    tail: int = 16,
) -> bytes:
    r"""The answer for a path ``\server\share...``; targets begin with a backslash. ``tail`` is the site's GUID."""
    size = 18 + tail
    heads, texts = b"", b""
    for number, target in enumerate(targets):
        offsets = []
        for text in (path, path, target):
            offsets.append((len(targets) - number) * size + len(texts))
            texts += text.encode("utf-16-le") + b"\0\0"
        heads += struct.pack("<HHHHIHHH", version, size, kind, entry, ttl, *offsets) + bytes(tail)
    counted = len(path.encode("utf-16-le")) if consumed is None else consumed
    return struct.pack("<HHI", counted, len(targets), header) + heads + texts
