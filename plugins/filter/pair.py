# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role pair."""

from __future__ import annotations

import base64
import typing as t
from collections.abc import Mapping, Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._pair_resources import build, mount_unit
from ansible_collections.samba_ha.cluster.plugins.module_utils._sbd_judge import configured_devices, judge_host
from ansible_collections.samba_ha.cluster.plugins.module_utils._topology_sbd import sbd_devices


def _seen(values: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What a host has registered, each as ``__pair_sbd_`` with the name of the task."""
    told = values["__pair_sbd_disks"]
    path = values["__pair_sbd_storage"].get("stat", {})
    return {
        "disks": told["disks"],
        "watchdog": told["watchdog"],
        "storage": path.get("lnk_source") or path.get("path"),
        "active": [
            each["name"]
            for each in values["__pair_sbd_units"]["units"]
            if each["active_state"] not in ("inactive", "failed")
        ],
        "configured": sbd_configured(values["__pair_sbd_file"]),
    }


def sbd_configured(slurped: Mapping[str, t.Any]) -> list[str]:
    """The disks in /etc/default/sbd, as ansible.builtin.slurp has read it or found none."""
    return configured_devices(base64.b64decode(slurped.get("content", "")).decode(errors="replace"))


def sbd_faults(
    hostvars: Mapping[str, Mapping[str, t.Any]],
    own: str,
    hosts: Sequence[str],
    softdog: bool = False,
    quorum_timeout: float = 0,
) -> list[str]:
    """Judge what the hosts have registered."""
    # In check mode a host may have been passed over, since its packages are not there yet.
    seen = {host: _seen(hostvars[host]) for host in hosts if hostvars[host].get("__pair_sbd_disks")}
    others = {host: each for host, each in seen.items() if host != own}
    return judge_host(own, seen[own], others, softdog=softdog, quorum_timeout=quorum_timeout)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {
            "mount_unit": mount_unit,
            "pair_resources": build,
            "sbd_configured": sbd_configured,
            "sbd_devices": sbd_devices,
            "sbd_faults": sbd_faults,
        }
