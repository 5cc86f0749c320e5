# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's own copy of a DRBD resource: the disk that is configured, and what is on it."""

from __future__ import annotations

import mmap
import os
import socket
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import CommandFailed, Runner, words
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

NEW = "0000000000000004"
"""The generation of a copy that never held data: DRBD's mark for metadata that were just made."""

METADATA = "drbd"
"""What blkid calls a disk with DRBD's metadata, whatever else is on it."""

_NOTHING_FOUND, _SEVERAL_FOUND = 2, 8
"""Exit statuses of blkid. The first one also stands for a disk that cannot be read."""

_HEAD = 2**20
"""Bytes at a disk's beginning that are looked at. DRBD keeps the data there, and its metadata at the end."""

_MAGIC = {"ext4": (0x438, b"\x53\xef"), "xfs": (0, b"XFSB"), "btrfs": (0x10040, b"_BHRfS_M")}
"""Where each file system has its mark (Linux, include/uapi/linux/magic.h and the file systems' own headers)."""


@dataclass(frozen=True)
class Copy:
    """``content`` is what the disk is recognised as, such as drbd, LVM2_member or a partition table, and
    ``file_system`` the one among DRBD's data; each None where there is none. ``zeros`` is whether the disk begins with
    nothing else: what is encrypted has no mark to be recognised by.
    """

    disk: str
    content: str | None
    file_system: str | None
    zeros: bool


def load_copy(runner: Runner, name: str) -> Copy:
    """Look at this host's copy of a resource. It may be up or not.

    :raises StateError: the host is not in the resource's configuration, or its disk cannot be read.
    """
    disk = configured(runner, name, "sh-ll-dev")
    content = content_of(runner, disk)
    head = _read_head(disk)
    found = (each for each, (place, magic) in _MAGIC.items() if head.startswith(magic, place))
    return Copy(disk, content, next(found, None), zeros=not any(head))


def configured(runner: Runner, name: str, what: str) -> str:
    """What drbdadm reads for this host from the configuration: ``sh-ll-dev`` is the disk, ``sh-dev`` the device.

    :raises StateError: nothing, since the configuration cannot be read or the host is not in it.
    """
    try:
        return runner(("drbdadm", what, name)).stdout.strip()
    except CommandFailed as exc:
        raise StateError(
            f"DRBD resource {name}",
            wanted=f"a configuration that names this host as it names itself, {socket.gethostname()}",
            found=exc.found,
            remedy="Correct the host's own name or that in the inventory; they have to be the same.",
        ) from exc


def is_new(runner: Runner, name: str) -> bool:
    """Whether a copy with metadata never held data."""
    return runner(("drbdadm", "get-gi", name)).stdout.startswith(f"{NEW}:")


def content_of(runner: Runner, disk: str) -> str | None:
    """What a disk or device is recognised as; None if it is not.

    :raises StateError: it cannot be read.
    """
    argv = ("blkid", "--probe", "--output", "export", disk)
    done = runner(argv, ok=(0, _NOTHING_FOUND, _SEVERAL_FOUND))
    if done.rc == _SEVERAL_FOUND:
        return "several things at once"
    if done.rc == _NOTHING_FOUND:
        if said := words(done.stderr):
            raise _unreadable(disk, said)
        return None
    told = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    return told["TYPE"] if "TYPE" in told else f"a partition table ({told.get('PTTYPE')})"


def _read_head(disk: str) -> bytes:
    """The beginning of a disk, from the disk itself: what DRBD writes does not come into the cache that blkid reads.

    :raises StateError: it cannot be read.
    """
    try:
        descriptor = os.open(disk, os.O_RDONLY | os.O_DIRECT)
        try:
            # Memory that is aligned as the disk wants it.
            with mmap.mmap(-1, _HEAD) as memory:
                return memory[: os.readv(descriptor, [memory])]
        finally:
            os.close(descriptor)
    except OSError as exc:
        raise _unreadable(disk, str(exc)) from exc


def _unreadable(disk: str, found: str) -> StateError:
    return StateError(
        disk,
        wanted="a disk that can be read",
        found=found,
        remedy="Correct the disk's name in the inventory, or mend the disk.",
    )
