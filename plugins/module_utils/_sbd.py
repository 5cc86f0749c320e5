# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a disk of SBD holds, its header and the hosts' slots, and the host's watchdog.

Pure parsers, and loaders that only read.

sbd has no output for machines. Seen with sbd 1.5.2.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass

from ansible_collections.samba_ha.cluster.plugins.module_utils._command import (
    CommandFailed,
    CommandTimeout,
    Runner,
    words,
)
from ansible_collections.samba_ha.cluster.plugins.module_utils._errors import StateError

WATCHDOG = "/dev/watchdog"
"""The first watchdog, which SBD takes unless it is told otherwise."""

_WATCHDOG_STATE = "/sys/class/watchdog/watchdog0"
"""What the kernel tells of that one."""

_FIELD = re.compile(r"(UUID|Timeout \((?:watchdog|msgwait)\))\s*: (\S+)")
_SLOT = re.compile(r"\d+\t([^\t]+)\t([^\t]+)\t(.*)")

_DUMP_FAILED = 1
"""Exit status of a dump without a header."""


@dataclass(frozen=True)
class Header:
    """The header that `sbd create` wrote. Timeouts in seconds."""

    uuid: str
    watchdog_timeout: int
    msgwait: int


@dataclass(frozen=True)
class Slot:
    """The last message to a host. ``sender`` is None where there is none, as after the host read it."""

    host: str
    message: str
    sender: str | None


@dataclass(frozen=True)
class Disk:
    """A disk of SBD. ``path`` is where its name leads, None where it leads nowhere.

    Without a header ``error`` is what sbd said, and there are no slots.
    """

    device: str
    path: str | None
    header: Header | None
    slots: tuple[Slot, ...]
    error: str | None


@dataclass(frozen=True)
class Watchdog:
    """A watchdog. What the kernel does not tell is None.

    ``identity`` is its driver's name for it, ``in_use`` whether a program holds it.
    """

    device: str
    identity: str | None
    in_use: bool | None


def parse_header(device: str, text: str) -> Header:
    """Read the output of `sbd dump` for one disk.

    :raises StateError: if there is something else than this can read.
    """
    fields = dict(_FIELD.findall(text))
    try:
        return Header(fields["UUID"], int(fields["Timeout (watchdog)"]), int(fields["Timeout (msgwait)"]))
    except (KeyError, ValueError) as exc:
        raise _unknown(device, "dump", "a header with a UUID and the timeouts watchdog and msgwait", text) from exc


def parse_slots(device: str, text: str) -> tuple[Slot, ...]:
    """Read the output of `sbd list` for one disk.

    :raises StateError: if there is something else than this can read.
    """
    slots = []
    for line in text.splitlines():
        slot = _SLOT.fullmatch(line)
        if not slot:
            raise _unknown(device, "list", "number, host, message and sender in each line", line)
        slots.append(Slot(slot[1], slot[2], slot[3] or None))
    return tuple(slots)


def load_disk(runner: Runner, device: str, timeout: float) -> Disk:
    """Read one disk. One that cannot be read is an answer as well; a missing program is not.

    :param timeout: seconds that each of the two calls may take.
    """
    path = os.path.realpath(device) if os.path.exists(device) else None
    try:
        dumped = runner(["sbd", "-d", device, "dump"], ok=(0, _DUMP_FAILED), timeout=timeout)
        if dumped.rc:
            return Disk(device, path, None, (), words(dumped.stderr, dumped.stdout))
        listed = runner(["sbd", "-d", device, "list"], timeout=timeout)
    except (CommandFailed, CommandTimeout) as exc:
        return Disk(device, path, None, (), f"wanted {exc.wanted}; found {exc.found}")
    return Disk(device, path, parse_header(device, dumped.stdout), parse_slots(device, listed.stdout), None)


def load_watchdog(device: str = WATCHDOG, folder: str = _WATCHDOG_STATE) -> Watchdog | None:
    """The host's first watchdog, without opening it: that would start it. None if there is none."""
    if not os.path.exists(device):
        return None
    state = _content(f"{folder}/state")
    return Watchdog(device, _content(f"{folder}/identity"), None if state is None else state == "active")


def _content(path: str) -> str | None:
    with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
        return file.read().strip()
    return None


def _unknown(device: str, command: str, wanted: str, text: str) -> StateError:
    return StateError(
        f"sbd -d {device} {command}",
        wanted=wanted,
        found=words(text) or "no output",
        remedy="Compare the version of sbd with those that this collection names, and report it.",
    )
