# Copyright: (c) 2026, The samba_ha founders
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A node that can no longer open the cluster lock leaves, and does not keep the others from serving."""

from __future__ import annotations

import typing as t

import pytest
from lab import Lab, SmbClient, eventually
from observe import ctdb_flags, settle, stdout

LOCK = "/srv/samba_ha/lock"
# In brackets, so that the pattern does not match the words of the command that looks for it.
MOUNT = f"[g]lusterfs .*{LOCK}"


@pytest.fixture(autouse=True)
def settled_service(lab: Lab) -> t.Iterator[None]:
    settle(lab, "what came before")
    yield
    settle(lab, "a lost mount")


def test_the_others_go_on_when_the_leader_loses_its_mount_of_the_lock(lab: Lab) -> None:
    leader = lab.pool[int(lab.pool[0].run("ctdb leader"))]
    other = next(node for node in lab.pool if node is not leader)
    try:
        leader.run("pkill -KILL -f %s", MOUNT)
        assert "Transport endpoint is not connected" in leader.shell.run("stat %s", LOCK).stderr
        eventually(
            lambda: ctdb_flags(other)[str(leader.interconnect)],
            lambda flags: "Banned" in flags,
            timeout=30,
            what=f"{leader.name}'s flags",
        )
        eventually(
            lambda: stdout(other, "ctdb status"),
            lambda status: "Recovery mode:NORMAL" in status,
            timeout=10,
            what=f"{other.name}'s CTDB",
        )
        with SmbClient(lab, lab.vip) as client:
            client.write("without-a-lock", b"served")
            assert client.read("without-a-lock") == b"served"
            client.delete("without-a-lock")
    finally:
        # As the playbook status says.
        leader.run("systemctl restart samba-ha-shared-fs.service")
