# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of disks of a pair's hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_line import line

# Names that the kernel deals out in the order in which it finds devices.
UNSTABLE = re.compile(r"/dev/(?:sd|hd|vd|xvd|nvme|dm-)")


def device_faults(label: str, device: object, wanted: str) -> Iterator[str]:
    """What speaks against the name of a device. `wanted` is for one that is none."""
    if not isinstance(device, str) or not device.startswith("/dev/"):
        yield line(label, wanted, repr(device), "Name the disk.")
    elif UNSTABLE.match(device):
        remedy = "Use one of /dev/disk/by-id: the kernel deals such names out anew at each boot."
        yield line(label, "a name that stays the same", repr(device), remedy)


def overlap(one: str, other: str) -> bool:
    """Whether two devices are the same, or one is a partition of the other, as far as their names tell."""
    return one == other or one.startswith(f"{other}-part") or other.startswith(f"{one}-part")
