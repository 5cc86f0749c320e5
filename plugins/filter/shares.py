# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the shares of the topology to what Samba wants to hear."""

from __future__ import annotations

import typing as t


def share_definitions(
    shares: list[dict[str, t.Any]], vfs: str, mount: str, volume: str, servers: list[str], group: str
) -> list[dict[str, t.Any]]:
    """Shares of the model as the smbd role takes them.

    :param vfs: ``glusterfs`` (libgfapi: paths are inside the volume), ``glusterfs_fuse`` (paths on the mount), or empty
        where the mount is no Gluster volume.
    :param mount: where the data volume is mounted, with either of them.
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
