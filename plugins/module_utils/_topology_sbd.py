# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fence by SBD: messages to a host on disks that both hosts see. Controller side only."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Iterator, Mapping

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_device import device_faults
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import is_text, kind_of, line

AGENT = "fence_sbd"
# What the role pair works out from the disks' own timeouts.
RESERVED = ("power_timeout",)
# sbd(8): after a split the two copies would hold different messages.
# What SBD's own file and programs have between disks, or could not have in a name.
SEPARATOR = re.compile(r'[\s;"]')
MIRRORED = re.compile(r"/dev/(?:drbd|md)")


def sbd_devices(fence: t.Any) -> list[str]:
    """The disks of a fence by SBD; none of any other one. Also of a fence with faults."""
    options = fence.get("options") if isinstance(fence, Mapping) and fence.get("agent") == AGENT else None
    text = options.get("devices") if isinstance(options, Mapping) else None
    return [each for word in text.split(",") if (each := word.strip())] if isinstance(text, str) else []


def sbd_faults(label: str, fence: Mapping[str, t.Any]) -> Iterator[str]:
    """Faults of a fence by SBD, beyond those of every agent's options."""
    options, hosts = fence.get("options"), fence.get("hosts")
    if hosts is not None:
        remedy = "Remove it: a host is told by its name on the disk, which the role pair sets."
        yield line(f"{label}: hosts", "none, since one disk is for both hosts", f"a {kind_of(hosts)}", remedy)
    if options is not None and not isinstance(options, Mapping):
        return  # told already
    for name in RESERVED:
        if name in (options or {}):
            yield line(
                f"{label}: options: {name}",
                "an option of the agent",
                "one that the role pair sets itself",
                "Remove it.",
            )
    wanted = "one disk of SBD, or three with commas between them"
    where, devices = f"{label}: options: devices", sbd_devices(fence)
    if len(devices) not in (1, 3) and is_text((options or {}).get("devices", "none")):
        remedy = "Name them; of two, both would be needed, and either could fail."
        yield line(where, wanted, str(len(devices) or "none"), remedy)
    for device, times in Counter(devices).items():
        if times > 1:
            yield line(where, "each disk once", f"{device} {times} times", "Name disks that fail independently.")
        if SEPARATOR.search(device):
            yield line(where, wanted, repr(device), "Write a comma between two disks.")
            continue
        yield from device_faults(
            where, device, "a disk that both hosts see, such as /dev/disk/by-id/wwn-0x5000c500a1b2c3d4"
        )
        if MIRRORED.match(device):
            remedy = "Name the disk itself, or three: SBD needs no copy, and a copy may miss a message."
            yield line(where, "a disk that nothing mirrors", repr(device), remedy)
