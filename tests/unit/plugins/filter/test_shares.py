# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.samba_ha.cluster.plugins.filter.shares import FilterModule

share_definitions = FilterModule().filters()["share_definitions"]
dfs_shares = FilterModule().filters()["dfs_shares"]
SERVERS = ["10.224.0.11", "10.224.0.12"]


def share(**changes: t.Any) -> dict[str, t.Any]:
    return {
        "name": "projects",
        "path": "team/projects",
        "comment": "",
        "read_only": False,
        "users": [],
        "parameters": {},
        **changes,
    }


def define(*shares: dict[str, t.Any], vfs: str = "glusterfs_fuse") -> list[dict[str, t.Any]]:
    made: list[dict[str, t.Any]] = share_definitions(list(shares), vfs, "/srv/data", "data", SERVERS, "smbusers")
    return made


COMMON = {
    "read only": False,
    "valid users": "@smbusers",
    "create mask": "0660",
    "directory mask": "2770",
    "force group": "smbusers",
}


def test_a_share_on_the_mount() -> None:
    assert define(share()) == [
        {
            "name": "projects",
            "directory": "/srv/data/team/projects",
            "path": "/srv/data/team/projects",
            "parameters": {"vfs objects": "glusterfs_fuse", **COMMON},
        }
    ]


def test_a_share_on_another_file_system() -> None:
    (made,) = define(share(), vfs="")
    assert (made["path"], made["parameters"]) == ("/srv/data/team/projects", COMMON)


def test_a_share_on_what_several_nodes_have_mounted() -> None:
    (made,) = define(share(parameters={"ea support": "yes"}), vfs="fileid")
    assert made["path"] == "/srv/data/team/projects"
    assert made["parameters"] == {
        "vfs objects": "fileid",
        "fileid:algorithm": "fsname",
        "store dos attributes": "no",
        # The inventory knows that this one stores them.
        "ea support": "yes",
        "sync always": "yes",
        **COMMON,
    }


def test_a_share_inside_the_volume() -> None:
    assert define(share(), vfs="glusterfs") == [
        {
            "name": "projects",
            "directory": "/srv/data/team/projects",
            "path": "/team/projects",
            "parameters": {
                "vfs objects": "glusterfs",
                "glusterfs:volume": "data",
                "glusterfs:volfile_server": "10.224.0.11 10.224.0.12",
                "glusterfs:logfile": "/var/log/samba/glusterfs-%M.log",
                **COMMON,
            },
        }
    ]


@pytest.mark.parametrize(("users", "valid"), [([], "@smbusers"), (["alice"], "alice"), (["bob", "al"], "bob al")])
def test_only_the_services_users_have_business_in_a_share(users: list[str], valid: str) -> None:
    assert define(share(users=users))[0]["parameters"]["valid users"] == valid


def test_a_comment_is_set_only_where_there_is_one() -> None:
    without, having = define(share(), share(name="b", comment="Files"))
    assert "comment" not in without["parameters"]
    assert having["parameters"]["comment"] == "Files"


def test_read_only_is_handed_on() -> None:
    assert define(share(read_only=True))[0]["parameters"]["read only"] is True


def test_a_shares_own_parameters_win() -> None:
    [made] = define(share(users=["alice"], parameters={"create mask": "0640", "hide files": "/x/"}))
    assert made["parameters"]["create mask"] == "0640"
    assert made["parameters"]["hide files"] == "/x/"
    assert made["parameters"]["valid users"] == "alice"


def test_the_order_stays_and_the_model_is_not_changed() -> None:
    shares = [share(name="b"), share(name="a", parameters={"x": "y"})]
    assert [made["name"] for made in define(*shares)] == ["b", "a"]
    assert shares == [share(name="b"), share(name="a", parameters={"x": "y"})]


def test_a_dfs_root_is_a_share_that_nobody_writes_to() -> None:
    root = {"name": "dfs", "path": "dfs/dfs", "comment": "All", "links": [{"path": "a", "targets": ["b\\c"]}]}
    [made] = define(*dfs_shares([root]))
    assert made == {
        "name": "dfs",
        "directory": "/srv/data/dfs/dfs",
        "path": "/srv/data/dfs/dfs",
        "parameters": {
            "vfs objects": "glusterfs_fuse",
            **COMMON,
            "read only": True,
            "comment": "All",
            "msdfs root": "yes",
            "msdfs shuffle referrals": "no",
        },
    }
