# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.samba_ha.cluster.plugins.module_utils._shared_fs_fstab import OTHER, parse_block, switched

FIRST = "UUID=0b6e / ext4 errors=remount-ro 0 1\nnas9:/home /home nfs4 rw 0 0\n"
LAST = "# /srv/other is mounted by somebody else\n/dev/sdb1 /srv/gluster xfs defaults 0 2\n"


def fstab(*lines: str) -> str:
    """A table with the role's block between other lines."""
    name = "file systems of the file service, by samba_ha.cluster"
    return FIRST + "".join(f"{text}\n" for text in (f"# BEGIN {name}", *lines, f"# END {name}")) + LAST


GLUSTER = fstab(
    "10.0.0.12:/data /srv/samba_ha/data glusterfs noauto,_netdev,acl 0 0",
    "10.0.0.12:/lock /srv/samba_ha/lock glusterfs noauto,_netdev,acl 0 0",
)
NFS = fstab("nas1:/files /srv/samba_ha/data nfs4 noauto,_netdev,hard 0 0")
MOUNTED = fstab(f"# /srv/gfs2 {OTHER}")


def mount(path: str, fstype: str, source: str) -> dict[str, str]:
    return {"path": f"/srv/samba_ha/{path}", "fstype": fstype, "source": source}


# By another of a host's addresses it is the same volume.
ON_GLUSTER = [mount("data", "glusterfs", "10.0.1.12:/data"), mount("lock", "glusterfs", "10.0.1.12:/lock")]
ON_NFS = [mount("data", "nfs4", "nas1:/files")]


@pytest.mark.parametrize(
    ("text", "mounts", "others"),
    [
        (GLUSTER, ON_GLUSTER, []),
        (NFS, ON_NFS, []),
        (MOUNTED, [], ["/srv/gfs2"]),
        # Nothing was deployed yet, or an admin has taken the lines out to say that it is to be switched.
        ("", ON_NFS, []),
        (FIRST + LAST, ON_NFS, []),
        (fstab(), ON_NFS, []),
    ],
)
def test_what_is_there_may_stay(text: str, mounts: list[dict[str, str]], others: list[str]) -> None:
    assert switched(text, mounts, others) is None


@pytest.mark.parametrize(
    ("text", "mounts", "others", "found"),
    [
        (GLUSTER, ON_NFS, [], "/srv/samba_ha/data: glusterfs; /srv/samba_ha/lock: glusterfs"),
        (GLUSTER, [], ["/srv/gfs2"], "/srv/samba_ha/data: glusterfs; /srv/samba_ha/lock: glusterfs"),
        (NFS, ON_GLUSTER, [], "/srv/samba_ha/data: nfs4 nas1:/files"),
        (NFS, [mount("data", "nfs4", "nas2:/files")], [], "/srv/samba_ha/data: nfs4 nas1:/files"),
        (NFS, [], ["/srv/gfs2"], "/srv/samba_ha/data: nfs4 nas1:/files"),
        (MOUNTED, ON_GLUSTER, [], f"/srv/gfs2: {OTHER}"),
        (MOUNTED, [], ["/srv/cephfs"], f"/srv/gfs2: {OTHER}"),
    ],
)
def test_another_file_system_is_told(text: str, mounts: list[dict[str, str]], others: list[str], found: str) -> None:
    assert switched(text, mounts, others) == found


def test_lines_outside_of_the_block_are_not_the_roles() -> None:
    assert parse_block(FIRST + LAST) is None
    assert parse_block(NFS) == {"/srv/samba_ha/data": "nfs4 nas1:/files"}
