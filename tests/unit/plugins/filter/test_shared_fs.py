# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.samba_ha.cluster.plugins.filter.shared_fs import FilterModule

coherence_faults = FilterModule().filters()["shared_fs_coherence_faults"]


def host(error: str | None = None) -> dict[str, t.Any]:
    """What the role's task list registers on a host of one that is alone with its file system."""
    marker = {"node": "node1", "seen": True, "inode": 7, "device": 41, "owner": 0}
    mount = {
        "path": "/data",
        "source": "nas1:/files",
        "type": "nfs4",
        "error": error,
        "user_xattrs": False,
        "markers": [marker],
    }
    return {f"__shared_fs_{task}": {"mounts": [mount]} for task in ("written", "markers", "given", "renamed")}


def test_what_the_tasks_have_registered_is_judged() -> None:
    assert coherence_faults({"node1": host(), "other": {}}, ["node1"]) == []
    (fault,) = coherence_faults({"node1": host("mv: No space left on device")}, ["node1"])
    assert fault.startswith("node1: /data: answer: ")
    (fault,) = coherence_faults({"node1": host()}, ["node1"], xattrs=True)
    assert fault.startswith("node1: /data: extended attributes: ")
