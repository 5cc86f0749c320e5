# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the shares of the topology to what Samba wants to hear."""

from __future__ import annotations

import typing as t

FILEID_PARAMETERS = {
    # A file's number holds the name of what is mounted, the same on all nodes, in place of a number that the kernel of
    # each deals out. The algorithms that leave folders out of it break SMB's locks there.
    "fileid:algorithm": "fsname",
    # Not every file system stores extended attributes. Without them the attributes of DOS are told by mode bits.
    "store dos attributes": "no",
    "ea support": "no",
    # What a client is told is written must not be in this node's memory alone. GlusterFS has it on others by then.
    "sync always": "yes",
}


def share_definitions(
    shares: list[dict[str, t.Any]], vfs: str, mount: str, volume: str, servers: list[str], group: str
) -> list[dict[str, t.Any]]:
    """Shares of the model as the smbd role takes them.

    :param vfs: ``glusterfs`` (libgfapi: paths are inside the volume), ``glusterfs_fuse`` (paths on the mount),
        ``fileid`` where another file system is mounted on several nodes, or empty where one is on one host at a time.
    :param mount: where the files are mounted, with any of them.
    :param servers: addresses that serve the volume.
    :param group: the group that new files belong to; all users are in it.
    :returns: dicts with ``name``, ``directory`` (on a node), ``path`` and ``parameters``.
    """
    made = []
    for share in shares:
        parameters: dict[str, t.Any] = {"vfs objects": vfs} if vfs else {}
        parameters["read only"] = share["read_only"]
        if vfs == "glusterfs":
            parameters["glusterfs:volume"] = volume
            parameters["glusterfs:volfile_server"] = " ".join(servers)
            parameters["glusterfs:logfile"] = "/var/log/samba/glusterfs-%M.log"
        parameters |= FILEID_PARAMETERS if vfs == "fileid" else {}
        if share["comment"]:
            parameters["comment"] = share["comment"]
        # The same for a share for all: an account that is not one of the service's users has no business here.
        parameters["valid users"] = " ".join(share["users"]) if share["users"] else f"@{group}"
        # What one user makes, the others of the share may change: its directory's group goes down the tree.
        parameters["create mask"] = "0660"
        parameters["directory mask"] = "2770"
        parameters["force group"] = group
        directory = f"{mount}/{share['path']}"
        made.append(
            {
                "name": share["name"],
                "directory": directory,
                "path": f"/{share['path']}" if vfs == "glusterfs" else directory,
                "parameters": {**parameters, **share["parameters"]},
            }
        )
    return made


def dfs_shares(roots: list[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """DFS roots of the model as shares of the model.

    Nobody may write: what is in a root are links, and files that lay beside them would be at the wrong place.
    """
    parameters = {
        "msdfs root": "yes",
        # The order of a link's targets is a decision of the inventory.
        "msdfs shuffle referrals": "no",
    }
    return [
        {
            "name": root["name"],
            "path": root["path"],
            "comment": root["comment"],
            "read_only": True,
            "users": None,
            "parameters": parameters,
            "nfs": False,
        }
        for root in roots
    ]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Filter names and their functions."""
        return {"share_definitions": share_definitions, "dfs_shares": dfs_shares}
