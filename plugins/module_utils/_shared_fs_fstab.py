# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file systems a host has been told of: what the role shared_fs has written to fstab. Controller side only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

BLOCK = re.compile(
    r"^# BEGIN (file systems of the file service, by samba_ha\.cluster)$(.*?)^# END \1$", re.MULTILINE | re.DOTALL
)
OTHER = "is mounted by somebody else"
"""What the block says of a path that the role does not mount."""


def parse_block(fstab: str) -> dict[str, str] | None:
    """By mount point what stands in the role's block, as :func:`told`; None where there is no block."""
    block = BLOCK.search(fstab)
    if block is None:
        return None
    found = {}
    for text in block[2].splitlines():
        fields = text.split()
        if text.startswith("# ") and text.endswith(OTHER):
            found[fields[1]] = OTHER
        elif len(fields) >= 3 and not text.startswith("#"):
            found[fields[1]] = told(fields[2], fields[0])
    return found


def told(fstype: str, source: str) -> str:
    """A mount in words. Of Gluster its type alone: every host mounts a volume by its own address."""
    return f"{fstype} {source}" if fstype != "glusterfs" else fstype


def switched(fstab: str, mounts: Sequence[Mapping[str, str]], others: Sequence[str]) -> str | None:
    """What fstab has, where it is something else than is wanted now; None where it is not, or has nothing."""
    found = parse_block(fstab)
    wanted = {mount["path"]: told(mount["fstype"], mount["source"]) for mount in mounts} | dict.fromkeys(others, OTHER)
    if found in (None, {}, wanted):
        return None
    return words(found)


def words(mounts: Mapping[str, str]) -> str:
    """Mount points with what is there."""
    return "; ".join(f"{path}: {what}" for path, what in mounts.items())
