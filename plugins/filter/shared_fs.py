# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role shared_fs over what its hosts found; the judgement is in module_utils."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_fstab import switched
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_judge import (
    TASKS,
    coherence_faults,
    lock_faults,
    mount_faults,
)


def shared_fs_coherence_faults(
    hostvars: Mapping[str, Mapping[str, t.Any]], hosts: Sequence[str], xattrs: bool = False
) -> list[str]:
    """Judge what the hosts have registered, each as ``__shared_fs_`` with the name of the task."""
    found = {host: {task: hostvars[host][f"__shared_fs_{task}"]["mounts"] for task in TASKS} for host in hosts}
    return coherence_faults(found, xattrs=xattrs)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {
            "shared_fs_coherence_faults": shared_fs_coherence_faults,
            "shared_fs_lock_faults": lock_faults,
            "shared_fs_mount_faults": mount_faults,
            "shared_fs_switched": switched,
        }
