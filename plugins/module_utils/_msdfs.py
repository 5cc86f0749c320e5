# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
r"""The text of a symlink that smbd serves as a DFS link, ``msdfs:server\share,server\share\folder``.

smbd (source3/smbd/msdfs.c, the same in 4.17 and 4.22) knows no escape: a comma always ends a target, and slashes of
both kinds separate its parts. So what holds a comma cannot be a target, and is refused instead of being cut in two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PREFIX = "msdfs:"
MAX_TARGETS = 256
"""MAX_REFERRAL_COUNT of smbd, which says nothing of those that come after it."""
MAX_BYTES = 4095
"""PATH_MAX of Linux without the NUL at its end. smbd reads as much. XFS stores less, and says so: XFS_MAX_BYTES."""
XFS_MAX_BYTES = 1023
"""XFS_SYMLINK_MAXLEN of the kernel, less one, since it refuses its own limit."""
MAX_NAME_BYTES = 255
"""NAME_MAX of Linux."""

# What [MS-FSCC] 2.1.5 rules out in a file's name, and in a share's (2.1.6, 80 characters at most).
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f"*/:<>?\\|]')
_SHARE = re.compile(r'[^\x00-\x1f"/\\\[\]:|<>+=;,*?]{1,80}')
# DNS or NetBIOS, the latter with underscores, or an IPv4 address. One of IPv6 has colons, which smbd cannot store.
_SERVER = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")


@dataclass(frozen=True)
class Unc:
    """Where a link leads: a server, one of its shares, and a folder in it, with backslashes and empty for its top."""

    server: str
    share: str
    path: str = ""

    def __str__(self) -> str:
        return "\\".join(filter(None, (self.server, self.share, self.path)))

    @property
    def parts(self) -> tuple[str, ...]:
        """The folder's names from the share's top."""
        return tuple(self.path.split("\\")) if self.path else ()

    def below(self, *names: str) -> Unc:
        """A folder further down."""
        return Unc(self.server, self.share, "\\".join((*self.parts, *names)))


def check_name(name: str) -> None:
    """Refuse what SMB clients, or Linux, take for no name of a file.

    :raises ValueError: with what is wrong, to be read after "which".
    """
    if not name or name in (".", ".."):
        raise ValueError("names nothing")
    if bad := _NOT_IN_NAMES.search(name):
        raise ValueError(f"has {bad.group()!r}, which no name of a file has in SMB")
    if name != name.strip(" ") or name.endswith("."):
        raise ValueError("begins or ends with a blank or ends with a dot, which clients take away")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise ValueError("is no text in UTF-8") from None
    if size > MAX_NAME_BYTES:
        raise ValueError(f"has {size} bytes, of {MAX_NAME_BYTES} that a file system takes")


def parse_unc(text: object) -> Unc:
    r"""Read ``server\share[\folder]``, with slashes of either kind and with or without two of them before it.

    :raises ValueError: with what is wrong, to be read after "which".
    """
    if not isinstance(text, str):
        raise ValueError("is no text")
    server, *rest = text.replace("/", "\\").strip("\\").split("\\")
    if not rest:
        raise ValueError("has no share")
    if ":" in server:
        raise ValueError("has a colon in the server's name: smbd knows neither ports nor IPv6 here")
    if not _SERVER.fullmatch(server):
        raise ValueError(f"has no name of a server, but {server!r}")
    share, *names = rest
    if not _SHARE.fullmatch(share) or share != share.strip(" "):
        raise ValueError(f"has no name of a share, but {share!r}")
    for name in names:
        try:
            check_name(name)
        except ValueError as exc:
            raise ValueError(f"has a folder {name!r}, which {exc}") from exc
    return Unc(server, share, "\\".join(names))


def parse_target(text: object) -> Unc:
    """Read where a link leads, which is a place that smbd can store.

    :raises ValueError: as :func:`parse_unc`, and for a comma.
    """
    if isinstance(text, str) and "," in text:
        raise ValueError("has a comma, by which smbd tells targets apart and which nothing escapes")
    return parse_unc(text)


def encode(targets: Iterable[Unc]) -> str:
    """The symlink's text for targets in their order.

    :raises ValueError: with what is wrong, to be read after "which": none, too many, or more than a symlink holds.
    """
    named = [str(target) for target in targets]
    if not 1 <= len(named) <= MAX_TARGETS:
        raise ValueError(f"has {len(named)} targets, where smbd reads 1 to {MAX_TARGETS}")
    text = PREFIX + ",".join(named)
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"makes a symlink of {len(text.encode())} bytes, of {MAX_BYTES} that Linux takes")
    return text


def decode(text: str) -> tuple[str, ...] | None:
    r"""Targets as smbd reads them, each ``server\share...``; None where smbd sees a symlink and no DFS link.

    Whatever smbd reads is read: empty targets are passed over, and there need be none.
    """
    if not text.lower().startswith(PREFIX):
        return None
    named = [name.replace("/", "\\").strip("\\") for name in text[len(PREFIX) :].split(",") if name]
    return tuple(named[:MAX_TARGETS])


def same_name(name: str) -> str:
    """What two names have in common that SMB clients cannot tell apart."""
    return name.lower()
